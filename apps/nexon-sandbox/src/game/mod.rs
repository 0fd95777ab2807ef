//! The game as the sandbox simulates it: classes, equipment, and enhancement.

mod catalogue;
mod class;
mod effect;
mod growth;
mod item;
mod piece;
mod potential;
mod stars;
mod statistics;
mod stats;
mod wardrobe;

pub(crate) use class::{CLASSES, Class};
pub(crate) use effect::Effect;
pub(crate) use growth::Growth;
pub(crate) use item::Item;
pub(crate) use potential::Potential;
pub(crate) use statistics::Statistics;
pub(crate) use stats::{Block, SignedFigure, Stats};
pub(crate) use wardrobe::Wardrobe;

use class::Job;
use stats::Field;

/// STR, DEX, INT or LUK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attribute {
    Str,
    Dex,
    Int,
    Luk,
}
