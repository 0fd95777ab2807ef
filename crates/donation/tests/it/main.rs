//! Donations over the fake ledger.

mod donations;
mod properties;
