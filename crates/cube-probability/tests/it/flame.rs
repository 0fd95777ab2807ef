//! Flames against an enumeration of every set of options and tiers.

use cube_probability::flame::{Flame, FlameError, FlameItem, FlameScore, FlameStat};
use cube_probability::{Chance, CostDistribution, Decimal, Level, Part, Unit};

/// The options of a part and level, written out from the published list: the stats
/// and the amount a tier.
fn options(part: Part, level: u64) -> Vec<(Vec<&'static str>, u64)> {
    let single = if level >= 250 { 12 } else { level / 20 + 1 };
    let dual = level / 40 + 1;
    let hp = if level >= 250 { 700 } else { level / 10 * 30 };
    let mut options: Vec<(Vec<&str>, u64)> = Vec::new();
    for stat in ["str", "dex", "int", "luk"] {
        options.push((vec![stat], single));
    }
    for pair in [
        ["str", "dex"],
        ["str", "int"],
        ["str", "luk"],
        ["dex", "int"],
        ["dex", "luk"],
        ["int", "luk"],
    ] {
        options.push((pair.to_vec(), dual));
    }
    options.push((vec!["max_hp"], hp));
    options.push((vec!["max_mp"], hp));
    options.push((vec!["level_reduction"], 5));
    options.push((vec!["def"], single));
    if part == Part::Weapon {
        // The attacks are not weighed here.
        options.extend([(vec!["att"], 0), (vec!["matt"], 0)]);
        options.extend((level >= 90).then(|| (vec!["boss_damage_pct"], 2)));
        options.extend([(vec!["damage_pct"], 1), (vec!["all_stat_pct"], 1)]);
    } else {
        if level >= 60 {
            options.extend([(vec!["att"], 1), (vec!["matt"], 1)]);
        }
        options.extend([(vec!["speed"], 1), (vec!["jump"], 1)]);
        options.extend((level >= 70).then(|| (vec!["all_stat_pct"], 1)));
    }
    options
}

/// The chances of tiers 1 to 5 (3 to 7 for equipment of bosses), as published.
fn tiers(flame: Flame) -> [f64; 5] {
    match flame {
        Flame::Powerful | Flame::Burning => [0.2, 0.3, 0.36, 0.14, 0.0],
        Flame::Eternal | Flame::Black | Flame::Meso => [0.0, 0.29, 0.45, 0.25, 0.01],
        Flame::Abyss => [0.0, 0.0, 0.63, 0.34, 0.03],
    }
}

/// The chance by going through every set of `left` options from `from` on, and every tier.
fn sets(scores: &[[f64; 5]], tiers: [f64; 5], left: usize, sum: f64, least: f64) -> f64 {
    if left == 0 {
        return if sum >= least - 1e-9 { 1.0 } else { 0.0 };
    }
    let mut chance = 0.0;
    for (index, score) in scores.iter().enumerate() {
        for (added, tier) in score.iter().zip(tiers).filter(|(_, tier)| *tier > 0.0) {
            chance += tier * sets(&scores[index + 1..], tiers, left - 1, sum + added, least);
        }
    }
    chance
}

fn choose(n: usize, k: usize) -> f64 {
    (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product()
}

fn by_enumeration(
    flame: Flame,
    (part, level, boss): (Part, u16, bool),
    weights: &[(&str, f64)],
    least: f64,
) -> f64 {
    let first = if boss { 3 } else { 1 };
    let scores: Vec<[f64; 5]> = options(part, level.into())
        .iter()
        .map(|(stats, amount)| {
            let weighed = weights.iter().filter(|(stat, _)| stats.contains(stat));
            let weight: f64 = weighed.map(|(_, weight)| weight).sum();
            std::array::from_fn(|tier| weight * (amount * (first + tier as u64)) as f64)
        })
        .collect();
    let counts = if boss {
        [0.0, 0.0, 0.0, 1.0]
    } else {
        [0.4, 0.4, 0.16, 0.04]
    };
    let of_size =
        |size: usize| sets(&scores, tiers(flame), size, 0.0, least) / choose(scores.len(), size);
    let sizes = (1..=4).filter(|size| counts[size - 1] > 0.0);
    sizes.map(|size| counts[size - 1] * of_size(size)).sum()
}

fn score(weights: &[(&str, f64)]) -> FlameScore {
    let weights = weights.iter().map(|(stat, weight)| {
        let thousandths = (weight * 1000.0).round();
        let weight = format!("{thousandths}").parse().unwrap();
        (stat.parse().unwrap(), Decimal::from_thousandths(weight))
    });
    FlameScore::new(weights).unwrap()
}

#[test]
fn chances_are_those_of_the_enumeration() {
    let mage: &[_] = &[
        ("int", 1.0),
        ("luk", 0.1),
        ("matt", 3.0),
        ("all_stat_pct", 10.0),
    ];
    let weapon: &[_] = &[
        ("int", 1.0),
        ("boss_damage_pct", 8.5),
        ("all_stat_pct", 9.25),
    ];
    let hp: &[_] = &[("max_hp", 0.02)];
    let mut possible = 0;
    for (flame, item, weights, scores) in [
        (
            Flame::Eternal,
            (Part::Hat, 200, true),
            mage,
            [40_u32, 120, 160],
        ),
        (Flame::Black, (Part::Top, 150, true), mage, [30, 90, 130]),
        (Flame::Powerful, (Part::Cape, 60, false), mage, [4, 20, 50]),
        (
            Flame::Abyss,
            (Part::Weapon, 250, true),
            weapon,
            [100, 180, 250],
        ),
        (
            Flame::Burning,
            (Part::Weapon, 80, false),
            weapon,
            [5, 15, 60],
        ),
        (Flame::Meso, (Part::Belt, 250, false), hp, [14, 30, 70]),
    ] {
        for least in scores {
            let slow = by_enumeration(flame, item, weights, f64::from(least));
            let (part, level, boss) = item;
            let item = FlameItem::new(part, level, boss).unwrap();
            let odds = item.odds(flame, &score(weights), least.into()).unwrap();
            let fast = odds.chance().probability();
            let what = format!("{flame} {part} {level} {least}: {fast} is not {slow}");
            assert!((fast - slow).abs() <= 1e-12 * slow, "{what}");
            possible += usize::from(matches!(odds.chance(), Chance::Possible(_)));
            assert_eq!(
                odds.chance() == Chance::Never,
                odds.most() < Decimal::from(least)
            );
        }
    }
    assert!(possible >= 12, "only {possible} were possible");
}

#[test]
fn one_option_of_its_own_is_four_of_nineteen() {
    // 공격력 at tier 7 on a hat: one of the four options, at tier 7 in a hundredth of draws.
    let hat = FlameItem::new(Part::Hat, 200, true).unwrap();
    let odds = hat
        .odds(Flame::Eternal, &score(&[("att", 1.0)]), 7.into())
        .unwrap();
    let chance = odds.chance().probability();
    assert!((chance - 4.0 / 19.0 * 0.01).abs() < 1e-15);
    assert_eq!(odds.most(), Decimal::from(7));
    // And never at tier 7 by a powerful flame, which ends at tier 6.
    let odds = hat
        .odds(Flame::Powerful, &score(&[("att", 1.0)]), 7.into())
        .unwrap();
    assert_eq!(
        (odds.chance(), odds.most()),
        (Chance::Never, Decimal::from(6))
    );
    // Any flame reaches nothing.
    let odds = hat
        .odds(Flame::Powerful, &score(&[("att", 1.0)]), 0.into())
        .unwrap();
    assert_eq!(odds.chance(), Chance::Always);
}

#[test]
fn flames_and_their_cost_are_geometric() {
    let hat = FlameItem::new(Part::Hat, 200, true).unwrap();
    let odds = hat
        .odds(Flame::Meso, &score(&[("att", 1.0)]), 7.into())
        .unwrap();
    let phases = odds.phases(Flame::Meso.price());
    let flames = CostDistribution::of(&phases, Unit::Resets).unwrap();
    let chance = 4.0 / 19.0 * 0.01;
    assert!((flames.mean() * chance - 1.0).abs() < 1e-12);
    let median = (0.5_f64.ln() / (1.0 - chance).ln()).ceil();
    let level = Level::new(0.5).unwrap();
    assert_eq!(flames.quantile(level).map(|n| n as f64), Some(median));
    let meso = CostDistribution::of(&phases, Unit::Meso).unwrap();
    assert_eq!(
        meso.quantile(level),
        Some(3_000_000 * flames.quantile(level).unwrap())
    );
    assert!(CostDistribution::of(&odds.phases(Flame::Abyss.price()), Unit::Meso).is_err());
}

#[test]
fn absurd_scores_are_refused() {
    let hat = FlameItem::new(Part::Hat, 200, true).unwrap();
    assert_eq!(FlameScore::new([]), Err(FlameError::NothingWeighed));
    let number = Decimal::from(1_000_001);
    let refused = FlameError::NumberTooLarge { number };
    assert_eq!(
        FlameScore::new([(FlameStat::Int, number)]),
        Err(refused.clone())
    );
    assert_eq!(
        hat.odds(Flame::Black, &score(&[("int", 1.0)]), number),
        Err(refused)
    );
    let level = FlameItem::new(Part::Hat, 301, true);
    assert_eq!(
        level.unwrap_err().to_string(),
        "item level 301 is outside 0 to 300"
    );
}

#[test]
fn scores_that_tell_every_option_apart_are_summed_in_whole_numbers() {
    let weights: Vec<_> = FlameStat::ALL
        .iter()
        .zip(0_u64..)
        .map(|(stat, n)| (*stat, Decimal::from_thousandths(1001 + 37 * n * n)))
        .collect();
    let weapon = FlameItem::new(Part::Weapon, 200, false)
        .unwrap()
        .with_attack(283, 283);
    let score = FlameScore::new(weights).unwrap();
    let chance = |least: u32| {
        weapon
            .odds(Flame::Burning, &score, least.into())
            .unwrap()
            .chance()
            .probability()
    };
    assert!(chance(100) > chance(1000) && chance(1000) > chance(2000));
    assert!(chance(1) <= 1.0);
}
