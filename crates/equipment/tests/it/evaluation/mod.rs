//! Evaluations of made-up equipment: every status, total and warning.

mod class;
mod memory;
mod stars;
mod strength;

use std::sync::Arc;

use cube_probability::star_force::{Note, Query};
use cube_probability::{Grade, Layer, Level, Method, Rules};
use equipment::{
    Equipment, EvaluatedItem, EvaluationOptions, Evaluator, Expectation, Item, MainStat, Methods,
    NotApplicable, NotPriced, Outcome, PotentialLines, Preset, PresetChoice, Price,
    StarForceOutcome, StarsNotPriced, StartingGrade, StatTotals, UnreadableField, Warning,
    evaluate,
};

const INT_27: [&str; 3] = ["INT +9%", "INT +9%", "INT +9%"];

fn lines(grade: &str, lines: [&str; 3]) -> PotentialLines {
    PotentialLines {
        grade: Grade::from_korean(grade).ok_or_else(|| grade.to_owned()),
        lines: lines.map(|line| (!line.is_empty()).then(|| line.to_owned())),
    }
}

fn hat(potential: impl Into<Option<PotentialLines>>) -> Item {
    Item {
        slot: "모자".to_owned(),
        kind: "모자".to_owned(),
        name: "에테르넬 메이지햇".to_owned(),
        icon: None,
        level: Ok(150),
        potential: potential.into(),
        additional_potential: None,
        stars: Ok(0),
        stars_from_scroll: Ok(false),
        totals: StatTotals::default(),
    }
}

fn worn_by(class: Option<&str>, items: Vec<Item>) -> Equipment {
    Equipment {
        class: class.map(str::to_owned),
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

fn evaluated(items: Vec<Item>, options: &EvaluationOptions) -> Expectation {
    evaluate(&worn_by(Some("에반"), items), Rules::current(), options)
}

/// Outcome of the potential of a single item.
fn outcome(item: Item) -> Outcome {
    outcome_with(item, &options())
}

fn outcome_with(item: Item, options: &EvaluationOptions) -> Outcome {
    let expectation = evaluated(vec![item], options);
    expectation.presets[0].items[0].potential.outcome.clone()
}

fn price(item: Item, options: &EvaluationOptions) -> Arc<Price> {
    match outcome_with(item, options) {
        Outcome::Priced(price) => price,
        other => panic!("not priced: {other:?}"),
    }
}

#[test]
fn good_lines_are_priced() {
    let price = price(hat(lines("레전드리", INT_27)), &options());
    assert_eq!(
        price.goal.to_string(),
        "int_pct + 0.1*int_flat + 3.1*int_per_9_levels >= 27"
    );
    // No option of this hat's potential gives points enough or points for levels, so that this
    // is the published case `int_pct >= 27`.
    assert!((price.success_probability / 0.003_411_917_715 - 1.0).abs() < 1e-9);
    assert_eq!(price.pool_level, 150);
    assert!(price.trials.mean > 1.0 / price.success_probability);
    assert!(price.cost.mean > 40e6 / price.success_probability);
    let values: Vec<_> = price
        .cost
        .quantiles
        .iter()
        .map(|q| q.value.unwrap())
        .collect();
    assert_eq!(values.len(), Level::DEFAULTS.len());
    assert!(values.is_sorted());
}

#[test]
fn current_grade_is_a_shorter_way_than_rare() {
    let from_rare = price(hat(lines("레전드리", INT_27)), &options());
    let current = EvaluationOptions {
        from: StartingGrade::Current,
        ..options()
    };
    let from_legendary = price(hat(lines("레전드리", INT_27)), &current);
    assert!(from_legendary.cost.mean < from_rare.cost.mean);
    let p = from_legendary.success_probability;
    assert!((from_legendary.trials.mean * p - 1.0).abs() < 1e-12);
}

#[test]
fn useless_lines_are_not_valued_and_the_preset_is_partial() {
    let item = hat(lines("레전드리", ["STR +12%", "DEX +9%", "최대 HP +9%"]));
    let expectation = evaluated(vec![item], &options());
    let preset = &expectation.presets[0];
    let outcome = &preset.items[0].potential.outcome;
    assert_eq!(outcome.status(), "nothing_valued");
    assert_eq!(outcome.mean_cost(), None);
    assert!(!preset.total.is_complete());
}

#[test]
fn item_without_a_potential_has_nothing_to_price() {
    let nothing = Outcome::NotApplicable(NotApplicable::NoPotential);
    assert_eq!(outcome(hat(None)), nothing);
    let badge = Item {
        slot: "뱃지".to_owned(),
        kind: "뱃지".to_owned(),
        ..hat(None)
    };
    let expectation = evaluated(vec![badge], &options());
    assert_eq!(expectation.presets[0].items[0].potential.outcome, nothing);
    assert_eq!(expectation.presets[0].items[0].part, None);
    assert!(expectation.presets[0].total.is_complete());
}

#[test]
fn unknown_options_are_named_and_make_the_total_partial() {
    let item = hat(lines("레전드리", ["INT +12%", "행운 +3", ""]));
    let expectation = evaluated(vec![item], &options());
    let preset = &expectation.presets[0];
    assert_eq!(
        preset.items[0].potential.outcome,
        Outcome::UnknownOption(vec!["행운 +3".to_owned()])
    );
    assert_eq!(preset.total.left_out, 1);
    assert!(!preset.total.is_complete());
}

#[test]
fn unknown_lines_useless_to_the_class_leave_the_potential_known() {
    let item = |third: &str| hat(lines("레전드리", ["INT +12%", "INT +9%", third]));
    let known = outcome(item("STR +9%"));
    assert!(matches!(known, Outcome::Priced(_)), "{known:?}");
    assert_eq!(outcome(item("STR +9% (기간제)")), known);
    assert_eq!(outcome(item("모든 스킬레벨 : +2")), known);
    assert_eq!(
        outcome(item("INT +9% (기간제)")),
        Outcome::UnknownOption(vec!["INT +9% (기간제)".to_owned()])
    );
}

#[test]
fn wording_of_2023_costs_as_todays() {
    let older = "모든 스킬의 재사용 대기시간 : -2초(10초 이하는 10%감소, 5초 미만으로 감소 불가)";
    let with = |first: &str| hat(lines("레전드리", [first, "INT : +9%", "INT : +9%"]));
    let priced = outcome(with(older));
    assert!(matches!(priced, Outcome::Priced(_)), "{priced:?}");
    assert_eq!(priced, outcome(with("스킬 재사용 대기시간 -2초")));
}

#[test]
fn two_lines_are_priced_by_two_tables() {
    let two = hat(lines("레전드리", ["INT +12%", "INT +9%", ""]));
    let three = hat(lines("레전드리", ["INT +12%", "INT +9%", "STR +9%"]));
    let (two, three) = (price(two, &options()), price(three, &options()));
    assert_eq!(two.goal, three.goal);
    // At legendary: 21 of two lines of INT and 올스탯, by the weights of the published tables.
    let tables = Rules::current()
        .line_tables(
            Method::MesoPotential,
            cube_probability::Part::Hat,
            150,
            Grade::Legendary,
        )
        .unwrap();
    let int = |option: &cube_probability::LineOption| {
        option.line.amount_of(cube_probability::Stat::IntPct)
    };
    let total = tables.total() as f64;
    let mut chance = 0.0;
    for first in tables.options() {
        for second in tables.options() {
            if int(first) + int(second) >= 21 {
                chance += first.weights[0] as f64 / total * (second.weights[1] as f64 / total);
            }
        }
    }
    assert!((two.success_probability / chance - 1.0).abs() < 1e-12);
    assert!(two.success_probability < three.success_probability);
    assert!(two.cost.mean > three.cost.mean);
}

#[test]
fn lines_that_no_reset_gives_are_unreachable_with_a_warning() {
    let item = hat(lines("레전드리", ["INT +12%", "INT +12%", "INT +99%"]));
    let expectation = evaluated(vec![item], &options());
    let preset = &expectation.presets[0];
    let outcome = &preset.items[0].potential.outcome;
    assert!(
        matches!(outcome, Outcome::Unreachable { .. }),
        "{outcome:?}"
    );
    assert!(!preset.total.is_complete());
    assert!(matches!(
        expectation.warnings[..],
        [Warning::ImpossibleLines {
            layer: Layer::Potential,
            ..
        }]
    ));
}

#[test]
fn lines_above_their_grade_are_unreachable() {
    let outcome = outcome(hat(lines("레어", INT_27)));
    assert!(
        matches!(outcome, Outcome::Unreachable { .. }),
        "{outcome:?}"
    );
}

#[test]
fn method_that_stops_below_the_grade_cannot_start_there() {
    let master = EvaluationOptions {
        from: StartingGrade::Current,
        methods: Methods::new(Method::Master, Method::MesoAdditional).unwrap(),
        ..options()
    };
    let outcome = outcome_with(hat(lines("레전드리", ["INT +9%", "", ""])), &master);
    assert!(
        matches!(outcome, Outcome::NotPriced(NotPriced::CannotReset(_))),
        "{outcome:?}"
    );
}

#[test]
fn method_without_a_price_leaves_the_potential_not_priced() {
    let meister = EvaluationOptions {
        methods: Methods::new(Method::Meister, Method::MesoAdditional).unwrap(),
        ..options()
    };
    assert_eq!(
        outcome_with(hat(lines("레전드리", INT_27)), &meister),
        Outcome::NotPriced(NotPriced::NoPrice(Method::Meister))
    );
}

#[test]
fn unreadable_potentials_are_not_priced() {
    assert_eq!(
        outcome(hat(lines("신화", INT_27))),
        Outcome::NotPriced(NotPriced::UnknownGrade("신화".to_owned()))
    );
    assert_eq!(
        outcome(hat(lines("에픽", ["", "", ""]))),
        Outcome::NotPriced(NotPriced::NoLines)
    );
    let odd = Item {
        slot: "새 자리".to_owned(),
        kind: "새 물건".to_owned(),
        ..hat(lines("에픽", INT_27))
    };
    assert!(matches!(
        outcome(odd),
        Outcome::NotPriced(NotPriced::UnknownPart { .. })
    ));
    let high = Item {
        level: Ok(301),
        ..hat(lines("레전드리", INT_27))
    };
    assert!(matches!(
        outcome(high),
        Outcome::NotPriced(NotPriced::CannotReset(_))
    ));
}

#[test]
fn zeros_second_weapon_is_counted_once() {
    let weapon = |slot: &str, kind: &str| Item {
        slot: slot.to_owned(),
        kind: kind.to_owned(),
        ..hat(lines(
            "레전드리",
            ["공격력 +12%", "공격력 +9%", "공격력 +9%"],
        ))
    };
    let worn = worn_by(
        Some("제로"),
        vec![weapon("무기", "태도"), weapon("보조무기", "대검")],
    );
    let expectation = evaluate(&worn, Rules::current(), &options());
    let [first, second] = &expectation.presets[0].items[..] else {
        panic!("two items");
    };
    assert_eq!(first.potential.outcome.status(), "priced");
    assert_eq!(
        second.potential.outcome,
        Outcome::NotApplicable(NotApplicable::SharedWithWeapon)
    );
    assert_eq!(
        second.star_force,
        StarForceOutcome::NotApplicable(NotApplicable::SharedWithWeapon)
    );
    assert_eq!(
        expectation.presets[0].total.potential.to_bits(),
        first.potential.outcome.mean_cost().unwrap().to_bits()
    );
}

#[test]
fn unknown_class_is_told_from_the_gear() {
    let mut item = hat(lines("레전드리", INT_27));
    item.totals.int = 300;
    let worn = worn_by(Some("신직업"), vec![item]);
    let expectation = evaluate(&worn, Rules::current(), &options());
    assert_eq!(
        expectation.presets[0].items[0].potential.outcome.status(),
        "priced"
    );
    assert_eq!(
        expectation.warnings[0].to_string(),
        "the class 신직업 is not known; int was taken as its main stat, as the gear has most of it"
    );
}

#[test]
fn without_class_and_stats_nothing_has_a_price() {
    let worn = worn_by(None, vec![hat(lines("레전드리", INT_27))]);
    let expectation = evaluate(&worn, Rules::current(), &options());
    assert_eq!(
        expectation.presets[0].items[0].potential.outcome,
        Outcome::NotPriced(NotPriced::UnknownClass)
    );
    assert!(!expectation.presets[0].total.is_complete());
}

#[test]
fn class_given_outweighs_that_of_the_document() {
    let as_hero = EvaluationOptions {
        class: Some("히어로".to_owned()),
        ..options()
    };
    let outcome = outcome_with(hat(lines("레전드리", INT_27)), &as_hero);
    assert_eq!(outcome.status(), "nothing_valued");
}

#[test]
fn unknown_level_is_taken_from_the_gear() {
    let item = hat(lines("레전드리", INT_27));
    let expectation = evaluated(vec![item], &EvaluationOptions::default());
    assert_eq!(expectation.warnings, [Warning::UnknownLevel { taken: 150 }]);
    let Outcome::Priced(price) = &expectation.presets[0].items[0].potential.outcome else {
        panic!("not priced");
    };
    assert_eq!(
        price.goal.to_string(),
        "int_pct + 0.1*int_flat + 1.6*int_per_9_levels >= 27"
    );
}

#[test]
fn goals_over_points_of_hp_carry_a_warning() {
    let item = hat(lines(
        "레전드리",
        ["최대 HP +12%", "최대 HP +9%", "STR +9%"],
    ));
    let worn = worn_by(Some("데몬어벤져"), vec![item]);
    let expectation = evaluate(&worn, Rules::current(), &options());
    assert_eq!(
        expectation.warnings,
        [Warning::PointsOfHp {
            worth: cube_probability::Decimal::default()
        }]
    );
}

#[test]
fn totals_add_up_by_kind() {
    let mut item = hat(lines("레전드리", INT_27));
    item.additional_potential = Some(lines("에픽", ["INT +4%", "INT +2%", ""]));
    let expectation = evaluated(vec![item.clone(), item], &options());
    let preset = &expectation.presets[0];
    let costs = |outcome: &Outcome| outcome.mean_cost().unwrap();
    let [first, _] = &preset.items[..] else {
        panic!("two items");
    };
    let potential = costs(&first.potential.outcome);
    let additional = costs(&first.additional_potential.outcome);
    assert!(potential > 0.0 && additional > 0.0);
    let total = &preset.total;
    for (sum, expected) in [
        (total.potential, 2.0 * potential),
        (total.additional_potential, 2.0 * additional),
        (total.star_force, 0.0),
        (total.mean(), 2.0 * potential + 2.0 * additional),
    ] {
        assert_eq!(sum.to_bits(), expected.to_bits());
    }
    assert!(total.is_complete());
}

#[test]
fn presets_are_chosen_by_number_or_by_wear() {
    let preset = |number, active| Preset {
        number,
        active,
        items: vec![hat(lines("레전드리", INT_27))],
    };
    let worn = Equipment {
        class: Some("에반".to_owned()),
        presets: vec![preset(1, false), preset(3, true)],
        title: StatTotals::default(),
    };
    let chosen = |presets| {
        let options = EvaluationOptions {
            presets,
            ..options()
        };
        let expectation = evaluate(&worn, Rules::current(), &options);
        expectation
            .presets
            .iter()
            .map(|p| p.number)
            .collect::<Vec<_>>()
    };
    assert_eq!(chosen(PresetChoice::Active), [3]);
    assert_eq!(chosen(PresetChoice::Number(1)), [1]);
    assert_eq!(chosen(PresetChoice::Number(2)), [] as [u8; 0]);
    assert_eq!(chosen(PresetChoice::All), [1, 3]);
}

#[test]
fn items_one_by_one_are_the_same_as_all_at_once() {
    let mut item = hat(lines("레전드리", INT_27));
    item.additional_potential = Some(lines("유니크", ["INT +4%", "INT +4%", "INT +18"]));
    let worn = worn_by(Some("에반"), vec![item.clone(), hat(None), item]);
    let options = options();
    let whole = evaluate(&worn, Rules::current(), &options);
    let mut items = Vec::new();
    let each = |evaluated: EvaluatedItem<'_>| {
        assert_eq!((evaluated.preset, evaluated.of), (1, 3));
        items.push(evaluated.item.clone());
        Ok::<_, ()>(())
    };
    let evaluator = Evaluator::new();
    let evaluated = evaluator.evaluate_each(&worn, Rules::current(), &options, each);
    assert_eq!(evaluated.as_ref(), Ok(&whole));
    assert_eq!(items, whole.presets[0].items);
    let mut calls = 0;
    let ended = evaluator.evaluate_each(&worn, Rules::current(), &options, |_| {
        calls += 1;
        Err::<(), _>("left")
    });
    assert_eq!((ended, calls), (Err("left"), 1));
}
