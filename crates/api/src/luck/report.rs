//! Lines of a luck report.

use std::collections::BTreeMap;

use cube_probability::{Grade, Method};
use histories::{LuckReport, Progress, SoulReport};
use planning::luck::{
    CountReport, GradeReport, ItemReport, OneStarReport, PaidMeso, ResetReport, StarReport,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::responses::schema;

/// One line of a luck report that goes well: progress, and last the report.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LuckLine {
    /// The days read so far. Repeated from time to time while nothing new is known.
    Progress(ProgressResponse),
    /// The last line.
    Report(Box<LuckReportResponse>),
}

/// The last line of a luck report that ended early.
#[derive(Debug, Serialize, ToSchema)]
pub struct LuckErrorLine {
    /// Problem, as a response with that status would tell it.
    #[schema(value_type = Object)]
    pub error: serde_json::Value,
    /// Place at which the next request goes on; the same as in `error`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Report of the rows read so far. A report from the cursor on counts the rest.
    pub report: Box<LuckReportResponse>,
}

/// State of a job.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = LuckProgress)]
pub struct ProgressResponse {
    /// Days that are read to their end.
    #[schema(minimum = 0, maximum = 90)]
    pub days_done: i32,
    /// Days asked for.
    #[schema(minimum = 1, maximum = 90)]
    pub days: i32,
    /// Calls made with the key so far.
    pub calls: u64,
}

/// Counts of histories, each beside what was to be expected.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LuckReport)]
pub struct LuckReportResponse {
    /// By the history asked for.
    pub kinds: LuckKinds,
    /// The number of counts with a `mid_p`: of twenty, one is expected below 0.025 or above 0.975.
    pub comparisons: u64,
    /// The most failures in a row seen at a grade from which a certain rise was seen, by
    /// `method/grade`.
    #[schema(example = json!({"meso_potential/rare": 10}))]
    pub largest_failures_before_certain: BTreeMap<String, u32>,
}

/// Counts by history.
#[derive(Debug, Serialize, ToSchema)]
pub struct LuckKinds {
    /// Uses of cubes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cube: Option<ResetLuckResponse>,
    /// Meso resets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub potential: Option<ResetLuckResponse>,
    /// Star force attempts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub star_force: Option<StarsLuckResponse>,
    /// Resets of potentials of souls, whose chances are not published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub soul_potential: Option<ResetLuckResponse>,
}

/// A count beside its expectation.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = LuckCount)]
pub struct CountResponse {
    /// Attempts counted, certain ones included.
    pub attempts: u64,
    /// Events seen.
    pub seen: u64,
    /// Events expected: the sum of the chances of the attempts; null where none is published.
    pub expected: Option<f64>,
    /// The chance of fewer events plus half the chance of as many: near 0.5 is usual, near 0 few,
    /// near 1 many. Null where nothing was left to chance.
    #[schema(minimum = 0, maximum = 1)]
    pub mid_p: Option<f64>,
}

/// Resets of a history.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ResetLuck)]
pub struct ResetLuckResponse {
    /// Resets counted.
    pub attempts: u64,
    /// Rows that could not be read as anything the game does; they are not among the attempts.
    pub unknown: u64,
    /// Rises of the grade, over all methods and grades.
    pub rises: CountResponse,
    /// By method and the grade before the reset.
    pub by_grade: Vec<GradeLuckResponse>,
    /// The items with the most resets, at most 20 with at least 10 resets each; empty for souls.
    pub items: Vec<ItemLuckResponse>,
}

/// Resets of one item with one method.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ItemLuck)]
pub struct ItemLuckResponse {
    /// The item's name. Two items of one name are counted as one.
    #[schema(example = "에테르넬 메이지햇")]
    pub item: String,
    /// The method.
    #[schema(schema_with = schema::method)]
    pub method: Method,
    /// The lowest grade that a reset was made at.
    #[schema(schema_with = schema::grade)]
    pub from: Grade,
    /// Resets counted.
    pub resets: u64,
    /// The meso paid, as far as its price is known.
    pub cost_meso: PaidMesoResponse,
    /// The best lines that a reset drew, as a goal: the largest sum of one main stat in per cent,
    /// or of attack on weapons; null where no line gives any.
    #[schema(example = "int_pct >= 30")]
    pub best: Option<String>,
    /// The mean number of resets until lines are as good in any main stat (attack on weapons), from
    /// the lowest grade seen; null where the published chances do not hold for every row, as in 미라클 타임.
    pub mean_resets: Option<f64>,
    /// The chance that as many resets draw lines as good in any main stat (attack on weapons), since
    /// which of them was wanted is not known: near 0 is a rare stroke of luck, near 1 what nearly
    /// everybody draws in as many resets. Null as `mean_resets`.
    #[schema(minimum = 0, maximum = 1)]
    pub within: Option<f64>,
}

/// Resets with one method at one grade.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GradeLuck)]
pub struct GradeLuckResponse {
    /// The method; none for souls.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::method, required = false)]
    pub method: Option<Method>,
    /// The grade before the reset.
    #[schema(schema_with = schema::grade)]
    pub grade: Grade,
    /// Resets counted.
    pub attempts: u64,
    /// Rises of the grade; null where the method does not rise from it.
    pub rises: Option<CountResponse>,
    /// Second lines of the grade landed on rather than of the one below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_lines: Option<CountResponse>,
    /// Third lines of the grade landed on rather than of the one below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub third_lines: Option<CountResponse>,
    /// The meso paid, as far as its price is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_meso: Option<PaidMesoResponse>,
}

/// Meso paid over resets of which not all have a known price.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = PaidMeso)]
pub struct PaidMesoResponse {
    /// The sum over the resets with a known price.
    pub known: u64,
    /// Resets with a known price.
    pub priced: u64,
}

/// Star force attempts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StarsLuck)]
pub struct StarsLuckResponse {
    /// Attempts counted.
    pub attempts: u64,
    /// Rows that could not be read as anything the game does; they are not among the attempts.
    pub unknown: u64,
    /// Stars gained, over all stars.
    pub successes: CountResponse,
    /// Items destroyed, over all stars.
    pub destructions: CountResponse,
    /// By the star before the attempt.
    pub by_star: Vec<StarLuckResponse>,
}

/// Star force attempts from one star.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StarLuck)]
pub struct StarLuckResponse {
    /// The star before the attempt.
    #[schema(minimum = 0, maximum = 29)]
    pub star: u8,
    /// Attempts counted.
    pub attempts: u64,
    /// Stars gained.
    pub successes: CountResponse,
    /// Items destroyed.
    pub destructions: CountResponse,
}

impl From<Progress> for ProgressResponse {
    fn from(progress: Progress) -> Self {
        Self {
            days_done: progress.days_done,
            days: progress.days,
            calls: progress.calls,
        }
    }
}

impl From<LuckReport> for LuckReportResponse {
    fn from(report: LuckReport) -> Self {
        Self {
            kinds: LuckKinds {
                cube: report.cube.map(Into::into),
                potential: report.potential.map(Into::into),
                star_force: report.star_force.map(Into::into),
                soul_potential: report.soul_potential.map(|report| (&report).into()),
            },
            comparisons: report.comparisons,
            largest_failures_before_certain: report.largest_failures_before_certain,
        }
    }
}

impl From<CountReport> for CountResponse {
    fn from(report: CountReport) -> Self {
        Self {
            attempts: report.attempts,
            seen: report.seen,
            expected: Some(report.expected),
            mid_p: report.mid_p,
        }
    }
}

impl CountResponse {
    /// A count of events whose chances are not published.
    const fn without_chances(attempts: u64, seen: u64) -> Self {
        Self {
            attempts,
            seen,
            expected: None,
            mid_p: None,
        }
    }
}

impl From<ResetReport> for ResetLuckResponse {
    fn from(report: ResetReport) -> Self {
        Self {
            attempts: report.attempts,
            unknown: report.unknown,
            rises: report.rises.into(),
            by_grade: report.by_grade.iter().map(Into::into).collect(),
            items: report.items.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<ItemReport> for ItemLuckResponse {
    fn from(report: ItemReport) -> Self {
        Self {
            item: report.item,
            method: report.method,
            from: report.from,
            resets: report.resets,
            cost_meso: report.cost_meso.into(),
            best: report.best.as_ref().map(ToString::to_string),
            mean_resets: report.mean_resets,
            within: report.within,
        }
    }
}

impl From<PaidMeso> for PaidMesoResponse {
    fn from(PaidMeso { known, priced }: PaidMeso) -> Self {
        Self { known, priced }
    }
}

impl From<&GradeReport> for GradeLuckResponse {
    fn from(report: &GradeReport) -> Self {
        Self {
            method: Some(report.method),
            grade: report.grade,
            attempts: report.attempts,
            rises: report.rises.map(Into::into),
            second_lines: Some(report.second_lines.into()),
            third_lines: Some(report.third_lines.into()),
            cost_meso: Some(report.cost_meso.into()),
        }
    }
}

impl From<&SoulReport> for ResetLuckResponse {
    fn from(report: &SoulReport) -> Self {
        let rises = report.by_grade.values().map(|of| of.rises).sum();
        let by_grade = report.by_grade.iter().map(|(grade, of)| GradeLuckResponse {
            method: None,
            grade: *grade,
            attempts: of.attempts,
            rises: Some(CountResponse::without_chances(of.attempts, of.rises)),
            second_lines: None,
            third_lines: None,
            cost_meso: None,
        });
        Self {
            attempts: report.attempts,
            unknown: report.unknown,
            rises: CountResponse::without_chances(report.attempts, rises),
            by_grade: by_grade.collect(),
            items: Vec::new(),
        }
    }
}

impl From<StarReport> for StarsLuckResponse {
    fn from(report: StarReport) -> Self {
        Self {
            attempts: report.attempts,
            unknown: report.unknown,
            successes: report.successes.into(),
            destructions: report.destructions.into(),
            by_star: report.by_star.iter().map(Into::into).collect(),
        }
    }
}

impl From<&OneStarReport> for StarLuckResponse {
    fn from(report: &OneStarReport) -> Self {
        Self {
            star: report.star,
            attempts: report.successes.attempts,
            successes: report.successes.into(),
            destructions: report.destructions.into(),
        }
    }
}
