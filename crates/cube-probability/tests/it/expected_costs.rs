//! Exact costs, from rules to quantiles, against figures computed elsewhere.

use crate::shared::shared;
use cube_probability::{
    CostDistribution, Distribution, Goal, Grade, Level, Method, Part, Phase, Prices, Rules, Start,
    Total, Unit,
};

fn level(q: f64) -> Level {
    Level::new(q).unwrap()
}

fn assert_close(actual: f64, expected: f64, relative: f64) {
    let off = (actual - expected).abs();
    assert!(off <= relative * expected, "{actual} is not {expected}");
}

fn phases(method: Method, part: Part, item_level: u16, goal: &str, start: Start) -> Vec<Phase> {
    let goal: Goal = goal.parse().unwrap();
    let prices = Prices::new().with(Method::Red, 12_000_000).unwrap();
    Rules::current()
        .phases(method, part, item_level, &goal, start, &prices)
        .unwrap()
}

#[test]
fn hat_with_four_seconds_of_cooldown() {
    let goal = "cooldown_seconds >= 4";
    let phases = phases(Method::MesoPotential, Part::Hat, 250, goal, Start::FRESH);
    let resets = CostDistribution::of(&phases, Unit::Resets).unwrap();
    let quantiles = Level::DEFAULTS.map(|level| resets.quantile(level).unwrap());
    assert_eq!(quantiles, [1192, 2300, 3765, 4874, 7447]);
    let meso = CostDistribution::of(&phases, Unit::Meso).unwrap();
    assert_eq!(meso.quantile(level(0.5)), Some(58_255_000_000));
    assert_eq!(meso.quantile(level(0.9)), Some(186_917_500_000));
    assert_eq!(meso.quantile(level(0.99)), Some(370_995_000_000));
}

#[test]
fn weapon_by_red_cubes() {
    let goal =
        "lines(boss_damage_pct, att_pct, ied_pct) >= 3 and boss_damage_pct >= 40 or att_pct >= 30";
    let start = Start {
        grade: Grade::Epic,
        failures: 3,
    };
    let phases = phases(Method::Red, Part::Weapon, 200, goal, start);
    let resets = CostDistribution::of(&phases, Unit::Resets).unwrap();
    assert_close(resets.mean(), 465.587_064_86, 1e-10);
    assert_eq!(resets.quantile(level(0.95)), Some(891));
    let meso = CostDistribution::of(&phases, Unit::Meso).unwrap();
    assert_close(meso.mean(), 5_959_514_430.26, 1e-11);
    assert_eq!(meso.quantile(level(0.95)), Some(11_404_800_000));
}

#[test]
fn every_potential_of_a_real_character_and_all_together() {
    let Some(expected) = shared("samples/expected.evan.json") else {
        return;
    };
    let rows: Vec<serde_json::Value> = serde_json::from_str(&expected).unwrap();
    assert!(rows.len() > 30);
    let costs: Vec<CostDistribution> = rows
        .iter()
        .map(|row| {
            let text = |key: &str| row[key].as_str().unwrap();
            let method = match text("kind") {
                "potential" => Method::MesoPotential,
                _ => Method::MesoAdditional,
            };
            let part = text("part").parse().unwrap();
            let item_level = row["level"].as_u64().unwrap().try_into().unwrap();
            let phases = phases(method, part, item_level, text("goal"), Start::FRESH);
            let meso = CostDistribution::of(&phases, Unit::Meso).unwrap();
            assert_close(meso.mean(), row["mean"].as_f64().unwrap(), 1e-9);
            assert_eq!(meso.quantile(level(0.9)), row["p90"].as_u64(), "{row}");
            let resets = CostDistribution::of(&phases, Unit::Resets).unwrap();
            assert_close(resets.mean(), row["trials"].as_f64().unwrap(), 1e-9);
            meso
        })
        .collect();

    let items: Vec<&dyn Distribution> = costs.iter().map(|cost| cost as _).collect();
    let total = Total::of(&items).unwrap();
    let mean: f64 = rows.iter().map(|row| row["mean"].as_f64().unwrap()).sum();
    assert_close(total.mean(), mean, 1e-9);
    assert!((total.width() as f64) < 0.002 * mean);
    let stage_sum: u64 = rows.iter().map(|row| row["p90"].as_u64().unwrap()).sum();
    assert!(total.cost_at(level(0.9)).upper.unwrap() < stage_sum);
}
