//! Reports: counts beside their expectation.

use std::collections::BTreeMap;

use cube_probability::{Goal, Grade, Method};
use serde::Serialize;

use super::CountReport;

/// Resets of a history.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResetReport {
    /// Resets counted.
    pub attempts: u64,
    /// Rows that could not be read as anything the game does.
    pub unknown: u64,
    /// Rises of the grade, over all methods and grades.
    pub rises: CountReport,
    /// By method and the grade before the reset.
    pub by_grade: Vec<GradeReport>,
    /// The items with the most resets, at most 20 with at least 10 resets each.
    pub items: Vec<ItemReport>,
    /// The most failures in a row seen at a grade from which a certain rise was seen, by
    /// `method/grade`.
    #[serde(skip)]
    pub largest_failures_before_certain: BTreeMap<String, u32>,
}

/// Resets with one method at one grade.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GradeReport {
    /// The method.
    pub method: Method,
    /// The grade before the reset.
    pub grade: Grade,
    /// Resets counted.
    pub attempts: u64,
    /// Rises of the grade; none where the method does not rise from it.
    pub rises: Option<CountReport>,
    /// Second lines of the grade landed on.
    pub second_lines: CountReport,
    /// Third lines of the grade landed on.
    pub third_lines: CountReport,
    /// The meso paid.
    pub cost_meso: PaidMeso,
}

/// Resets of one item with one method.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ItemReport {
    /// The item's name. Two items of one name are counted as one.
    pub item: String,
    /// The method.
    pub method: Method,
    /// The lowest grade that a reset was made at.
    pub from: Grade,
    /// Resets counted.
    pub resets: u64,
    /// The meso paid.
    pub cost_meso: PaidMeso,
    /// The best lines that a reset drew, as a goal: the largest sum of one main stat in per cent,
    /// or of attack on weapons. None where no line gives any.
    pub best: Option<Goal>,
    /// The mean number of resets until lines are as good in any main stat (attack on weapons), from
    /// the lowest grade seen and without failures. None where the chances of the rules do not hold for every row.
    pub mean_resets: Option<f64>,
    /// The chance that as many resets draw lines as good in any main stat (attack on weapons), since
    /// which of them was wanted is not known: near 0 is a rare stroke of luck, near 1
    /// what nearly everybody draws in as many resets.
    pub within: Option<f64>,
}

/// Meso paid over rows of which not all have a known price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct PaidMeso {
    /// The sum over the rows with a known price, in meso.
    pub known: u64,
    /// Rows with a known price.
    pub priced: u64,
}

/// Attempts at star force.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StarReport {
    /// Attempts counted.
    pub attempts: u64,
    /// Rows that could not be read as anything the game does.
    pub unknown: u64,
    /// Stars gained, over all stars.
    pub successes: CountReport,
    /// Items destroyed, over all stars.
    pub destructions: CountReport,
    /// By the star before the attempt.
    pub by_star: Vec<OneStarReport>,
}

/// Attempts from one star.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OneStarReport {
    /// The star before the attempt.
    pub star: u8,
    /// Stars gained.
    pub successes: CountReport,
    /// Items destroyed.
    pub destructions: CountReport,
}

impl PaidMeso {
    /// Adds the price of one row, if it is known.
    pub(super) const fn add(&mut self, meso: Option<u64>) {
        if let Some(meso) = meso {
            self.known = self.known.saturating_add(meso);
            self.priced += 1;
        }
    }
}

impl ResetReport {
    /// The number of counts that were tested: of twenty, one is expected beyond 95 %.
    pub fn comparisons(&self) -> u64 {
        let of_grade = |report: &GradeReport| {
            report.rises.as_ref().map_or(0, tested)
                + tested(&report.second_lines)
                + tested(&report.third_lines)
        };
        tested(&self.rises) + self.by_grade.iter().map(of_grade).sum::<u64>()
    }
}

impl StarReport {
    /// The number of counts that were tested: of twenty, one is expected beyond 95 %.
    pub fn comparisons(&self) -> u64 {
        let of_star =
            |report: &OneStarReport| tested(&report.successes) + tested(&report.destructions);
        let totals = tested(&self.successes) + tested(&self.destructions);
        totals + self.by_star.iter().map(of_star).sum::<u64>()
    }
}

fn tested(report: &CountReport) -> u64 {
    u64::from(report.mid_p.is_some())
}
