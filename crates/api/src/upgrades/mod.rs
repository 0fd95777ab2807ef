//! Upgrades of a character's gear: single actions ranked, and the best set of them.

mod gear;
mod request;
mod response;

pub use equipment::{LeftOut, LeftOutReason};

pub use gear::{GearItem, GearLines};
pub use request::UpgradesRequest;
pub use response::{ActionResponse, BestResponse, GainResponse, GreedyResponse, UpgradesResponse};
