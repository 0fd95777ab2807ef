//! Conditions of any kind, potentials of two lines and kept first lines, against brute force.

use crate::brute_force::{Lines, brute_force};
use cube_probability::{
    Chance, Draw, Goal, Grade, LineTotals, Method, OptionLine, Part, Prices, Rules, Start, Stat,
};

const STATS: [Stat; 8] = [
    Stat::IntPct,
    Stat::IntFlat,
    Stat::MattPct,
    Stat::BossDamagePct,
    Stat::DamagePct,
    Stat::IedPct,
    Stat::CritDamagePct,
    Stat::CooldownSeconds,
];

const ITEMS: [(Method, Part, u16); 8] = [
    (Method::MesoPotential, Part::Hat, 150),
    (Method::Red, Part::Weapon, 250),
    (Method::Meister, Part::Emblem, 120),
    (Method::Master, Part::Secondary, 160),
    (Method::Black, Part::Gloves, 200),
    (Method::MesoAdditional, Part::Gloves, 250),
    (Method::Additional, Part::Weapon, 160),
    (Method::OccultAdditional, Part::Ring, 60),
];

/// Boss damage relative to no lines, for a mage of round figures.
fn strength(amount: impl Fn(Stat) -> u64, defence_left: f64) -> f64 {
    let of = |stat| amount(stat) as f64;
    let int = 5000.0 * (6.0 + of(Stat::IntPct) / 100.0) + 20_000.0 + of(Stat::IntFlat);
    let attack = 4000.0 * (1.9 + of(Stat::MattPct) / 100.0);
    let damage = 5.8 + (of(Stat::BossDamagePct) + of(Stat::DamagePct)) / 100.0;
    let critical = 1.85 + of(Stat::CritDamagePct) / 100.0;
    let defence = (1.0 - 3.8 * 0.08 * defence_left).max(0.0);
    let cooldown = 1.0 + of(Stat::CooldownSeconds) / 50.0;
    int * attack * damage * critical * defence * cooldown
}

fn of_totals(totals: &LineTotals<'_>) -> f64 {
    strength(|stat| totals.of(stat), totals.defence_left())
}

/// The same of lines, by the plain rule: each line that ignores defence leaves a part of it.
fn of_lines(lines: &[OptionLine]) -> f64 {
    let amount = |stat| {
        lines
            .iter()
            .map(|line| u64::from(line.amount_of(stat)))
            .sum()
    };
    let left = |line: &OptionLine| 1.0 - f64::from(line.amount_of(Stat::IedPct)) / 100.0;
    strength(amount, lines.iter().map(left).product())
}

fn assert_close(one: f64, other: f64, what: &str) {
    assert!(
        (one - other).abs() <= 1e-12 * other,
        "{what}: {one} is not {other}"
    );
}

#[test]
fn strength_is_asked_of_every_draw() {
    let mut possible = 0;
    for rules in [
        Rules::current(),
        Rules::named("kms-before-2024-06").unwrap(),
    ] {
        for (method, part, level) in ITEMS {
            for gain in [1.02, 1.05, 1.08, 1.14] {
                let least = gain * of_lines(&[]);
                let draw = Draw::new(method, part, level);
                let holds = |totals: &LineTotals<'_>| of_totals(totals) >= least;
                let odds = rules.odds_where(&draw, &STATS, holds).unwrap();
                for (grade, chance) in odds.by_grade() {
                    let tables = rules.line_tables(method, part, level, grade).unwrap();
                    let slow = brute_force(rules, method, &tables, Lines::Three, |lines| {
                        of_lines(lines) >= least
                    });
                    possible += usize::from(matches!(chance, Chance::Possible(_)));
                    let what = format!("{} {method} {part} {grade} {gain}", rules.name);
                    assert_close(chance.probability(), slow, &what);
                }
            }
        }
    }
    assert!(possible > 100, "only {possible} were possible");
}

#[test]
fn outcomes_sum_to_one_and_give_every_chance() {
    let rules = Rules::current();
    for (method, part, level) in ITEMS {
        let draw = Draw::new(method, part, level);
        for draw in [draw, draw.two_lines()] {
            let least = 1.06 * of_lines(&[]);
            let holds = |totals: &LineTotals<'_>| of_totals(totals) >= least;
            let odds = rules.odds_where(&draw, &STATS, holds).unwrap();
            for (grade, chance) in odds.by_grade() {
                let outcomes = rules.outcomes(&draw, grade, &STATS).unwrap();
                let sum: f64 = outcomes.iter().map(|(_, p)| p).sum();
                assert_close(sum, 1.0, "all outcomes");
                let met = outcomes.iter().filter(|(totals, _)| holds(totals));
                let met: f64 = met.map(|(_, p)| p).sum();
                assert_close(met, chance.probability(), &format!("{draw:?} {grade}"));
            }
        }
    }
}

#[test]
fn conditions_of_one_stat_are_goals() {
    let rules = Rules::current();
    for (method, part, level) in ITEMS {
        let draw = Draw::new(method, part, level);
        for least in [0, 3, 9, 21, 33, 99] {
            let goal: Goal = format!("int_pct >= {least}").parse().unwrap();
            let asked = rules.odds_of(&draw, &goal).unwrap();
            let holds = |totals: &LineTotals<'_>| totals.of(Stat::IntPct) >= least;
            assert_eq!(rules.odds_where(&draw, &[Stat::IntPct], holds), Ok(asked));
        }
    }
}

#[test]
fn two_lines_are_the_first_two_tables() {
    let rules = Rules::current();
    let goals = [
        "int_pct >= 12",
        "int_pct >= 21",
        "ied_pct >= 60 or boss_damage_pct >= 30",
        "lines(decent_sharp_eyes, decent_haste) >= 1",
        "lines(int_pct, matt_pct, max_hp_pct) >= 3",
    ];
    let mut possible = 0;
    for (method, part, level) in ITEMS {
        let draw = Draw::new(method, part, level).two_lines();
        for goal in goals {
            let goal: Goal = goal.parse().unwrap();
            let odds = rules.odds_of(&draw, &goal).unwrap();
            for (grade, chance) in odds.by_grade() {
                let tables = rules.line_tables(method, part, level, grade).unwrap();
                let slow = brute_force(rules, method, &tables, Lines::Two, |lines| {
                    goal.holds(lines)
                });
                possible += usize::from(matches!(chance, Chance::Possible(_)));
                let what = format!("{method} {part} {grade}: {goal}");
                assert_close(chance.probability(), slow, &what);
            }
        }
    }
    assert!(possible > 20, "only {possible} were possible");
    // Two lines never make three, and a prime line is the first one or, in a fifth of draws, the
    // second: 4/41 of its weight is INT.
    let hat = Draw::new(Method::Black, Part::Hat, 150).two_lines();
    let chance = |goal: &str| {
        let odds = rules.odds_of(&hat, &goal.parse().unwrap()).unwrap();
        odds.chance(Grade::Legendary)
    };
    assert_eq!(chance("lines(int_pct) >= 3"), Chance::Never);
    let two_prime = chance("int_pct >= 24").probability();
    assert_close(two_prime, 0.2 * (4.0 / 41.0) * (4.0 / 41.0), "two of 12 %");
}

#[test]
fn prime_methods_keep_the_first_line_and_its_category() {
    let rules = Rules::current();
    let mut possible = 0;
    for (method, part, level, kept, goals) in [
        (
            Method::Prime,
            Part::Hat,
            150,
            "INT +12%",
            ["int_pct >= 30", "int_pct >= 12", "cooldown_seconds >= 2"],
        ),
        (
            Method::Prime,
            Part::Top,
            200,
            "피격 시 10% 확률로 데미지의 40% 무시",
            [
                "ignore_damage_on_hit_pct >= 60",
                "ignore_damage_on_hit_pct >= 120",
                "int_pct >= 9",
            ],
        ),
        (
            Method::PrimeAdditional,
            Part::Gloves,
            250,
            "크리티컬 데미지 +3%",
            [
                "crit_damage_pct >= 6",
                "int_pct >= 8",
                "crit_damage_pct >= 9",
            ],
        ),
    ] {
        let kept: OptionLine = kept.parse().unwrap();
        let draw = Draw::new(method, part, level).keeping(kept);
        let drawn_by = match method {
            Method::Prime => Method::Black,
            _ => Method::Additional,
        };
        let tables = rules
            .line_tables(drawn_by, part, level, Grade::Legendary)
            .unwrap();
        for goal in goals {
            let goal: Goal = goal.parse().unwrap();
            let odds = rules.odds_of(&draw, &goal).unwrap();
            let chance = odds.chance(Grade::Legendary);
            let slow = brute_force(rules, method, &tables, Lines::After(kept), |lines| {
                goal.holds(lines)
            });
            possible += usize::from(matches!(chance, Chance::Possible(_)));
            assert_close(chance.probability(), slow, &format!("{draw:?}: {goal}"));
            assert_eq!(odds.chance(Grade::Unique), Chance::Never);
        }
    }
    assert!(possible >= 6, "only {possible} were possible");
}

#[test]
fn prime_methods_start_at_legendary_and_have_no_price_of_their_own() {
    let rules = Rules::current();
    let line = |text: &str| text.parse::<OptionLine>().unwrap();
    let draw = Draw::new(Method::Prime, Part::Hat, 160);
    let goal: Goal = "int_pct >= 33".parse().unwrap();
    let refused = |draw: Draw| rules.odds_of(&draw, &goal).unwrap_err().to_string();
    assert_eq!(
        refused(draw),
        "prime keeps the first line, which must be given"
    );
    assert_eq!(
        refused(draw.keeping(line("INT +9%"))),
        "`INT +9%` is no first line of this item"
    );
    let black = Draw::new(Method::Black, Part::Hat, 160);
    assert_eq!(
        refused(black.keeping(line("INT +12%"))),
        "black keeps no line"
    );
    let odds = rules
        .odds_of(&draw.keeping(line("INT +12%")), &goal)
        .unwrap();
    assert_eq!(
        odds.phases(Start::FRESH, &Prices::new())
            .unwrap_err()
            .to_string(),
        "prime works from legendary up, not at rare"
    );
    let phases = |prices: &Prices| {
        let phases = odds.phases(Start::at(Grade::Legendary), prices).unwrap();
        assert_eq!(phases.len(), 1);
        phases[0]
    };
    assert_eq!(phases(&Prices::new()).cost, None);
    let prices = Prices::new().with(Method::Prime, 30_000_000).unwrap();
    let phase = phases(&prices);
    assert_eq!((phase.rise, phase.certain_on), (0.0, None));
    assert_eq!(phase.cost, Some(30_512_000));
}
