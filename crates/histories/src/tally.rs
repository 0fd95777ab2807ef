//! Tallies: the rows of all histories, counted as they come.

use std::collections::BTreeMap;

use cube_probability::{Grade, Rules};
use planning::luck::{ResetLuck, ResetReport, StarLuck, StarReport};

use crate::{HistoryKind, HistoryPage, HistoryRow};

/// Counts over the rows of the histories asked for.
#[derive(Debug)]
pub struct LuckTally {
    cubes: Option<ResetLuck>,
    resets: Option<ResetLuck>,
    stars: Option<StarLuck>,
    souls: Option<SoulReport>,
}

/// Counts of the histories, each beside its expectation.
#[derive(Debug, Clone, PartialEq)]
pub struct LuckReport {
    /// Uses of cubes, if asked for.
    pub cube: Option<ResetReport>,
    /// Meso resets, if asked for.
    pub potential: Option<ResetReport>,
    /// Star force attempts, if asked for.
    pub star_force: Option<StarReport>,
    /// Resets of potentials of souls, if asked for.
    pub soul_potential: Option<SoulReport>,
    /// The number of counts that were tested: of twenty, one is expected beyond 95 %.
    pub comparisons: u64,
    /// The most failures in a row seen at a grade from which a certain rise was seen, by
    /// `method/grade`.
    pub largest_failures_before_certain: BTreeMap<String, u32>,
}

/// Resets of potentials of souls. Their chances are not published, so nothing is expected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SoulReport {
    /// Resets counted.
    pub attempts: u64,
    /// Rows that could not be read.
    pub unknown: u64,
    /// By the grade before the reset.
    pub by_grade: BTreeMap<Grade, SoulGrade>,
}

/// Resets of potentials of souls at one grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SoulGrade {
    /// Resets counted.
    pub attempts: u64,
    /// Rises of the grade.
    pub rises: u64,
}

impl LuckTally {
    /// Nothing counted yet, of these histories.
    pub fn new(rules: &'static Rules, kinds: &[HistoryKind]) -> Self {
        let has = |kind| kinds.contains(&kind);
        Self {
            cubes: has(HistoryKind::Cube).then(|| ResetLuck::new(rules)),
            resets: has(HistoryKind::Potential).then(|| ResetLuck::new(rules)),
            stars: has(HistoryKind::StarForce).then(StarLuck::default),
            souls: has(HistoryKind::SoulPotential).then(SoulReport::default),
        }
    }

    /// Adds the rows of a page of this history. A row of another kind counts as one that cannot be
    /// read.
    pub fn add(&mut self, kind: HistoryKind, page: &HistoryPage) {
        for row in &page.rows {
            match kind {
                HistoryKind::Cube => add_reset(self.cubes.as_mut(), row),
                HistoryKind::Potential => add_reset(self.resets.as_mut(), row),
                HistoryKind::StarForce => add_star(self.stars.as_mut(), row),
                HistoryKind::SoulPotential => add_soul(self.souls.as_mut(), row),
            }
        }
    }

    /// The report of everything added so far.
    pub fn report(&self) -> LuckReport {
        let cube = self.cubes.as_ref().map(ResetLuck::report);
        let potential = self.resets.as_ref().map(ResetLuck::report);
        let star_force = self.stars.as_ref().map(StarLuck::report);
        let resets = || [&cube, &potential].into_iter().flatten();
        let comparisons = resets().map(ResetReport::comparisons).sum::<u64>()
            + star_force.as_ref().map_or(0, StarReport::comparisons);
        let failures = resets().flat_map(|report| report.largest_failures_before_certain.clone());
        LuckReport {
            comparisons,
            largest_failures_before_certain: failures.collect(),
            cube,
            potential,
            star_force,
            soul_potential: self.souls.clone(),
        }
    }
}

fn add_reset(counts: Option<&mut ResetLuck>, row: &HistoryRow) {
    match (counts, row) {
        (Some(counts), HistoryRow::Reset(row)) => counts.add(row),
        (Some(counts), _) => counts.add_unknown(),
        (None, _) => {}
    }
}

fn add_star(counts: Option<&mut StarLuck>, row: &HistoryRow) {
    match (counts, row) {
        (Some(counts), HistoryRow::Star(row)) => counts.add(row),
        (Some(counts), _) => counts.add_unknown(),
        (None, _) => {}
    }
}

fn add_soul(counts: Option<&mut SoulReport>, row: &HistoryRow) {
    match (counts, row) {
        (Some(counts), HistoryRow::Soul(row)) => {
            counts.attempts += 1;
            let grade = counts.by_grade.entry(row.from).or_default();
            grade.attempts += 1;
            grade.rises += u64::from(row.to > row.from);
        }
        (Some(counts), _) => counts.unknown += 1,
        (None, _) => {}
    }
}
