//! The terms of star force that a client may choose for a whole character.

use std::collections::BTreeMap;

use cube_probability::MAX_ITEM_LEVEL;
use cube_probability::star_force::Query;
use equipment::{Safeguard, SpareItems, StarForceTerms};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::options::{MAX_SLOTS, escaped};
use crate::calculations::ValidationErrors;
use crate::calculations::numbers::{at_most, saturating_i64, saturating_i64_by_name, up_to};
use crate::calculations::star_force::{
    MembershipRequest, RestoreRequest, SafeguardChoice, StarForceRequest,
};

/// The terms of star force.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StarForceOptions {
    /// The prices of spare items.
    pub spare_item_meso: SpareItemOptions,
    /// The stars at which destruction is prevented, or `cheapest` for each item by itself.
    pub safeguard: SafeguardChoice,
    /// The part of an attempt's cost that an event takes off.
    #[schema(example = 0.3, minimum = 0, exclusive_maximum = 1)]
    pub discount: f64,
    /// The stars (of 5, 10 and 15) at which an event makes the attempt certain.
    #[schema(example = json!([5, 10, 15]))]
    pub certain_stars: Vec<i64>,
    /// Whether an event makes destruction 30 % less likely up to star 21.
    pub fewer_destructions: bool,
    /// Whether an event gives two stars for a success up to star 10.
    pub one_plus_one: bool,
    /// Whether an event takes 20 % off the meso of a full restore.
    pub cheaper_restore: bool,
    /// Memberships that take a part off the cost up to star 16.
    pub membership: MembershipRequest,
    /// The restore of a destroyed item.
    pub restore: RestoreRequest,
}

/// The prices of spare items in meso: by slot, else by the item's level, else the default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SpareItemOptions {
    /// The price of every item that is not named; 0 without, and the answer says so.
    #[serde(deserialize_with = "saturating_i64")]
    #[schema(minimum = 0, default = 0)]
    pub default: i64,
    /// Prices by the item's required level.
    #[serde(
        deserialize_with = "saturating_i64_by_name",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    #[schema(value_type = BTreeMap<String, u64>, example = json!({"250": 3_000_000_000_u64}))]
    pub by_level: BTreeMap<String, i64>,
    /// Prices by slot, in the game's words.
    #[serde(
        deserialize_with = "saturating_i64_by_name",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    #[schema(value_type = BTreeMap<String, u64>, example = json!({"모자": 5_000_000_000_u64}))]
    pub by_slot: BTreeMap<String, i64>,
}

/// Upper bound on the levels that have a price of their own.
const MAX_LEVELS: usize = MAX_ITEM_LEVEL as usize + 1;

impl StarForceOptions {
    pub(super) fn checked(&self, errors: &mut ValidationErrors) -> Option<StarForceTerms> {
        let spare_items = self.spare_item_meso.checked(errors);
        let query = self.probe().checked();
        let query = query
            .map_err(|faults| errors.add_all("/star_force", &faults))
            .ok();
        let (query, spare_items) = query.zip(spare_items)?;
        Some(StarForceTerms {
            spare_items,
            safeguard: if query.cheapest_safeguard {
                Safeguard::Cheapest
            } else {
                Safeguard::Stars(query.query.safeguard)
            },
            events: query.query.events,
            membership: query.query.membership,
            restore: query.query.restore,
        })
    }

    /// A question about an item that passes every star, so that all terms are checked by it.
    fn probe(&self) -> StarForceRequest {
        StarForceRequest {
            item_level: 250,
            from: 0,
            to: 22,
            rules: None,
            kind: None,
            spare_item_meso: 0,
            safeguard: self.safeguard.clone(),
            discount: self.discount,
            certain_stars: self.certain_stars.clone(),
            fewer_destructions: self.fewer_destructions,
            one_plus_one: self.one_plus_one,
            cheaper_restore: self.cheaper_restore,
            star_catch: true,
            membership: self.membership.clone(),
            restore: self.restore.clone(),
            budget_meso: None,
            quantiles: None,
            distribution: false,
        }
    }
}

impl SpareItemOptions {
    fn checked(&self, errors: &mut ValidationErrors) -> Option<SpareItems> {
        const AT: &str = "/star_force/spare_item_meso";
        if !at_most(
            errors,
            &format!("{AT}/by_slot"),
            MAX_SLOTS,
            self.by_slot.len(),
        ) || !at_most(
            errors,
            &format!("{AT}/by_level"),
            MAX_LEVELS,
            self.by_level.len(),
        ) {
            return None;
        }
        let mut price = |at: String, meso: i64| errors.collect(&at, up_to(Query::MAX_MESO, meso));
        let default = price(format!("{AT}/default"), self.default);
        let by_slot = self.by_slot.iter().map(|(slot, &meso)| {
            Some((
                slot.clone(),
                price(format!("{AT}/by_slot/{}", escaped(slot)), meso)?,
            ))
        });
        let by_slot: Option<BTreeMap<_, _>> = by_slot.collect();
        let mut by_level = BTreeMap::new();
        for (level, &meso) in &self.by_level {
            let at = format!("{AT}/by_level/{}", escaped(level));
            let number = level.parse().ok().filter(|level| *level <= MAX_ITEM_LEVEL);
            let number =
                number.ok_or_else(|| format!("`{level}` is no level from 0 to {MAX_ITEM_LEVEL}"));
            let number: Option<u16> = errors.collect(&at, number);
            let meso = errors.collect(&at, up_to(Query::MAX_MESO, meso));
            by_level.extend(number.zip(meso));
        }
        let (default, by_slot) = default.zip(by_slot)?;
        Some(SpareItems {
            default,
            by_level,
            by_slot,
        })
    }
}
