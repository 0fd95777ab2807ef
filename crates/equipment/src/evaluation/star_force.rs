//! Pricing an item's stars.

use super::NotApplicable;
use crate::{Item, Place};

/// What came of pricing an item's stars.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StarForceOutcome {
    /// There is nothing to price.
    NotApplicable(NotApplicable),
    /// The stars have no price.
    NotPriced {
        /// The stars it has.
        stars: u8,
        /// Why.
        reason: StarsNotPriced,
    },
}

impl StarForceOutcome {
    pub(super) fn of(item: &Item) -> Self {
        let stars = item.stars;
        if Place::of(&item.slot, &item.kind) == Place::SharedWithWeapon {
            return Self::NotApplicable(NotApplicable::SharedWithWeapon);
        }
        if stars == 0 {
            return Self::NotApplicable(NotApplicable::NoStars);
        }
        let reason = if item.stars_from_scroll {
            StarsNotPriced::FromScrolls
        } else {
            StarsNotPriced::NotYet
        };
        Self::NotPriced { stars, reason }
    }

    /// The status as the HTTP contract names it.
    pub const fn status(&self) -> &'static str {
        match self {
            Self::NotApplicable(_) => "not_applicable",
            Self::NotPriced { .. } => "not_priced",
        }
    }

    /// The mean cost in meso: zero where there is nothing to pay, none where it is not known.
    pub const fn mean_cost(&self) -> Option<f64> {
        match self {
            Self::NotApplicable(_) => Some(0.0),
            Self::NotPriced { .. } => None,
        }
    }
}

/// Why stars have no price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StarsNotPriced {
    /// They come from 놀라운 장비강화 주문서, which star force cannot give again.
    #[error("the stars come from 놀라운 장비강화 주문서")]
    FromScrolls,
    /// This version prices potentials only.
    #[error("star force is not priced yet")]
    NotYet,
}
