//! One attempt at one star: its chances and its price under everything the query asks for.

use super::tables::{Chances, tables};
use super::{ItemKind, Query};

/// The last star at which membership discounts apply (16 to 17).
const LAST_MEMBER_STAR: u8 = 16;
/// The last star at which an event makes destruction less likely (21 to 22).
const LAST_FEWER_DESTRUCTIONS_STAR: u8 = 21;

/// One attempt.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    /// The star it starts from.
    pub(super) star: u8,
    /// Its cost in meso, a safeguard included.
    pub(super) cost: u64,
    /// Its cost when it cannot fail, so that nothing needs to be guarded.
    pub(super) sure_cost: u64,
    pub(super) success: f64,
    pub(super) keep: f64,
    pub(super) drop: f64,
    pub(super) destroy: f64,
}

impl Attempt {
    /// The attempt at `star`, which lies below the most stars the item can have.
    pub(super) fn at(query: &Query, star: u8) -> Self {
        let base = tables().attempt_cost(query.rules, query.kind, query.item_level, star);
        let sure_cost = discounted(query, star, base);
        let mut attempt = Self::published(query, star, sure_cost);
        if query.events.certain_stars.contains(&star) {
            (attempt.success, attempt.keep) = (1.0, 0.0);
            (attempt.drop, attempt.destroy) = (0.0, 0.0);
            return attempt;
        }
        if is_caught(query) {
            attempt.catch_star();
        }
        if query.events.fewer_destructions && star <= LAST_FEWER_DESTRUCTIONS_STAR {
            attempt.spare(0.3);
        }
        if query.safeguard.contains(&star) && attempt.destroy > 0.0 {
            attempt.spare(1.0);
            attempt.cost += query.rules.safeguard_surcharge() * base;
        }
        attempt
    }

    fn published(query: &Query, star: u8, cost: u64) -> Self {
        let Chances {
            success,
            keep,
            drop,
            destroy,
        } = tables().chances(query.rules, query.kind, star);
        let part = |parts_per_million: u32| f64::from(parts_per_million) / 1e6;
        Self {
            star,
            cost,
            sure_cost: cost,
            success: part(success),
            keep: part(keep),
            drop: part(drop),
            destroy: part(destroy),
        }
    }

    /// Five per cent more success; what else can happen shrinks in proportion.
    fn catch_star(&mut self) {
        let success = (self.success * 1.05).min(1.0);
        let shrink = (1.0 - success) / (1.0 - self.success);
        self.success = success;
        self.keep *= shrink;
        self.drop *= shrink;
        self.destroy *= shrink;
    }

    /// Takes a part of the destructions away: they become the star's other kind of failure.
    fn spare(&mut self, part: f64) {
        let spared = self.destroy * part;
        self.destroy -= spared;
        if self.drop > 0.0 {
            self.drop += spared;
        } else {
            self.keep += spared;
        }
    }
}

/// Whether the star catch bonus comes on top of the published chances. Those of today's rules for
/// normal items hold it already; those of superior items are always without it.
fn is_caught(query: &Query) -> bool {
    if query.rules.has_star_catch() {
        query.star_catch
    } else {
        query.kind == ItemKind::Superior
    }
}

/// The price of an attempt after memberships, then the event, rounded to whole meso.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a positive cost far below 2^53, times a factor of at most one"
)]
fn discounted(query: &Query, star: u8, base: u64) -> u64 {
    let member = if query.kind == ItemKind::Normal && star <= LAST_MEMBER_STAR {
        f64::from(100 - query.membership.percent()) / 100.0
    } else {
        1.0
    };
    (base as f64 * member * (1.0 - query.events.discount)).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::star_force::{Events, Membership, Mvp, Rules};

    fn near(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-15
    }

    #[test]
    fn star_catch_gives_the_chances_of_the_rules_now() {
        let now = Query::new(200, 0, 30);
        let then = Query {
            rules: Rules::Kms20250320,
            ..now.clone()
        };
        for star in 0..30 {
            let (then, now) = (Attempt::at(&then, star), Attempt::at(&now, star));
            assert!(near(then.success, now.success), "{star}");
            assert!(near(then.keep, now.keep), "{star}");
            assert!(near(then.destroy, now.destroy), "{star}");
        }
    }

    #[test]
    fn discounts_multiply_and_memberships_end_at_sixteen() {
        let plain = Query::new(200, 0, 22);
        let cheap = Query {
            events: Events {
                discount: 0.3,
                ..Events::default()
            },
            membership: Membership {
                mvp: Some(Mvp::Gold),
                pc_room: true,
            },
            ..plain.clone()
        };
        let cost = |query: &Query, star| Attempt::at(query, star).cost;
        assert_eq!(cost(&cheap, 0), 140_616); // 223,200 * 0.9 * 0.7
        assert_eq!(cost(&cheap, 16) * 100, cost(&plain, 16) * 63);
        assert_eq!(cost(&cheap, 17) * 10, cost(&plain, 17) * 7);
    }

    #[test]
    fn safeguard_costs_its_surcharge_undiscounted() {
        let plain = Query::new(200, 15, 18);
        let guarded = Query {
            safeguard: vec![15, 17],
            events: Events {
                discount: 0.3,
                ..Events::default()
            },
            ..plain.clone()
        };
        let base = Attempt::at(&plain, 15).cost;
        let attempt = Attempt::at(&guarded, 15);
        assert_eq!(attempt.cost, base * 7 / 10 + 2 * base);
        assert!(attempt.destroy == 0.0 && near(attempt.keep, 0.685));
        assert!(Attempt::at(&guarded, 16).destroy > 0.0);
    }

    #[test]
    fn certain_star_needs_no_safeguard() {
        let query = Query {
            safeguard: vec![15],
            events: Events {
                certain_stars: vec![15],
                ..Events::default()
            },
            ..Query::new(200, 15, 16)
        };
        let attempt = Attempt::at(&query, 15);
        assert_eq!(attempt.cost, attempt.sure_cost);
        assert!(near(attempt.success, 1.0) && near(attempt.keep + attempt.destroy, 0.0));
    }

    #[test]
    fn fewer_destructions_end_at_twenty_one_and_become_the_other_failure() {
        let query = Query {
            events: Events {
                fewer_destructions: true,
                ..Events::default()
            },
            ..Query::new(200, 0, 25)
        };
        assert!(near(Attempt::at(&query, 21).destroy, 0.126_375 * 0.7));
        assert!(near(Attempt::at(&query, 22).destroy, 0.1685));
        let old = Query {
            rules: Rules::KmsBefore20250320,
            star_catch: false,
            safeguard: vec![16],
            ..query
        };
        let guarded = Attempt::at(&old, 16);
        assert!(near(guarded.drop, 0.7) && near(guarded.keep, 0.0));
    }
}
