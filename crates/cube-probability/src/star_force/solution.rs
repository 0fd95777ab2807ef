//! The answer to a star force query.

use super::distribution::{CostTooLarge, MesoDistribution, Resolution};
use super::ladder::{Ladder, Restoration};
use super::passage::{Means, Moments};
use super::{InvalidQuery, ItemKind, Query, Rules};

/// Something the reader of an answer should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Note {
    /// No price was given for spare items, and some are needed.
    #[error("spare items were counted as free")]
    FreeSpareItems,
    /// The figures come from another region.
    #[error(
        "chances and costs of superior items are those of another region, not verified for KMS"
    )]
    SuperiorUnverified,
    /// A full restore is part of the answer, and its fee is not an official figure.
    #[error("the meso of a full restore follows the community's rule, not an official table")]
    RestoreFeeByRule,
    /// The rule set has no 찬스타임, and no source tells whether superior items kept it.
    #[error(
        "찬스타임 of superior items is counted as none: no source confirms it since 2025-03-20"
    )]
    SuperiorWithoutChanceTime,
}

/// A checked query with its exact means.
#[derive(Debug, Clone)]
pub struct Solution {
    ladder: Ladder,
    total: Moments,
    rules: Rules,
    notes: Vec<Note>,
}

impl Solution {
    /// Solves a query that was checked.
    pub(super) fn of(query: &Query) -> Self {
        let ladder = Ladder::of(query);
        let total = ladder.way().iter().map(|(_, passage)| passage.whole).sum();
        let mut solution = Self {
            ladder,
            total,
            rules: query.rules,
            notes: Vec::new(),
        };
        solution.notes = solution.notes_on(query);
        solution
    }

    /// The rule set the answer holds for.
    pub const fn rules(&self) -> Rules {
        self.rules
    }

    /// The exact means.
    pub const fn means(&self) -> Means {
        self.total.mean
    }

    /// The standard deviation of the meso cost.
    pub fn meso_std_dev(&self) -> f64 {
        self.total.meso_variance().sqrt()
    }

    /// The least the way can cost: every attempt succeeds.
    pub fn least_meso(&self) -> u64 {
        self.ladder
            .way()
            .iter()
            .map(|(rung, _)| rung.attempt.cost)
            .sum()
    }

    /// The restore at each star where the item can break, in order of the stars.
    pub fn restore_choices(&self) -> impl Iterator<Item = (u8, Restoration)> {
        self.ladder
            .rungs
            .iter()
            .filter_map(|(rung, _)| Some((rung.attempt.star, rung.fall?.by)))
    }

    /// Facts that the reader of the answer should know.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The distribution of the meso cost, between certified bounds.
    ///
    /// # Errors
    /// The cost reaches beyond what 64 bits can count.
    pub fn distribution(&self, resolution: Resolution) -> Result<MesoDistribution, CostTooLarge> {
        MesoDistribution::of(&self.ladder, &self.total, self.least_meso(), resolution)
    }

    /// Whether each of the stars is attempted with a safeguard.
    fn guards_each_of(&self, safeguard: &[u8]) -> bool {
        safeguard.iter().all(|&star| {
            let mut attempts = self.ladder.rungs.iter().map(|(rung, _)| rung.attempt);
            attempts.any(|attempt| attempt.star == star && attempt.cost > attempt.sure_cost)
        })
    }

    fn notes_on(&self, query: &Query) -> Vec<Note> {
        let full = |(_, by)| by == Restoration::Full;
        [
            (
                query.spare_item_meso == 0 && self.means().spare_items > 0.0,
                Note::FreeSpareItems,
            ),
            (query.kind == ItemKind::Superior, Note::SuperiorUnverified),
            (
                query.kind == ItemKind::Superior && !query.rules.has_chance_time(),
                Note::SuperiorWithoutChanceTime,
            ),
            (self.restore_choices().any(full), Note::RestoreFeeByRule),
        ]
        .into_iter()
        .filter_map(|(holds, note)| holds.then_some(note))
        .collect()
    }
}

/// The safeguarded stars of the policy with the least mean meso cost, with its solution.
///
/// With [`Restore::Cheapest`](super::Restore::Cheapest) the policy is the optimum over safeguard and
/// restore together: for each set of safeguarded stars the cheaper restore star by star is the best
/// one, and every set is tried. `query.safeguard` is ignored. Of equal sets the smaller one is
/// taken.
///
/// # Errors
/// As [`Query::solve`].
pub fn cheapest_safeguard(query: &Query) -> Result<(Vec<u8>, Solution), InvalidQuery> {
    best_safeguard(query, |solution| solution.means().meso)
}

/// The set of safeguarded stars for which `burden` is least, with its solution.
///
/// Every set is tried, also of stars that are only attempted because others are guarded;
/// `query.safeguard` is ignored. Of equal sets the smaller one is taken. The burden can be any aim:
/// the mean, a quantile, the chance that a budget is not enough.
///
/// # Errors
/// As [`Query::solve`].
pub fn best_safeguard(
    query: &Query,
    burden: impl Fn(&Solution) -> f64,
) -> Result<(Vec<u8>, Solution), InvalidQuery> {
    let solve = |safeguard: &[u8]| {
        let guarded = Query {
            safeguard: safeguard.to_vec(),
            ..query.clone()
        };
        guarded.solve()
    };
    let unguarded = solve(&[])?;
    let mut best = (burden(&unguarded), Vec::new(), unguarded);
    for safeguard in safeguards(query) {
        let solution = solve(&safeguard)?;
        if !solution.guards_each_of(&safeguard) {
            // The same policy as that of a smaller set.
            continue;
        }
        let burdened = burden(&solution);
        if burdened < best.0 || (burdened <= best.0 && safeguard.len() < best.1.len()) {
            best = (burdened, safeguard, solution);
        }
    }
    Ok((best.1, best.2))
}

/// Every set of stars that can be guarded on the way, but the empty one.
fn safeguards(query: &Query) -> impl Iterator<Item = Vec<u8>> {
    let allowed = match query.kind {
        ItemKind::Normal => query.rules.safeguard_stars(),
        ItemKind::Superior => &[],
    };
    let stars: Vec<u8> = (allowed.iter().copied())
        .filter(|&star| star < query.to)
        .collect();
    (1_u32..1 << stars.len()).map(move |set| {
        let chosen = |(index, &star): (usize, &u8)| (set >> index & 1 == 1).then_some(star);
        stars.iter().enumerate().filter_map(chosen).collect()
    })
}
