//! Stat sheets: V by hand, decompositions that give the final stats, and gains against a character
//! computed anew.

use cube_probability::OptionLine;
use planning::{
    Attribute, Bonus, BossDefence, ClassStats, Contribution, Decomposition, Detail, NotValued,
    RecordedStats, SheetError, StatSheet, StatSource, Valuation,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn example() -> StatSheet {
    serde_json::from_str(
        r#"{"main":["int"],"sub":["luk"],"main_final":62000,"main_base":5200,"main_pct":530,
        "main_flat_unscaled":18000,"sub_final":9000,"attack_final":7800,"attack_base":4100,
        "attack_pct":88,"damage_pct":80,"boss_damage_pct":420,"final_damage_pct":55,
        "critical_rate_pct":100,"critical_damage_pct":98,"ied_pct":95.3,"weapon_factor":1.2}"#,
    )
    .unwrap()
}

fn lines(texts: &[&str]) -> Bonus {
    let lines: Vec<OptionLine> = texts.iter().map(|text| text.parse().unwrap()).collect();
    Bonus::of_lines(&lines, true, 285)
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-12 * b.abs().max(1.0), "{a} is not {b}");
}

#[test]
fn value_of_the_documented_example_is_as_by_hand() {
    let valuation = Valuation::of(&example(), BossDefence::DEFAULT).unwrap();
    // 2,570 * 7,800 * 6 * 1.55 * 2.33 * (1 - 3.8 * 0.047)
    let by_hand = 2_570.0 * 7_800.0 * 6.0 * 1.55 * 2.33 * (1.0 - 3.8 * 0.047);
    close(valuation.value(&Bonus::NONE), by_hand);
}

#[test]
fn gains_of_single_lines_are_as_by_hand() {
    let valuation = Valuation::of(&example(), BossDefence::DEFAULT).unwrap();
    let gain = |texts: &[&str]| valuation.gain(&Bonus::NONE, &lines(texts));
    // 12 % of 5,200 is 624 points of 4 in S of 257,000; LUK counts nothing here.
    close(gain(&["INT +12%"]), 4.0 * 624.0 / 257_000.0);
    close(gain(&["보스 몬스터 데미지 +30%"]), 0.3 / 6.0);
    close(gain(&["크리티컬 데미지 +8%"]), 0.08 / 2.33);
    close(gain(&["크리티컬 확률 +9%"]), 0.0);
    // 4,100 * 0.12, from floor(7,708) to floor(8,200).
    close(gain(&["마력 +12%"]), 492.0 / 7_800.0);
    let left = 1.0 - 3.8 * 0.047;
    close(
        gain(&["몬스터 방어율 무시 +40%"]),
        (1.0 - 3.8 * 0.047 * 0.6) / left - 1.0,
    );
    close(
        valuation.equivalent_main_stat(4.0 * 624.0 / 257_000.0),
        624.0,
    );
}

#[test]
fn gain_of_the_documented_reset_is_as_by_hand() {
    let sheet = StatSheet {
        sub_base: Some(2_500.0),
        sub_pct: Some(200.0),
        ..example()
    };
    let valuation = Valuation::of(&sheet, BossDefence::DEFAULT).unwrap();
    let now = lines(&["INT +9%", "INT +6%", "LUK +6%"]);
    let new = lines(&["INT +12%", "INT +9%", "올스탯 +9%"]);
    let gain = valuation.gain(&now, &new);
    close(gain, 3_195.0 / 257_000.0);
    close(valuation.equivalent_main_stat(gain), 798.75);
}

#[test]
fn critical_rate_that_falls_below_100_is_lost() {
    let valuation = Valuation::of(&example(), BossDefence::DEFAULT).unwrap();
    let gain = valuation.gain(&lines(&["크리티컬 확률 +9%"]), &Bonus::NONE);
    close(gain, (1.0 + 0.91 * 1.33) / 2.33 - 1.0);
}

#[test]
fn impossible_numbers_are_refused_by_field_and_range() {
    let refused = |change: fn(&mut StatSheet)| {
        let mut sheet = example();
        change(&mut sheet);
        sheet.check().unwrap_err().to_string()
    };
    for (change, message) in [
        (
            (|s| s.ied_pct = 101.0) as fn(&mut StatSheet),
            "ied_pct is 101; expected a number from 0 to 100",
        ),
        (
            |s| s.main_final = f64::NAN,
            "main_final is NaN; expected a number from 1 to 10000000",
        ),
        (
            |s| s.attack_final = -1.0,
            "attack_final is -1; expected a number from 1 to 1000000",
        ),
        (
            |s| s.main.clear(),
            "main names 0 attributes; expected one, or three, each once",
        ),
        (
            |s| s.sub.push(Attribute::Int),
            "sub names 2 attributes; expected at most two, none of them in main, each once",
        ),
    ] {
        assert_eq!(refused(change), message);
    }
    let mut sheet = example();
    sheet.ied_pct = 0.0;
    assert!(matches!(
        Valuation::of(&sheet, BossDefence::DEFAULT),
        Err(NotValued::NoDamage { .. })
    ));
    assert!(matches!(
        BossDefence::new(f64::INFINITY),
        Err(SheetError::OutOfRange { .. })
    ));
}

#[test]
fn hardest_boss_is_the_first_that_takes_damage() {
    // 1 - R * (1 - ied) is above 0 from ied = 1 - 1 / R on: 73.7 % for 380 %, 66.7 % for 300 %.
    for (ied_pct, defence) in [
        (95.0, 3.8),
        (73.7, 3.8),
        (73.6, 3.0),
        (66.7, 3.0),
        (66.6, 2.5),
        (50.1, 2.0),
        (50.0, 1.0),
        (0.1, 1.0),
        (0.0, 0.5),
    ] {
        let mut sheet = example();
        sheet.ied_pct = ied_pct;
        let hardest = BossDefence::hardest_for(&sheet);
        assert_eq!(hardest, BossDefence::new(defence).unwrap(), "{ied_pct}");
    }
}

#[test]
fn swapped_sheets_are_worth_what_the_gain_says() {
    let sheet = example();
    let (old, new) = (
        lines(&["INT +9%", "마력 +9%"]),
        lines(&["INT +12%", "올스탯 +9%"]),
    );
    let before = Valuation::of(&sheet, BossDefence::DEFAULT).unwrap();
    let after = Valuation::of(&sheet.swapped(&old, &new).unwrap(), BossDefence::DEFAULT).unwrap();
    let ratio = after.value(&Bonus::NONE) / before.value(&Bonus::NONE) - 1.0;
    close(ratio, before.gain(&old, &new));
}

/// A character whose every source is known.
struct Planted {
    class: ClassStats,
    ability_points: [f64; 4],
    contributions: Vec<Contribution>,
}

impl Planted {
    fn draw(class: &str, dice: &mut ChaCha8Rng) -> Self {
        let class = ClassStats::of_class(class).unwrap();
        let mut whole = |most: i32| f64::from(dice.random_range(0..=most));
        let ability_points = [0; 4].map(|_| 4.0 + whole(1500));
        let contributions = StatSource::ALL.map(|source| Contribution {
            source,
            bonus: Bonus {
                flat: [0; 4].map(|_| 200.0 + whole(900)),
                pct: [0; 4].map(|_| 10.0 + whole(80)),
                flat_unscaled: [0; 4].map(|_| whole(4000)),
                attack: 200.0 + whole(700),
                attack_pct: 5.0 + whole(20),
                damage_pct: whole(20),
                boss_damage_pct: whole(60),
                critical_rate_pct: whole(25),
                critical_damage_pct: whole(20),
                defence_left: 1.0 - (20.0 + whole(35)) / 100.0,
            },
        });
        Self {
            class,
            ability_points,
            contributions: contributions.to_vec(),
        }
    }

    /// The final stats by the game's own rule.
    fn recorded(&self) -> RecordedStats {
        let sum = |get: &dyn Fn(&Bonus) -> f64| -> f64 {
            self.contributions
                .iter()
                .map(|given| get(&given.bonus))
                .sum()
        };
        let multiplied = |points: f64, pct: f64| {
            // In integers, as a check on the model's own rounding.
            #[expect(clippy::cast_possible_truncation, reason = "whole numbers")]
            let product = (points as i64) * (100 + pct as i64);
            (product.div_euclid(100)) as f64
        };
        let attributes = [0, 1, 2, 3].map(|i| {
            let base = self.ability_points[i] + sum(&|bonus| bonus.flat[i]);
            multiplied(base, sum(&|bonus| bonus.pct[i])) + sum(&|bonus| bonus.flat_unscaled[i])
        });
        let attack = multiplied(sum(&|bonus| bonus.attack), sum(&|bonus| bonus.attack_pct));
        let left = self
            .contributions
            .iter()
            .map(|given| given.bonus.defence_left);
        RecordedStats {
            attributes,
            ability_points: self.ability_points,
            attack,
            magic_attack: attack,
            max_hp: f64::NAN,
            damage_pct: sum(&|bonus| bonus.damage_pct),
            boss_damage_pct: sum(&|bonus| bonus.boss_damage_pct),
            final_damage_pct: 55.0,
            ied_pct: 100.0 * (1.0 - left.product::<f64>()),
            critical_rate_pct: sum(&|bonus| bonus.critical_rate_pct),
            critical_damage_pct: sum(&|bonus| bonus.critical_damage_pct),
            stat_attack: None,
            combat_power: None,
        }
    }

    fn decomposition(&self) -> Decomposition {
        Decomposition::of(self.class, &self.recorded(), &self.contributions).unwrap()
    }
}

const CLASSES: [&str; 7] = [
    "에반",
    "레테",
    "아델",
    "보우마스터",
    "나이트로드",
    "섀도어",
    "제논",
];

#[test]
fn full_decompositions_of_planted_characters_leave_no_rest() {
    let mut dice = ChaCha8Rng::seed_from_u64(1);
    for round in 0..200 {
        let planted = Planted::draw(CLASSES[round % CLASSES.len()], &mut dice);
        let decomposition = planted.decomposition();
        assert_eq!(decomposition.detail, Detail::Full);
        assert!(decomposition.rest.is_empty(), "{:?}", decomposition.rest);
        assert!(
            decomposition.unknown.is_empty(),
            "{:?}",
            decomposition.unknown
        );
        let text = serde_json::to_string(&decomposition.sheet).unwrap();
        assert!(!text.contains("-0"), "{text}");
        let mut read: StatSheet = serde_json::from_str(&text).unwrap();
        // Decimal text may cost the last bit.
        close(read.ied_pct, decomposition.sheet.ied_pct);
        close(read.main_pct, decomposition.sheet.main_pct);
        read.ied_pct = decomposition.sheet.ied_pct;
        read.main_pct = decomposition.sheet.main_pct;
        assert_eq!(read, decomposition.sheet);
    }
}

#[test]
fn gains_equal_those_of_the_character_computed_anew() {
    let texts = [
        "INT +12%",
        "올스탯 +9%",
        "마력 +9%",
        "공격력 +12%",
        "보스 몬스터 데미지 +40%",
        "몬스터 방어율 무시 +35%",
        "크리티컬 데미지 +8%",
        "크리티컬 확률 +9%",
        "데미지 +9%",
        "STR +9%",
        "DEX +18",
        "LUK +6%",
        "올스탯 +5",
        "캐릭터 기준 9레벨 당 INT +2",
        "최대 HP +9%",
    ];
    let mut dice = ChaCha8Rng::seed_from_u64(2);
    for round in 0..1_000 {
        let mut planted = Planted::draw(CLASSES[round % CLASSES.len()], &mut dice);
        let magic = planted.class.main.is_magic();
        let mut three = || -> Bonus {
            let drawn = [0; 3].map(|_| texts[dice.random_range(0..texts.len())].parse().unwrap());
            Bonus::of_lines(&drawn, magic, 285)
        };
        let (old, new) = (three(), three());
        let bare = planted.contributions[0].bonus;
        planted.contributions[0].bonus = bare.plus(old);
        let before = planted.decomposition();
        planted.contributions[0].bonus = bare.plus(new);
        let after = planted.decomposition();
        let value = |sheet| Valuation::of(sheet, BossDefence::DEFAULT).unwrap();
        let (now, then) = (value(&before.sheet), value(&after.sheet));
        let expected = then.value(&Bonus::NONE) / now.value(&Bonus::NONE) - 1.0;
        let told = now.gain(&old, &new);
        assert!(
            (told - expected).abs() < 1e-9,
            "round {round}: {told} is not {expected}"
        );
    }
}

#[test]
fn hidden_parts_become_a_rest_whose_bounds_hold_the_true_gain() {
    let mut dice = ChaCha8Rng::seed_from_u64(3);
    let better = lines(&["INT +12%", "올스탯 +9%", "마력 +9%"]);
    for round in 0..300 {
        let planted = Planted::draw("에반", &mut dice);
        let truth = Valuation::of(&planted.decomposition().sheet, BossDefence::DEFAULT).unwrap();
        let truth = truth.gain(&Bonus::NONE, &better);
        // One kind of part of one source goes unseen: points, per cent or unscaled points.
        let mut seen = planted.contributions.clone();
        let hidden = &mut seen[dice.random_range(0..7)].bonus;
        match round % 3 {
            0 => hidden.flat = [0.0; 4],
            1 => hidden.pct = [0.0; 4],
            _ => hidden.flat_unscaled = [0.0; 4],
        }
        let decomposition = Decomposition::of(planted.class, &planted.recorded(), &seen).unwrap();
        assert!(
            decomposition
                .rest
                .iter()
                .any(|rest| rest.of == "main" && rest.points > 0.0)
        );
        let bounds = decomposition.gain_bounds(&Bonus::NONE, &better, BossDefence::DEFAULT);
        let (lower, upper) = bounds.unwrap();
        assert!(
            lower - 1e-4 <= truth && truth <= upper + 1e-4,
            "{lower} {truth} {upper}"
        );
    }
}

#[test]
fn quick_decompositions_give_the_final_stats_and_bound_the_gain() {
    let mut dice = ChaCha8Rng::seed_from_u64(4);
    let better = lines(&["INT +12%", "INT +9%", "INT +9%"]);
    for _ in 0..200 {
        let planted = Planted::draw("에반", &mut dice);
        let recorded = planted.recorded();
        let truth = Valuation::of(&planted.decomposition().sheet, BossDefence::DEFAULT).unwrap();
        let truth = truth.gain(&Bonus::NONE, &better);
        let quick = Decomposition::of(planted.class, &recorded, &[]).unwrap();
        assert_eq!(quick.detail, Detail::Quick);
        assert_eq!(
            quick.sheet.main_final.to_bits(),
            recorded.attributes[2].to_bits()
        );
        assert!(!quick.unknown.is_empty());
        let bounds = quick.gain_bounds(&Bonus::NONE, &better, BossDefence::DEFAULT);
        let (lower, upper) = bounds.unwrap();
        assert!(lower <= truth && truth <= upper, "{lower} {truth} {upper}");
        let estimate = Valuation::of(&quick.sheet, BossDefence::DEFAULT).unwrap();
        let estimate = estimate.gain(&Bonus::NONE, &better);
        assert!(
            lower <= estimate && estimate <= upper,
            "{lower} {estimate} {upper}"
        );
    }
}

#[test]
fn demon_avenger_is_not_valued() {
    let class = ClassStats::of_class("데몬어벤져").unwrap();
    let recorded = RecordedStats::default();
    assert_eq!(
        Decomposition::of(class, &recorded, &[]),
        Err(NotValued::DemonAvenger)
    );
}

#[test]
fn stat_attack_is_solved_for_the_weapon_factor_and_given_back() {
    let mut dice = ChaCha8Rng::seed_from_u64(5);
    let planted = Planted::draw("섀도어", &mut dice);
    let mut recorded = planted.recorded();
    recorded.stat_attack = Some(123_456_789.0);
    let decomposition = Decomposition::of(planted.class, &recorded, &planted.contributions);
    let sheet = decomposition.unwrap().sheet;
    assert!((sheet.stat_attack().unwrap() / 123_456_789.0 - 1.0).abs() < 1e-8);
    assert!(sheet.is_of(planted.class));
}
