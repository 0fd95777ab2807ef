//! Actions of star force: from the stars now to more.

use std::collections::HashMap;
use std::sync::Arc;

use cube_probability::Part;
use cube_probability::star_force::{
    ItemKind, MesoDistribution, Query, Resolution, StarGain, StarredItem, cheapest_safeguard,
};
use planning::{Attribute, Bonus, BonusChange, Gain, StatSheet, Upgrade, UpgradeKind, Valuation};

use super::{Found, LeftOutReason, UpgradeOptions};
use crate::Item;
use crate::evaluation::{Safeguard, comes_with_stars, kind_of};

/// Stars that players stop at; the next one is an action too.
const STOPS: [u8; 5] = [17, 18, 20, 21, 22];
/// The stars up to which a weapon gains by its own attack, which the gear does not tell.
const BY_OWN_ATTACK: u8 = 15;

/// The actions of star force, each cost worked out once.
pub(super) struct Stars<'a> {
    options: &'a UpgradeOptions,
    valuation: &'a Valuation,
    costs: HashMap<Way, Option<Arc<MesoDistribution>>>,
}

/// Identity of a cost on given terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Way {
    item_level: u16,
    kind: ItemKind,
    from: u8,
    to: u8,
    spare_item_meso: u64,
}

impl<'a> Stars<'a> {
    pub(super) fn new(options: &'a UpgradeOptions, valuation: &'a Valuation) -> Self {
        Self {
            options,
            valuation,
            costs: HashMap::new(),
        }
    }

    /// Adds the actions on the stars of one item.
    pub(super) fn add(&mut self, item: &Item, part: Part, found: &mut Found) {
        let (Ok(now), Ok(level), Ok(from_scroll)) =
            (&item.stars, &item.level, &item.stars_from_scroll)
        else {
            found.leave_out(item, LeftOutReason::UnknownStars);
            return;
        };
        let from = self.options.starts.get(&item.slot);
        let from = from.map_or(*now, |start| start.stars);
        if comes_with_stars(item) {
            return;
        }
        // An item without stars may be one that takes none, which the gear does not tell.
        if *now == 0 {
            if !matches!(part, Part::Emblem | Part::Secondary | Part::ForceShield) {
                found.leave_out(item, LeftOutReason::NoStars);
            }
            return;
        }
        if *from_scroll {
            found.leave_out(item, LeftOutReason::StarsFromScroll);
            return;
        }
        if part == Part::Weapon && from < BY_OWN_ATTACK {
            found.leave_out(item, LeftOutReason::WeaponAttack);
            return;
        }
        let kind = kind_of(&item.name);
        let starred = StarredItem {
            item_level: *level,
            kind,
            part,
            attack: 0,
            magic_attack: u32::from(self.options.stat_sheet.is_magic()),
        };
        let next = from.saturating_add(1);
        let stops = STOPS.into_iter().filter(|stop| *stop > next);
        for to in std::iter::once(next).chain(stops) {
            let Ok(gain) = starred.gain(from, to) else {
                return;
            };
            let way = Way {
                item_level: *level,
                kind,
                from,
                to,
                spare_item_meso: self.options.star_force.spare_items.of(&item.slot, *level),
            };
            self.add_way(item, way, &gain, found);
        }
    }

    fn add_way(&mut self, item: &Item, way: Way, gain: &StarGain, found: &mut Found) {
        let bonus = bonus(gain, &self.options.stat_sheet);
        let gain = self.valuation.gain(&Bonus::NONE, &bonus);
        if gain < self.options.minimum_gain.max(f64::MIN_POSITIVE) {
            return;
        }
        let options = self.options;
        let cost = self.costs.entry(way).or_insert_with(|| cost(&way, options));
        let Some(cost) = cost.clone() else {
            return;
        };
        found.upgrades.push((
            None,
            Upgrade {
                slot: item.slot.clone(),
                kind: UpgradeKind::StarForce,
                goal: None,
                to: Some(way.to),
                gain: Gain {
                    at_least: gain,
                    mean: gain,
                },
                change: BonusChange {
                    off: Bonus::NONE,
                    on: bonus,
                },
                cost,
                pity: None,
            },
        ));
    }
}

/// The cost of some stars; none where it is too large to be told.
fn cost(way: &Way, options: &UpgradeOptions) -> Option<Arc<MesoDistribution>> {
    let terms = &options.star_force;
    let query = Query {
        kind: way.kind,
        rules: options.rules.star_force(),
        events: terms.events.clone(),
        membership: terms.membership,
        restore: terms.restore,
        spare_item_meso: way.spare_item_meso,
        ..Query::new(way.item_level, way.from, way.to)
    };
    let solution = match &terms.safeguard {
        Safeguard::Cheapest => cheapest_safeguard(&query).ok()?.1,
        Safeguard::Stars(stars) => {
            let passed = |star: &u8| (way.from..way.to).contains(star);
            let safeguard = stars.iter().copied().filter(passed).collect();
            Query { safeguard, ..query }.solve().ok()?
        }
    };
    solution.distribution(Resolution::Coarse).ok().map(Arc::new)
}

/// Bonus of stars for a character: the stats of gear of its class. Of several sub stats the first
/// is counted, as gear need not carry the others.
fn bonus(gain: &StarGain, sheet: &StatSheet) -> Bonus {
    let mut bonus = Bonus::NONE;
    let attributes: Vec<Attribute> = sheet
        .main
        .iter()
        .chain(sheet.sub.first())
        .copied()
        .collect();
    for attribute in attributes {
        bonus.flat[attribute as usize] += f64::from(gain.main_stat());
    }
    let attack = if sheet.is_magic() {
        gain.magic_attack
    } else {
        gain.attack
    };
    bonus.attack = f64::from(attack.saturating_add(gain.class_attack));
    bonus
}
