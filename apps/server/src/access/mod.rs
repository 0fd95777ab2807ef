//! Who may do what: the member behind an access token, the operator with the admin token, and how
//! often clients and members may try.

mod admin;
mod attempts;
mod bearer;
mod client_address;
mod signed;

pub use admin::AdminToken;
pub(crate) use admin::admin_only;
pub use attempts::Attempts;
pub use client_address::{ClientAddress, TrustedProxies};
pub(crate) use signed::Signed;
