//! The jobs there are.

mod outbox;
mod popular;
mod purge;
mod sessions;
mod warm_up;

pub use outbox::PurgeOutbox;
pub use popular::RefreshPopular;
pub use purge::PurgeSnapshots;
pub use sessions::PurgeSessions;
pub use warm_up::WarmUp;
