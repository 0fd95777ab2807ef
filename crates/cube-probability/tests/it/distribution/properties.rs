//! Properties of every process.

use std::num::NonZeroU32;

use cube_probability::{CostDistribution, Grade, Moments, Phase, Unit};
use proptest::prelude::*;

use super::{assert_close, climbing, hat, level, top};

fn phases() -> impl Strategy<Value = Vec<Phase>> {
    let phase = |grade| {
        let certain_on = prop::option::of((1_u32..30).prop_map(|n| NonZeroU32::new(n).unwrap()));
        (0.0..0.5_f64, 0.02..=1.0_f64, certain_on, 0_u64..12).prop_map(
            move |(success, rise, certain_on, cost)| Phase {
                grade,
                success,
                rise,
                certain_on,
                cost: Some(cost * 250),
            },
        )
    };
    let below = [Grade::Rare, Grade::Epic, Grade::Unique].map(phase);
    let last = (1e-4..=1.0_f64, 1_u64..12);
    (below, last, 0_usize..4).prop_map(|(below, (success, cost), from)| {
        let mut phases = below[from..].to_vec();
        phases.push(top(Grade::Legendary, success, cost * 250));
        phases
    })
}

proptest! {
    #[test]
    fn moments_are_those_of_the_distribution(phases in phases()) {
        let cost = CostDistribution::of(&phases, Unit::Meso).unwrap();
        let end = cost.quantile(level(1.0 - 1e-12)).unwrap();
        let steps = || (0..=end / cost.unit()).map(|k| k * cost.unit());
        // The mean is the sum of the survival, the second moment that of 2 * cost + unit.
        let unit = cost.unit() as f64;
        let mean: f64 = steps().map(|at| unit * cost.survival(at)).sum();
        let square: f64 = steps()
            .map(|at| unit * (2.0 * at as f64 + unit) * cost.survival(at))
            .sum();
        assert_close(mean, cost.mean(), 1e-9);
        assert_close(square, cost.variance() + cost.mean() * cost.mean(), 1e-7);
        assert_close(Moments::of(&phases, Unit::Meso).unwrap().mean, cost.mean(), 0.0);
    }

    #[test]
    fn probabilities_add_up_and_do_not_fall(phases in phases()) {
        let cost = CostDistribution::of(&phases, Unit::Meso).unwrap();
        let mut before = 0.0;
        for budget in (0..100_000).step_by(50) {
            let within = cost.at_most(budget);
            prop_assert!(within >= before - 1e-14 && within <= 1.0);
            prop_assert!((within + cost.survival(budget) - 1.0).abs() < 1e-13);
            before = within;
        }
    }

    #[test]
    fn quantiles_are_the_smallest_costs_that_are_enough(phases in phases(), q in 1e-9..1.0_f64) {
        let cost = CostDistribution::of(&phases, Unit::Meso).unwrap();
        let quantile = cost.quantile(level(q)).unwrap();
        prop_assert!(cost.at_most(quantile) >= q - 1e-13);
        if quantile > 0 {
            prop_assert!(cost.at_most(quantile - 1) <= q + 1e-13);
            prop_assert!(cost.between(quantile - 1, quantile) > 0.0, "an attained value");
        }
    }

    #[test]
    fn density_holds_nearly_all_mass_in_few_bars(phases in phases()) {
        let cost = CostDistribution::of(&phases, Unit::Meso).unwrap();
        let bars = cost.density();
        prop_assert!(bars.len() <= CostDistribution::MAX_BARS);
        prop_assert!(bars.windows(2).all(|pair| pair[0].up_to == pair[1].above));
        let mass: f64 = bars.iter().map(|bar| bar.probability).sum();
        prop_assert!((0.999 - 1e-12..1.0 + 1e-12).contains(&(mass + cost.at_most(0))));
    }
}

#[test]
fn one_phase_is_geometric() {
    for success in [1.0, 0.5, 0.01, 1e-6, 1e-12] {
        let cost = CostDistribution::of(&[top(Grade::Legendary, success, 7)], Unit::Meso).unwrap();
        assert_close(cost.mean(), 7.0 / success, 1e-15);
        let variance = 49.0 * (1.0 - success) / (success * success);
        assert!((cost.variance() - variance).abs() <= 1e-14 * variance);
        for n in [0, 1, 2, 10, 1_000, 1_000_000_000] {
            let expected = (n as f64 * (-success).ln_1p()).exp();
            let expected = if n == 0 { 1.0 } else { expected };
            assert!((cost.survival(7 * n + 6) - expected).abs() <= 1e-12 * expected);
        }
    }
}

#[test]
fn rare_goals_and_high_levels_stay_exact() {
    let success = 1e-12;
    let resets = CostDistribution::of(&[top(Grade::Legendary, success, 1)], Unit::Resets).unwrap();
    for q in [0.5_f64, 0.99, 1.0 - 1e-6, 1.0 - 1e-12] {
        let expected = ((1.0 - q).ln() / (-success).ln_1p()).ceil();
        assert_close(resets.quantile(level(q)).unwrap() as f64, expected, 1e-12);
    }
    let first = resets.quantile(level(1e-13)).unwrap();
    assert_eq!(first, 1, "one reset is enough with chance 1e-12");
}

#[test]
fn attained_probabilities_are_not_missed_for_rounding() {
    let coin = CostDistribution::of(&[top(Grade::Epic, 0.5, 3)], Unit::Meso).unwrap();
    for (q, expected) in [
        (0.5, 3),
        (0.75, 6),
        (0.875, 9),
        (1.0 - 0.5_f64.powi(40), 120),
    ] {
        assert_eq!(coin.quantile(level(q)), Some(expected));
    }
    assert_eq!(coin.quantile(level(0.5 + 1e-9)), Some(6));
}

#[test]
fn quantiles_past_the_largest_number_are_none() {
    let dear = top(Grade::Legendary, 1e-12, 50_000_000);
    let cost = CostDistribution::of(&[dear], Unit::Meso).unwrap();
    assert_close(cost.mean(), 5e19, 1e-15);
    assert_eq!(cost.quantile(level(0.5)), None);
    assert!(cost.quantile(level(0.1)).is_some());
    assert_eq!(cost.density().len(), CostDistribution::MAX_BARS);
}

#[test]
fn free_resets_cost_nothing() {
    let free = [
        climbing(Grade::Unique, 0.1, 0.2, 5, 0),
        top(Grade::Legendary, 0.01, 0),
    ];
    let cost = CostDistribution::of(&free, Unit::Meso).unwrap();
    assert_close(cost.at_most(0), 1.0, 1e-15);
    assert_eq!(cost.quantile(level(0.99)), Some(0));
    assert_close(cost.mean(), 0.0, 0.0);
    let resets = CostDistribution::of(&free, Unit::Resets).unwrap();
    assert!(resets.mean() > 1.0);
}

#[test]
fn long_climb_without_a_pity_is_followed_to_its_end() {
    // Meister cubes rise from unique with 0.1996 %, so the tail is that of the climb.
    let meister = [
        climbing(Grade::Rare, 0.0, 0.079_994, None, 1),
        climbing(Grade::Epic, 0.0, 0.016_959, None, 1),
        climbing(Grade::Unique, 0.0, 0.001_996, None, 1),
        top(Grade::Legendary, 0.01, 1),
    ];
    let cost = CostDistribution::of(&meister, Unit::Meso).unwrap();
    let expected = 1.0 / 0.079_994 + 1.0 / 0.016_959 + 1.0 / 0.001_996 + 0.99 * 100.0;
    assert_close(cost.mean(), expected, 1e-13);
    let far = cost.quantile(level(1.0 - 1e-12)).unwrap();
    let ratio = cost.survival(far + 1) / cost.survival(far);
    assert_close(ratio, 1.0 - 0.001_996, 1e-9);
}

/// `P(more than n resets)` of a climb without a pity and the phase above it, in closed form.
fn hypoexponential(leave: f64, pass: f64, success: f64, n: u32) -> f64 {
    let (below, top) = (1.0 - leave, 1.0 - success);
    let n = i32::try_from(n).unwrap();
    below.powi(n) + pass * (top.powi(n) - below.powi(n)) / (top - below)
}

#[test]
fn climb_without_a_pity_has_its_closed_form() {
    for (rise, success, landing) in [(0.4, 0.01, 0.2), (0.016_959, 0.0, 0.001), (0.9, 0.1, 0.05)] {
        let phases = [
            climbing(Grade::Unique, success, rise, None, 4_450_000),
            top(Grade::Legendary, landing, 4_450_000),
        ];
        let (leave, pass) = (rise + (1.0 - rise) * success, rise * (1.0 - landing));
        let meso = CostDistribution::of(&phases, Unit::Meso).unwrap();
        for n in [0, 1, 2, 10, 100, 500] {
            let expected = hypoexponential(leave, pass, landing, n);
            let left = meso.survival(u64::from(n) * 4_450_000);
            assert!(
                (left - expected).abs() <= 1e-12 * expected + 1e-15,
                "{n}: {left} {expected}"
            );
        }
    }
}

#[test]
fn rare_goals_after_a_climb_without_a_pity_stay_exact() {
    // So rare that the climb is hardly more than a rounding: P(more than n) is about (1 - s)^(n - climb).
    let success = 1e-9;
    let phases = [
        climbing(Grade::Unique, 0.0, 0.5, None, 1),
        top(Grade::Legendary, success, 1),
    ];
    let resets = CostDistribution::of(&phases, Unit::Resets).unwrap();
    for q in [0.5_f64, 0.99, 1.0 - 1e-12] {
        // The landing try may meet the goal itself: that takes 2 resets on average, one of them good.
        let expected = 1.0 + ((1.0 - q).ln() / (-success).ln_1p()).ceil();
        let quantile = resets.quantile(level(q)).unwrap() as f64;
        assert!(
            (quantile - expected).abs() <= 2.0,
            "{q}: {quantile} {expected}"
        );
    }
}

#[test]
fn chart_bars_hold_whole_resets() {
    let cost = CostDistribution::of(&hat(), Unit::Meso).unwrap();
    let bars = cost.density();
    assert!(bars.len() > CostDistribution::MAX_BARS / 2);
    assert_eq!((bars[0].up_to - bars[0].above) % 50_000_000, 0);
}
