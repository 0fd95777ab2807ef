//! Thresholds of a potential and the plans made of them.

use std::sync::Arc;

use cube_probability::{
    CostDistribution, Draw, Grade, Level, Method, Moments, OptionLine, Part, Prices, Rules, Start,
    Unit,
};
use planning::plan::{Terms, best};
use planning::{
    AsStrong, Bonus, BonusChange, BossDefence, LineWorth, MAX_THRESHOLDS, PotentialResets,
    StatSheet, Upgrade, UpgradeKind, Utility, Valuation, candidates, rank,
};

fn sheet() -> StatSheet {
    serde_json::from_str(
        r#"{"main":["int"],"sub":["luk"],"main_final":62000,"main_base":5200,"main_pct":530,
        "main_flat_unscaled":18000,"sub_final":9000,"sub_base":2500,"sub_pct":200,
        "attack_final":7800,"attack_base":4100,"attack_pct":88,"damage_pct":80,
        "boss_damage_pct":420,"final_damage_pct":55,"critical_rate_pct":100,
        "critical_damage_pct":98,"ied_pct":95.3,"weapon_factor":1.2}"#,
    )
    .unwrap()
}

fn lines(texts: [&str; 3]) -> Vec<OptionLine> {
    texts.map(|text| text.parse().unwrap()).to_vec()
}

fn worth(lines: &[OptionLine]) -> LineWorth {
    LineWorth::of(&sheet(), BossDefence::DEFAULT, lines, 285, Utility::Keep).unwrap()
}

/// By hand: at 80 % ignored, a boss of 380 % keeps `1 - 3.8 × 0.2 = 0.24` of the damage; `+40 %`
/// leaves 0.12 or `0.544`, twice 0.072 or `0.7264`.
#[test]
fn gains_that_overlap_are_less_together_than_their_product() {
    let sheet = StatSheet {
        ied_pct: 80.0,
        ..sheet()
    };
    let valuation = Valuation::of(&sheet, BossDefence::DEFAULT).unwrap();
    let change = BonusChange {
        off: Bonus::NONE,
        on: Bonus::of_lines(&["몬스터 방어율 무시 +40%".parse().unwrap()], true, 285),
    };
    let one = valuation.gain_together([&change]);
    let two = valuation.gain_together([&change, &change]);
    assert!((one - (0.544 / 0.24 - 1.0)).abs() < 1e-12, "{one}");
    assert!((two - (0.7264 / 0.24 - 1.0)).abs() < 1e-12, "{two}");
    assert!(two < (1.0 + one).powi(2) - 1.0);
}

#[test]
fn weakest_lines_of_a_threshold_have_its_gain() {
    let worth = worth(&lines(["INT +9%", "INT +6%", "LUK +6%"]));
    let prices = Prices::new();
    let draw = Draw::new(Method::MesoPotential, Part::Hat, 200);
    let resets = resets(draw, Grade::Unique, &worth, &prices);
    let valuation = Valuation::of(&sheet(), BossDefence::DEFAULT).unwrap();
    for threshold in resets.thresholds().unwrap() {
        let change = BonusChange {
            off: *worth.carried(),
            on: threshold.weakest,
        };
        let gain = valuation.gain_together([&change]);
        assert!((gain - threshold.gain.at_least).abs() < 1e-9, "{gain}");
    }
}

fn resets<'a>(
    draw: Draw,
    grade: Grade,
    worth: &'a LineWorth,
    prices: &'a Prices,
) -> PotentialResets<'a> {
    PotentialResets {
        rules: Rules::current(),
        draw,
        start: Start::at(grade),
        prices,
        worth,
        minimum_gain: 0.001,
        dearest: 1e300,
    }
}

#[test]
fn thresholds_rise_in_gain_and_price_and_agree_with_the_exact_odds() {
    let prices = Prices::new();
    for (draw, now, grade) in [
        (
            Draw::new(Method::MesoPotential, Part::Hat, 200),
            ["INT +9%", "INT +6%", "LUK +6%"],
            Grade::Unique,
        ),
        (
            Draw::new(Method::MesoPotential, Part::Weapon, 200),
            ["마력 +9%", "마력 +9%", "INT +9%"],
            Grade::Legendary,
        ),
        (
            Draw::new(Method::MesoAdditional, Part::Ring, 200),
            ["INT +5%", "INT +4%", "마력 +10"],
            Grade::Unique,
        ),
    ] {
        let worth = worth(&lines(now));
        let resets = resets(draw, grade, &worth, &prices);
        let thresholds = resets.thresholds().unwrap();
        assert!(
            (2..=MAX_THRESHOLDS).contains(&thresholds.len()),
            "{}",
            thresholds.len()
        );
        assert!(thresholds.is_sorted_by(|a, b| a.mean < b.mean));
        assert!(thresholds.is_sorted_by(|a, b| a.gain.at_least < b.gain.at_least));
        for threshold in &thresholds {
            // The same condition asked of the engine itself.
            let least = (1.0 + threshold.gain.at_least) * (1.0 - 1e-12);
            let odds = Rules::current()
                .odds_where(&draw, worth.stats(), |totals| worth.ratio(totals) >= least);
            let phases = odds.unwrap().phases(Start::at(grade), &prices).unwrap();
            for (told, expected) in threshold.phases.iter().zip(&phases) {
                assert!((told.success - expected.success).abs() <= 1e-12 * expected.success);
            }
            let mean = Moments::of(&phases, Unit::Meso).unwrap().mean;
            assert!((threshold.mean / mean - 1.0).abs() < 1e-9);
            assert!(threshold.gain.mean >= threshold.gain.at_least - 1e-12);
            assert!(threshold.gain.at_least >= 0.001);
            resets.goal(threshold).unwrap();
        }
        // The last threshold is the best that there is.
        let last = thresholds.last().unwrap();
        assert!((last.gain.mean - last.gain.at_least).abs() < 1e-9);
    }
}

#[test]
fn utility_is_kept_by_every_threshold() {
    let prices = Prices::new();
    let draw = Draw::new(Method::MesoPotential, Part::Ring, 200);
    let worth = worth(&lines(["아이템 드롭률 +20%", "INT +9%", "LUK +9%"]));
    let kept: Vec<_> = worth.kept().collect();
    assert_eq!(kept.len(), 1);
    let resets = resets(draw, Grade::Legendary, &worth, &prices);
    let thresholds = resets.thresholds().unwrap();
    let goal = resets.goal(&thresholds[0]).unwrap().to_string();
    assert!(goal.ends_with("and drop_pct >= 20"), "{goal}");
    assert!(thresholds.last().unwrap().gain.at_least > 0.0);
}

#[test]
fn plan_of_a_dressed_character_is_proven_within_its_work() {
    let prices = Prices::new();
    let parts = [
        Part::Hat,
        Part::Top,
        Part::Bottom,
        Part::Shoes,
        Part::Gloves,
        Part::Cape,
        Part::Belt,
        Part::Shoulder,
        Part::Face,
        Part::Eye,
        Part::Earring,
        Part::Ring,
        Part::Pendant,
    ];
    let mut upgrades = Vec::new();
    for (place, part) in parts.into_iter().enumerate() {
        for (kind, method, now) in [
            (
                UpgradeKind::Potential,
                Method::MesoPotential,
                ["INT +9%", "INT +6%", "LUK +6%"],
            ),
            (
                UpgradeKind::AdditionalPotential,
                Method::MesoAdditional,
                ["INT +5%", "LUK +4%", "마력 +10"],
            ),
        ] {
            let worth = worth(&lines(now));
            let resets = resets(Draw::new(method, part, 200), Grade::Unique, &worth, &prices);
            for threshold in resets.thresholds().unwrap() {
                let cost = CostDistribution::of(&threshold.phases, Unit::Meso).unwrap();
                upgrades.push(Upgrade {
                    slot: format!("{place}"),
                    kind,
                    goal: Some(resets.goal(&threshold).unwrap()),
                    to: None,
                    gain: threshold.gain,
                    change: BonusChange {
                        off: *worth.carried(),
                        on: threshold.weakest,
                    },
                    cost: Arc::new(cost),
                    pity: None,
                });
            }
        }
    }
    rank(&mut upgrades);
    assert!(upgrades.is_sorted_by(|a, b| a.gain_per_10b() >= b.gain_per_10b()));
    let candidates = candidates(&upgrades);
    let terms = Terms {
        budget: 20_000_000_000,
        confidence: Level::new(0.8).unwrap(),
        work: Terms::WORK,
    };
    let few = best(&candidates[..25], &terms).unwrap();
    println!(
        "25: gain {:.4}, bound {:.4}, work {}",
        few.plan.gain, few.gain_bound, few.work
    );
    assert!(few.optimal, "{few:?}");
    for budget in [20_000_000_000, 50_000_000_000, 200_000_000_000] {
        let terms = Terms {
            budget,
            confidence: Level::new(0.8).unwrap(),
            work: Terms::WORK,
        };
        let best = best(&candidates, &terms).unwrap();
        println!(
            "{budget}: {} actions of {}, gain {:.4}, bound {:.4}, work {}",
            best.plan.chosen.len(),
            candidates.len(),
            best.plan.gain,
            best.gain_bound,
            best.work
        );
        assert!(best.plan.within.lower >= 0.8);
        assert!(best.plan.gain > 0.0 && best.gain_bound >= best.plan.gain);
        assert!(best.gain_bound <= best.plan.gain * 1.5, "{best:?}");
    }
}

#[test]
fn thresholds_of_nothing_better_are_none() {
    let prices = Prices::new();
    let draw = Draw::new(Method::MesoPotential, Part::Hat, 160);
    let worth = worth(&lines(["INT +12%", "INT +12%", "INT +12%"]));
    assert!(AsStrong::new(worth.clone()).is_ok());
    let resets = resets(draw, Grade::Legendary, &worth, &prices);
    assert_eq!(resets.thresholds().unwrap(), []);
}
