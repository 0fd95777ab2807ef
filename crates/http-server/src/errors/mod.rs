//! Errors of the use cases as problems: kind, status, fields at fault and the wait before another
//! try.

mod characters;
mod donations;
mod likes;
mod luck;
mod outbox;
mod sessions;
mod validation;

pub use characters::FETCHES;
