//! The answer of an evaluation.

use std::sync::Arc;

use cube_probability::star_force;
use cube_probability::{Goal, Grade, Method, Part, Start};

use super::total::{Cost, Process};
use super::{
    Assumption, Meaning, NotApplicable, NotPriced, Spread, StarForceOutcome, Total, TotalSpread,
    Warning,
};
use crate::SheetOrigin;

/// Cost of making a character's equipment again.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// The name of the rules of potentials that were followed, such as `kms-2026-10`.
    pub rules: &'static str,
    /// The rules of star force that were followed: those of the same time.
    pub star_force_rules: star_force::Rules,
    /// The origin of the stat sheet that strength is judged by; none without one.
    pub sheet: Option<SheetOrigin>,
    /// The presets asked for that hold anything.
    pub presets: Vec<PresetExpectation>,
    /// Warnings that a reader needs to judge the numbers.
    pub warnings: Vec<Warning>,
}

/// Cost of one preset.
#[derive(Debug, Clone, PartialEq)]
pub struct PresetExpectation {
    /// 1, 2 or 3.
    pub number: u8,
    /// True for the preset that is worn now.
    pub active: bool,
    /// The items in the order of the document.
    pub items: Vec<ItemExpectation>,
    /// The sum over the items.
    pub total: Total,
    /// Distribution of that sum.
    pub spread: TotalSpread,
}

/// Cost of one item.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemExpectation {
    /// The slot it is worn in, in the game's words.
    pub slot: String,
    /// The part whose option tables it draws from, when it draws from any of its own.
    pub part: Option<Part>,
    /// The item's Korean name.
    pub name: String,
    /// The required level; none where the document's cannot be read.
    pub level: Option<u16>,
    /// The address of the item's picture.
    pub icon: Option<String>,
    /// Its potential.
    pub potential: PotentialExpectation,
    /// Its additional potential.
    pub additional_potential: PotentialExpectation,
    /// Its stars.
    pub star_force: StarForceOutcome,
    /// Assumptions about this item.
    pub assumptions: Vec<Assumption>,
}

/// Cost of one potential.
#[derive(Debug, Clone, PartialEq)]
pub struct PotentialExpectation {
    /// Its grade now, when it has one.
    pub grade: Option<Grade>,
    /// Its lines as the upstream writes them.
    pub lines: Vec<String>,
    /// The outcome of pricing it.
    pub outcome: Outcome,
}

/// Outcome of pricing a potential.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It has a price.
    Priced(Arc<Price>),
    /// None of its lines counts, so that any lines are as good: what they were made for is not
    /// known, and neither is their price.
    NothingValued {
        /// The lines, as written.
        ignored: Vec<String>,
    },
    /// The target is reached by the lines now.
    Reached {
        /// The target.
        goal: Goal,
    },
    /// There is nothing to price.
    NotApplicable(NotApplicable),
    /// Lines that are no options of the published tables, as written.
    UnknownOption(Vec<String>),
    /// No reset can give lines as good as these.
    Unreachable {
        /// The goal that was asked for.
        goal: Goal,
        /// The methods that give such lines at the item's grade.
        methods: Vec<Method>,
    },
    /// It has no price for another reason.
    NotPriced(NotPriced),
}

impl Outcome {
    /// The status as the HTTP contract names it.
    pub const fn status(&self) -> &'static str {
        match self {
            Self::Priced(_) => "priced",
            Self::NothingValued { .. } => "nothing_valued",
            Self::Reached { .. } => "reached",
            Self::NotApplicable(_) => "not_applicable",
            Self::UnknownOption(_) => "unknown_option",
            Self::Unreachable { .. } => "unreachable",
            Self::NotPriced(_) => "not_priced",
        }
    }

    /// The mean cost in meso: zero where there is nothing to pay, none where it is not known.
    pub fn mean_cost(&self) -> Option<f64> {
        match self {
            Self::Priced(price) => Some(price.cost.mean),
            Self::Reached { .. } | Self::NotApplicable(_) => Some(0.0),
            Self::NothingValued { .. }
            | Self::UnknownOption(_)
            | Self::Unreachable { .. }
            | Self::NotPriced(_) => None,
        }
    }

    /// The cost that is paid, if any is.
    pub(super) fn cost(&self) -> Option<Cost> {
        match self {
            Self::Priced(price) => Some(Cost::Resets(price.process.clone())),
            _ => None,
        }
    }
}

/// The price by the other meaning of "this gear again".
#[derive(Debug, Clone, PartialEq)]
pub struct OtherPrice {
    /// The meaning.
    pub meaning: Meaning,
    /// Goal for the lines.
    pub goal: Goal,
    /// The mean cost in meso.
    pub mean: f64,
}

/// The price of a potential.
#[derive(Debug, Clone, PartialEq)]
pub struct Price {
    /// The meaning that is priced.
    pub meaning: Meaning,
    /// Goal for the lines; of strength to first order, for reading.
    pub goal: Goal,
    /// The start of the resets.
    pub start: Start,
    /// The price by the other meaning, where it has one.
    pub other: Option<OtherPrice>,
    /// The chance of one reset at the item's grade, or at the method's highest if that is lower; of
    /// a target at the method's highest grade.
    pub success_probability: f64,
    /// The item level whose published tables were used.
    pub pool_level: u16,
    /// The number of resets.
    pub trials: Spread,
    /// The cost in meso.
    pub cost: Spread,
    /// The resets that are paid for.
    pub(super) process: Process,
}
