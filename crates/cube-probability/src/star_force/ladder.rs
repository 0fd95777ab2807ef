//! The ladder of stars a query climbs: one rung per star that can be visited.

use super::attempt::Attempt;
use super::passage::Passage;
use super::tables::tables;
use super::{CustomRestore, Events, ItemKind, Query, Restore, RestoreTo, Rules};
use crate::words::words;

/// The star at which the basic restore brings an item back.
const BASIC_STAR: u8 = 12;
/// The highest star a trace keeps.
const MAX_TRACE_STAR: u8 = 22;
/// The last star at which a success of a 1+1 event counts twice.
const LAST_ONE_PLUS_ONE_STAR: u8 = 10;

/// The way a destroyed item comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Restoration {
    /// One spare item, 12 stars.
    Basic,
    /// The star it broke at, 22 at most, for spare items and meso.
    Full,
    /// On the query's own terms.
    Custom,
    /// Not at all: another item starts at 0 stars (슈페리얼).
    NewItem,
}

words!("restoration", Restoration {
    Basic = "basic",
    Full = "full",
    Custom = "custom",
    NewItem = "new_item",
});

/// The consequence of a destruction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fall {
    pub(super) by: Restoration,
    /// The rung on which the item comes back.
    pub(super) to: usize,
    pub(super) copies: u32,
    /// The fee and the price of the copies.
    pub(super) meso: u64,
}

/// One star on the way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rung {
    pub(super) attempt: Attempt,
    /// The consequence of a destruction; there is one exactly if the attempt can destroy.
    pub(super) fall: Option<Fall>,
}

/// The rungs in order, each with its passage to the next; the last one leads to the aim.
#[derive(Debug, Clone)]
pub(super) struct Ladder {
    pub(super) rungs: Vec<(Rung, Passage)>,
    /// The rung on which the item starts; the number of rungs if it already is at its aim.
    pub(super) start: usize,
    pub(super) chance_time: bool,
}

impl Ladder {
    /// The ladder of a query that was checked.
    pub(super) fn of(query: &Query) -> Self {
        let stars = stars(query);
        let start = stars.partition_point(|&star| star < query.from);
        let mut ladder = Self {
            rungs: Vec::with_capacity(stars.len()),
            start,
            chance_time: query.rules.has_chance_time(),
        };
        for &star in &stars {
            ladder.add(query, star);
        }
        ladder.cut_unreachable();
        ladder
    }

    /// The rungs every item has to pass.
    pub(super) fn way(&self) -> &[(Rung, Passage)] {
        &self.rungs[self.start..]
    }

    fn add(&mut self, query: &Query, star: u8) {
        let attempt = Attempt::at(query, star);
        let fall = (attempt.destroy > 0.0).then(|| self.fall(query, star));
        let rung = Rung { attempt, fall };
        let passage = Passage::of(&rung, &self.rungs, self.chance_time);
        self.rungs.push((rung, passage));
    }

    /// The consequence of a destruction at `star`; the rungs below are already there.
    fn fall(&self, query: &Query, star: u8) -> Fall {
        if query.kind == ItemKind::Superior {
            return self.landing(query, Restoration::NewItem, 0, 1, 0);
        }
        let basic = || self.landing(query, Restoration::Basic, BASIC_STAR, 1, 0);
        match query.restore {
            Restore::Basic => basic(),
            Restore::Full => self.full(query, star),
            Restore::Cheapest if !query.rules.has_full_restore() => basic(),
            Restore::Cheapest => self.cheaper(basic(), self.full(query, star)),
            Restore::Custom(CustomRestore {
                to,
                copies,
                fee_meso,
            }) => {
                let to = match to {
                    RestoreTo::SameStar => star.min(MAX_TRACE_STAR),
                    RestoreTo::Twelve => BASIC_STAR,
                };
                self.landing(query, Restoration::Custom, to, copies, fee_meso)
            }
        }
    }

    fn full(&self, query: &Query, star: u8) -> Fall {
        let trace = star.min(MAX_TRACE_STAR);
        let copies = tables()
            .restore_copies(trace)
            .expect("items only break at stars for which the figures were checked");
        let fee = full_restore_fee(query.item_level, trace);
        let fee = if query.events.cheaper_restore {
            fee / 5 * 4
        } else {
            fee
        };
        self.landing(query, Restoration::Full, trace, copies, fee)
    }

    fn landing(&self, query: &Query, by: Restoration, star: u8, copies: u32, fee: u64) -> Fall {
        Fall {
            by,
            to: self
                .rungs
                .partition_point(|(rung, _)| rung.attempt.star < star),
            copies,
            meso: fee + u64::from(copies) * query.spare_item_meso,
        }
    }

    /// The one with the lower mean cost until the item is back; the basic one if they are equal.
    ///
    /// The passages below do not depend on what is chosen here, so the choice star by star is the
    /// best one altogether.
    fn cheaper(&self, basic: Fall, full: Fall) -> Fall {
        let mean = |fall: &Fall| {
            let back = self.rungs[fall.to..].iter();
            fall.meso as f64
                + back
                    .map(|(_, passage)| passage.whole.mean.meso)
                    .sum::<f64>()
        };
        if mean(&full) < mean(&basic) {
            full
        } else {
            basic
        }
    }

    /// Takes away the rungs below the lowest one that can be visited.
    fn cut_unreachable(&mut self) {
        let mut lowest = self.start;
        let mut index = lowest;
        while let Some((rung, _)) = self.rungs.get(index) {
            let dropped = index - usize::from(rung.attempt.drop > 0.0);
            let reached = rung.fall.map_or(dropped, |fall| fall.to.min(dropped));
            index = if reached < lowest { reached } else { index + 1 };
            lowest = lowest.min(reached);
        }
        self.rungs.drain(..lowest);
        self.start -= lowest;
        for (rung, _) in &mut self.rungs {
            if let Some(fall) = &mut rung.fall {
                fall.to -= lowest;
            }
        }
    }
}

/// The meso of a full restore: the listed one, or for a level that is not listed the rule by which
/// the list was made.
///
/// The rule is the community's: the mean cost of going from 12 stars to the trace's star, with the
/// stars 15 to 17 guarded, spare items for free, 30 % off and 30 % fewer destructions, rounded up
/// to three significant digits. It reproduces the whole list.
fn full_restore_fee(item_level: u16, trace: u8) -> u64 {
    tables()
        .restore_fee(item_level, trace)
        .unwrap_or_else(|| fee_by_rule(item_level, trace))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a positive mean below 2^53"
)]
fn fee_by_rule(item_level: u16, trace: u8) -> u64 {
    let climb = Query {
        rules: Rules::Kms20260319,
        safeguard: vec![15, 16, 17],
        events: Events {
            discount: 0.3,
            fewer_destructions: true,
            ..Events::default()
        },
        restore: Restore::Basic,
        ..Query::new(item_level, BASIC_STAR, trace)
    };
    let mean: f64 = Ladder::of(&climb)
        .way()
        .iter()
        .map(|(_, passage)| passage.whole.mean.meso)
        .sum();
    let unit = 10_u64.pow((mean as u64).ilog10().saturating_sub(2));
    (mean / unit as f64).ceil() as u64 * unit
}

/// The stars that can be visited, in order: from the start, or from where a broken or dropped item
/// can end up, up to the last star below the aim.
fn stars(query: &Query) -> Vec<u8> {
    let lowest = match query.kind {
        ItemKind::Normal => query.from.min(BASIC_STAR),
        ItemKind::Superior => 0,
    };
    let after = |star: &u8| {
        let double = query.events.one_plus_one && *star <= LAST_ONE_PLUS_ONE_STAR;
        Some(star + if double { 2 } else { 1 })
    };
    std::iter::successors(Some(lowest), after)
        .take_while(|&star| star < query.to)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visited(query: &Query) -> Vec<u8> {
        let ladder = Ladder::of(query);
        ladder
            .rungs
            .iter()
            .map(|(rung, _)| rung.attempt.star)
            .collect()
    }

    #[test]
    fn listed_restore_fees_follow_from_the_rule() {
        let mut rows = 0;
        for (level, star, fee) in tables().restore_fees() {
            assert_eq!(fee_by_rule(level, star), fee, "level {level}, star {star}");
            rows += 1;
        }
        assert_eq!(rows, 58);
    }

    #[test]
    fn ladder_has_only_stars_that_can_be_visited() {
        let free = Query {
            restore: Restore::Basic,
            ..Query::new(200, 17, 19)
        };
        assert_eq!(visited(&free), [12, 13, 14, 15, 16, 17, 18]);
        let full = Query {
            restore: Restore::Full,
            ..free.clone()
        };
        assert_eq!(visited(&full), [17, 18]);
        let guarded = Query {
            safeguard: vec![17],
            to: 18,
            ..free.clone()
        };
        assert_eq!(visited(&guarded), [17]);
        assert!(visited(&Query { to: 17, ..free }).is_empty());
    }

    #[test]
    fn dropped_items_reach_the_floor_of_their_star() {
        let old = Query {
            rules: Rules::KmsBefore20250320,
            restore: Restore::Custom(CustomRestore {
                to: RestoreTo::SameStar,
                copies: 1,
                fee_meso: 0,
            }),
            ..Query::new(200, 18, 23)
        };
        assert_eq!(visited(&old), (15..23).collect::<Vec<_>>());
        assert_eq!(visited(&Query { from: 21, ..old }), [20, 21, 22]);
    }

    #[test]
    fn one_plus_one_skips_stars_up_to_ten() {
        let event = |from, to| Query {
            events: Events {
                one_plus_one: true,
                ..Events::default()
            },
            ..Query::new(200, from, to)
        };
        assert_eq!(visited(&event(0, 14)), [0, 2, 4, 6, 8, 10, 12, 13]);
        assert_eq!(visited(&event(9, 14)), [9, 11, 12, 13]);
        assert_eq!(visited(&event(9, 10)), [9]);
    }

    #[test]
    fn trace_keeps_at_most_twenty_two_stars() {
        let custom = Restore::Custom(CustomRestore {
            to: RestoreTo::SameStar,
            copies: 1,
            fee_meso: 0,
        });
        for restore in [Restore::Full, custom] {
            let query = Query {
                restore,
                ..Query::new(250, 20, 25)
            };
            let ladder = Ladder::of(&query);
            let back = |rung: &Rung| rung.fall.map(|fall| ladder.rungs[fall.to].0.attempt.star);
            let back: Vec<_> = ladder
                .rungs
                .iter()
                .filter_map(|(rung, _)| back(rung))
                .collect();
            assert_eq!(back, [20, 21, 22, 22, 22], "{restore:?}");
        }
    }
}
