//! A whole character: three presets of 24 items with two potentials and stars each, evaluated with
//! all distributions, by the same lines and as strong; from nothing (cold), by an evaluator that has
//! seen characters with the same stars and other lines (stars known), and by one that has seen it
//! before (warm). Then its single upgrades, and the best set of them.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use cube_probability::{Grade, Level, Method, Prices, Rules};
use equipment::{
    Equipment, EvaluationOptions, Evaluator, Item, Meaning, PotentialLines, Preset, PresetChoice,
    StarForceTerms, StatTotals, UpgradeAim, UpgradeOptions, evaluate, upgrades,
};
use planning::{Attribute, BossDefence, StatSheet, Utility};

/// Slots of accessories and armour, worn with levels that have tables of their own.
const SLOTS: [(&str, u16); 12] = [
    ("모자", 250),
    ("상의", 250),
    ("하의", 250),
    ("신발", 200),
    ("장갑", 200),
    ("망토", 200),
    ("벨트", 150),
    ("어깨장식", 160),
    ("반지1", 140),
    ("반지2", 160),
    ("펜던트", 140),
    ("귀고리", 200),
];

/// Lines that make no two items of a preset ask for the same.
const MAIN: [[&str; 3]; 3] = [
    ["INT +12%", "INT +9%", "올스탯 +9%"],
    ["INT +12%", "INT +12%", "INT +9%"],
    ["INT +12%", "INT +9%", "INT +9%"],
];
const ADDITIONAL: [[&str; 3]; 6] = [
    ["INT +8%", "INT +18", "마력 +14"],
    ["캐릭터 기준 9레벨 당 INT +2", "올스탯 +5%", "INT +6%"],
    ["INT +6%", "마력 +11", "INT +4%"],
    ["캐릭터 기준 9레벨 당 INT +1", "INT +6%", "INT +4%"],
    ["올스탯 +5%", "올스탯 +5%", "INT +18"],
    ["마력 +14", "마력 +14", "INT +6%"],
];

/// The presets share all but their last four items.
fn character() -> Equipment {
    let preset = |number: u8| {
        let own = 20 + 4 * usize::from(number - 1);
        Preset {
            number,
            active: number == 1,
            items: (0..20).chain(own..own + 4).map(item).collect(),
        }
    };
    Equipment {
        class: Some("에반".to_owned()),
        presets: [1, 2, 3].map(preset).to_vec(),
        title: StatTotals::default(),
    }
}

/// The same gear without potentials.
fn stars_only(equipment: &Equipment) -> Equipment {
    let mut stars = equipment.clone();
    for item in stars
        .presets
        .iter_mut()
        .flat_map(|preset| &mut preset.items)
    {
        item.potential = None;
        item.additional_potential = None;
    }
    stars
}

fn item(index: usize) -> Item {
    let (slot, level) = SLOTS[index % SLOTS.len()];
    let round = index / SLOTS.len();
    let lines = |lines: [&str; 3]| PotentialLines {
        grade: Ok(Grade::Legendary),
        lines: lines.map(|line| Some(line.to_owned())),
    };
    Item {
        slot: slot.to_owned(),
        kind: slot.to_owned(),
        name: slot.to_owned(),
        icon: None,
        level: Ok(level),
        potential: Some(lines(MAIN[round % MAIN.len()])),
        additional_potential: Some(lines(ADDITIONAL[(index + round) % ADDITIONAL.len()])),
        stars: Ok([22, 22, 21, 18, 17][index % 5]),
        stars_from_scroll: Ok(false),
        totals: StatTotals::default(),
    }
}

/// Stats of a magician whose gear this could be.
fn stat_sheet() -> StatSheet {
    StatSheet {
        main: vec![Attribute::Int],
        sub: vec![Attribute::Luk],
        main_final: 62_000.0,
        main_base: 5_500.0,
        main_pct: 640.0,
        main_flat_unscaled: 21_300.0,
        sub_final: 5_200.0,
        sub_base: Some(1_600.0),
        sub_pct: Some(200.0),
        sub_flat_unscaled: 400.0,
        attack_final: 7_500.0,
        attack_base: 3_400.0,
        attack_pct: 120.0,
        damage_pct: 70.0,
        boss_damage_pct: 400.0,
        final_damage_pct: 60.0,
        critical_rate_pct: 100.0,
        critical_damage_pct: 100.0,
        ied_pct: 95.5,
        weapon_factor: Some(1.2),
        attributes: std::collections::BTreeMap::new(),
    }
}

fn options(presets: PresetChoice, meaning: Meaning) -> EvaluationOptions {
    EvaluationOptions {
        character_level: Some(285),
        presets,
        meaning: Some(meaning),
        stat_sheet: Some(stat_sheet()),
        ..EvaluationOptions::default()
    }
}

fn whole_character(criterion: &mut Criterion) {
    let equipment = character();
    let choices = [
        ("three presets", PresetChoice::All),
        ("the active preset", PresetChoice::Active),
    ];
    for (presets, choice) in choices {
        let mut group = criterion.benchmark_group(format!("a whole character, {presets}"));
        for meaning in [Meaning::SameLines, Meaning::AsStrong] {
            let options = options(choice, meaning);
            group.bench_function(format!("{} cold", meaning.id()), |bencher| {
                bencher.iter(|| evaluate(black_box(&equipment), Rules::current(), &options));
            });
            let stars = stars_only(&equipment);
            group.bench_function(format!("{} stars known", meaning.id()), |bencher| {
                bencher.iter_batched(
                    || {
                        let evaluator = Evaluator::new();
                        evaluator.evaluate(&stars, Rules::current(), &options);
                        evaluator
                    },
                    |evaluator| evaluator.evaluate(&equipment, Rules::current(), &options),
                    BatchSize::PerIteration,
                );
            });
            let evaluator = Evaluator::new();
            group.bench_function(format!("{} warm", meaning.id()), |bencher| {
                bencher
                    .iter(|| evaluator.evaluate(black_box(&equipment), Rules::current(), &options));
            });
        }
        group.finish();
    }
}

/// One item, as strong, from its lines to the price with its distributions; no totals.
fn one_item(criterion: &mut Criterion) {
    let mut equipment = character();
    equipment.presets.truncate(1);
    let items = &mut equipment.presets[0].items;
    items.truncate(1);
    items[0].stars = Ok(0);
    items[0].additional_potential = None;
    let options = options(PresetChoice::Active, Meaning::AsStrong);
    criterion.bench_function("one item as_strong cold", |bencher| {
        bencher.iter(|| evaluate(black_box(&equipment), Rules::current(), &options));
    });
}

fn single_upgrades(criterion: &mut Criterion) {
    let equipment = character();
    let of = |budget: u64| UpgradeOptions {
        rules: Rules::current(),
        stat_sheet: stat_sheet(),
        character_level: 285,
        boss_defence: BossDefence::DEFAULT,
        minimum_gain: 0.001,
        exclude_slots: Vec::new(),
        methods: vec![Method::MesoPotential, Method::MesoAdditional],
        prices: Prices::new(),
        star_force: StarForceTerms::default(),
        starts: std::collections::BTreeMap::new(),
        utility: Utility::Keep,
        aim: UpgradeAim::Budget(budget),
        confidence: Level::new(0.8).expect("within 0 and 1"),
    };
    let mut group = criterion.benchmark_group("upgrades");
    group.sample_size(10);
    // No action costs as little as one meso, so that this is the ranking alone.
    for (name, budget) in [
        ("ranking", 1),
        ("best set for 100 billion", 100_000_000_000),
    ] {
        let options = of(budget);
        group.bench_function(name, |bencher| {
            bencher.iter(|| upgrades(black_box(equipment.worn()), &options));
        });
    }
    group.finish();
}

criterion_group!(benches, whole_character, one_item, single_upgrades);
criterion_main!(benches);
