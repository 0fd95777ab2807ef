//! The use case `Characters` over fakes.

mod answers;
mod outage;
mod tiers;
mod world;
