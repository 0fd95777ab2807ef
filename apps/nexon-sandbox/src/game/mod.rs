//! The game as the sandbox simulates it: classes, equipment, and enhancement.

mod catalogue;
mod class;
mod item;
mod piece;
mod potential;
mod stars;
mod stats;
mod wardrobe;

pub(crate) use class::{CLASSES, Class};
pub(crate) use item::Item;
pub(crate) use potential::Potential;
pub(crate) use stats::{Block, SignedFigure, Stats};
pub(crate) use wardrobe::Wardrobe;

use class::Job;
use stats::Field;
