//! What two or more domains share: the clock and the names of things. No more.

mod clock;
mod name;

#[cfg(feature = "testkit")]
pub use clock::ManualClock;
pub use clock::{Clock, SystemClock};
pub use name::{CharacterName, InvalidName, MAX_NAME_CHARS};
