//! The exact chance of a goal against brute force, and the laws it must obey.

use crate::brute_force::{Lines, brute_force};
use cube_probability::{Chance, Goal, Grade, Method, Part, Rules};
use proptest::prelude::*;

const GOALS: &[&str] = &[
    "int_pct >= 21",
    "int_pct + 0.1*int_flat + 3.1*int_per_9_levels >= 12.4",
    "matt_pct >= 21 and ied_pct >= 30",
    "lines(boss_damage_pct, att_pct, ied_pct) >= 3 and boss_damage_pct >= 30 or att_pct >= 21",
    "cooldown_seconds >= 2 or drop_pct + meso_pct >= 40",
    "lines(decent_sharp_eyes, decent_haste, decent_hyper_body) >= 1 and luk_pct >= 6",
    "ignore_damage_on_hit_pct >= 60 or invincible_on_hit_seconds >= 6",
    "invincible_after_hit_seconds >= 3 or boss_damage_pct >= 90",
    "lines(ied_pct, drop_pct) >= 2 and lines(ied_pct) >= 1",
    "max_hp_pct >= 9 and (crit_damage_pct >= 8 or str_pct >= 9)",
    "str_flat >= 6 or max_mp_flat >= 30 and dex_flat >= 2",
    "hp_on_attack >= 50 or autosteal_pct >= 3",
];

const ITEMS: &[(Method, Part, u16, Grade)] = &[
    (Method::MesoPotential, Part::Hat, 150, Grade::Legendary),
    (Method::Black, Part::Gloves, 200, Grade::Unique),
    (Method::Red, Part::Weapon, 250, Grade::Legendary),
    (Method::Red, Part::Face, 100, Grade::Unique),
    (Method::Meister, Part::Emblem, 120, Grade::Legendary),
    (Method::Master, Part::Secondary, 160, Grade::Unique),
    (Method::Occult, Part::Top, 30, Grade::Rare),
    (Method::Occult, Part::Shoes, 70, Grade::Epic),
    (Method::Additional, Part::Ring, 140, Grade::Legendary),
    (Method::MesoAdditional, Part::Gloves, 250, Grade::Legendary),
    (Method::OccultAdditional, Part::Weapon, 60, Grade::Epic),
    (Method::WhiteAdditional, Part::Heart, 80, Grade::Rare),
];

#[test]
fn merging_options_changes_nothing() {
    let mut possible = 0;
    for rules in [
        Rules::current(),
        Rules::named("kms-before-2024-06").unwrap(),
    ] {
        for &(method, part, level, grade) in ITEMS {
            let tables = rules.line_tables(method, part, level, grade).unwrap();
            for text in GOALS {
                let goal: Goal = text.parse().unwrap();
                let what = format!("{} {method} {part} {level} {grade}: {text}", rules.name);
                let slow = brute_force(rules, method, &tables, Lines::Three, |lines| {
                    goal.holds(lines)
                });
                match tables.chance(&goal) {
                    Chance::Never => assert!(slow == 0.0, "{what}"),
                    Chance::Possible(fast) => {
                        assert!(
                            (fast / slow - 1.0).abs() < 1e-12,
                            "{what}: {fast} is not {slow}"
                        );
                        possible += 1;
                    }
                    Chance::Always => assert!((slow - 1.0).abs() < 1e-12, "{what}"),
                }
            }
        }
    }
    assert!(possible > 60, "only {possible} of the goals were possible");
}

#[test]
fn limits_make_a_third_line_of_boss_damage_impossible() {
    let goal: Goal = "lines(boss_damage_pct) >= 3".parse().unwrap();
    let chance = |rules: &'static Rules| {
        let tables = rules.line_tables(Method::Red, Part::Weapon, 200, Grade::Legendary);
        tables.unwrap().chance(&goal)
    };
    let before = Rules::named("kms-before-2024-06").unwrap();
    assert_eq!(chance(before), Chance::Never);
    assert!(chance(Rules::current()).probability() > 0.0);
}

#[test]
fn additional_potential_has_no_limits() {
    let goal: Goal = "lines(boss_damage_pct) >= 3".parse().unwrap();
    let before = Rules::named("kms-before-2024-06").unwrap();
    let chance = before
        .success_probability(
            Method::Additional,
            Part::Weapon,
            250,
            Grade::Legendary,
            &goal,
        )
        .unwrap();
    assert!(chance > 0.0);
}

#[test]
fn certainty_and_impossibility_are_not_roundings() {
    let tables = Rules::current()
        .line_tables(Method::Black, Part::Hat, 150, Grade::Legendary)
        .unwrap();
    let chance = |text: &str| tables.chance(&text.parse().unwrap());
    assert_eq!(chance("int_pct >= 0"), Chance::Always);
    assert_eq!(chance("0*int_pct >= 1"), Chance::Never);
    assert_eq!(chance("int_pct >= 36.001"), Chance::Never);
    assert!(matches!(chance("int_pct >= 36"), Chance::Possible(p) if p < 1e-3));
    assert_eq!(chance("int_pct >= 9 or int_pct >= 0"), Chance::Always);
    assert_eq!(chance("boss_damage_pct >= 1"), Chance::Never);
    // At most one line of a skill: the second one is forbidden, not just rare.
    let skills = "lines(decent_haste, decent_mystic_door, decent_hyper_body, decent_combat_orders, \
        decent_sharp_eyes, decent_wind_booster, decent_advanced_bless)";
    assert!(chance(&format!("{skills} >= 1")).probability() > 0.0);
    assert_eq!(chance(&format!("{skills} >= 2")), Chance::Never);
}

fn item() -> impl Strategy<Value = (Method, Part, u16, Grade)> {
    proptest::sample::select(ITEMS)
}

const STATS: &[&str] = &[
    "int_pct",
    "str_pct",
    "att_pct",
    "ied_pct",
    "max_hp_pct",
    "int_flat",
    "boss_damage_pct",
];

fn goal_text() -> impl Strategy<Value = String> {
    (
        proptest::sample::select(STATS),
        0..40_u32,
        proptest::sample::select(STATS),
        0..40_u32,
        proptest::sample::select(&["and", "or"][..]),
    )
        .prop_map(|(a, n, b, m, word)| format!("{a} >= {n} {word} {b} >= {m}"))
}

fn chance(item: (Method, Part, u16, Grade), goal: &str) -> f64 {
    let (method, part, level, grade) = item;
    let goal = goal.parse().unwrap();
    Rules::current()
        .success_probability(method, part, level, grade, &goal)
        .unwrap()
}

proptest! {
    #[test]
    fn asking_in_another_order_changes_nothing(item in item(), a in goal_text(), b in goal_text()) {
        for word in ["and", "or"] {
            let one = chance(item, &format!("({a}) {word} ({b})"));
            let other = chance(item, &format!("({b}) {word} ({a})"));
            prop_assert!((one - other).abs() <= 1e-15 * one);
        }
    }

    #[test]
    fn asking_for_more_is_never_likelier(item in item(), n in 0..40_u32, m in 0..40_u32) {
        let at = |n: u32| chance(item, &format!("int_pct + 0.1*int_flat >= {n}"));
        prop_assert!(at(n + m) <= at(n));
    }

    #[test]
    fn both_and_either_add_up(item in item(), a in goal_text(), b in goal_text()) {
        let both = chance(item, &format!("({a}) and ({b})"));
        let either = chance(item, &format!("({a}) or ({b})"));
        let sum = chance(item, &a) + chance(item, &b);
        prop_assert!((both + either - sum).abs() <= 1e-14);
        prop_assert!((0.0..=1.0 + 1e-15).contains(&either));
    }
}
