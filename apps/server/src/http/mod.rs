//! HTTP of this service: the transport of `http-server`, its paths' rules, and pages as responses.

pub(crate) mod html;
mod serve;
mod site;

pub use http_server::*;
pub use serve::serve;
