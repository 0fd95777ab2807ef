//! The library through its public interface: golden tables, properties, and agreement with slower
//! ways.

mod brute_force;
mod compare;
mod distribution;
mod draws;
#[cfg(feature = "rational")]
mod exact;
mod expected_costs;
mod flame;
mod fuzz_smoke;
mod goals;
mod line_tables;
mod option_texts;
mod parsers;
mod plan;
mod reference;
mod shared;
#[cfg(feature = "simulation")]
mod simulation;
mod star_force;
mod star_force_distribution;
mod star_force_policy;
mod star_force_simulation;
mod star_force_stats;
#[cfg(feature = "simulation")]
mod stopping;
mod success;
mod summary;
