//! Numbers that no other test has.

use std::hash::{BuildHasher, RandomState};

/// A number that differs from call to call and from process to process.
///
/// The standard library seeds its hash maps at random; a test needs no better source.
pub(crate) fn number() -> u64 {
    RandomState::new().hash_one(std::process::id())
}
