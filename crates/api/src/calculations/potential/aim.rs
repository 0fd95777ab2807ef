//! The condition that resets go on for: a goal, or lines as strong as given ones.

use cube_probability::{Draw, Goal, Odds, OptionLine, ResetError, Rules};
use planning::{AsStrong, BossDefence, LineWorth, StatSheet, Utility};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::calculations::ValidationErrors;
use crate::calculations::numbers::{saturating_i64_option, up_to};
use crate::calculations::sheet::{add_sheet_error, not_valued};
use crate::responses::schema;

/// Lines whose boss damage the new lines must reach, in place of a goal.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Strength)]
pub struct StrengthRequest {
    /// The character's stats with the lines on, as the stat sheet of a character answers them.
    #[schema(schema_with = schema::stat_sheet)]
    pub stat_sheet: StatSheet,
    /// The option lines as the game writes them: three, or two.
    #[schema(example = json!(["INT +12%", "INT +9%", "INT +9%"]), min_items = 2, max_items = 3)]
    pub lines: Vec<String>,
    /// The level that points for every 9 levels go by; 285 without.
    #[serde(
        default,
        deserialize_with = "saturating_i64_option",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(example = 285, minimum = 1, maximum = 300)]
    pub character_level: Option<i64>,
    /// The boss's defence: 3.8 is 380 %. Without it the hardest is taken that the character
    /// damages, from 3.8 down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 3.8, minimum = 0, maximum = 10)]
    pub boss_defence: Option<f64>,
    /// Treatment of item drop, meso, cooldown and autosteal lines.
    #[serde(default)]
    pub utility: UtilityWord,
}

/// Treatment of useful lines without boss damage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "snake_case")]
#[schema(as = UtilityChoice)]
pub enum UtilityWord {
    /// Item drop, meso, cooldown and autosteal must reach what they are now.
    #[default]
    Keep,
    /// Boss damage alone counts.
    Ignore,
}

impl From<UtilityWord> for Utility {
    fn from(word: UtilityWord) -> Self {
        match word {
            UtilityWord::Keep => Self::Keep,
            UtilityWord::Ignore => Self::Ignore,
        }
    }
}

/// A condition that is understood.
#[derive(Debug)]
pub(super) enum Aim {
    Goal(Goal),
    AsStrong(Box<AsStrong>),
}

/// The character level that is taken where none is given.
const DEFAULT_LEVEL: i64 = 285;

impl StrengthRequest {
    /// The condition, with every fault under `/strength`.
    pub(super) fn checked(&self, errors: &mut ValidationErrors) -> Option<AsStrong> {
        if !(2..=3).contains(&self.lines.len()) {
            let detail = format!("{} lines; expected 2 or 3", self.lines.len());
            errors.add("/strength/lines", detail);
            return None;
        }
        let lines = self.lines.iter().enumerate();
        let lines: Vec<OptionLine> = lines
            .filter_map(|(i, line)| {
                errors.collect(&format!("/strength/lines/{i}"), line.parse::<OptionLine>())
            })
            .collect();
        let level = self.character_level.unwrap_or(DEFAULT_LEVEL);
        let level = up_to(300_u16, level).and_then(|level| {
            let known = (level > 0).then_some(level);
            known.ok_or_else(|| "0 is outside 1 to 300".to_owned())
        });
        let level = errors.collect("/strength/character_level", level);
        let defence = self.boss_defence.map_or_else(
            || Ok(BossDefence::hardest_for(&self.stat_sheet)),
            BossDefence::new,
        );
        let defence = errors.collect("/strength/boss_defence", defence);
        let checked = self.stat_sheet.check();
        let checked = checked
            .map_err(|error| add_sheet_error(errors, "/strength/stat_sheet", &error))
            .ok();
        let ((level, defence), ()) = level.zip(defence).zip(checked)?;
        if lines.len() < self.lines.len() {
            return None;
        }
        let worth = LineWorth::of(
            &self.stat_sheet,
            defence,
            &lines,
            level,
            self.utility.into(),
        );
        let worth = worth
            .map_err(|error| not_valued(errors, "/strength/stat_sheet", &error))
            .ok()?;
        errors.collect("/strength/lines", AsStrong::new(worth))
    }
}

impl Aim {
    pub(super) fn odds(&self, rules: &'static Rules, draw: &Draw) -> Result<Odds, ResetError> {
        match self {
            Self::Goal(goal) => rules.odds_of(draw, goal),
            Self::AsStrong(as_strong) => as_strong.odds(rules, draw),
        }
    }

    /// The condition as a goal: of strength to first order, for reading.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Goal(goal) => goal.to_string(),
            Self::AsStrong(as_strong) => as_strong
                .goal()
                .map_or_else(|limit| limit.to_string(), |goal| goal.to_string()),
        }
    }

    /// The goal itself, where the condition is one.
    pub(super) fn goal(&self) -> Option<&Goal> {
        match self {
            Self::Goal(goal) => Some(goal),
            Self::AsStrong(_) => None,
        }
    }

    /// The meaning as the contract names it.
    pub(super) const fn meaning(&self) -> Option<&'static str> {
        match self {
            Self::Goal(_) => None,
            Self::AsStrong(_) => Some("as_strong"),
        }
    }
}
