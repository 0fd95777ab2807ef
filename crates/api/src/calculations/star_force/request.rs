//! The question as clients ask it, and as the library takes it.

use std::str::FromStr;

use cube_probability::star_force::{
    CustomRestore, Events, ItemKind, Membership, Mvp, Query, Restore, RestoreTo, Rules,
};
use cube_probability::{Level, MAX_ITEM_LEVEL};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::calculations::ValidationErrors;
use crate::calculations::numbers::{
    at_most, budget, levels, saturating_i64, saturating_i64_option, up_to,
};

/// One item's way from some stars to more.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own in the HTTP contract"
)]
pub struct StarForceRequest {
    /// The item's required level.
    #[serde(deserialize_with = "saturating_i64")]
    #[schema(example = 200, minimum = 0, maximum = 300)]
    pub item_level: i64,
    /// The stars it has.
    #[serde(deserialize_with = "saturating_i64")]
    #[schema(example = 0, minimum = 0, maximum = 30)]
    pub from: i64,
    /// The stars wanted.
    #[serde(deserialize_with = "saturating_i64")]
    #[schema(example = 22, minimum = 0, maximum = 30)]
    pub to: i64,
    /// The rule set; the current one without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "kms_2026-03-19")]
    pub rules: Option<String>,
    /// `normal` or `superior`; `normal` without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "normal")]
    pub kind: Option<String>,
    /// Price of a spare item; 0 without, which the response notes.
    #[serde(default, deserialize_with = "saturating_i64")]
    #[schema(example = 3_000_000_000_u64, minimum = 0)]
    pub spare_item_meso: i64,
    /// The stars at which destruction is prevented.
    #[serde(default)]
    pub safeguard: SafeguardChoice,
    /// The part of an attempt's cost that an event takes off.
    #[serde(default)]
    #[schema(example = 0.3, minimum = 0, exclusive_maximum = 1)]
    pub discount: f64,
    /// The stars (of 5, 10 and 15) at which an event makes the attempt certain.
    #[serde(default)]
    #[schema(example = json!([5, 10, 15]))]
    pub certain_stars: Vec<i64>,
    /// Whether an event makes destruction 30 % less likely up to star 21.
    #[serde(default)]
    pub fewer_destructions: bool,
    /// Whether an event gives two stars for a success up to star 10.
    #[serde(default)]
    pub one_plus_one: bool,
    /// Whether an event takes 20 % off the meso of a full restore.
    #[serde(default)]
    pub cheaper_restore: bool,
    /// Whether every attempt has the star catch bonus; matters only for rules that have the game.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub star_catch: bool,
    /// Memberships that take a part off the cost up to star 16.
    #[serde(default)]
    pub membership: MembershipRequest,
    /// Restoration of a destroyed item.
    #[serde(default)]
    pub restore: RestoreRequest,
    /// An amount of meso whose chance of being enough is asked for.
    #[serde(
        default,
        deserialize_with = "saturating_i64_option",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(example = 50_000_000_000_u64, minimum = 0)]
    pub budget_meso: Option<i64>,
    /// The probabilities of the quantiles; 0.5, 0.75, 0.9, 0.95 and 0.99 without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!([0.5, 0.9]), max_items = 100)]
    pub quantiles: Option<Vec<f64>>,
    /// Whether the shape of the distribution is wanted too.
    #[serde(default)]
    pub distribution: bool,
}

/// The stars at which destruction is prevented: a list, or `cheapest` for the set of stars that
/// costs least on average.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum SafeguardChoice {
    /// These stars.
    Stars(Vec<i64>),
    /// `cheapest`.
    Word(String),
}

/// Memberships of the player.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Membership)]
pub struct MembershipRequest {
    /// The MVP grade: `silver`, `gold`, `diamond` or `red`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mvp: Option<String>,
    /// Whether the player sits in a PC room.
    pub pc_room: bool,
}

/// Restoration of a destroyed item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Restore)]
pub struct RestoreRequest {
    /// `basic`, `full`, `cheapest` or `custom`.
    #[schema(example = "cheapest")]
    pub mode: String,
    /// For `custom`: where the item comes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<RestoreTarget>,
    /// For `custom`: the spare items taken; one without.
    #[serde(
        default,
        deserialize_with = "saturating_i64_option",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(minimum = 0, maximum = 100)]
    pub copies: Option<i64>,
    /// For `custom`: the meso taken; none without.
    #[serde(
        default,
        deserialize_with = "saturating_i64_option",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(minimum = 0)]
    pub fee_meso: Option<i64>,
}

/// Star to which a destroyed item is restored: `same_star` or 12.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum RestoreTarget {
    /// A number of stars.
    Stars(i64),
    /// `same_star`.
    Word(String),
}

impl Default for SafeguardChoice {
    fn default() -> Self {
        Self::Stars(Vec::new())
    }
}

impl Default for RestoreRequest {
    fn default() -> Self {
        Self {
            mode: "cheapest".to_owned(),
            to: None,
            copies: None,
            fee_meso: None,
        }
    }
}

/// A question whose every word is known.
#[derive(Debug)]
pub(crate) struct Validated {
    pub(crate) query: Query,
    pub(crate) cheapest_safeguard: bool,
    pub(super) budget_meso: Option<u64>,
    pub(super) levels: Vec<Level>,
    pub(super) distribution: bool,
}

impl StarForceRequest {
    pub(crate) fn checked(&self) -> Result<Validated, ValidationErrors> {
        let mut errors = ValidationErrors::new();
        let item_level = errors.collect("/item_level", up_to(MAX_ITEM_LEVEL, self.item_level));
        let from = errors.collect("/from", up_to(MAX_STARS, self.from));
        let to = errors.collect("/to", up_to(MAX_STARS, self.to));
        let rules = errors.collect("/rules", word::<Rules>(self.rules.as_deref()));
        let kind = errors.collect("/kind", word::<ItemKind>(self.kind.as_deref()));
        let spare_item_meso = up_to(Query::MAX_MESO, self.spare_item_meso);
        let spare_item_meso = errors.collect("/spare_item_meso", spare_item_meso);
        let (safeguard, cheapest_safeguard) = self.checked_safeguard(&mut errors);
        let certain_stars = stars(&mut errors, "/certain_stars", &self.certain_stars);
        let mvp = self
            .membership
            .mvp
            .as_deref()
            .map(str::parse::<Mvp>)
            .transpose();
        let mvp = errors.collect("/membership/mvp", mvp);
        let restore = self.restore.checked(&mut errors);
        let budget_meso = budget(&mut errors, self.budget_meso);
        let levels = levels(&mut errors, self.quantiles.as_deref());

        let item = item_level.zip(from).zip(to).zip(rules).zip(kind);
        let prices = spare_item_meso.zip(mvp).zip(restore);
        let (((((item_level, from), to), rules), kind), ((spare_item_meso, mvp), restore)) =
            std::mem::take(&mut errors).check(item.zip(prices))?;
        let query = Query {
            kind,
            rules,
            star_catch: self.star_catch,
            safeguard,
            events: Events {
                discount: self.discount,
                certain_stars,
                fewer_destructions: self.fewer_destructions,
                one_plus_one: self.one_plus_one,
                cheaper_restore: self.cheaper_restore,
            },
            membership: Membership {
                mvp,
                pc_room: self.membership.pc_room,
            },
            restore,
            spare_item_meso,
            ..Query::new(item_level, from, to)
        };
        let checked = query.check();
        let checked = checked.map_err(|error| errors.add(error.pointer(), error));
        errors.check(checked.ok())?;
        Ok(Validated {
            query,
            cheapest_safeguard,
            budget_meso,
            levels,
            distribution: self.distribution,
        })
    }

    fn checked_safeguard(&self, errors: &mut ValidationErrors) -> (Vec<u8>, bool) {
        match &self.safeguard {
            SafeguardChoice::Stars(given) => (stars(errors, "/safeguard", given), false),
            SafeguardChoice::Word(word) if word == "cheapest" => (Vec::new(), true),
            SafeguardChoice::Word(word) => {
                let detail = format!("`{word}`: expected a list of stars or `cheapest`");
                errors.add("/safeguard", detail);
                (Vec::new(), false)
            }
        }
    }
}

/// Returns the value of this text, or the default without one.
fn word<T: FromStr + Default>(text: Option<&str>) -> Result<T, T::Err> {
    text.map_or_else(|| Ok(T::default()), str::parse)
}

impl RestoreRequest {
    fn checked(&self, errors: &mut ValidationErrors) -> Option<Restore> {
        let plain = match self.mode.as_str() {
            "custom" => return self.checked_custom(errors).map(Restore::Custom),
            "basic" => Restore::Basic,
            "full" => Restore::Full,
            "cheapest" => Restore::Cheapest,
            word => {
                let detail = format!("`{word}`: expected `basic`, `full`, `cheapest` or `custom`");
                errors.add("/restore/mode", detail);
                return None;
            }
        };
        for (is_given, pointer) in [
            (self.to.is_some(), "/restore/to"),
            (self.copies.is_some(), "/restore/copies"),
            (self.fee_meso.is_some(), "/restore/fee_meso"),
        ] {
            if is_given {
                errors.add(pointer, "only with the mode `custom`");
            }
        }
        Some(plain)
    }

    fn checked_custom(&self, errors: &mut ValidationErrors) -> Option<CustomRestore> {
        let to = match &self.to {
            Some(RestoreTarget::Stars(stars)) => stars.to_string().parse::<RestoreTo>(),
            Some(RestoreTarget::Word(word)) => word.parse(),
            None => "".parse(),
        };
        let to = errors.collect("/restore/to", to);
        let copies = up_to(Query::MAX_COPIES, self.copies.unwrap_or(1));
        let copies = errors.collect("/restore/copies", copies);
        let fee_meso = up_to(Query::MAX_MESO, self.fee_meso.unwrap_or(0));
        let fee_meso = errors.collect("/restore/fee_meso", fee_meso);
        Some(CustomRestore {
            to: to?,
            copies: copies?,
            fee_meso: fee_meso?,
        })
    }
}

fn stars(errors: &mut ValidationErrors, pointer: &str, given: &[i64]) -> Vec<u8> {
    if !at_most(errors, pointer, MAX_STARS.into(), given.len()) {
        return Vec::new();
    }
    let stars = given.iter().enumerate();
    stars
        .filter_map(|(i, &star)| errors.collect(&format!("{pointer}/{i}"), up_to(MAX_STARS, star)))
        .collect()
}

/// The most stars that any item can have.
pub const MAX_STARS: u8 = 30;

const fn yes() -> bool {
    true
}
