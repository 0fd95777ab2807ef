//! All that makes a character strong beside its gear: ability points, hyper stats, ability,
//! symbols, sets, union and link skills.

use rand::Rng;

use super::class::MainStat;
use super::{Attribute, Class, Effect};

/// Growth of a character.
#[derive(Debug)]
pub(crate) struct Growth {
    /// Ability points by attribute.
    pub(crate) points: [i64; 4],
    pub(crate) hyper: Vec<Effect>,
    pub(crate) ability: Vec<Effect>,
    pub(crate) symbols: Vec<Symbol>,
    pub(crate) sets: Vec<Set>,
    pub(crate) raiders: Vec<Effect>,
    pub(crate) occupied: Vec<Effect>,
    pub(crate) links: Vec<(&'static str, Option<Effect>)>,
    /// 최종 데미지 of skills, in per cent.
    pub(crate) final_damage: i64,
    /// 크리티컬 확률 of skills, in per cent.
    pub(crate) critical_rate: i64,
    /// Monster defence that skills ignore, in per cent: enough for every boss.
    pub(crate) ignored_defence: i64,
}

/// A symbol, and the points it gives to each of the main stats.
#[derive(Debug)]
pub(crate) struct Symbol {
    pub(crate) name: &'static str,
    pub(crate) level: i64,
    pub(crate) points: [i64; 4],
}

/// The effects of a set that are active.
#[derive(Debug)]
pub(crate) struct Set {
    pub(crate) name: &'static str,
    pub(crate) count: u8,
    pub(crate) effects: Vec<Effect>,
}

const ARCANE: [&str; 6] = [
    "아케인심볼 : 소멸의 여로",
    "아케인심볼 : 츄츄 아일랜드",
    "아케인심볼 : 레헬른",
    "아케인심볼 : 아르카나",
    "아케인심볼 : 모라스",
    "아케인심볼 : 에스페라",
];
const AUTHENTIC: [&str; 3] = [
    "어센틱심볼 : 세르니움",
    "어센틱심볼 : 아르크스",
    "어센틱심볼 : 오디움",
];

/// By tier: the level of arcane symbols.
const ARCANE_LEVELS: [i64; 4] = [8, 13, 18, 20];

impl Growth {
    /// The growth of a character of this class, level and tier.
    pub(crate) fn of(class: &Class, level: u16, tier: usize, rng: &mut impl Rng) -> Self {
        let mains = mains(class.main);
        let step = i64::try_from(tier).expect("there are four tiers");
        let level = i64::from(level);
        Self {
            points: ability_points(mains, level),
            hyper: hyper(mains, step, rng),
            ability: ability(mains, step, rng),
            symbols: symbols(mains, level, tier, rng),
            sets: sets(step, rng),
            raiders: raiders(step, rng),
            occupied: occupied(mains, step, rng),
            links: links(step, rng),
            final_damage: 10 + 15 * step + rng.random_range(0..10),
            critical_rate: 20 + 5 * step,
            ignored_defence: 65 + 5 * step,
        }
    }
}

/// The attributes that a class puts its points into.
const fn mains(main: MainStat) -> &'static [Attribute] {
    match main {
        MainStat::Str => &[Attribute::Str],
        MainStat::Dex => &[Attribute::Dex],
        MainStat::Int => &[Attribute::Int],
        MainStat::Luk => &[Attribute::Luk],
        MainStat::Three => &[Attribute::Str, Attribute::Dex, Attribute::Luk],
        MainStat::Hp => &[],
    }
}

fn ability_points(mains: &[Attribute], level: i64) -> [i64; 4] {
    let shares = i64::try_from(mains.len().max(1)).expect("at most three");
    let mut points = [4; 4];
    for main in mains {
        points[*main as usize] += (5 * level + 13) / shares;
    }
    points
}

fn hyper(mains: &[Attribute], step: i64, rng: &mut impl Rng) -> Vec<Effect> {
    let mut level = || 3 + 2 * step + rng.random_range(0..4);
    let points = mains.iter().map(|main| Effect::Points(*main, 30 * level()));
    let mut effects: Vec<_> = points.collect();
    effects.extend([
        Effect::CriticalDamage(level()),
        Effect::IgnoredDefence(3 * level()),
        Effect::Damage(3 * level()),
        Effect::BossDamage(3 * level()),
        Effect::Attacks(3 * level()),
    ]);
    effects
}

fn ability(mains: &[Attribute], step: i64, rng: &mut impl Rng) -> Vec<Effect> {
    let mut effects = vec![Effect::BossDamage(5 + 5 * step)];
    effects.extend(
        mains
            .first()
            .map(|main| Effect::Points(*main, 10 + 10 * step)),
    );
    effects.push(Effect::CriticalRate(rng.random_range(5..=20)));
    effects
}

fn symbols(mains: &[Attribute], level: i64, tier: usize, rng: &mut impl Rng) -> Vec<Symbol> {
    let spread = |each: i64| {
        let mut points = [0; 4];
        for main in mains {
            // Three main stats get a little less than half each.
            points[*main as usize] = if mains.len() > 1 {
                each * 48 / 100
            } else {
                each
            };
        }
        points
    };
    let arcane = ARCANE.map(|name| {
        let level = ARCANE_LEVELS[tier] - rng.random_range(0..3);
        let points = spread(100 * (level + 2));
        Symbol {
            name,
            level,
            points,
        }
    });
    let mut symbols = Vec::from(arcane);
    if level >= 260 {
        let level = 1 + 3 * i64::try_from(tier).expect("there are four tiers");
        symbols.extend(AUTHENTIC.map(|name| {
            let points = spread(200 * level + 300);
            Symbol {
                name,
                level,
                points,
            }
        }));
    }
    symbols
}

fn sets(step: i64, rng: &mut impl Rng) -> Vec<Set> {
    vec![
        Set {
            name: "보스 장신구 세트",
            count: 5,
            effects: vec![
                Effect::AllStat(10),
                Effect::Attacks(5),
                Effect::AllStat(5 * step),
                Effect::Attacks(5 + step),
            ],
        },
        Set {
            name: "방어구 세트",
            count: 7,
            effects: vec![
                Effect::AllStat(30 + 10 * step),
                Effect::Attacks(40 + 15 * step + rng.random_range(0..10)),
                Effect::BossDamage(10 + 10 * step),
                Effect::IgnoredDefence(10),
            ],
        },
    ]
}

fn raiders(step: i64, rng: &mut impl Rng) -> Vec<Effect> {
    let count = 12 + 8 * step;
    let points = (0..count).map(|number| {
        let attribute = Attribute::ALL[usize::try_from(number % 4).expect("below four")];
        Effect::Points(attribute, *crate::character::pick(&[40, 80, 100], rng))
    });
    let mut effects: Vec<_> = points.collect();
    effects.extend([
        Effect::Attacks(20),
        Effect::CriticalRate(5),
        Effect::CriticalDamage(2 + step),
    ]);
    effects
}

fn occupied(mains: &[Attribute], step: i64, rng: &mut impl Rng) -> Vec<Effect> {
    let points = |main: &Attribute| Effect::Points(*main, 25 * (step + 1));
    let mut effects: Vec<_> = mains.iter().map(points).collect();
    effects.extend([
        Effect::Attacks(5 * (step + 1)),
        Effect::BossDamage(10 * (step + 1)),
        Effect::CriticalDamage(5 * (step + 1)),
        Effect::IgnoredDefence(rng.random_range(10..=40)),
    ]);
    effects
}

fn links(step: i64, rng: &mut impl Rng) -> Vec<(&'static str, Option<Effect>)> {
    vec![
        (
            "시그너스 블레스",
            Some(Effect::Attacks(15 + 5 * (step % 3))),
        ),
        (
            "하이브리드 로직",
            Some(Effect::AllStatPct(5 * (1 + step / 2))),
        ),
        ("데몬스 퓨리", Some(Effect::BossDamage(15))),
        ("데들리 인스팅트", Some(Effect::CriticalRate(15))),
        (
            "와일드 레이지",
            Some(Effect::Damage(rng.random_range(5..=10))),
        ),
        // Only for a moment, so that no recorded stat has it.
        ("소울 컨트랙트", None),
    ]
}
