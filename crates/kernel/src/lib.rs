//! What two or more domains share: the clock, alerts, and the names and ids of things. No more.

mod alert;
mod clock;
mod id;
mod name;
mod ocid;

#[cfg(feature = "testkit")]
pub use alert::RecordingAlertSink;
pub use alert::{Alert, AlertError, AlertSink, AlertState, Incidents};
#[cfg(feature = "testkit")]
pub use clock::ManualClock;
pub use clock::{Clock, SystemClock};
#[cfg(feature = "testkit")]
pub use id::SequentialIds;
pub use id::{Id, Ids, InvalidId, Member, MemberId, TimeOrderedIds};
pub use name::{CharacterName, InvalidName, MAX_NAME_CHARS};
pub use ocid::Ocid;
