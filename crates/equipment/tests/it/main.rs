//! Characters, their evaluation and their totals through the public interface of the crate.

mod characters;
mod evaluation;
mod sample;
mod totals;
