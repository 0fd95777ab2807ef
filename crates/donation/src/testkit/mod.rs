//! A fake of the ledger and the contract of its port.

mod contract;
mod memory;

pub use contract::{StoresUnderTest, contract};
pub use memory::MemoryLedger;
