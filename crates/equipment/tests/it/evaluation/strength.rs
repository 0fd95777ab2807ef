//! The two meanings of "this gear again", utility, and the terms of star force.

use cube_probability::star_force::Events;
use equipment::{
    Assumption, EvaluationOptions, Meaning, Outcome, Safeguard, SlotStart, SpareItems,
    StarForceOutcome, StarForceTerms, Warning,
};
use planning::{BossDefence, NotValued, StatSheet, Utility};

use super::*;

fn sheet() -> StatSheet {
    serde_json::from_str(
        r#"{"main":["int"],"sub":["luk"],"main_final":62000,"main_base":5200,"main_pct":530,
        "main_flat_unscaled":18000,"sub_final":9000,"attack_final":7800,"attack_base":4100,
        "attack_pct":88,"damage_pct":80,"boss_damage_pct":420,"final_damage_pct":55,
        "critical_rate_pct":100,"critical_damage_pct":98,"ied_pct":95.3}"#,
    )
    .unwrap()
}

fn by(meaning: Meaning) -> EvaluationOptions {
    EvaluationOptions {
        meaning: Some(meaning),
        stat_sheet: Some(sheet()),
        ..options()
    }
}

#[test]
fn as_strong_is_never_dearer_and_each_meaning_carries_the_other() {
    for now in [
        ["INT +12%", "INT +9%", "INT +9%"],
        ["INT +12%", "LUK +9%", "올스탯 +6%"],
        ["INT +9%", "스킬 재사용 대기시간 -1초", "INT +9%"],
        ["INT +18", "LUK +18", "INT +9%"],
    ] {
        let item = || hat(lines("레전드리", now));
        let strong = price(item(), &by(Meaning::AsStrong));
        let same = price(item(), &by(Meaning::SameLines));
        assert!(
            strong.cost.mean <= same.cost.mean * (1.0 + 1e-12),
            "{now:?}"
        );
        assert_eq!(strong.meaning, Meaning::AsStrong);
        let (other_of_strong, other_of_same) =
            (strong.other.as_ref().unwrap(), same.other.as_ref().unwrap());
        assert_eq!(other_of_strong.goal, same.goal);
        assert!((other_of_strong.mean / same.cost.mean - 1.0).abs() < 1e-9);
        assert!((other_of_same.mean / strong.cost.mean - 1.0).abs() < 1e-9);
        // Without a sheet there is one meaning only.
        let plain = price(item(), &options());
        assert_eq!((plain.meaning, &plain.other), (Meaning::SameLines, &None));
        assert_eq!(plain.cost, same.cost);
    }
}

#[test]
fn strength_without_a_sheet_falls_back_with_a_warning() {
    let without = EvaluationOptions {
        stat_sheet: None,
        ..by(Meaning::AsStrong)
    };
    let expectation = evaluated(vec![hat(lines("레전드리", INT_27))], &without);
    assert_eq!(expectation.warnings, [Warning::NoStatSheet]);
    let outcome = &expectation.presets[0].items[0].potential.outcome;
    assert!(matches!(outcome, Outcome::Priced(price) if price.meaning == Meaning::SameLines));
}

#[test]
fn strength_of_a_character_that_hardly_ignores_defence_is_judged_against_a_weaker_boss() {
    let weak = StatSheet {
        ied_pct: 55.0,
        ..sheet()
    };
    let against = |boss_defence| EvaluationOptions {
        stat_sheet: Some(weak.clone()),
        boss_defence,
        ..by(Meaning::AsStrong)
    };
    let of = |options| evaluated(vec![hat(lines("레전드리", INT_27))], &options);
    let two = BossDefence::new(2.0).unwrap();
    let chosen = of(against(None));
    assert_eq!(chosen.warnings, [Warning::WeakerBoss(two)]);
    let named = of(against(Some(two)));
    assert_eq!(named.warnings, []);
    assert_eq!(chosen.presets[0].items, named.presets[0].items);
    let refused = of(against(Some(BossDefence::DEFAULT)));
    assert!(matches!(
        refused.warnings[..],
        [Warning::SheetNotValued(NotValued::NoDamage { .. })]
    ));
}

#[test]
fn utility_is_kept_or_ignored_and_what_is_ignored_is_listed() {
    let gloves = |utility| {
        let item = hat(lines(
            "레전드리",
            ["메소 획득량 +20%", "STR +9%", "INT +9%"],
        ));
        let options = EvaluationOptions {
            utility,
            ..by(Meaning::AsStrong)
        };
        evaluated(vec![item], &options)
    };
    let mean = |expectation: &Expectation| expectation.presets[0].total.potential;
    let (kept, ignored) = (gloves(Utility::Keep), gloves(Utility::Ignore));
    assert_eq!(
        kept.presets[0].items[0].potential.outcome.status(),
        "unreachable"
    );
    assert!(mean(&ignored) > 0.0);
    let assumptions = &ignored.presets[0].items[0].assumptions;
    let listed = ["메소 획득량 +20%", "STR +9%"].map(str::to_owned).to_vec();
    assert!(assumptions.contains(&Assumption::IgnoredLines {
        layer: cube_probability::Layer::Potential,
        lines: listed,
    }));
}

fn starred_on(terms: StarForceTerms, starts: &[(&str, SlotStart)]) -> StarForceOutcome {
    let item = Item {
        stars: Ok(20),
        ..hat(None)
    };
    let options = EvaluationOptions {
        star_force: terms,
        starts: starts
            .iter()
            .map(|(slot, start)| ((*slot).to_owned(), *start))
            .collect(),
        ..options()
    };
    let expectation = evaluated(vec![item], &options);
    expectation.presets[0].items[0].star_force.clone()
}

#[test]
fn spare_items_cost_by_slot_then_level_then_default() {
    let spare = |default, by_level: &[(u16, u64)], by_slot: &[(&str, u64)]| {
        let spare_items = SpareItems {
            default,
            by_level: by_level.iter().copied().collect(),
            by_slot: by_slot
                .iter()
                .map(|(slot, meso)| ((*slot).to_owned(), *meso))
                .collect(),
        };
        let terms = StarForceTerms {
            spare_items,
            ..StarForceTerms::default()
        };
        starred_on(terms, &[]).mean_cost().unwrap()
    };
    let free = spare(0, &[], &[]);
    let dear = spare(1_000_000_000, &[], &[]);
    assert!(dear > free);
    let level = hat(None).level.unwrap();
    let same = |one: f64, other: f64| assert!((one / other - 1.0).abs() < 1e-12);
    same(spare(5, &[(level, 1_000_000_000)], &[]), dear);
    same(spare(5, &[(level, 7)], &[("모자", 1_000_000_000)]), dear);
    same(
        spare(1_000_000_000, &[(level + 1, 5)], &[("무기", 5)]),
        dear,
    );
}

#[test]
fn events_safeguard_and_starts_change_the_price_of_stars() {
    let plain = starred_on(StarForceTerms::default(), &[]);
    let discount = StarForceTerms {
        events: Events {
            discount: 0.3,
            ..Events::default()
        },
        ..StarForceTerms::default()
    };
    let mean = |outcome: StarForceOutcome| outcome.mean_cost().unwrap();
    let ratio = mean(starred_on(discount, &[])) / mean(plain.clone());
    assert!(ratio < 0.75, "{ratio}");
    let dear = |safeguard| StarForceTerms {
        spare_items: SpareItems {
            default: 10_000_000_000,
            ..SpareItems::default()
        },
        safeguard,
        ..StarForceTerms::default()
    };
    let none = mean(starred_on(dear(Safeguard::default()), &[]));
    let guarded = mean(starred_on(dear(Safeguard::Stars(vec![15, 16, 17])), &[]));
    let cheapest = mean(starred_on(dear(Safeguard::Cheapest), &[]));
    assert!(cheapest <= none.min(guarded) * (1.0 + 1e-12));
    assert!(guarded < none);
    let start = SlotStart {
        stars: 17,
        ..SlotStart::default()
    };
    let from_17 = starred_on(StarForceTerms::default(), &[("모자", start)]);
    assert!(from_17.mean_cost() < plain.mean_cost());
    let start = SlotStart {
        stars: 20,
        ..SlotStart::default()
    };
    let there = starred_on(StarForceTerms::default(), &[("모자", start)]);
    assert_eq!(there.status(), "not_applicable");
}
