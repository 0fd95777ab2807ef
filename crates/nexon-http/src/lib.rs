//! The Nexon Open API (`MapleStory`, KMS) as this project reads it.
//!
//! [`NexonClient`] asks over HTTP and implements the ports of the `equipment` crate, one call for
//! each question, its gear and its stats; [`Guarded`] stands around it with patience, retries, a
//! quota and a breaker. [`NexonAccounts`] asks whose a member's own key is, and [`NexonHistories`]
//! reads what its owner did. [`read_equipment`] and [`read_page`] read documents without a client.

mod accounts;
mod api_error;
mod body;
mod caller;
mod client;
mod connections;
mod document;
mod found;
mod guard;
mod guard_settings;
mod histories;
mod json;
mod lenient;
mod stats;
mod strangers;

pub use self::histories::{HistorySettings, NexonHistories, read_page};
pub use accounts::{NexonAccounts, NexonAccountsError};
pub use caller::{ClientError, Endpoint};
pub use client::{NEXON_BASE_URL, NexonClient, NexonSettings};
pub use document::read_equipment;
pub use guard::Guarded;
pub use guard_settings::{GuardSettings, KST, local_quota, quota_settings, strangers_settings};
