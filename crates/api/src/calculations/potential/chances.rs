//! The chance of a goal at each grade that a method reaches.

use cube_probability::{Draw, Goal, Grade, Odds, ResetError, Rules};
use serde::Serialize;
use utoipa::ToSchema;

/// A chance for each grade that the method reaches.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct ChanceByGrade {
    /// 레어
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rare: Option<f64>,
    /// 에픽
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epic: Option<f64>,
    /// 유니크
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unique: Option<f64>,
    /// 레전드리
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legendary: Option<f64>,
}

/// A chance as an exact fraction in lowest terms, for each grade that the method reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExactChanceByGrade {
    /// 레어
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rare: Option<String>,
    /// 에픽
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epic: Option<String>,
    /// 유니크
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unique: Option<String>,
    /// 레전드리
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "16/1723025")]
    pub legendary: Option<String>,
}

impl ChanceByGrade {
    pub(super) fn of(odds: &Odds) -> Self {
        let grades = odds.method().grades();
        let at = |grade| {
            let reached = grades.contains(&grade);
            reached.then(|| odds.chance(grade).probability())
        };
        Self {
            rare: at(Grade::Rare),
            epic: at(Grade::Epic),
            unique: at(Grade::Unique),
            legendary: at(Grade::Legendary),
        }
    }
}

impl ExactChanceByGrade {
    pub(super) fn of(rules: &'static Rules, draw: &Draw, goal: &Goal) -> Result<Self, ResetError> {
        let at = |grade: Grade| {
            if !draw.method().grades().contains(&grade) {
                return Ok(None);
            }
            let tables = rules.line_tables_of(draw, grade)?;
            Ok(Some(tables.exact_chance(goal).to_string()))
        };
        Ok(Self {
            rare: at(Grade::Rare)?,
            epic: at(Grade::Epic)?,
            unique: at(Grade::Unique)?,
            legendary: at(Grade::Legendary)?,
        })
    }
}
