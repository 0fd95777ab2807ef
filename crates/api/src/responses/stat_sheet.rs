//! A character's stat sheet, and what is not known about it.

use equipment::{Aged, Character, HashedReadings};
use planning::{Decomposition, Detail, StatSheet};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CharacterSummary, DataAge, Warning, schema};

/// Sources that a stat sheet is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "clap", value(rename_all = "snake_case"))]
#[schema(as = SheetDetail)]
pub enum DetailWord {
    /// The final stats and the gear; what else there is is estimated, with bounds.
    #[default]
    Quick,
    /// Hyper stats, ability, symbols, sets, union and link skills as well: six calls more.
    Full,
}

impl From<DetailWord> for Detail {
    fn from(word: DetailWord) -> Self {
        match word {
            DetailWord::Quick => Self::Quick,
            DetailWord::Full => Self::Full,
        }
    }
}

/// A character's stat sheet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CharacterStatSheet)]
pub struct StatSheetResponse {
    /// The character.
    pub character: CharacterSummary,
    /// Source and age of the stats.
    pub data: DataAge,
    /// Sources read: `full` when all were, else `quick`.
    #[schema(example = "full")]
    pub detail: &'static str,
    /// The sheet, which any question takes as `stat_sheet`.
    #[schema(schema_with = schema::stat_sheet)]
    pub sheet: StatSheet,
    /// Fields of the sheet that the sources leave uncertain, with bounds.
    pub unknown: Vec<UnknownFieldResponse>,
    /// Points of the final stats that no source explains; they stay as they are whatever changes.
    pub rest: Vec<RestResponse>,
    /// 전투력 as recorded; it is never computed.
    pub recorded_combat_power: Option<u64>,
    /// Warnings of this answer.
    pub warnings: Vec<Warning>,
}

/// A field of the sheet that is not certain.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = UnknownField)]
pub struct UnknownFieldResponse {
    /// The field.
    #[schema(example = "main_pct")]
    pub field: &'static str,
    /// The field is at least this.
    pub lower: f64,
    /// The field is at most this.
    pub upper: f64,
}

/// Points that no source explains.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = UnexplainedPoints)]
pub struct RestResponse {
    /// `main`, `sub` or `attack`.
    #[schema(example = "main")]
    pub of: &'static str,
    /// Points of the final stat; negative where the sources give more than is recorded.
    pub points: f64,
}

impl StatSheetResponse {
    /// The answer for a character whose stats are known.
    pub fn new(
        character: &Character,
        stats: &Aged<HashedReadings>,
        source: &'static str,
        asked: Detail,
        made: Decomposition,
    ) -> Self {
        let mut warnings = Warning::of_known(stats);
        if asked == Detail::Full {
            warnings.extend(stats.value.missing().map(Warning::of_missing_source));
        }
        let unknown = made.unknown.iter().map(|unknown| UnknownFieldResponse {
            field: unknown.field,
            lower: unknown.lower,
            upper: unknown.upper,
        });
        let rest = made.rest.iter().map(|rest| RestResponse {
            of: rest.of,
            points: rest.points,
        });
        Self {
            character: CharacterSummary::from(character),
            data: DataAge::of(stats, source),
            detail: equipment::SheetOrigin::from(made.detail).id(),
            unknown: unknown.collect(),
            rest: rest.collect(),
            sheet: made.sheet,
            recorded_combat_power: stats.value.recorded.combat_power,
            warnings,
        }
    }
}
