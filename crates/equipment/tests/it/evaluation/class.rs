//! Class and level: known, guessed from the gear, or not given.

use super::*;

#[test]
fn lete_lives_by_int_though_its_gear_is_even() {
    let mut ring = hat(lines("레전드리", ["INT +12%", "INT +12%", "INT +9%"]));
    ring.totals = StatTotals {
        str: 141,
        dex: 139,
        int: 137,
        luk: 151,
        ..StatTotals::default()
    };
    let worn = worn_by(Some("레테"), vec![ring]);
    let expectation = evaluate(&worn, Rules::current(), &options());
    assert_eq!(expectation.warnings, []);
    let Outcome::Priced(price) = &expectation.presets[0].items[0].potential.outcome else {
        panic!("not priced");
    };
    assert!(
        price.goal.to_string().starts_with("int_pct"),
        "{}",
        price.goal
    );
}

#[test]
fn guessed_main_stat_never_makes_lines_free() {
    let mut ring = hat(lines("레전드리", ["INT +12%", "INT +12%", "INT +9%"]));
    ring.totals.luk = 151;
    ring.totals.int = 137;
    let worn = worn_by(Some("신직업"), vec![ring]);
    let expectation = evaluate(&worn, Rules::current(), &options());
    let preset = &expectation.presets[0];
    let guessed = NotPriced::GuessedClass(MainStat::Luk);
    assert_eq!(
        preset.items[0].potential.outcome,
        Outcome::NotPriced(guessed)
    );
    assert!(!preset.total.is_complete());
    assert!(matches!(
        expectation.warnings[..],
        [Warning::UnknownClass { .. }]
    ));
}

#[test]
fn class_and_level_that_are_not_given_are_those_of_the_document() {
    let item = hat(lines("레전드리", INT_27));
    let unknown = EvaluationOptions {
        class: Some(String::new()),
        character_level: Some(0),
        ..options()
    };
    let expectation = evaluated(vec![item], &unknown);
    assert_eq!(expectation.warnings, [Warning::UnknownLevel { taken: 150 }]);
    assert_eq!(
        expectation.presets[0].items[0].potential.outcome.status(),
        "priced"
    );
}
