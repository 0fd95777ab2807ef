//! What two or more domains share: the clock, alerts, and the names of things. No more.

mod alert;
mod clock;
mod name;

#[cfg(feature = "testkit")]
pub use alert::RecordingAlertSink;
pub use alert::{Alert, AlertError, AlertSink, AlertState, Incidents};
#[cfg(feature = "testkit")]
pub use clock::ManualClock;
pub use clock::{Clock, SystemClock};
pub use name::{CharacterName, InvalidName, MAX_NAME_CHARS};
