//! Star force distributions: the bounds hold against exact small cases, and they are narrow.

use std::collections::BTreeMap;

use cube_probability::star_force::{
    CostTooLarge, CustomRestore, Events, ItemKind, MesoDistribution, Query, Resolution, Restore,
    RestoreTo, Rules, best_safeguard,
};
use cube_probability::{Bounds, CostBounds, Distribution, Level, Total};
use proptest::prelude::*;

fn fine(query: &Query) -> MesoDistribution {
    distribution(query, Resolution::Fine)
}

fn distribution(query: &Query, resolution: Resolution) -> MesoDistribution {
    query.solve().unwrap().distribution(resolution).unwrap()
}

fn level(q: f64) -> Level {
    Level::new(q).unwrap()
}

fn assert_holds(bounds: Bounds, truth: f64) {
    assert!(
        bounds.lower <= truth + 1e-12 && truth - 1e-12 <= bounds.upper,
        "{truth} is not within {bounds:?}"
    );
}

#[test]
fn one_star_without_destruction_is_geometric() {
    for (star, success) in [(0, 0.9975), (7, 0.6825), (12, 0.42), (14, 0.315)] {
        let query = Query::new(200, star, star + 1);
        let cost = query.solve().unwrap().least_meso();
        let distribution = fine(&query);
        for tries in 1..=60 {
            let enough = 1.0 - f64::powi(1.0 - success, tries);
            assert_holds(
                distribution.within(cost * u64::try_from(tries).unwrap()),
                enough,
            );
            assert_holds(
                distribution.within(cost * u64::try_from(tries + 1).unwrap() - 1),
                enough,
            );
        }
        assert_eq!(distribution.unit(), cost);
    }
}

/// The older rules played out attempt by attempt from 16 to 18 stars, with losses, chance time and
/// destruction, until most have arrived: how
/// likely which total is, and how likely none is reached yet.
fn played_out(cost: impl Fn(u8) -> u64, restore: u64) -> (BTreeMap<u64, f64>, f64) {
    // (star, stars lost in a row) to spent to chance
    let mut going = BTreeMap::from([((16_u8, 0_u8), BTreeMap::from([(0_u64, 1.0_f64)]))]);
    let mut done: BTreeMap<u64, f64> = BTreeMap::new();
    let mut left = 1.0;
    while left > 0.4 {
        let mut next: BTreeMap<(u8, u8), BTreeMap<u64, f64>> = BTreeMap::new();
        for ((star, lost), masses) in going {
            for (spent, mass) in masses {
                let spent = spent + cost(star);
                let mut go = |star, lost, spent, mass: f64| {
                    let masses = match star {
                        18 => &mut done,
                        _ => next.entry((star, lost)).or_default(),
                    };
                    *masses.entry(spent).or_default() += mass;
                };
                if lost == 2 {
                    go(star + 1, 0, spent, mass);
                    continue;
                }
                go(star + 1, 0, spent, mass * 0.3);
                go(star, 0, spent + restore, mass * 0.021);
                match star {
                    15 => go(15, 0, spent, mass * 0.679),
                    _ => go(star - 1, lost + 1, spent, mass * 0.679),
                }
            }
        }
        left = next.values().flat_map(BTreeMap::values).sum();
        going = next;
    }
    (done, left)
}

#[test]
fn older_rules_are_bounded_around_what_playing_them_out_gives() {
    let cost = |star: u8| {
        let raw = 1000.0 + 150_f64.powi(3) * (f64::from(star) + 1.0).powf(2.7) / 200.0;
        whole((raw / 100.0).round()) * 100
    };
    // A price that is paid anyway keeps the number of different totals small.
    let restore = cost(16);
    let query = Query {
        rules: Rules::KmsBefore20250320,
        star_catch: false,
        restore: Restore::Custom(CustomRestore {
            to: RestoreTo::SameStar,
            copies: 0,
            fee_meso: restore,
        }),
        ..Query::new(150, 16, 18)
    };
    let distribution = fine(&query);
    let (done, left) = played_out(cost, restore);
    let mut within = 0.0;
    for (spent, mass) in done {
        let before = distribution.within(spent - 1);
        assert!(
            within <= before.upper + 1e-12,
            "{spent}: {within} {before:?}"
        );
        within += mass;
        let here = distribution.within(spent);
        assert!(here.lower <= within + left, "{spent}: {within} {here:?}");
        assert!(within <= here.upper + 1e-12, "{spent}: {within} {here:?}");
    }
    assert!(within > 0.5);
}

/// Every attempt at a superior item costs the same, so that its exact distribution is a table: a row
/// of stars per amount spent.
#[test]
fn superior_items_are_bounded_around_their_exact_distribution() {
    const SUCCESS: [f64; 8] = [0.5, 0.5, 0.45, 0.4, 0.4, 0.4, 0.4, 0.4];
    const DESTROY: [f64; 8] = [0.0, 0.0, 0.0, 0.0, 0.0, 0.018, 0.03, 0.042];
    const SPARE: usize = 40;
    const ROWS: usize = 8_000;
    let cost = 55_832_200;
    let query = Query {
        kind: ItemKind::Superior,
        rules: Rules::Kms20250320,
        star_catch: false,
        spare_item_meso: cost * SPARE as u64,
        ..Query::new(150, 0, 8)
    };
    let mut rows = vec![[0.0; 9]; ROWS + SPARE + 2];
    rows[0][0] = 1.0;
    let (mut within, mut mean) = (0.0, 0.0);
    let distribution = fine(&query);
    assert_eq!(distribution.unit(), cost);
    for spent in 0..ROWS {
        within += rows[spent][8];
        mean += rows[spent][8] * (spent as u64 * cost) as f64;
        assert_holds(distribution.within(spent as u64 * cost), within);
        assert_holds(distribution.within((spent as u64 + 1) * cost - 1), within);
        for star in 0..8 {
            let mass = rows[spent][star];
            let (success, destroy) = (SUCCESS[star], DESTROY[star]);
            rows[spent + 1][star + 1] += mass * success;
            rows[spent + 1 + SPARE][0] += mass * destroy;
            rows[spent + 1][star.saturating_sub(1)] += mass * (1.0 - success - destroy);
        }
    }
    assert!(within > 1.0 - 1e-9, "{within}");
    assert!((mean / distribution.mean() - 1.0).abs() < 1e-6);
}

#[test]
fn quantiles_of_a_long_way_are_known_to_a_thousandth() {
    let query = Query {
        spare_item_meso: 3_000_000_000,
        ..Query::new(200, 0, 22)
    };
    let distribution = fine(&query);
    for level in Level::DEFAULTS {
        let CostBounds { lower, upper } = distribution.cost_at(level);
        let (upper, guess) = (upper.unwrap(), distribution.estimate_at(level).unwrap());
        assert!(lower <= guess && guess <= upper);
        let width = (upper - lower) as f64 / guess as f64;
        assert!(width < 2e-3, "{}: {width}", level.get());
    }
}

#[test]
fn extreme_levels_are_bounded_too() {
    let distribution = fine(&Query::new(200, 0, 22));
    for q in [1e-12, 1e-6, 1.0 - 1e-6, 1.0 - 1e-9, 1.0 - 1e-12] {
        let CostBounds { lower, upper } = distribution.cost_at(level(q));
        let upper = upper.unwrap();
        assert!(distribution.least() <= lower && lower <= upper, "{q}");
        assert!(upper < 1_000_000_000_000, "{q}: {upper}");
    }
}

#[test]
fn way_without_chance_has_one_cost() {
    let certain = Query {
        events: Events {
            certain_stars: vec![5],
            ..Events::default()
        },
        ..Query::new(200, 5, 6)
    };
    for (query, cost) in [(Query::new(200, 22, 22), 0), (certain, 1_334_300)] {
        let distribution = fine(&query);
        assert_eq!(distribution.within(cost), Bounds::exact(1.0));
        if let Some(less) = cost.checked_sub(1) {
            assert_eq!(distribution.within(less), Bounds::exact(0.0));
        }
        let bounds = CostBounds {
            lower: cost,
            upper: Some(cost),
        };
        assert_eq!(distribution.cost_at(level(0.5)), bounds);
        assert_eq!(distribution.estimate_at(level(0.99)), Some(cost));
    }
}

#[test]
fn costs_beyond_counting_are_refused() {
    let absurd = Query {
        spare_item_meso: Query::MAX_MESO,
        restore: Restore::Custom(CustomRestore {
            to: RestoreTo::Twelve,
            copies: Query::MAX_COPIES,
            fee_meso: Query::MAX_MESO,
        }),
        ..Query::new(200, 0, 30)
    };
    let solution = absurd.solve().unwrap();
    let mean_meso = solution.means().meso;
    assert!(mean_meso.is_finite());
    let refused = solution.distribution(Resolution::Coarse);
    assert_eq!(refused, Err(CostTooLarge { mean_meso }));
    assert_eq!(
        solution.means().whole_meso(),
        Err(CostTooLarge { mean_meso })
    );
    assert!(solution.meso_std_dev().is_finite());
}

#[test]
fn means_that_fit_64_bits_are_whole_numbers() {
    for query in [Query::new(200, 0, 22), Query::new(200, 22, 22)] {
        let means = query.solve().unwrap().means();
        assert_eq!(means.whole_meso(), Ok(whole(means.meso.round())));
    }
}

/// Level 160 from 0 to 18 stars: without a loss half a billion or so, with one the spare item.
fn dear(spare_item_meso: u64) -> Query {
    Query {
        spare_item_meso,
        ..Query::new(160, 0, 18)
    }
}

#[test]
fn quantiles_are_tight_however_dear_a_spare_item_is() {
    let prices = [
        0,
        1_000_000_000,
        100_000_000_000,
        1_000_000_000_000,
        Query::MAX_MESO,
    ];
    let ways = [(200, 0, 22), (160, 0, 18), (250, 17, 25), (140, 10, 16)];
    for (spare_item_meso, (item_level, from, to)) in prices
        .into_iter()
        .flat_map(|price| ways.map(|way| (price, way)))
    {
        let query = Query {
            spare_item_meso,
            ..Query::new(item_level, from, to)
        };
        let distribution = fine(&query);
        for q in [
            0.001,
            0.01,
            0.1,
            0.25,
            0.5,
            0.75,
            0.9,
            0.99,
            0.999,
            1.0 - 1e-6,
        ] {
            let CostBounds { lower, upper } = distribution.cost_at(level(q));
            let upper = upper.unwrap();
            let width = (upper - lower) as f64 / upper as f64;
            assert!(width < 5e-3, "{query:?} at {q}: {lower} to {upper}");
        }
    }
}

/// Below the price of a spare item only ways without a loss count, so that the price is nothing
/// to them.
#[test]
fn chances_below_the_price_of_a_spare_item_do_not_depend_on_it() {
    let [cheaper, dearer] = [1_000_000_000_000, 50_000_000_000_000].map(|price| fine(&dear(price)));
    for budget in (1..=400).map(|k| k * 5_000_000) {
        let (one, other) = (cheaper.within(budget), dearer.within(budget));
        assert!(
            one.lower <= other.upper && other.lower <= one.upper,
            "{budget}"
        );
        assert!(one.upper - one.lower < 0.01, "{budget}: {one:?}");
    }
}

#[test]
fn quantiles_and_their_guesses_rise_with_the_level() {
    let ways = [
        Query::new(200, 0, 22),
        Query::new(160, 12, 18),
        Query::new(200, 7, 8),
        dear(1_000_000_000_000),
        Query::new(250, 0, 30),
    ];
    let tails = (1..=16).flat_map(|k| [2.0, 1.0].map(|digit| 1.0 - digit * f64::powi(0.1, k)));
    let levels: Vec<f64> = [1e-12, 1e-6, 0.01, 0.3]
        .into_iter()
        .chain(tails)
        .filter(|q| *q < 1.0)
        .collect();
    for (query, resolution) in ways
        .iter()
        .flat_map(|way| [Resolution::Coarse, Resolution::Fine].map(|resolution| (way, resolution)))
    {
        let distribution = distribution(query, resolution);
        let mut before = (0, 0, 0);
        let mut sorted = levels.clone();
        sorted.sort_by(f64::total_cmp);
        for q in sorted {
            let CostBounds { lower, upper } = distribution.cost_at(level(q));
            let guess = distribution.estimate_at(level(q)).unwrap();
            let now = (lower, guess, upper.unwrap());
            assert!(
                lower <= guess && guess <= now.2,
                "{query:?} at {q}: {now:?}"
            );
            assert!(
                before.0 <= now.0 && before.1 <= now.1 && before.2 <= now.2,
                "{query:?} at {q}: {before:?} then {now:?}"
            );
            before = now;
        }
    }
}

#[test]
fn better_resolution_narrows_the_same_bounds() {
    let query = Query::new(160, 0, 22);
    let [coarse, fine] =
        [Resolution::Coarse, Resolution::Fine].map(|resolution| distribution(&query, resolution));
    for q in [0.01, 0.25, 0.5, 0.9, 0.99, 0.999] {
        let (wide, narrow) = (coarse.cost_at(level(q)), fine.cost_at(level(q)));
        let (wide_upper, narrow_upper) = (wide.upper.unwrap(), narrow.upper.unwrap());
        assert!(wide.lower <= narrow_upper && narrow.lower <= wide_upper);
        assert!((narrow_upper - narrow.lower) * 4 < wide_upper - wide.lower);
    }
}

#[test]
fn table_of_budgets_equals_each_budget_asked_by_itself() {
    let certain = Query {
        events: Events {
            certain_stars: vec![5],
            ..Events::default()
        },
        ..Query::new(200, 5, 6)
    };
    for query in [Query::new(200, 0, 22), Query::new(150, 12, 17), certain] {
        let distribution = distribution(&query, Resolution::Coarse);
        for step in [1, 999_999, 123_456_789, 70_000_000_000, u64::MAX / 3] {
            let mut table = vec![Bounds::exact(0.5); 3_000];
            distribution.tabulate(step, &mut table);
            for (k, bounds) in (0..).zip(table) {
                let budget = step.saturating_mul(k);
                assert_eq!(bounds, distribution.within(budget), "{step} {k}");
            }
        }
    }
}

#[test]
fn star_force_joins_a_plan() {
    let item = distribution(&Query::new(200, 0, 22), Resolution::Coarse);
    let total = Total::of(&[&item, &item, &item]).unwrap();
    assert!((total.mean() - 3.0 * item.mean()).abs() < 1.0);
    let median = total.cost_at(level(0.5));
    // Three together have a median above three medians: the distribution leans to the right.
    assert!(median.lower > 3 * item.cost_at(level(0.5)).upper.unwrap());
    assert!(median.upper.unwrap() as f64 <= total.mean());
}

#[test]
fn safeguard_can_be_chosen_for_a_budget() {
    let query = Query {
        spare_item_meso: 30_000_000_000,
        ..Query::new(200, 15, 18)
    };
    let short = |solution: &cube_probability::star_force::Solution| {
        let distribution = solution.distribution(Resolution::Coarse).unwrap();
        1.0 - distribution.estimate_within(30_000_000_000)
    };
    let (best, solution) = best_safeguard(&query, short).unwrap();
    let guarded = Query {
        safeguard: vec![15, 16, 17],
        ..query.clone()
    };
    assert!(
        short(&solution) <= short(&query.solve().unwrap()),
        "{best:?}"
    );
    assert!(
        short(&solution) <= short(&guarded.solve().unwrap()),
        "{best:?}"
    );
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "test costs are positive and small"
)]
fn whole(number: f64) -> u64 {
    number as u64
}

/// Any query that makes sense, with a price.
fn queries() -> impl Strategy<Value = Query> {
    let rules = prop::sample::select(Rules::ALL);
    let kind = prop_oneof![4 => Just(ItemKind::Normal), 1 => Just(ItemKind::Superior)];
    let prices = prop_oneof![
        2 => Just(0),
        2 => 1_u64..20_000_000_000,
        1 => 20_000_000_000_u64..10_000_000_000_000,
    ];
    (
        rules,
        kind,
        100_u16..=250,
        0_u8..=24,
        0_u8..=24,
        prices,
        any::<bool>(),
    )
        .prop_map(
            |(rules, kind, item_level, a, b, spare_item_meso, one_plus_one)| Query {
                rules,
                kind,
                spare_item_meso,
                events: Events {
                    one_plus_one: one_plus_one && kind == ItemKind::Normal,
                    ..Events::default()
                },
                ..Query::new(item_level, a.min(b), a.max(b))
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The mean is the area under survival, so it lies between the areas under its bounds.
    #[test]
    fn bounds_are_ordered_and_hold_the_mean_between_them(query in queries()) {
        let Ok(solution) = query.solve() else { return Ok(()) };
        let distribution = match solution.distribution(Resolution::Coarse) {
            Ok(distribution) => distribution,
            // Rare stars of dear spare items: a mean without a distribution.
            Err(CostTooLarge { mean_meso }) => {
                prop_assert!(mean_meso > 1e17, "{mean_meso}");
                return Ok(());
            }
        };
        let far = distribution.cost_at(level(1.0 - 1e-7)).upper.unwrap();
        let step = (far - distribution.least()) / 10_000 + 1;
        let (mut low, mut high) = (distribution.least() as f64, distribution.least() as f64);
        let mut before = Bounds { lower: 0.0, upper: 0.0 };
        for k in 0..=10_000 {
            let cost = distribution.least() + k * step;
            let bounds = distribution.within(cost);
            prop_assert!(0.0 <= bounds.lower && bounds.lower <= bounds.upper && bounds.upper <= 1.0);
            prop_assert!(before.lower <= bounds.lower && before.upper <= bounds.upper);
            let guess = distribution.estimate_within(cost);
            prop_assert!(bounds.lower <= guess && guess <= bounds.upper);
            high += (1.0 - bounds.lower) * step as f64;
            low += (1.0 - bounds.upper) * step as f64 * f64::from(u8::from(k > 0));
            before = bounds;
        }
        // Past `far` a chance of 1e-7 is left, for costs that are a few times `far` at most.
        let mean = solution.means().meso;
        prop_assert!(low <= mean * (1.0 + 1e-9), "{low} {mean}");
        prop_assert!(mean <= high + 1e-6 * far as f64, "{mean} {high}");
    }
}
