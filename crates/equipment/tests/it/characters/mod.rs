//! The use case `Characters` over fakes.

mod answers;
mod outage;
mod stats;
mod tiers;
mod world;
