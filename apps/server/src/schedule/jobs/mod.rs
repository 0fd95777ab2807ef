//! The jobs there are.

mod popular;
mod purge;
mod sessions;
mod warm_up;

pub use popular::RefreshPopular;
pub use purge::PurgeSnapshots;
pub use sessions::PurgeSessions;
pub use warm_up::WarmUp;
