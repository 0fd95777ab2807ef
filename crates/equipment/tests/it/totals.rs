//! Distribution of the sum over a preset, and the memory of an evaluator.

use std::thread;

use cube_probability::star_force::{Query, Resolution};
use cube_probability::{
    CostBounds, CostDistribution, Distribution, Grade, Level, Method, Part, Prices, Rules, Start,
    Total as Plan, Unit,
};
use equipment::{
    BoundedQuantile, BoundedSpread, Equipment, EvaluationOptions, Evaluator, Expectation, Item,
    NotAddedUp, PotentialLines, Preset, PresetChoice, StarForceOutcome, StartingGrade, StatTotals,
    TotalSpread, evaluate,
};

const INT_27: [&str; 3] = ["INT +12%", "INT +9%", "INT +6%"];
const INT_33: [&str; 3] = ["INT +12%", "INT +12%", "INT +9%"];

fn hat(lines: [&str; 3]) -> Item {
    Item {
        slot: "모자".to_owned(),
        kind: "모자".to_owned(),
        name: "에테르넬 메이지햇".to_owned(),
        icon: None,
        level: Ok(250),
        potential: Some(PotentialLines {
            grade: Ok(Grade::Legendary),
            lines: lines.map(|line| Some(line.to_owned())),
        }),
        additional_potential: None,
        stars: Ok(0),
        stars_from_scroll: Ok(false),
        totals: StatTotals::default(),
    }
}

fn starred(stars: u8) -> Item {
    Item {
        potential: None,
        stars: Ok(stars),
        ..hat(INT_27)
    }
}

fn worn(items: Vec<Item>) -> Equipment {
    Equipment {
        class: Some("에반".to_owned()),
        presets: vec![Preset {
            number: 1,
            active: true,
            items,
        }],
        title: StatTotals::default(),
    }
}

fn options() -> EvaluationOptions {
    EvaluationOptions {
        character_level: Some(285),
        ..EvaluationOptions::default()
    }
}

fn evaluated(items: Vec<Item>) -> Expectation {
    evaluate(&worn(items), Rules::current(), &options())
}

fn bounded(spread: &TotalSpread) -> &BoundedSpread {
    match spread {
        TotalSpread::Bounded(spread) => spread,
        other => panic!("not added up: {other:?}"),
    }
}

/// The cost of a hat's potential by the library alone.
fn cost_of(goal: &str) -> CostDistribution {
    let goal = goal.parse().unwrap();
    let (method, start, prices) = (Method::MesoPotential, Start::FRESH, Prices::new());
    let phases = Rules::current().phases(method, Part::Hat, 250, &goal, start, &prices);
    CostDistribution::of(&phases.unwrap(), Unit::Meso).unwrap()
}

fn assert_overlap(ours: CostBounds, theirs: CostBounds) {
    let (our_upper, their_upper) = (ours.upper.unwrap(), theirs.upper.unwrap());
    assert!(
        ours.lower <= their_upper && theirs.lower <= our_upper,
        "{ours:?} {theirs:?}"
    );
}

fn assert_ordered(quantile: &BoundedQuantile) {
    let BoundedQuantile { value, bounds, .. } = quantile;
    let (value, upper) = (value.unwrap(), bounds.upper.unwrap());
    assert!(bounds.lower <= value && value <= upper, "{quantile:?}");
}

#[test]
fn preset_is_spread_as_the_plan_of_its_items_is() {
    let mut high = hat(INT_33);
    high.stars = Ok(22);
    let expectation = evaluated(vec![hat(INT_27), high]);
    let preset = &expectation.presets[0];
    let stars = Query::new(250, 0, 22).solve().unwrap();
    let stars = stars.distribution(Resolution::Fine).unwrap();
    let (low, high) = (
        cost_of("int_pct + 0.1*int_flat + 3.1*int_per_9_levels >= 27"),
        cost_of("int_pct + 0.1*int_flat + 3.1*int_per_9_levels >= 33"),
    );
    let plan = Plan::of(&[&low, &high, &stars]).unwrap();
    assert!((plan.mean() / preset.total.mean() - 1.0).abs() < 1e-12);
    let spread = bounded(&preset.spread);
    assert_eq!(spread.quantiles.len(), Level::DEFAULTS.len());
    assert_eq!(preset.spread.quantiles(), spread.quantiles);
    for (quantile, level) in spread.quantiles.iter().zip(Level::DEFAULTS) {
        assert_eq!(quantile.level, level);
        assert_ordered(quantile);
        assert_overlap(quantile.bounds, plan.cost_at(level));
        let best = plan.quantile(level).unwrap() as f64;
        let off = quantile.value.unwrap() as f64 / best - 1.0;
        assert!(off.abs() < 1e-3, "{level:?}: {off}");
    }
}

#[test]
fn single_cost_is_spread_around_its_own_quantiles() {
    let expectation = evaluated(vec![hat(INT_27)]);
    let exact = cost_of("int_pct + 0.1*int_flat + 3.1*int_per_9_levels >= 27");
    for quantile in expectation.presets[0].spread.quantiles() {
        let truth = exact.quantile(quantile.level).unwrap();
        assert!(quantile.bounds.lower <= truth && truth <= quantile.bounds.upper.unwrap());
    }
}

#[test]
fn total_without_costs_has_no_quantiles() {
    let useless = hat(["STR +12%", "STR +9%", "최대 HP +9%"]);
    for items in [Vec::new(), vec![useless]] {
        let is_empty = items.is_empty();
        let expectation = evaluated(items);
        let preset = &expectation.presets[0];
        assert_eq!(preset.spread, TotalSpread::NothingToPay);
        assert!(preset.spread.quantiles().is_empty());
        // Lines of which nothing counts are not silently complete.
        assert_eq!(preset.total.is_complete(), is_empty);
    }
}

#[test]
fn items_without_a_price_are_left_out_of_the_spread() {
    let unknown = hat(["INT +12%", "행운 +3", "INT +9%"]);
    let alone = evaluated(vec![unknown.clone()]);
    assert_eq!(alone.presets[0].spread, TotalSpread::NothingToPay);
    assert!(!alone.presets[0].total.is_complete());
    let beside = evaluated(vec![hat(INT_27), unknown]);
    let without = evaluated(vec![hat(INT_27)]);
    assert!(!beside.presets[0].total.is_complete());
    assert_eq!(beside.presets[0].spread, without.presets[0].spread);
}

#[test]
fn budget_is_answered_with_a_chance() {
    let exact = cost_of("int_pct + 0.1*int_flat + 3.1*int_per_9_levels >= 27");
    let budget = exact.quantile(Level::new(0.6).unwrap()).unwrap();
    let gear = worn(vec![hat(INT_27)]);
    let with = EvaluationOptions {
        budget: Some(budget),
        ..options()
    };
    let expectation = evaluate(&gear, Rules::current(), &with);
    let within = bounded(&expectation.presets[0].spread)
        .within_budget
        .unwrap();
    let truth = exact.at_most(budget);
    assert!(within.lower <= truth && truth <= within.upper, "{within:?}");
    assert!(within.upper - within.lower < 1e-2, "{within:?}");
    let without = evaluate(&gear, Rules::current(), &options());
    assert_eq!(bounded(&without.presets[0].spread).within_budget, None);
}

#[test]
fn stars_have_quantiles_between_bounds() {
    let expectation = evaluated(vec![starred(22)]);
    let StarForceOutcome::Priced(price) = &expectation.presets[0].items[0].star_force else {
        panic!("not priced");
    };
    let solution = Query::new(250, 0, 22).solve().unwrap();
    let fine = solution.distribution(Resolution::Fine).unwrap();
    assert_eq!(price.quantiles.len(), Level::DEFAULTS.len());
    for quantile in &price.quantiles {
        assert_ordered(quantile);
        assert_overlap(quantile.bounds, fine.cost_at(quantile.level));
    }
}

#[test]
fn older_rules_price_stars_as_they_were_then() {
    let mean = |name: &str| {
        let rules = Rules::named(name).unwrap();
        let expectation = evaluate(&worn(vec![starred(22)]), rules, &options());
        assert_eq!(expectation.star_force_rules, rules.star_force());
        let item = &expectation.presets[0].items[0];
        let query = Query {
            rules: rules.star_force(),
            ..Query::new(item.level.unwrap(), 0, 22)
        };
        let expected = query.solve().unwrap().means().meso;
        assert_eq!(item.star_force.mean_cost(), Some(expected), "{name}");
        expected
    };
    assert!(mean("kms-before-2024-06") > mean("kms-2026-10"));
}

#[test]
fn more_costs_than_are_added_up_keep_their_mean() {
    let expectation = evaluated(vec![starred(5); Plan::MAX_ITEMS + 1]);
    let preset = &expectation.presets[0];
    let TotalSpread::NotAddedUp(error @ NotAddedUp::TooMany(_)) = &preset.spread else {
        panic!("added up: {:?}", preset.spread);
    };
    assert_eq!(error.to_string(), "there are too many costs to add up");
    assert!(preset.spread.quantiles().is_empty());
    assert!(preset.total.mean() > 0.0);
}

/// Different questions about the same gear, one after the other.
fn questions() -> Vec<EvaluationOptions> {
    vec![
        options(),
        EvaluationOptions {
            quantiles: vec![Level::new(0.3).unwrap()],
            ..options()
        },
        EvaluationOptions {
            budget: Some(10_000_000_000),
            ..options()
        },
        EvaluationOptions {
            from: StartingGrade::Current,
            ..options()
        },
        EvaluationOptions {
            character_level: Some(200),
            presets: PresetChoice::All,
            ..options()
        },
    ]
}

fn gear() -> Equipment {
    let mut high = hat(INT_33);
    high.stars = Ok(18);
    worn(vec![hat(INT_27), high.clone(), high])
}

#[test]
fn remembering_changes_no_answer() {
    let (gear, evaluator) = (gear(), Evaluator::new());
    for _ in 0..2 {
        for rules in Rules::all() {
            for options in questions() {
                let fresh = evaluate(&gear, rules, &options);
                assert_eq!(evaluator.evaluate(&gear, rules, &options), fresh);
            }
        }
    }
}

#[test]
fn threads_share_an_evaluator() {
    let (gear, evaluator) = (&gear(), Evaluator::new());
    let alone = &evaluate(gear, Rules::current(), &options());
    thread::scope(|scope| {
        for _ in 0..4 {
            let evaluator = evaluator.clone();
            scope.spawn(move || {
                let shared = evaluator.evaluate(gear, Rules::current(), &options());
                assert_eq!(&shared, alone);
            });
        }
    });
}
