//! The use case `Characters` over fakes.

mod answers;
mod outage;
mod stats;
mod tiers;
mod validity;
mod world;
