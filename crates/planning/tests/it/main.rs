//! Stat sheets, strength, plans and luck through the public interface of the crate.

mod luck;
mod plan;
mod sheet;
mod strength;
mod upgrades;
