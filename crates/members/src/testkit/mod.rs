//! For tests: the ports in memory, and the contract of the store.

mod accounts;
mod contract;
mod shared;
mod store;

pub use accounts::FakeAccounts;
pub use contract::contract;
pub use shared::MemorySharedSessions;
pub use store::MemorySessionStore;
