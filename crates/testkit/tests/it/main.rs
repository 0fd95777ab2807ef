//! The servers, the proxy and the load generator that other tests rely on.

#[cfg(feature = "load")]
mod load;
mod proxy;
mod servers;
mod service;
