//! The question: from star to star, the rules, and the help in force.

use super::{InvalidQuery, ItemKind, Rules, Solution};
use crate::words::words;

/// The enhancement of one item from one number of stars to another.
///
/// [`Query::new`] gives the plain case: today's rules, no events, no safeguard, spare items for
/// free, and the cheaper way to restore at each star. Every field can then be changed; nothing is
/// checked before [`Query::solve`].
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// The item's required level, at most 300.
    pub item_level: u16,
    /// The kind of the item.
    pub kind: ItemKind,
    /// The stars the item has.
    pub from: u8,
    /// The stars wanted, not below `from` and at most what the level allows.
    pub to: u8,
    /// The rule set in force.
    pub rules: Rules,
    /// Whether every attempt gets the star catch bonus, where the mini game still exists.
    ///
    /// On by default: today's rules always give the bonus.
    pub star_catch: bool,
    /// The stars at which destruction is prevented for a surcharge.
    pub safeguard: Vec<u8>,
    /// The events in force.
    pub events: Events,
    /// MVP and PC room discounts, which end at star 16.
    pub membership: Membership,
    /// The restore of a destroyed item.
    pub restore: Restore,
    /// The price of one spare item in meso, at most [`Query::MAX_MESO`].
    pub spare_item_meso: u64,
}

impl Query {
    /// The highest price that makes sense: more meso than any player will ever hold.
    pub const MAX_MESO: u64 = 1_000_000_000_000_000;
    /// The most spare items a custom restore may take.
    pub const MAX_COPIES: u32 = 100;

    /// From `from` to `to` stars, with every option at its default.
    pub fn new(item_level: u16, from: u8, to: u8) -> Self {
        Self {
            item_level,
            kind: ItemKind::default(),
            from,
            to,
            rules: Rules::default(),
            star_catch: true,
            safeguard: Vec::new(),
            events: Events::default(),
            membership: Membership::default(),
            restore: Restore::default(),
            spare_item_meso: 0,
        }
    }

    /// Checks the query and works out its exact means.
    ///
    /// # Errors
    /// The first field that is out of its range, with that range.
    pub fn solve(&self) -> Result<Solution, InvalidQuery> {
        self.check()?;
        Ok(Solution::of(self))
    }
}

/// Changes by events, each by itself; none by default.
///
/// The Shining Star Force event is `discount: 0.3`, `fewer_destructions` and `cheaper_restore`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Events {
    /// The part of the attempt cost taken off, at least 0 and below 1.
    pub discount: f64,
    /// The stars (of 5, 10 and 15) at which the attempt is certain.
    pub certain_stars: Vec<u8>,
    /// Whether destruction is 30 % less likely up to star 21.
    pub fewer_destructions: bool,
    /// Whether a success up to star 10 gives two stars.
    pub one_plus_one: bool,
    /// Whether a full restore takes 20 % less meso.
    pub cheaper_restore: bool,
}

/// The restore of a destroyed item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Restore {
    /// One spare item, back to 12 stars, no fee.
    Basic,
    /// Back to the star it broke at (22 at most), for the spare items and the meso of the table.
    Full,
    /// The cheaper of the two on average, for each star by itself.
    #[default]
    Cheapest,
    /// One's own price, such as that of a private deal or of another calculator.
    Custom(CustomRestore),
}

/// A restore on terms of one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CustomRestore {
    /// The star at which the item comes back.
    pub to: RestoreTo,
    /// Spare items taken, at most [`Query::MAX_COPIES`].
    pub copies: u32,
    /// Meso taken, at most [`Query::MAX_MESO`].
    pub fee_meso: u64,
}

/// The star at which a destroyed item comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RestoreTo {
    /// The star it broke at, 22 at most: the most that a trace keeps.
    SameStar,
    /// 12 stars.
    Twelve,
}

words!("restore target", RestoreTo { SameStar = "same_star", Twelve = "12" });

/// A player's memberships: their discounts on the attempt cost up to star 16 are added together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Membership {
    /// The MVP grade, if any.
    pub mvp: Option<Mvp>,
    /// Whether the player sits in a PC room: 5 %.
    pub pc_room: bool,
}

impl Membership {
    /// The part taken off, in hundredths.
    pub(super) const fn percent(self) -> u32 {
        let mvp = match self.mvp {
            None => 0,
            Some(Mvp::Silver) => 3,
            Some(Mvp::Gold) => 5,
            Some(Mvp::Diamond | Mvp::Red) => 10,
        };
        mvp + if self.pc_room { 5 } else { 0 }
    }
}

/// The MVP grades that lower the cost of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mvp {
    /// 3 %.
    Silver,
    /// 5 %.
    Gold,
    /// 10 %.
    Diamond,
    /// 10 %.
    Red,
}

words!("MVP grade", Mvp { Silver = "silver", Gold = "gold", Diamond = "diamond", Red = "red" });
