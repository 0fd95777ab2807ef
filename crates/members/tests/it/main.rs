//! Sessions over the fake stores.

mod sessions;
mod shared;
