//! The jobs there are.

mod popular;
mod purge;
mod warm_up;

pub use popular::RefreshPopular;
pub use purge::PurgeSnapshots;
pub use warm_up::WarmUp;
