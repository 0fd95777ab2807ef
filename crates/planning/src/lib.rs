//! Gear valued in boss damage, upgrades planned under a budget, and luck measured afterwards.
//!
//! Everything here is pure: values in, values out, no input or output, no clock, no randomness.
//!
//! - **Strength.** A [`StatSheet`] holds every number that boss damage is computed from. It comes
//!   from a client or from a [`Decomposition`] of a character's recorded stats, which tells what it
//!   does not know. A [`Valuation`] compares bonuses by V, relative boss damage.
//! - **As strong.** [`LineWorth`] is the worth of lines on one item; [`AsStrong`] is the condition
//!   that other lines are worth as much, with exact odds from `cube-probability`.
//! - **Upgrades.** [`PotentialResets::thresholds`] are the strengths that a potential can be reset
//!   to, each with gain and price; an [`Upgrade`] is one action, [`rank`] sorts them, and [`plan`]
//!   finds the best set under a budget, or the cheapest for a gain, with its proof.
//! - **Completion.** [`Template`] and [`Target`] say what finished gear is.
//! - **Luck.** [`luck`] counts the rows of a history and says how usual the counts are.
//!
//! ```
//! use cube_probability::{Draw, Grade, Method, OptionLine, Part, Rules};
//! use planning::{AsStrong, BossDefence, LineWorth, StatSheet, Utility};
//!
//! let sheet: StatSheet = serde_json::from_str(
//!     r#"{"main":["int"],"sub":["luk"],"main_final":62000,"main_base":5200,"main_pct":530,
//!     "main_flat_unscaled":18000,"sub_final":9000,"attack_final":7800,"attack_base":4100,
//!     "attack_pct":88,"damage_pct":80,"boss_damage_pct":420,"final_damage_pct":55,
//!     "critical_rate_pct":100,"critical_damage_pct":98,"ied_pct":95.3}"#,
//! )?;
//! let now: [OptionLine; 3] = ["INT +12%".parse()?, "INT +9%".parse()?, "INT +9%".parse()?];
//! let worth = LineWorth::of(&sheet, BossDefence::DEFAULT, &now, 285, Utility::Keep)?;
//! let as_strong = AsStrong::new(worth)?;
//! let hat = Draw::new(Method::MesoPotential, Part::Hat, 200);
//! let chance = as_strong.odds(Rules::current(), &hat)?.chance(Grade::Legendary);
//! assert!(chance.probability() > 0.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::float_cmp, reason = "sums of whole numbers are exact")
)]

mod attribute;
mod bonus;
mod class;
mod class_table;
mod completion;
mod decomposition;
mod first_order;
pub mod luck;
mod model;
pub mod plan;
mod readers;
mod sheet;
mod sheet_check;
mod strength;
mod thin;
mod thresholds;
mod upgrade;
mod value;

pub use attribute::Attribute;
pub use bonus::Bonus;
pub use class::{ClassKnowledge, ClassStats, MainStat};
pub use completion::{ClassTarget, Target, Template};
pub use decomposition::{
    Contribution, Decomposition, Detail, GivenStats, RecordedStats, Rest, StatSource, UnknownField,
    hp_point_worth,
};
pub use sheet::{AttributeParts, StatSheet};
pub use sheet_check::SheetError;
pub use strength::{AsStrong, LineWorth, NoStrength, UTILITY, Utility};
pub use thresholds::{MAX_THRESHOLDS, PotentialResets, Threshold, ThresholdError};
pub use upgrade::{BonusChange, Gain, PityUse, SharedCost, Upgrade, UpgradeKind, candidates, rank};
pub use value::{BossDefence, NotValued, Valuation};
