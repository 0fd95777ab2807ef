//! Rows of histories, as typed values.

use cube_probability::star_force::Query;
use cube_probability::{Grade, Method, OptionLine, Part};

/// One reset of a potential: a cube or a meso reset.
#[derive(Debug, Clone, PartialEq)]
pub struct PotentialRow {
    /// The method; none when the history names one that is not known.
    pub method: Option<Method>,
    /// The item's name; none when it is not known.
    pub item: Option<String>,
    /// The item's part; none when it is not known, which leaves its lines out.
    pub part: Option<Part>,
    /// The item's level.
    pub item_level: u16,
    /// The grade before the reset.
    pub from: Grade,
    /// The grade after it.
    pub to: Grade,
    /// Whether the rise was certain by failures.
    pub certain: bool,
    /// The failures in a row that the history shows with this reset, where it tells.
    pub failures: Option<u32>,
    /// Whether rises were twice as likely (미라클 타임).
    pub miracle_time: bool,
    /// The lines drawn, each with whether it is of the grade after the reset rather than of the one
    /// below; none for a text that is not known.
    pub lines: Vec<Option<(OptionLine, bool)>>,
    /// The meso paid, where it is known.
    pub cost_meso: Option<u64>,
}

/// Outcome of an attempt at star force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StarOutcome {
    /// 성공
    Success,
    /// 실패(유지)
    Kept,
    /// 실패(하락)
    Dropped,
    /// 파괴
    Destroyed,
}

impl StarOutcome {
    /// The outcome by the history's own word.
    pub fn from_korean(word: &str) -> Option<Self> {
        Some(match word {
            "성공" => Self::Success,
            "실패(유지)" => Self::Kept,
            "실패(하락)" => Self::Dropped,
            "파괴" => Self::Destroyed,
            _ => return None,
        })
    }
}

/// One attempt at star force.
///
/// The history names neither level nor part; chances depend on neither, but for superior items.
#[derive(Debug, Clone, PartialEq)]
pub struct StarRow {
    /// The stars before the attempt.
    pub star: u8,
    /// The outcome.
    pub outcome: StarOutcome,
    /// The rules, events and safeguard under which it was made. Its level and stars are not
    /// looked at.
    pub terms: Query,
    /// Whether success was certain after two lost stars in a row (찬스타임).
    pub chance_time: bool,
}
