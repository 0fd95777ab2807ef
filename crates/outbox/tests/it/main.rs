//! The relay and dead letters over the fake store.

mod dead_letters;
mod properties;
mod relay;
