//! Who may do what: the member behind an access token, the operator with the admin token, and how
//! often clients and members may try.

mod admin;
mod authenticated;
mod bearer;
mod client_address;
mod client_fetches;
pub(crate) mod cookie;
mod rate_limiter;
mod same_origin;

pub use admin::AdminToken;
pub(crate) use admin::admin_only;
pub(crate) use authenticated::Authenticated;
pub use client_address::{ClientAddress, TrustedProxies};
pub use client_fetches::ClientFetches;
pub use rate_limiter::RatePolicy;
pub(crate) use same_origin::SameOrigin;
