//! Pricing an item's stars.

use std::sync::Arc;

use cube_probability::star_force::{
    CostTooLarge, InvalidQuery, ItemKind, Means, MesoDistribution, Note, Query, Resolution, Rules,
};
use cube_probability::{Level, Part};

use super::total::Cost;
use super::{BoundedQuantile, NotApplicable};
use crate::{Item, Slot, UnreadableField};

/// Outcome of pricing an item's stars.
#[derive(Debug, Clone, PartialEq)]
pub enum StarForceOutcome {
    /// They have a price.
    Priced(StarsPrice),
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

/// The price of stars: from 0 to the present ones, without events or safeguard, spare items for
/// free.
#[derive(Debug, Clone, PartialEq)]
pub struct StarsPrice {
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Stars {
    rules: Rules,
    item_level: u16,
    kind: ItemKind,
    to: u8,
}

impl StarForceOutcome {
    /// The status as the HTTP contract names it.
    pub const fn status(&self) -> &'static str {
        match self {
            Self::Priced(_) => "priced",
            Self::NotApplicable(_) => "not_applicable",
            Self::NotPriced { .. } => "not_priced",
        }
    }

    /// The mean cost in meso: zero where there is nothing to pay, none where it is not known.
    pub const fn mean_cost(&self) -> Option<f64> {
        match self {
            Self::Priced(price) => Some(price.means.meso),
            Self::NotApplicable(_) => Some(0.0),
            Self::NotPriced { .. } => None,
        }
    }

    pub(super) const fn cost(&self) -> Option<Cost> {
        match self {
            Self::Priced(price) => Some(Cost::Stars(price.asked)),
            Self::NotApplicable(_) | Self::NotPriced { .. } => None,
        }
    }
}

impl Stars {
    /// Question whose answer prices the stars of an item, or the outcome that is known without it.
    pub(super) fn of(item: &Item, rules: Rules) -> Result<Self, StarForceOutcome> {
        let nothing = |reason| Err(StarForceOutcome::NotApplicable(reason));
        let stars = item.stars.as_ref().ok().copied();
        let not_priced = |reason| StarForceOutcome::NotPriced { stars, reason };
        let unreadable =
            |field: &UnreadableField| not_priced(StarsNotPriced::Unreadable(field.clone()));
        if Slot::of(&item.slot, &item.kind) == Slot::SharedWithWeapon {
            return nothing(NotApplicable::SharedWithWeapon);
        }
        if stars == Some(0) {
            return nothing(NotApplicable::NoStars);
        }
        if comes_with_stars(item) {
            return nothing(NotApplicable::StarsOfItsOwn);
        }
        let to = *item.stars.as_ref().map_err(unreadable)?;
        if *item.stars_from_scroll.as_ref().map_err(unreadable)? {
            return Err(not_priced(StarsNotPriced::FromScrolls));
        }
        if item.name.is_empty() {
            return Err(not_priced(StarsNotPriced::NoName));
        }
        Ok(Self {
            rules,
            item_level: *item.level.as_ref().map_err(unreadable)?,
            kind: kind_of(&item.name),
            to,
        })
    }

    /// The price with these quantiles.
    pub(super) fn answer(self, levels: &[Level]) -> StarForceCost {
        let stars = self.to;
        let query = Query {
            kind: self.kind,
            rules: self.rules,
            ..Query::new(self.item_level, 0, stars)
        };
        let solution = match query.solve() {
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
                stars,
                means: solution.means(),
                quantiles: levels.iter().map(quantile).collect(),
                asked: self,
            }),
            notes: solution.notes().to_vec(),
            distribution: Some(distribution.map(Arc::new)),
        }
    }
}

/// A character has stars of many kinds, and they are added up.
const RESOLUTION: Resolution = Resolution::Coarse;

/// Weapons of 제네시스 and 데스티니 are given with 22 stars and take no star force.
fn comes_with_stars(item: &Item) -> bool {
    let slot = Slot::of(&item.slot, &item.kind);
    matches!(slot, Slot::Part(Part::Weapon) | Slot::Unknown)
        && ["제네시스", "데스티니"]
            .iter()
            .any(|name| item.name.starts_with(name))
}

/// The superior items are those of the sets 헬리시움 정예, 노바 and 타일런트.
fn kind_of(name: &str) -> ItemKind {
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
