//! The condition "at least as strong": against brute force over every draw of three lines, and
//! beside the condition "the same lines or better".

use cube_probability::{
    Decimal, Draw, Goal, Grade, LineOption, LineTables, Method, Odds, OptionLine, Part, Rules,
    Stat, Sum,
};
use planning::{
    AsStrong, Bonus, BossDefence, LineWorth, NoStrength, StatSheet, Utility, Valuation,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const LEVEL: u16 = 285;

fn sheet() -> StatSheet {
    serde_json::from_str(
        r#"{"main":["int"],"sub":["luk"],"main_final":62000,"main_base":5200,"main_pct":530,
        "main_flat_unscaled":18000,"sub_final":9000,"sub_base":2500,"sub_pct":200,
        "attack_final":7800,"attack_base":4100,"attack_pct":88,"damage_pct":80,
        "boss_damage_pct":420,"final_damage_pct":55,"critical_rate_pct":100,
        "critical_damage_pct":98,"ied_pct":95.3,"weapon_factor":1.2}"#,
    )
    .unwrap()
}

fn lines(texts: &[&str]) -> Vec<OptionLine> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn worth(sheet: &StatSheet, lines: &[OptionLine], utility: Utility) -> LineWorth {
    LineWorth::of(sheet, BossDefence::DEFAULT, lines, LEVEL, utility).unwrap()
}

fn as_strong(now: &[OptionLine]) -> Result<AsStrong, NoStrength> {
    AsStrong::new(worth(&sheet(), now, Utility::Keep))
}

fn tables(draw: &Draw, grade: Grade) -> LineTables {
    let (method, part, level) = (draw.method(), draw.part(), draw.item_level());
    Rules::current()
        .line_tables(method, part, level, grade)
        .unwrap()
}

/// Every draw in order with its probability, options of the same effect told apart.
fn brute_force(tables: &LineTables, holds: impl Fn(&[OptionLine]) -> bool) -> f64 {
    let full = |drawn: &[&LineOption], option: &LineOption| {
        option.limit.is_some_and(|(category, most)| {
            let same = |one: &&&LineOption| one.limit.is_some_and(|(of, _)| of == category);
            drawn.iter().filter(same).count() >= most
        })
    };
    let options = |drawn: &[&LineOption], line: usize| -> (f64, Vec<&LineOption>) {
        let left = tables.options().iter();
        let left: Vec<_> = left
            .filter(|option| option.weights[line] > 0 && !full(drawn, option))
            .collect();
        (
            left.iter().map(|option| option.weights[line] as f64).sum(),
            left,
        )
    };
    let mut met = 0.0;
    let (first_total, firsts) = options(&[], 0);
    for first in firsts {
        let (second_total, seconds) = options(&[first], 1);
        for second in seconds {
            let (third_total, thirds) = options(&[first, second], 2);
            let so_far =
                first.weights[0] as f64 / first_total * second.weights[1] as f64 / second_total;
            for third in thirds {
                if holds(&[first.line, second.line, third.line]) {
                    met += so_far * third.weights[2] as f64 / third_total;
                }
            }
        }
    }
    met
}

#[test]
fn odds_equal_brute_force_over_every_draw() {
    for (draw, now) in [
        (
            Draw::new(Method::MesoPotential, Part::Weapon, 200),
            [
                "마력 +9%",
                "보스 몬스터 데미지 +35%",
                "몬스터 방어율 무시 +30%",
            ],
        ),
        (
            Draw::new(Method::MesoPotential, Part::Hat, 200),
            ["INT +12%", "올스탯 +6%", "스킬 재사용 대기시간 -1초"],
        ),
        (
            Draw::new(Method::MesoAdditional, Part::Ring, 200),
            ["INT +7%", "INT +18", "마력 +12"],
        ),
        (
            Draw::new(Method::MesoPotential, Part::Gloves, 160),
            ["크리티컬 데미지 +8%", "INT +9%", "INT +9%"],
        ),
    ] {
        let now = lines(&now);
        let sheet = sheet();
        let condition = as_strong(&now).unwrap();
        let odds = condition.odds(Rules::current(), &draw).unwrap();
        let bare = Valuation::of(&sheet, BossDefence::DEFAULT).unwrap();
        let bare = bare.without(&Bonus::of_lines(&now, true, LEVEL));
        let value = |lines: &[OptionLine]| bare.value(&Bonus::of_lines(lines, true, LEVEL));
        let utility = |lines: &[OptionLine]| -> u16 {
            lines
                .iter()
                .map(|line| line.amount_of(Stat::CooldownSeconds))
                .sum()
        };
        let least = value(&now) * (1.0 - 1e-12);
        for grade in [Grade::Unique, Grade::Legendary] {
            let expected = brute_force(&tables(&draw, grade), |lines| {
                value(lines) >= least && utility(lines) >= utility(&now)
            });
            let told = odds.chance(grade).probability();
            assert!(
                (told - expected).abs() <= 1e-12 * expected,
                "{now:?} {told} {expected}"
            );
        }
        assert!(odds.chance(Grade::Legendary).probability() > 0.0, "{now:?}");
    }
}

#[test]
fn lines_now_meet_their_own_goal_to_first_order() {
    let now = lines(&["INT +12%", "올스탯 +6%", "스킬 재사용 대기시간 -1초"]);
    let goal = as_strong(&now).unwrap().goal().unwrap();
    assert!(goal.holds(&now));
    // A point is worth 6.3 of the 52 points of a per cent; LUK counts a quarter of 25 points.
    let text = goal.to_string();
    assert!(
        text.starts_with("int_pct + 0.121*int_flat + 3.756*int_per_9_levels + 0.12*luk_pct"),
        "{text}"
    );
    assert!(text.ends_with("and cooldown_seconds >= 1"), "{text}");
    assert_eq!(text.parse(), Ok(goal));
}

#[test]
fn lines_without_value_are_no_condition_and_are_listed() {
    let now = lines(&["최대 MP +9%", "방어력 +9%", "최대 HP +9%"]);
    let Err(NoStrength::NothingValued { ignored }) = as_strong(&now) else {
        panic!("{now:?} are worth nothing")
    };
    assert_eq!(ignored, now);
    // Autosteal is utility: kept by default, and nothing when utility is ignored.
    let now = lines(&["공격 시 7% 확률로 오토스틸", "최대 HP +9%", "방어력 +9%"]);
    let condition = as_strong(&now).unwrap();
    assert_eq!(condition.worth().ignored(), now[1..]);
    assert_eq!(condition.goal().unwrap().to_string(), "autosteal_pct >= 7");
    let ignoring = worth(&sheet(), &now, Utility::Ignore);
    assert!(matches!(
        AsStrong::new(ignoring),
        Err(NoStrength::NothingValued { .. })
    ));
}

/// "The same lines or better": every stat the lines carry reaches its total.
fn same_lines(now: &[OptionLine]) -> Vec<(Sum, Decimal)> {
    let tenth = Decimal::from_thousandths(100);
    let nines = Decimal::from_thousandths(100 * u64::from(LEVEL / 9));
    let main = Sum::from(Stat::IntPct)
        .plus(tenth, Stat::IntFlat)
        .plus(nines, Stat::IntPer9Levels);
    let others = [
        Stat::MattPct,
        Stat::MattFlat,
        Stat::BossDamagePct,
        Stat::IedPct,
        Stat::DamagePct,
        Stat::CritDamagePct,
        Stat::CritRatePct,
        Stat::CooldownSeconds,
        Stat::DropPct,
        Stat::MesoPct,
    ];
    let sums = std::iter::once(main).chain(others.map(Sum::from));
    sums.map(|sum| (sum.value(now), sum))
        .filter(|(least, _)| *least > Decimal::default())
        .map(|(least, sum)| (sum, least))
        .collect()
}

fn same_lines_odds(draw: &Draw, now: &[OptionLine]) -> Option<Odds> {
    let parts = same_lines(now).into_iter();
    let parts = parts.map(|(sum, least)| Goal::at_least(sum, least).unwrap());
    let goal = Goal::all(parts).ok()?;
    Some(Rules::current().odds_of(draw, &goal).unwrap())
}

#[test]
fn chances_are_never_below_those_of_the_same_lines_when_these_are_accepted() {
    let mut dice = ChaCha8Rng::seed_from_u64(7);
    let (mut compared, mut harder_alone) = (0, 0);
    for round in 0..120 {
        let part = [Part::Weapon, Part::Hat, Part::Ring, Part::Gloves][round % 4];
        let method = [Method::MesoPotential, Method::MesoAdditional][round / 4 % 2];
        let draw = Draw::new(method, part, 200);
        let now = tables(&draw, Grade::Legendary).draw(|below| dice.random_range(0..below));
        let (Ok(alone), Some(same)) = (as_strong(&now), same_lines_odds(&draw, &now)) else {
            continue;
        };
        let sums = same_lines(&now);
        let sums: Vec<_> = sums.iter().map(|(sum, least)| (sum, *least)).collect();
        let both = alone.clone().or_at_least(&sums).unwrap();
        let chance = |condition: &AsStrong, grade| {
            let odds = condition.odds(Rules::current(), &draw).unwrap();
            odds.chance(grade).probability()
        };
        for grade in [Grade::Unique, Grade::Legendary] {
            let same = same.chance(grade).probability();
            assert!(chance(&both, grade) >= same * (1.0 - 1e-12), "{now:?}");
            assert!(chance(&both, grade) >= chance(&alone, grade), "{now:?}");
        }
        compared += 1;
        let legendary = Grade::Legendary;
        harder_alone += i32::from(chance(&alone, legendary) < same.chance(legendary).probability());
    }
    assert!(compared > 60, "{compared}");
    assert!(
        harder_alone > 0,
        "올스탯 beside INT is worth more than INT alone"
    );
}

#[test]
fn prices_are_equal_where_one_stat_only_counts() {
    let now = lines(&["INT +12%", "INT +12%", "INT +12%"]);
    let draw = Draw::new(Method::MesoPotential, Part::Hat, 160);
    let strong = as_strong(&now)
        .unwrap()
        .odds(Rules::current(), &draw)
        .unwrap();
    let same = same_lines_odds(&draw, &now).unwrap();
    for grade in Grade::ALL.iter().copied() {
        let (strong, same) = (
            strong.chance(grade).probability(),
            same.chance(grade).probability(),
        );
        assert!(
            (strong - same).abs() <= 1e-15 * same,
            "{grade}: {strong} {same}"
        );
    }
}
