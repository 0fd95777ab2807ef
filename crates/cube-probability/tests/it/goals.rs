//! The language of goals: what is printed parses back, and bad texts never panic.

use cube_probability::{Decimal, Goal, Stat, Sum};
use proptest::prelude::*;

fn stat() -> impl Strategy<Value = Stat> {
    proptest::sample::select(Stat::ALL)
}

fn decimal() -> impl Strategy<Value = Decimal> {
    (0..=1_000_000_000_u64).prop_map(Decimal::from_thousandths)
}

fn sum() -> impl Strategy<Value = Sum> {
    let plain = (decimal(), stat()).prop_map(|(factor, stat)| Sum::new().plus(factor, stat));
    let lines = (decimal(), prop::collection::vec(stat(), 1..4))
        .prop_map(|(factor, stats)| Sum::new().plus_lines(factor, stats));
    let mixed = (stat(), decimal(), stat())
        .prop_map(|(first, factor, second)| Sum::from(first).plus(factor, second));
    prop_oneof![stat().prop_map(Sum::from), plain, lines, mixed]
}

fn goal() -> impl Strategy<Value = Goal> {
    let atom = (sum(), decimal()).prop_map(|(sum, number)| Goal::at_least(sum, number).unwrap());
    atom.prop_recursive(4, 8, 3, |inner| {
        let several = prop::collection::vec(inner, 1..3);
        prop_oneof![
            several.clone().prop_map(|goals| Goal::all(goals).unwrap()),
            several.prop_map(|goals| Goal::any(goals).unwrap()),
        ]
    })
}

proptest! {
    #[test]
    fn printed_goals_parse_back_to_the_same_goal(goal in goal()) {
        let text = goal.to_string();
        prop_assert_eq!(text.parse::<Goal>(), Ok(goal));
    }

    #[test]
    fn blanks_around_tokens_do_not_matter(goal in goal()) {
        let text = goal.to_string();
        let roomy = text.replace('(', " ( ").replace(')', " ) ").replace(">=", "\t>=\n");
        prop_assert_eq!(roomy.parse::<Goal>(), Ok(goal));
    }

    #[test]
    fn any_text_is_a_goal_or_an_error_within_the_text(text in "[a-z_0-9 ()+*,.>=가-힣]{0,60}") {
        if let Err(error) = text.parse::<Goal>() {
            prop_assert!(error.column >= 1);
            prop_assert!(error.column <= text.chars().count() + 1);
        }
    }
}

#[test]
#[cfg(feature = "serde")]
fn goals_and_lines_are_texts_in_json() {
    let goal: Goal = serde_json::from_str("\"int_pct>=21\"").unwrap();
    assert_eq!(serde_json::to_string(&goal).unwrap(), "\"int_pct >= 21\"");
    let error = serde_json::from_str::<Goal>("\"int_pct>21\"").unwrap_err();
    assert!(
        error.to_string().starts_with("column 8: expected `>=`"),
        "{error}"
    );
    let line: cube_probability::OptionLine = serde_json::from_str("\"INT : +12%\"").unwrap();
    assert_eq!(serde_json::to_string(&line).unwrap(), "\"INT +12%\"");
}
