//! Values and ports that two or more domains share: the clock, alerts, locks, and the names and ids
//! of entities. Code that only one domain uses belongs to that domain.

mod alert;
mod chain;
mod clock;
mod id;
mod lock;
mod name;
mod ocid;
mod request;
mod streak;
pub mod trace;

#[cfg(feature = "testkit")]
pub use alert::RecordingAlertSink;
pub use alert::{Alert, AlertError, AlertSink, AlertState, Incidents};
pub use chain::chain;
#[cfg(feature = "testkit")]
pub use clock::ManualClock;
pub use clock::{Clock, SystemClock};
#[cfg(feature = "testkit")]
pub use id::SequentialIds;
pub use id::{Id, Ids, InvalidId, MemberId, MemberTag, TimeOrderedIds};
#[cfg(feature = "testkit")]
pub use lock::contract::{fences_contract, lock_contract};
#[cfg(feature = "testkit")]
pub use lock::fake::{MemoryFences, MemoryLock};
pub use lock::{
    FallbackLock, Fence, FenceError, FenceToken, Fenced, FencedLease, Fences, Lease, LeaseLost,
    LocalLock, Lock, LockError, StaleFence,
};
pub use name::{CharacterName, InvalidName, MAX_NAME_CHARS};
pub use ocid::Ocid;
pub use request::{Correlation, request_id};
pub use streak::Streak;
