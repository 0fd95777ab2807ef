//! Identity of a character, and since when that is known.

use equipment::{Aged, Character, Freshness};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::Warning;

/// Identity of a character.
#[derive(Debug, Serialize, ToSchema)]
pub struct CharacterResponse {
    /// Identity of the character.
    #[serde(flatten)]
    pub summary: CharacterSummary,
    /// Number of members who like it; null when it is not known now.
    #[schema(example = 12)]
    pub likes: Option<u64>,
    /// Source of the data and time of their fetch.
    pub data: DataAge,
    /// Remarks on the result.
    pub warnings: Vec<Warning>,
}

/// A character in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[schema(as = Character)]
pub struct CharacterSummary {
    /// The character's name.
    #[schema(example = "긱델")]
    pub name: String,
    /// The world's Korean name.
    #[schema(example = "스카니아")]
    pub world: String,
    /// The class's Korean name.
    #[schema(example = "에반")]
    pub class: String,
    /// The character's level; null where the upstream gives none.
    #[schema(example = 285, minimum = 1, maximum = 300)]
    pub level: Option<u16>,
}

/// Source of data and time of their fetch.
///
/// A body that is kept and sent to many has no age: `fetched_at` is its time, and the response's
/// `Age` header the age. A body made for one request has both.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[schema(as = Data)]
pub struct DataAge {
    /// Freshness: younger than 15 minutes, or stale.
    pub freshness: FreshnessWord,
    /// Time at which the upstream sent them.
    #[schema(value_type = String, format = DateTime)]
    pub fetched_at: Timestamp,
    /// Time since then, in seconds; only in a body that is made for one request. Others have the
    /// `Age` header.
    #[schema(example = 60)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_seconds: Option<u64>,
    /// The upstream: `nexon`, or `sandbox` for made-up characters.
    #[schema(example = "nexon")]
    pub source: &'static str,
}

/// Freshness of data: younger than 15 minutes, or stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Freshness)]
pub enum FreshnessWord {
    /// Younger.
    Fresh,
    /// As old or older: it is being fetched again, or the upstream gives no answer.
    Stale,
}

impl CharacterResponse {
    /// Response for a character.
    pub fn new(known: &Aged<Character>, likes: Option<u64>, source: &'static str) -> Self {
        Self {
            summary: CharacterSummary::from(&known.value),
            likes,
            data: DataAge::of(known, source),
            warnings: Warning::of_known(known),
        }
    }
}

impl From<&Character> for CharacterSummary {
    fn from(character: &Character) -> Self {
        Self {
            name: character.name.to_string(),
            world: character.world.clone(),
            class: character.class.clone(),
            level: Some(character.level).filter(|level| *level > 0),
        }
    }
}

impl DataAge {
    /// Provenance of data in a body that is kept: without their age.
    pub fn of<T>(known: &Aged<T>, source: &'static str) -> Self {
        Self {
            freshness: match known.freshness {
                Freshness::Fresh => FreshnessWord::Fresh,
                Freshness::Stale => FreshnessWord::Stale,
            },
            fetched_at: known.fetched_at,
            age_seconds: None,
            source,
        }
    }

    /// Provenance of data in a body that is made for one request: with their age.
    pub fn with_age<T>(known: &Aged<T>, source: &'static str) -> Self {
        Self {
            age_seconds: Some(known.age.as_secs()),
            ..Self::of(known, source)
        }
    }
}
