//! Pricing an item's stars.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use cube_probability::star_force::{
    CostTooLarge, InvalidQuery, ItemKind, Means, MesoDistribution, Note, Query, Resolution, Rules,
    Solution, cheapest_safeguard,
};
use cube_probability::{Level, Part};

use super::total::Cost;
use super::{BoundedQuantile, NotApplicable, Safeguard, SpareItems, StarForceTerms};
use crate::{Item, Slot, UnreadableField};

/// Outcome of pricing an item's stars.
#[derive(Debug, Clone, PartialEq)]
pub enum StarForceOutcome {
    /// They have a price.
    Priced(StarsPrice),
    /// The item has as many stars as the target.
    Reached {
        /// The stars it has.
        stars: u8,
    },
    /// There is nothing to price.
    NotApplicable(NotApplicable),
    /// The stars have no price.
    NotPriced {
        /// The stars of the item, where the document gives them.
        stars: Option<u8>,
        /// The reason.
        reason: StarsNotPriced,
    },
}

/// The price of stars: from the start to the present ones, on the terms chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct StarsPrice {
    /// The stars at the start.
    pub from: u8,
    /// The price of a spare item in meso.
    pub spare_item_meso: u64,
    /// The stars the item has.
    pub stars: u8,
    /// Mean cost, in meso and in copies.
    pub means: Means,
    /// The quantiles of the meso asked for, in that order.
    pub quantiles: Vec<BoundedQuantile>,
    pub(super) asked: Stars,
}

/// Reason for which stars have no price.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StarsNotPriced {
    /// They come from 놀라운 장비강화 주문서, which star force cannot give again.
    #[error("the stars come from 놀라운 장비강화 주문서")]
    FromScrolls,
    /// Star force does not give such an item so many stars.
    #[error("star force does not give them: {0}")]
    Impossible(InvalidQuery),
    /// A field that the price depends on cannot be read.
    #[error(transparent)]
    Unreadable(UnreadableField),
    /// The item has no name, by which its rules are chosen.
    #[error("the document gives the item no name")]
    NoName,
}

/// Outcome and distribution of stars that were asked for.
#[derive(Debug)]
pub(super) struct StarForceCost {
    pub(super) outcome: StarForceOutcome,
    /// Remarks for its reader.
    pub(super) notes: Vec<Note>,
    /// Of the meso; none when there is no price.
    pub(super) distribution: Option<Result<Arc<MesoDistribution>, CostTooLarge>>,
}

/// Identity of a price of stars.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Stars {
    rules: Rules,
    item_level: u16,
    kind: ItemKind,
    from: u8,
    to: u8,
    spare_item_meso: u64,
    terms: TermsKey,
}

/// Terms of star force that are equal if all their numbers are.
#[derive(Debug, Clone)]
pub(super) struct TermsKey {
    terms: Arc<StarForceTerms>,
    /// The terms but for the prices of spare items, written out in full.
    text: Arc<str>,
}

impl TermsKey {
    /// Bytes of the terms, which all prices of an evaluation share.
    fn bytes(&self) -> usize {
        let SpareItems {
            default: _,
            by_level,
            by_slot,
        } = &self.terms.spare_items;
        let by_slot: usize = by_slot.keys().map(|slot| ENTRY + slot.len()).sum();
        size_of::<StarForceTerms>() + by_slot + by_level.len() * ENTRY + 2 * self.text.len()
    }

    pub(super) fn of(terms: &StarForceTerms) -> Self {
        let StarForceTerms {
            spare_items: _,
            safeguard,
            events,
            membership,
            restore,
        } = terms;
        let text = format!("{safeguard:?} {events:?} {membership:?} {restore:?}");
        Self {
            terms: Arc::new(terms.clone()),
            text: text.into(),
        }
    }
}

impl PartialEq for TermsKey {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for TermsKey {}

impl Hash for TermsKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl StarForceOutcome {
    /// The status as the HTTP contract names it.
    pub const fn status(&self) -> &'static str {
        match self {
            Self::Priced(_) => "priced",
            Self::Reached { .. } => "reached",
            Self::NotApplicable(_) => "not_applicable",
            Self::NotPriced { .. } => "not_priced",
        }
    }

    /// The mean cost in meso: zero where there is nothing to pay, none where it is not known.
    pub const fn mean_cost(&self) -> Option<f64> {
        match self {
            Self::Priced(price) => Some(price.means.meso),
            Self::Reached { .. } | Self::NotApplicable(_) => Some(0.0),
            Self::NotPriced { .. } => None,
        }
    }

    pub(super) fn cost(&self) -> Option<Cost> {
        match self {
            Self::Priced(price) => Some(Cost::Stars(price.asked.clone())),
            Self::Reached { .. } | Self::NotApplicable(_) | Self::NotPriced { .. } => None,
        }
    }
}

/// Memory of an entry of a map of prices, with its part of the tree.
const ENTRY: usize = 96;

impl Stars {
    /// Bytes of everything that the identity holds.
    pub(super) fn bytes(&self) -> usize {
        self.terms.bytes()
    }

    /// Question whose answer prices the stars of an item, or the outcome that is known without it.
    pub(super) fn of(
        item: &Item,
        rules: Rules,
        from: u8,
        key: &TermsKey,
    ) -> Result<Self, StarForceOutcome> {
        let nothing = |reason| Err(StarForceOutcome::NotApplicable(reason));
        let stars = item.stars.as_ref().ok().copied();
        if Slot::of(&item.slot, &item.kind) == Slot::SharedWithWeapon {
            return nothing(NotApplicable::SharedWithWeapon);
        }
        if stars == Some(0) {
            return nothing(NotApplicable::NoStars);
        }
        let is_there = stars.is_some_and(|stars| from >= stars);
        if is_there && !comes_with_stars(item) {
            return nothing(NotApplicable::StartsWithStars);
        }
        Self::way(item, rules, (from, None), key)
    }

    /// The way of an item from some stars to more; without an end, to those it has.
    pub(super) fn way(
        item: &Item,
        rules: Rules,
        (from, to): (u8, Option<u8>),
        key: &TermsKey,
    ) -> Result<Self, StarForceOutcome> {
        let stars = item.stars.as_ref().ok().copied();
        let not_priced = |reason| StarForceOutcome::NotPriced { stars, reason };
        let unreadable =
            |field: &UnreadableField| not_priced(StarsNotPriced::Unreadable(field.clone()));
        if comes_with_stars(item) {
            return Err(StarForceOutcome::NotApplicable(
                NotApplicable::StarsOfItsOwn,
            ));
        }
        let to = match to {
            Some(to) => to,
            None => *item.stars.as_ref().map_err(unreadable)?,
        };
        if *item.stars_from_scroll.as_ref().map_err(unreadable)? {
            return Err(not_priced(StarsNotPriced::FromScrolls));
        }
        if item.name.is_empty() {
            return Err(not_priced(StarsNotPriced::NoName));
        }
        let item_level = *item.level.as_ref().map_err(unreadable)?;
        Ok(Self {
            rules,
            item_level,
            kind: kind_of(&item.name),
            from,
            to,
            spare_item_meso: key.terms.spare_items.of(&item.slot, item_level),
            terms: key.clone(),
        })
    }

    /// The most stars that an item takes.
    pub(super) fn most_of(item: &Item, item_level: u16, rules: Rules) -> u8 {
        let takes = |to: &u8| {
            let query = Query {
                kind: kind_of(&item.name),
                rules,
                ..Query::new(item_level, 0, *to)
            };
            query.check().is_ok()
        };
        (0..=MAX_STARS).rev().find(takes).unwrap_or(0)
    }

    fn solution(&self) -> Result<Solution, InvalidQuery> {
        let terms = &self.terms.terms;
        let query = Query {
            kind: self.kind,
            rules: self.rules,
            events: terms.events.clone(),
            membership: terms.membership,
            restore: terms.restore,
            spare_item_meso: self.spare_item_meso,
            ..Query::new(self.item_level, self.from, self.to)
        };
        match &terms.safeguard {
            Safeguard::Cheapest => cheapest_safeguard(&query).map(|(_, solution)| solution),
            Safeguard::Stars(stars) => {
                let passed = |star: &u8| (self.from..self.to).contains(star);
                let safeguard = stars.iter().copied().filter(passed).collect();
                Query { safeguard, ..query }.solve()
            }
        }
    }

    /// The price with these quantiles.
    pub(super) fn answer(&self, levels: &[Level]) -> StarForceCost {
        let stars = self.to;
        let solution = match self.solution() {
            Ok(solution) => solution,
            Err(error) => {
                let reason = StarsNotPriced::Impossible(error);
                return StarForceCost {
                    outcome: StarForceOutcome::NotPriced {
                        stars: Some(stars),
                        reason,
                    },
                    notes: Vec::new(),
                    distribution: None,
                };
            }
        };
        let distribution = solution.distribution(RESOLUTION);
        let quantile = |&level| match &distribution {
            Ok(known) => BoundedQuantile::of(known, level, |level| known.estimate_at(level)),
            Err(CostTooLarge { .. }) => BoundedQuantile::at_least(solution.least_meso(), level),
        };
        StarForceCost {
            outcome: StarForceOutcome::Priced(StarsPrice {
                from: self.from,
                spare_item_meso: self.spare_item_meso,
                stars,
                means: solution.means(),
                quantiles: levels.iter().map(quantile).collect(),
                asked: self.clone(),
            }),
            notes: solution.notes().to_vec(),
            distribution: Some(distribution.map(Arc::new)),
        }
    }
}

/// The most stars that any item has.
const MAX_STARS: u8 = 30;

/// A character has stars of many kinds, and they are added up.
const RESOLUTION: Resolution = Resolution::Coarse;

/// Weapons of 제네시스 and 데스티니 are given with 22 stars and take no star force.
pub(crate) fn comes_with_stars(item: &Item) -> bool {
    let slot = Slot::of(&item.slot, &item.kind);
    matches!(slot, Slot::Part(Part::Weapon) | Slot::Unknown)
        && ["제네시스", "데스티니"]
            .iter()
            .any(|name| item.name.starts_with(name))
}

/// The superior items are those of the sets 헬리시움 정예, 노바 and 타일런트.
pub(crate) fn kind_of(name: &str) -> ItemKind {
    const FOLK: [&str; 5] = ["히아데스", "헤르메스", "케이론", "리카온", "알테어"];
    let of_set = |set: &str| {
        let rest = name.strip_prefix(set).map(str::trim_start);
        rest.is_some_and(|rest| FOLK.iter().any(|folk| rest.starts_with(folk)))
    };
    if name.starts_with("헬리시움 정예") || of_set("노바") || of_set("타일런트") {
        ItemKind::Superior
    } else {
        ItemKind::Normal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn superior_items_are_told_by_their_sets() {
        for (name, kind) in [
            ("타일런트 헤르메스 벨트", ItemKind::Superior),
            ("노바 히아데스 클록", ItemKind::Superior),
            ("헬리시움 정예 부츠", ItemKind::Superior),
            ("슈페리얼 리튬 하트", ItemKind::Normal),
            ("노바의 정수", ItemKind::Normal),
            ("에테르넬 메이지햇", ItemKind::Normal),
        ] {
            assert_eq!(kind_of(name), kind, "{name}");
        }
    }
}
