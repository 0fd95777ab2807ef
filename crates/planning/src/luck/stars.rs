//! Counts over attempts at star force.

use std::collections::BTreeMap;

use cube_probability::star_force::{Outlook, Query};

use super::{EventCount, OneStarReport, StarOutcome, StarReport, StarRow};

/// The highest star that an attempt can start from.
const LAST_STAR: u8 = 29;

/// Counts over the star force attempts of a history: outcomes, by star.
#[derive(Debug, Default)]
pub struct StarLuck {
    unknown: u64,
    by_star: BTreeMap<u8, OneStar>,
}

/// Counts over the attempts from one star.
#[derive(Debug, Default)]
struct OneStar {
    successes: EventCount,
    destructions: EventCount,
}

impl StarLuck {
    /// Counts a row that could not be read.
    pub const fn add_unknown(&mut self) {
        self.unknown += 1;
    }

    /// Adds an attempt.
    pub fn add(&mut self, row: &StarRow) {
        let Some(outlook) = outlook(row) else {
            self.unknown += 1;
            return;
        };
        let counts = self.by_star.entry(row.star).or_default();
        let succeeded = row.outcome == StarOutcome::Success;
        let destroyed = row.outcome == StarOutcome::Destroyed;
        counts.successes.add(outlook.success, succeeded);
        counts.destructions.add(outlook.destroy, destroyed);
    }

    /// The report of everything added so far.
    pub fn report(&self) -> StarReport {
        let mut successes = EventCount::default();
        let mut destructions = EventCount::default();
        let mut by_star = Vec::with_capacity(self.by_star.len());
        for (star, counts) in &self.by_star {
            successes.merge(&counts.successes);
            destructions.merge(&counts.destructions);
            by_star.push(OneStarReport {
                star: *star,
                successes: counts.successes.report(),
                destructions: counts.destructions.report(),
            });
        }
        let successes = successes.report();
        StarReport {
            attempts: successes.attempts,
            unknown: self.unknown,
            successes,
            destructions: destructions.report(),
            by_star,
        }
    }
}

/// The chances of the attempt; none where the outcome cannot have come of them.
fn outlook(row: &StarRow) -> Option<Outlook> {
    let query = Query {
        // Every star exists at this level, and chances do not depend on it.
        item_level: 250,
        from: row.star,
        to: row.star.checked_add(1).filter(|_| row.star <= LAST_STAR)?,
        ..row.terms.clone()
    };
    let mut outlook = query.outlooks().ok()?.pop()?;
    if row.chance_time {
        (outlook.success, outlook.keep) = (1.0, 0.0);
        (outlook.drop, outlook.destroy) = (0.0, 0.0);
    }
    let chance = match row.outcome {
        StarOutcome::Success => outlook.success,
        StarOutcome::Kept => outlook.keep,
        StarOutcome::Dropped => outlook.drop,
        StarOutcome::Destroyed => outlook.destroy,
    };
    (chance > 0.0).then_some(outlook)
}
