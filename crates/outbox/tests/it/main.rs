//! The relay over the fake store.

mod properties;
mod relay;
