//! Fakes of the ports, and the contracts that every implementation keeps.
//!
//! A contract is an async function that panics where the contract is broken: call it from a
//! test of the implementation. The fakes keep the same contracts.

mod contract;
mod shared;
mod shared_contract;
mod store;
mod upstream;

pub use contract::{
    character_directory_contract, equipment_source_contract, snapshot_store_contract,
    stats_source_contract,
};
pub use shared::MemorySharedCache;
pub use shared_contract::shared_cache_contract;
pub use store::MemoryStore;
pub use upstream::{Asked, FakeUpstream};
