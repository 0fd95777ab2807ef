//! For tests: the ports in memory, and the contract of the store.

mod accounts;
mod contract;
mod store;

pub use accounts::FakeAccounts;
pub use contract::contract;
pub use store::MemorySessionStore;
