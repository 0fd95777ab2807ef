//! Access control: the member behind an access token, the operator with the admin token, and the
//! rate limits of clients and members.

mod admin;
mod authenticated;
mod client_fetches;
pub(crate) mod cookie;
mod rate_limiter;

pub use admin::AdminToken;
pub(crate) use admin::admin_only;
pub(crate) use authenticated::Authenticated;
pub use client_fetches::{ClientFetches, FetchBounds, FetchLimits};
pub(crate) use http_server::SameOrigin;
pub use http_server::{ClientAddress, TrustedProxies};
pub use rate_limiter::RatePolicy;
