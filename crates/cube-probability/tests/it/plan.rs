//! Sums of items: the bounds hold, and they are close.

use cube_probability::{
    Bounds, CostDistribution, Distribution, Grade, Level, Phase, PlanError, Total, Unit, star_force,
};
use proptest::prelude::*;

fn geometric(success: f64, cost: u64) -> CostDistribution {
    let phase = Phase {
        grade: Grade::Legendary,
        success,
        rise: 0.0,
        certain_on: None,
        cost: Some(cost),
    };
    CostDistribution::of(&[phase], Unit::Meso).unwrap()
}

fn total(items: &[CostDistribution]) -> Total {
    let items: Vec<&dyn Distribution> = items.iter().map(|item| item as _).collect();
    Total::of(&items).unwrap()
}

fn level(q: f64) -> Level {
    Level::new(q).unwrap()
}

fn assert_holds(bounds: Bounds, truth: f64) {
    assert!(
        bounds.lower <= truth && truth <= bounds.upper,
        "{truth} is not within {bounds:?}"
    );
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "test costs are positive and far below the largest number"
)]
fn whole(cost: f64) -> u64 {
    cost as u64
}

/// The chance that `count` geometric numbers of tries are `tries` or fewer together.
fn negative_binomial(count: u32, success: f64, tries: u64) -> f64 {
    // At least `count` successes in `tries` tries: one minus the chance of fewer.
    let mut mass = (tries as f64 * (-success).ln_1p()).exp();
    let mut fewer = 0.0;
    for successes in 0..count {
        fewer += mass;
        let left = tries as f64 - f64::from(successes);
        mass *= left / f64::from(successes + 1) * success / (1.0 - success);
    }
    1.0 - fewer
}

#[test]
fn equal_items_are_negative_binomial() {
    for (count, success) in [(1, 0.01), (2, 0.2), (5, 0.001), (25, 0.002), (100, 0.01)] {
        let cost = 42_500_000;
        let plan = total(&vec![geometric(success, cost); count as usize]);
        let mean = f64::from(count) / success;
        assert!((plan.mean() / (mean * cost as f64) - 1.0).abs() < 1e-14);
        for part in [0.3, 0.8, 1.0, 1.3, 2.0, 4.0] {
            let tries = whole(mean * part);
            let bounds = plan.within(tries * cost + 1);
            assert_holds(bounds, negative_binomial(count, success, tries));
            assert!(
                bounds.upper - bounds.lower < 0.02,
                "{count} {success} {bounds:?}"
            );
        }
    }
}

#[test]
fn costs_that_share_a_lattice_are_not_rounded() {
    let plan = total(&[geometric(0.3, 10), geometric(0.2, 10), geometric(0.5, 20)]);
    assert_eq!(plan.width(), 0);
    let quantile = plan.cost_at(level(0.9));
    assert_eq!(quantile.upper, Some(quantile.lower));
    let bounds = plan.within(90);
    assert!(bounds.upper - bounds.lower < 1e-8);
    assert_eq!(plan.within(90), plan.within(99));
}

#[test]
fn quantiles_are_bounded_within_the_stated_width() {
    let items: Vec<CostDistribution> = (1_u32..=25)
        .map(|n| geometric(0.0004 * f64::from(n), 45_000_000 + 17 * u64::from(n)))
        .collect();
    let plan = total(&items);
    for q in [0.01, 0.5, 0.9, 0.99] {
        let quantile = plan.cost_at(level(q));
        let upper = quantile.upper.unwrap();
        assert!(quantile.lower <= upper);
        assert!(
            upper - quantile.lower <= plan.width() + plan.width() / 10,
            "{q}: {quantile:?}"
        );
    }
    assert!((plan.width() as f64) < 0.005 * plan.mean());
}

#[test]
fn one_rare_item_among_many_small_ones_keeps_its_tail() {
    let mut items = vec![geometric(0.1, 5_000_000); 20];
    items.push(geometric(1e-9, 50_000_000));
    let plan = total(&items);
    let small = 20.0 * 5e7;
    // The small items are at least nothing and hardly ever more than three times their mean.
    for q in [0.1, 0.5, 0.99] {
        let rare = items[20].quantile(level(q)).unwrap();
        let quantile = plan.cost_at(level(q));
        assert!(quantile.upper.unwrap() >= rare);
        assert!(quantile.lower as f64 <= rare as f64 + 3.0 * small);
        assert!((quantile.upper.unwrap() - quantile.lower) as f64 <= 1e-3 * plan.mean());
    }
}

/// The largest mean that is added up is just below 64 bits.
#[test]
fn quantiles_past_the_largest_number_have_no_upper_bound() {
    let (rare, cost) = (5e-12, 50_000_000);
    let plan = total(&[geometric(rare, cost), geometric(0.5, 1)]);
    let mean = cost as f64 / rare;
    assert!((plan.mean() / mean - 1.0).abs() < 1e-12);
    let most = 1.0 - (-(u64::MAX as f64) / mean).exp();
    assert_holds(plan.within(u64::MAX), most);
    assert!(plan.cost_at(level(most - 1e-3)).upper.is_some());
    assert_eq!(plan.cost_at(level(most + 1e-3)).upper, None);
}

#[test]
fn items_that_each_reach_past_the_largest_number_do_not_wrap() {
    let (rare, cost) = (1e-11, 50_000_000);
    let plan = total(&vec![geometric(rare, cost); 3]);
    for budget in [u64::MAX / 2, u64::MAX] {
        let part = budget as f64 / (cost as f64 / rare);
        // Nearly a sum of three exponential costs.
        let truth = 1.0 - (-part).exp() * (1.0 + part + part * part / 2.0);
        assert_holds(plan.within(budget), truth);
    }
    assert_eq!(plan.cost_at(level(0.9)).upper, None);
}

#[test]
fn plans_whose_mean_is_past_64_bits_are_too_large() {
    for items in [
        vec![geometric(1e-14, 50_000_000)],
        vec![geometric(1e-11, 50_000_000); 4],
        vec![geometric(1e-14, 50_000_000); 100],
    ] {
        let mean: f64 = items.iter().map(CostDistribution::mean).sum();
        let items: Vec<&dyn Distribution> = items.iter().map(|item| item as _).collect();
        assert_eq!(Total::of(&items), Err(PlanError::TooLarge { mean }));
    }
}

#[test]
fn free_items_cost_nothing() {
    let plan = total(&vec![geometric(0.5, 0); 3]);
    assert_eq!(plan.cost_at(level(0.9)).upper, Some(0));
}

#[test]
fn total_can_be_an_item_of_another() {
    let rings = total(&vec![geometric(0.01, 40); 4]);
    let hat = geometric(0.002, 50);
    let all = Total::of(&[&rings, &hat]).unwrap();
    let flat = total(&[
        geometric(0.01, 40),
        geometric(0.01, 40),
        geometric(0.01, 40),
        geometric(0.01, 40),
        geometric(0.002, 50),
    ]);
    for budget in [10_000, 30_000, 60_000, 100_000] {
        let (a, b) = (all.within(budget), flat.within(budget));
        assert!(a.lower <= b.upper && b.lower <= a.upper);
    }
}

#[test]
fn star_force_joins_a_plan() {
    let solution = star_force::Query::new(160, 0, 17).solve().unwrap();
    let stars = solution.distribution(star_force::Resolution::Fine).unwrap();
    let certain = geometric(1.0, 1_000_000);
    let plan = Total::of(&[&stars, &certain]).unwrap();
    assert!((plan.mean() - stars.mean() - 1e6).abs() < 1.0);
    for q in [0.1, 0.5, 0.9, 0.99] {
        let (alone, with) = (stars.cost_at(level(q)), plan.cost_at(level(q)));
        // The plan costs a million more, and its bounds are wider by its lattice only.
        assert!(with.lower <= alone.upper.unwrap() + 1_000_000);
        assert!(with.upper.unwrap() >= alone.lower + 1_000_000);
        let alone = alone.upper.unwrap() - alone.lower;
        let with = with.upper.unwrap() - with.lower;
        assert!(
            with <= alone + 2 * plan.width() + 1_000_000,
            "{q}: {alone} {with}"
        );
    }
}

#[test]
fn one_reference_several_times_is_as_many_items() {
    let (ring, hat) = (geometric(0.01, 40), geometric(0.000_5, 7_001));
    let shared = Total::of(&[&ring, &hat, &ring, &ring, &hat]).unwrap();
    let apart = total(&[ring.clone(), ring.clone(), ring, hat.clone(), hat]);
    assert!((shared.mean() / apart.mean() - 1.0).abs() < 1e-14);
    assert_eq!(shared.width(), apart.width());
    for q in [0.1, 0.5, 0.99] {
        assert_eq!(shared.cost_at(level(q)), apart.cost_at(level(q)));
    }
}

#[test]
fn plans_without_items_or_with_too_many_are_refused() {
    assert_eq!(Total::of(&[]).unwrap_err(), PlanError::Empty);
    let item = geometric(0.5, 1);
    let items: Vec<&dyn Distribution> = vec![&item; 101];
    assert_eq!(
        Total::of(&items).unwrap_err().to_string(),
        "a plan has 101 items; at most 100 are added up"
    );
}

/// Items whose means are as far apart as the last argument says, with stars in between.
fn spread_out(count: u32, apart: f64) -> Vec<Box<dyn Distribution>> {
    let stars = star_force::Query::new(160, 0, 18).solve().unwrap();
    let stars = stars.distribution(star_force::Resolution::Coarse).unwrap();
    (0..count)
        .map(|n| -> Box<dyn Distribution> {
            let success = 0.01 * apart.powf(-f64::from(n) / f64::from(count));
            match n % 4 {
                3 => Box::new(stars.clone()),
                _ => Box::new(geometric(success, 50_000_000 - 999 * u64::from(n))),
            }
        })
        .collect()
}

/// Rungs of a ladder used to leave three times what those below had left.
#[test]
fn tail_of_any_plan_is_below_its_promise() {
    for count in [1, 2, 7, 25, 60, 100] {
        for apart in [1.0, 1e2, 1e4, 1e6, 1e8] {
            let items = spread_out(count, apart);
            let items: Vec<&dyn Distribution> = items.iter().map(AsRef::as_ref).collect();
            let plan = Total::with_points(&items, 1 << 12).unwrap();
            let tail = 1.0 - plan.within(u64::MAX).lower;
            assert!(tail < Total::TAIL, "{count} {apart:e}: {tail:e}");
            let far = plan.cost_at(level(0.999_999));
            let upper = far
                .upper
                .unwrap_or_else(|| panic!("{count} {apart:e}: null"));
            let off = (upper - far.lower) as f64 / upper as f64;
            assert!(off < 0.05, "{count} {apart:e}: {far:?}");
        }
    }
}

#[test]
fn equal_items_are_closer_bounded_than_by_a_step_each() {
    let ring = geometric(0.000_7, 45_000_001);
    let items: Vec<&dyn Distribution> = vec![&ring; 100];
    let plan = Total::of(&items).unwrap();
    let far = plan.cost_at(level(0.999_999)).upper.unwrap();
    assert!(plan.width() < 100 * (far / Total::POINTS as u64));
    let half = plan.cost_at(level(0.5));
    assert!(half.upper.unwrap() - half.lower <= plan.width() + plan.width() / 10);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Against the exact masses of two geometric costs, term by term.
    #[test]
    fn two_items_against_their_double_sum(
        a in (0.02..0.9_f64, 1_u64..2_000_000_000),
        b in (0.02..0.9_f64, 1_u64..2_000_000_000),
        part in 0.1..4.0_f64,
    ) {
        let plan = total(&[geometric(a.0, a.1), geometric(b.0, b.1)]);
        let budget = whole(plan.mean() * part);
        let other = geometric(b.0, b.1);
        let mut truth = 0.0;
        let mut mass = a.0;
        for tries in 1..=budget / a.1 {
            truth += mass * other.at_most(budget - tries * a.1);
            mass *= 1.0 - a.0;
        }
        assert_holds(plan.within(budget), truth);
    }
}
