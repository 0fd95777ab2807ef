//! Luck: what a history came to, beside what was to be expected of it.
//!
//! Every count is tested by its exact distribution, each row with its own chance. Rows are added
//! one by one and not kept, so memory does not grow with the history. What is reported is how
//! usual a count is; of many comparisons some are always unusual, so the report states their number.

mod count;
mod potential;
mod rows;
mod stars;

use std::collections::BTreeMap;

use cube_probability::{Grade, Layer, Method, Rules};
use serde::Serialize;

pub use count::{CountReport, EventCount};
pub use rows::{PotentialRow, StarOutcome, StarRow};

use self::potential::PotentialCounts;
use self::stars::StarCounts;

/// A history being counted.
#[derive(Debug)]
pub struct Luck {
    potential: PotentialCounts,
    stars: StarCounts,
}

/// Counts of a history, each beside its expectation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LuckReport {
    /// Resets of potentials.
    pub potential: ResetReport,
    /// Resets of additional potentials.
    pub additional_potential: ResetReport,
    /// Attempts at star force.
    pub star_force: StarReport,
    /// Rows that could not be read as anything the game does.
    pub unknown: u64,
    /// The number of counts that were tested: of twenty, one is expected beyond 95 %.
    pub comparisons: u64,
    /// The most failures in a row seen before a certain rise, by `method/grade`.
    pub largest_failures_before_certain: BTreeMap<String, u32>,
}

/// Resets of one layer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResetReport {
    /// Resets counted.
    pub attempts: u64,
    /// Rises of the grade, over all methods and grades.
    pub rises: CountReport,
    /// By method and the grade before the reset.
    pub by_grade: Vec<GradeReport>,
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
}

/// Attempts at star force.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StarReport {
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

impl Luck {
    /// Nothing counted yet, under the rules whose rates the rows followed.
    pub fn new(rules: &'static Rules) -> Self {
        Self {
            potential: PotentialCounts::new(rules),
            stars: StarCounts::default(),
        }
    }

    /// Adds a reset.
    pub fn add_potential(&mut self, row: &PotentialRow) {
        self.potential.add(row);
    }

    /// Adds an attempt at star force.
    pub fn add_star(&mut self, row: &StarRow) {
        self.stars.add(row);
    }

    /// Counts a row that could not be read.
    pub const fn add_unknown(&mut self) {
        self.potential.unknown += 1;
    }

    /// The report of everything added so far.
    pub fn report(&self) -> LuckReport {
        let potential = self.resets(Layer::Potential);
        let additional_potential = self.resets(Layer::AdditionalPotential);
        let star_force = self.star_force();
        let tested = |report: &CountReport| u64::from(report.mid_p.is_some());
        let of_grade = |report: &GradeReport| {
            report.rises.as_ref().map_or(0, tested)
                + tested(&report.second_lines)
                + tested(&report.third_lines)
        };
        let grades = potential
            .by_grade
            .iter()
            .chain(&additional_potential.by_grade);
        let of_star =
            |report: &OneStarReport| tested(&report.successes) + tested(&report.destructions);
        let totals = [
            &potential.rises,
            &additional_potential.rises,
            &star_force.successes,
            &star_force.destructions,
        ];
        let comparisons = grades.map(of_grade).sum::<u64>()
            + star_force.by_star.iter().map(of_star).sum::<u64>()
            + totals.into_iter().map(tested).sum::<u64>();
        let most = self.potential.most_failures.iter();
        LuckReport {
            unknown: self.potential.unknown + self.stars.unknown,
            comparisons,
            largest_failures_before_certain: most
                .map(|((method, grade), failures)| (format!("{method}/{grade}"), *failures))
                .collect(),
            potential,
            additional_potential,
            star_force,
        }
    }

    fn resets(&self, layer: Layer) -> ResetReport {
        let mut rises = EventCount::default();
        let mut attempts = 0;
        let mut by_grade = Vec::new();
        for ((method, grade), counts) in &self.potential.by_grade {
            if method.layer() != layer {
                continue;
            }
            attempts += counts.attempts;
            rises.merge(&counts.rises);
            let of_rises = counts.rises.report();
            by_grade.push(GradeReport {
                method: *method,
                grade: *grade,
                attempts: counts.attempts,
                rises: (of_rises.attempts > 0).then_some(of_rises),
                second_lines: counts.second_lines.report(),
                third_lines: counts.third_lines.report(),
            });
        }
        ResetReport {
            attempts,
            rises: rises.report(),
            by_grade,
        }
    }

    fn star_force(&self) -> StarReport {
        let mut successes = EventCount::default();
        let mut destructions = EventCount::default();
        let mut by_star = Vec::new();
        for (star, counts) in &self.stars.by_star {
            successes.merge(&counts.successes);
            destructions.merge(&counts.destructions);
            by_star.push(OneStarReport {
                star: *star,
                successes: counts.successes.report(),
                destructions: counts.destructions.report(),
            });
        }
        StarReport {
            successes: successes.report(),
            destructions: destructions.report(),
            by_star,
        }
    }
}
