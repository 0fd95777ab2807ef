//! One item of one character: a piece with all that its owner has put into it.

use cube_probability::{Grade, Method, Part, Stat};
use rand::Rng;
use rand::distr::Distribution;
use rand::distr::weighted::WeightedIndex;

use super::piece::Piece;
use super::potential::Potential;
use super::{Class, Field, Stats, stars};

/// An equipped item.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) slot: &'static str,
    pub(crate) piece: Piece,
    pub(crate) name: String,
    /// Stats of the piece, then of flames, scrolls and stars.
    pub(crate) base: Stats,
    pub(crate) flames: Stats,
    pub(crate) scrolled: Stats,
    pub(crate) starred: Stats,
    pub(crate) scrolls_used: u8,
    pub(crate) stars: u8,
    /// The stars come from 놀라운 장비강화 주문서.
    pub(crate) stars_from_scroll: bool,
    pub(crate) potential: Option<Potential>,
    pub(crate) additional_potential: Option<Potential>,
    /// A weapon's soul: its name and what it gives.
    pub(crate) soul: Option<(&'static str, &'static str)>,
}

/// Owner of an item, and the purpose of the item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner {
    pub(crate) class: &'static Class,
    /// Effort put into the gear, 0 to 3.
    pub(crate) tier: usize,
    pub(crate) purpose: Purpose,
}

/// Purpose of gear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Bosses.
    Fight,
    /// Drops and meso.
    Hunt,
}

impl Item {
    /// Makes a piece better the way its owner would.
    pub(crate) fn forge(
        slot: &'static str,
        piece: Piece,
        owner: Owner,
        rng: &mut impl Rng,
    ) -> Self {
        let class = owner.class;
        let from_scroll = piece.takes_stars && piece.level <= 150 && rng.random_ratio(1, 24);
        let stars = stars(&piece, owner.tier, from_scroll, rng);
        let (potential, additional_potential) = match piece.part {
            Some(part) => potentials(part, piece.level, owner, rng),
            None => (None, None),
        };
        let is_weapon = piece.part == Some(Part::Weapon);
        Self {
            slot,
            name: piece.name.of(class),
            base: piece.base(class.job),
            flames: flames(&piece, owner, rng),
            scrolled: scrolled(&piece, owner, rng),
            starred: stars::bonus(piece.level, stars, piece.stats_given(class.job)),
            scrolls_used: piece.scrolls,
            stars,
            stars_from_scroll: from_scroll && stars > 0,
            potential,
            additional_potential,
            soul: is_weapon.then(|| soul(class)),
            piece,
        }
    }

    /// All that the item gives.
    pub(crate) fn total(&self) -> Stats {
        let mut total = self.base;
        total += self.flames;
        total += self.scrolled;
        total += self.starred;
        total
    }
}

fn stars(piece: &Piece, tier: usize, from_scroll: bool, rng: &mut impl Rng) -> u8 {
    if !piece.takes_stars {
        return 0;
    }
    let range = match (from_scroll, tier) {
        (true, _) => 5..=12,
        (false, 0) => 10..=17,
        (false, 1) => 15..=18,
        (false, 2) => 17..=22,
        (false, _) => 21..=23,
    };
    rng.random_range(range).min(stars::most_stars(piece.level))
}

fn flames(piece: &Piece, owner: Owner, rng: &mut impl Rng) -> Stats {
    let mut flames = Stats::NONE;
    if piece.takes_flames {
        let step = i32::from(piece.level / 20 + 1);
        flames[owner.class.main.field()] = step * rng.random_range(3..=12);
        flames[Field::AllStat] = rng.random_range(2..=7);
        flames[owner.class.main.attack_field()] = rng.random_range(0..=5);
    }
    flames
}

fn scrolled(piece: &Piece, owner: Owner, rng: &mut impl Rng) -> Stats {
    let mut scrolled = Stats::NONE;
    let count = i32::from(piece.scrolls);
    if count > 0 {
        scrolled[owner.class.main.field()] = count * rng.random_range(4..=9);
        scrolled[owner.class.main.attack_field()] = count * rng.random_range(0..=4);
        scrolled[Field::Armor] = count * rng.random_range(0..=15);
    }
    scrolled
}

fn soul(class: &Class) -> (&'static str, &'static str) {
    let option = match class.main.attack() {
        Stat::MattPct => "마력 +3%",
        _ => "공격력 +3%",
    };
    ("위대한 시그너스의 소울 적용", option)
}

/// Weights of the grades of an item by tier, rare first.
const GRADES: [[u32; 4]; 4] = [
    [10, 40, 45, 5],
    [0, 10, 65, 25],
    [0, 0, 30, 70],
    [0, 0, 3, 97],
];
/// The same for the additional potential; an item may have none.
const ADDITIONAL_GRADES: [[u32; 4]; 4] = [
    [60, 35, 5, 0],
    [30, 55, 15, 0],
    [5, 35, 45, 15],
    [0, 5, 40, 55],
];
/// One in so many items has no additional potential.
const WITHOUT_ADDITIONAL: [u32; 4] = [3, 8, 30, 200];
/// Number of draws by tier, of which the owner keeps the best.
const TRIES: [u32; 4] = [3, 10, 25, 50];

fn potentials(
    part: Part,
    item_level: u16,
    owner: Owner,
    rng: &mut impl Rng,
) -> (Option<Potential>, Option<Potential>) {
    let tier = owner.tier;
    let taste = taste(owner, part);
    let mut best = |method, grades: [u32; 4]| {
        let dice = WeightedIndex::new(grades).expect("every tier has a grade above zero");
        let grade = Grade::ALL[dice.sample(rng)];
        Potential::best_of(
            TRIES[tier],
            (method, grade),
            (part, item_level),
            &taste,
            rng,
        )
    };
    let potential = best(Method::MesoPotential, GRADES[tier]);
    let additional = best(Method::MesoAdditional, ADDITIONAL_GRADES[tier]);
    let has_additional = !rng.random_ratio(1, WITHOUT_ADDITIONAL[tier]);
    (Some(potential), has_additional.then_some(additional))
}

fn taste(owner: Owner, part: Part) -> Vec<(Stat, u32)> {
    let main = owner.class.main;
    let mut taste = vec![(main.attack(), 12), (Stat::AllStatPct, 9)];
    taste.extend(main.wanted().iter().map(|stat| (*stat, 10)));
    match (owner.purpose, part) {
        (Purpose::Hunt, _) => taste.extend([(Stat::DropPct, 30), (Stat::MesoPct, 30)]),
        (_, Part::Weapon | Part::Secondary | Part::ForceShield | Part::Shield | Part::Emblem) => {
            taste.extend([(Stat::BossDamagePct, 5), (Stat::IedPct, 5)]);
        }
        (_, Part::Gloves) => taste.push((Stat::CritDamagePct, 25)),
        (_, Part::Hat) => taste.push((Stat::CooldownSeconds, 80)),
        _ => {}
    }
    taste
}
