//! The ranges of a query's fields, and errors that name them.

use super::tables::{MAX_ITEM_LEVEL, tables};
use super::{CustomRestore, ItemKind, Query, Restore, Rules};

/// The stars an event can make certain.
const CERTAIN_STARS: [u8; 3] = [5, 10, 15];

/// A star force query without an answer. Each variant says what is allowed instead.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum InvalidQuery {
    /// No limits are known for the item level.
    #[error("item level {given} is not between 0 and {MAX_ITEM_LEVEL}")]
    ItemLevel {
        /// The level asked for.
        given: u16,
    },
    /// The item cannot have the stars it is said to have.
    #[error("start {given} is not between 0 and {max}, the most stars of such an item")]
    From {
        /// The stars asked for.
        given: u8,
        /// The most stars of an item of that kind and level under the rules asked for.
        max: u8,
    },
    /// The item can never have the stars wanted.
    #[error("aim {given} is not between 0 and {max}, the most stars of such an item")]
    To {
        /// The stars asked for.
        given: u8,
        /// The most stars of an item of that kind and level under the rules asked for.
        max: u8,
    },
    /// The item already has more stars than wanted.
    #[error("aim {to} is below the start; it must be at least {from}")]
    ToBelowFrom {
        /// The stars the item has.
        from: u8,
        /// The stars wanted.
        to: u8,
    },
    /// Destruction cannot be prevented at that star.
    #[error("star {star} has no safeguard; the stars that have one: {allowed:?}")]
    Safeguard {
        /// The star asked for.
        star: u8,
        /// The stars that have a safeguard.
        allowed: &'static [u8],
    },
    /// No event makes that star certain.
    #[error("star {star} is never certain; the stars an event can make certain: {CERTAIN_STARS:?}")]
    CertainStar {
        /// The star asked for.
        star: u8,
    },
    /// The discount is not a part of the whole.
    #[error("discount {given} is not at least 0 and below 1")]
    Discount {
        /// The discount asked for; possibly not a number.
        given: f64,
    },
    /// A price beyond all sense.
    #[error("{given} meso is more than {max}", max = Query::MAX_MESO)]
    Meso {
        /// The field, as [`InvalidQuery::pointer`] names it.
        field: &'static str,
        /// The price asked for.
        given: u64,
    },
    /// More spare items than anyone would burn for one restore.
    #[error("{given} copies is more than {max}", max = Query::MAX_COPIES)]
    Copies {
        /// The number asked for.
        given: u32,
    },
    /// The rule set only knows the basic restore.
    #[error(
        "under {rules} a destroyed item always comes back at 12 stars; use basic, cheapest or custom"
    )]
    NoFullRestore {
        /// The rule set asked for.
        rules: Rules,
    },
    /// Nothing is known about this help for superior items.
    #[error("not available for superior items; leave it out")]
    NotForSuperior {
        /// The field, as [`InvalidQuery::pointer`] names it.
        field: &'static str,
    },
}

impl InvalidQuery {
    /// The JSON pointer of the field at fault in the HTTP contract's request, such as `/to`.
    pub const fn pointer(&self) -> &'static str {
        match self {
            Self::ItemLevel { .. } => "/item_level",
            Self::From { .. } => "/from",
            Self::To { .. } | Self::ToBelowFrom { .. } => "/to",
            Self::Safeguard { .. } => "/safeguard",
            Self::CertainStar { .. } => "/certain_stars",
            Self::Discount { .. } => "/discount",
            Self::Copies { .. } => "/restore/copies",
            Self::NoFullRestore { .. } => "/restore/mode",
            Self::Meso { field, .. } | Self::NotForSuperior { field } => field,
        }
    }
}

impl Query {
    /// Checks every field.
    ///
    /// # Errors
    /// The first field that is out of its range, with that range.
    pub fn check(&self) -> Result<(), InvalidQuery> {
        self.check_stars()?;
        if self.kind == ItemKind::Superior {
            self.check_superior()?;
        }
        self.check_help()?;
        self.check_prices()
    }

    fn check_stars(&self) -> Result<(), InvalidQuery> {
        let &Self {
            item_level,
            from,
            to,
            ..
        } = self;
        if item_level > MAX_ITEM_LEVEL {
            return Err(InvalidQuery::ItemLevel { given: item_level });
        }
        let max = tables().max_star(self.rules, self.kind, item_level);
        if from > max {
            return Err(InvalidQuery::From { given: from, max });
        }
        if to > max {
            return Err(InvalidQuery::To { given: to, max });
        }
        if to < from {
            return Err(InvalidQuery::ToBelowFrom { from, to });
        }
        Ok(())
    }

    fn check_superior(&self) -> Result<(), InvalidQuery> {
        let asked = [
            (self.events.discount > 0.0, "/discount"),
            (self.membership.percent() > 0, "/membership"),
            (!self.events.certain_stars.is_empty(), "/certain_stars"),
            (self.events.fewer_destructions, "/fewer_destructions"),
            (self.events.one_plus_one, "/one_plus_one"),
            (self.events.cheaper_restore, "/cheaper_restore"),
            (self.restore != Restore::Cheapest, "/restore/mode"),
        ];
        match asked.iter().find(|(asked, _)| *asked) {
            Some(&(_, field)) => Err(InvalidQuery::NotForSuperior { field }),
            None => Ok(()),
        }
    }

    fn check_help(&self) -> Result<(), InvalidQuery> {
        let allowed = match self.kind {
            ItemKind::Normal => self.rules.safeguard_stars(),
            ItemKind::Superior => &[],
        };
        if let Some(&star) = self.safeguard.iter().find(|star| !allowed.contains(star)) {
            return Err(InvalidQuery::Safeguard { star, allowed });
        }
        if let Some(&star) = self
            .events
            .certain_stars
            .iter()
            .find(|star| !CERTAIN_STARS.contains(star))
        {
            return Err(InvalidQuery::CertainStar { star });
        }
        // Not a number is in no range either.
        if !(0.0..1.0).contains(&self.events.discount) {
            return Err(InvalidQuery::Discount {
                given: self.events.discount,
            });
        }
        Ok(())
    }

    fn check_prices(&self) -> Result<(), InvalidQuery> {
        check_meso("/spare_item_meso", self.spare_item_meso)?;
        match self.restore {
            Restore::Full if !self.rules.has_full_restore() => {
                Err(InvalidQuery::NoFullRestore { rules: self.rules })
            }
            Restore::Custom(CustomRestore { copies, .. }) if copies > Self::MAX_COPIES => {
                Err(InvalidQuery::Copies { given: copies })
            }
            Restore::Custom(CustomRestore { fee_meso, .. }) => {
                check_meso("/restore/fee_meso", fee_meso)
            }
            Restore::Basic | Restore::Full | Restore::Cheapest => Ok(()),
        }
    }
}

fn check_meso(field: &'static str, given: u64) -> Result<(), InvalidQuery> {
    if given > Query::MAX_MESO {
        return Err(InvalidQuery::Meso { field, given });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::star_force::{Membership, RestoreTo};

    type Change = fn(&mut Query);

    fn refusal(change: impl FnOnce(&mut Query)) -> (&'static str, String) {
        let mut query = Query::new(200, 0, 22);
        change(&mut query);
        let refused = query.solve().unwrap_err();
        (refused.pointer(), refused.to_string())
    }

    #[test]
    fn refusals_name_the_field_and_its_range() {
        let custom = |copies, fee_meso| {
            Restore::Custom(CustomRestore {
                to: RestoreTo::Twelve,
                copies,
                fee_meso,
            })
        };
        let table: [(&str, &str, Change); 9] = [
            ("/item_level", "between 0 and 300", |q| q.item_level = 301),
            ("/from", "between 0 and 30", |q| q.from = 31),
            ("/to", "between 0 and 30", |q| q.to = 31),
            ("/to", "between 0 and 5,", |q| q.item_level = 90),
            ("/to", "at least 20", |q| (q.from, q.to) = (20, 19)),
            ("/safeguard", "[15, 16, 17]", |q| q.safeguard = vec![15, 18]),
            ("/certain_stars", "[5, 10, 15]", |q| {
                q.events.certain_stars = vec![5, 6];
            }),
            ("/restore/mode", "basic, cheapest or custom", |q| {
                (q.rules, q.restore) = (Rules::Kms20250320, Restore::Full);
            }),
            ("/spare_item_meso", "1000000000000000", |q| {
                q.spare_item_meso = Query::MAX_MESO + 1;
            }),
        ];
        for (pointer, allowed, change) in table {
            let (named, text) = refusal(change);
            assert_eq!(named, pointer, "{text}");
            assert!(text.contains(allowed), "{text}");
        }
        assert_eq!(refusal(|q| q.restore = custom(101, 0)).0, "/restore/copies");
        let (named, text) = refusal(|q| q.restore = custom(1, Query::MAX_MESO + 1));
        assert_eq!(named, "/restore/fee_meso", "{text}");
    }

    #[test]
    fn discounts_are_parts_and_numbers() {
        for given in [-0.1, 1.0, 30.0, f64::NAN, f64::INFINITY] {
            let (named, text) = refusal(|q| q.events.discount = given);
            assert_eq!(named, "/discount", "{text}");
        }
    }

    #[test]
    fn superior_items_take_no_help() {
        let table: [(&str, Change); 8] = [
            ("/discount", |q| q.events.discount = 0.3),
            ("/membership", |q| {
                q.membership = Membership {
                    mvp: None,
                    pc_room: true,
                };
            }),
            ("/certain_stars", |q| q.events.certain_stars = vec![5]),
            ("/fewer_destructions", |q| {
                q.events.fewer_destructions = true;
            }),
            ("/one_plus_one", |q| q.events.one_plus_one = true),
            ("/cheaper_restore", |q| q.events.cheaper_restore = true),
            ("/restore/mode", |q| q.restore = Restore::Full),
            ("/safeguard", |q| q.safeguard = vec![15]),
        ];
        for (pointer, change) in table {
            let (named, text) = refusal(|query| {
                (query.item_level, query.to, query.kind) = (150, 12, ItemKind::Superior);
                change(query);
            });
            assert_eq!(named, pointer, "{text}");
        }
    }

    #[test]
    fn older_rules_have_their_own_limits() {
        let old = |q: &mut Query| q.rules = Rules::KmsBefore20250320;
        assert_eq!(
            refusal(|q| {
                old(q);
                q.to = 26;
            })
            .0,
            "/to"
        );
        assert_eq!(
            refusal(|q| {
                old(q);
                q.safeguard = vec![17];
            })
            .0,
            "/safeguard"
        );
    }
}
