//! Keep or reroll against value iteration and simulation.
#![allow(
    clippy::float_cmp,
    reason = "values are looked up by the very numbers they are"
)]

use cube_probability::simulation::Dice;
use cube_probability::stopping::{Choice, StoppingError, ValuedOutcomes};
use proptest::prelude::*;

/// Three results with shares of a thousand.
const PLAIN: [(f64, f64); 4] = [(0.0, 0.7), (10.0, 0.2), (50.0, 0.09), (200.0, 0.01)];

fn outcomes(of: &[(f64, f64)]) -> ValuedOutcomes {
    ValuedOutcomes::new(of.iter().copied()).unwrap()
}

/// The value of holding lines worth `held` with so many resets left, by plain recursion.
fn by_recursion(of: &[(f64, f64)], choice: Choice, price: f64, held: f64, left: u32) -> f64 {
    if left == 0 {
        return held;
    }
    let after = |value: f64| {
        let held = match choice {
            Choice::Either => value.max(held),
            Choice::NewOnly => value,
        };
        by_recursion(of, choice, price, held, left - 1)
    };
    let again: f64 = of.iter().map(|(value, p)| p * after(*value)).sum();
    held.max(again - price)
}

/// The value without a limit, by iterating its equation on the values there are.
fn by_iteration(of: &[(f64, f64)], price: f64, held: f64) -> f64 {
    let mut values: Vec<f64> = of.iter().map(|(value, _)| *value).collect();
    values.push(held);
    let mut best = values.clone();
    for _ in 0..20_000 {
        let at = |value: f64| best[values.iter().position(|v| *v == value).unwrap()];
        let next = values.iter().map(|&held| {
            let again: f64 = of.iter().map(|(value, p)| p * at(value.max(held))).sum();
            held.max(again - price)
        });
        best = next.collect();
    }
    best[values.len() - 1]
}

fn assert_close(one: f64, other: f64) {
    assert!(
        (one - other).abs() <= 1e-9 * other.abs().max(1.0),
        "{one} is not {other}"
    );
}

#[test]
fn reservation_value_is_where_one_more_reset_gains_its_price() {
    // At 50 only 200 is better: 0.01 * (200 - x) = 1 at x = 100.
    assert_close(outcomes(&PLAIN).reservation_value(1.0), 100.0);
    // 0.09 * (50 - x) + 0.01 * (200 - x) = 5 at x = 15.
    assert_close(outcomes(&PLAIN).reservation_value(5.0), 15.0);
    // Dearer than any gain: even the worst result is kept.
    assert_close(outcomes(&PLAIN).reservation_value(20.0), 8.5 - 20.0);
}

#[test]
fn unlimited_policy_is_the_fixed_point_of_value_iteration() {
    for price in [0.5, 1.0, 5.0, 20.0] {
        for held in [0.0, 10.0, 30.0, 120.0] {
            let policy = outcomes(&PLAIN)
                .stopping(Choice::Either, price, held, None)
                .unwrap();
            assert_close(policy.value, by_iteration(&PLAIN, price, held));
            assert!(policy.value >= policy.naive_value - 1e-9);
            assert!(policy.value >= held);
        }
    }
}

#[test]
fn limited_policies_are_those_of_plain_recursion() {
    for choice in [Choice::Either, Choice::NewOnly] {
        for price in [0.5, 2.0, 6.0] {
            for held in [0.0, 7.0, 50.0] {
                for left in [0, 1, 2, 5] {
                    let policy = outcomes(&PLAIN);
                    let policy = policy.stopping(choice, price, held, Some(left)).unwrap();
                    assert_close(
                        policy.value,
                        by_recursion(&PLAIN, choice, price, held, left),
                    );
                    assert_eq!(policy.thresholds.len(), left as usize);
                }
            }
        }
    }
}

#[test]
fn thresholds_fall_without_a_choice_and_stay_with_one() {
    let thresholds = |choice| {
        let policy = outcomes(&PLAIN)
            .stopping(choice, 1.0, 0.0, Some(40))
            .unwrap();
        policy.thresholds
    };
    let stay = thresholds(Choice::Either);
    assert!(stay.iter().all(|threshold| *threshold == stay[0]));
    // More resets left, more to hope for; with one left it is the mean less the price.
    let fall = thresholds(Choice::NewOnly);
    assert_close(fall[0], 7.5);
    assert!(fall.is_sorted() && fall[39] > fall[0]);
    assert!(fall[39] < stay[0]);
}

#[test]
fn policies_are_worth_what_playing_them_gives() {
    let (price, held, runs) = (1.0, 10.0, 200_000);
    let mut dice = Dice::seeded(12);
    let mut draw = || {
        let mut left = dice.below(1000) as f64 / 1000.0;
        for (value, p) in PLAIN {
            if left < p - 1e-12 {
                return value;
            }
            left -= p;
        }
        200.0
    };
    for limit in [None, Some(15)] {
        let policy = outcomes(&PLAIN)
            .stopping(Choice::Either, price, held, limit)
            .unwrap();
        let mut worth = Vec::new();
        let mut resets = 0_u64;
        for _ in 0..runs {
            let (mut value, mut made) = (held, 0);
            while value < policy.thresholds[0] && limit.is_none_or(|limit| made < limit) {
                value = value.max(draw());
                made += 1;
            }
            resets += u64::from(made);
            worth.push(value - price * f64::from(made));
        }
        let mean = worth.iter().sum::<f64>() / f64::from(runs);
        let spread = worth.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / f64::from(runs);
        let error = (spread / f64::from(runs)).sqrt();
        assert!(
            (mean - policy.value).abs() <= 5.0 * error,
            "{mean} is not {}",
            policy.value
        );
        let made = resets as f64 / f64::from(runs);
        let off = (made / policy.expected_resets - 1.0).abs();
        assert!(
            off < 0.02,
            "{made} resets are not {}",
            policy.expected_resets
        );
    }
}

#[test]
fn naive_rule_stops_at_the_first_better_lines() {
    let naive = |choice, held, limit| {
        outcomes(&PLAIN)
            .stopping(choice, 1.0, held, limit)
            .unwrap()
            .naive_value
    };
    // From 10: 50 in 0.09 and 200 in 0.01 of draws, ten resets on average.
    assert_close(naive(Choice::Either, 10.0, None), (4.5 + 2.0 - 1.0) / 0.1);
    assert_close(
        naive(Choice::Either, 10.0, Some(1)),
        4.5 + 2.0 + 0.9 * 10.0 - 1.0,
    );
    assert_close(
        naive(Choice::NewOnly, 10.0, Some(1)),
        4.5 + 2.0 + 0.2 * 10.0 - 1.0,
    );
    assert_close(naive(Choice::Either, 10.0, Some(0)), 10.0);
}

#[test]
fn numbers_that_are_none_are_refused() {
    let refused = |outcomes: &[(f64, f64)]| {
        ValuedOutcomes::new(outcomes.iter().copied())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        refused(&[(1.0, 0.5)]),
        "the probabilities sum to 0.5, not 1"
    );
    assert_eq!(refused(&[]), "the probabilities sum to 0, not 1");
    assert_eq!(
        refused(&[(f64::NAN, 1.0)]),
        "value is NaN; expected a finite number"
    );
    assert_eq!(
        refused(&[(1.0, -1.0)]),
        "probability is -1; expected a finite number above 0"
    );
    let plain = outcomes(&PLAIN);
    let refused = |price, resets| plain.stopping(Choice::Either, price, 0.0, resets);
    assert_eq!(
        refused(0.0, None).unwrap_err().to_string(),
        "price is 0; expected a finite number above 0"
    );
    assert_eq!(
        refused(1.0, Some(10_001)),
        Err(StoppingError::TooManyResets { given: 10_001 })
    );
}

proptest! {
    #[test]
    fn best_policy_is_never_worse_than_the_naive_rule_or_stopping(
        of in proptest::collection::vec((0..1000_u32, 1..100_u32), 1..8),
        price in 1..300_u32,
        held in 0..1000_u32,
        left in 0..30_u32,
        recall in any::<bool>(),
    ) {
        let sum: u32 = of.iter().map(|(_, weight)| weight).sum();
        let of = of.iter().map(|(v, weight)| (f64::from(*v), f64::from(*weight) / f64::from(sum)));
        let choice = if recall { Choice::Either } else { Choice::NewOnly };
        let of = ValuedOutcomes::new(of).unwrap();
        let (price, held) = (f64::from(price), f64::from(held));
        let at = |left| of.stopping(choice, price, held, left).unwrap();
        let policy = at(Some(left));
        prop_assert!(policy.value >= held - 1e-9);
        prop_assert!(policy.value >= policy.naive_value - 1e-9);
        prop_assert!(at(Some(left + 1)).value >= policy.value - 1e-9);
        prop_assert!(at(None).value >= policy.value - 1e-9);
    }
}
