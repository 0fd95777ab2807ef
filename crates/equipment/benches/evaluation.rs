//! A whole character: three presets of 24 items with two potentials and stars each, evaluated with
//! all distributions; from nothing (cold), and by an evaluator that has seen it before (warm).

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use cube_probability::{Grade, Rules};
use equipment::{
    Equipment, EvaluationOptions, Evaluator, Item, PotentialLines, Preset, PresetChoice,
    StatTotals, evaluate,
};

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

fn whole_character(criterion: &mut Criterion) {
    let equipment = character();
    let options = EvaluationOptions {
        character_level: Some(285),
        presets: PresetChoice::All,
        ..EvaluationOptions::default()
    };
    let mut group = criterion.benchmark_group("a whole character, three presets");
    group.bench_function("cold", |bencher| {
        bencher.iter(|| evaluate(black_box(&equipment), Rules::current(), &options));
    });
    let evaluator = Evaluator::new();
    group.bench_function("warm", |bencher| {
        bencher.iter(|| evaluator.evaluate(black_box(&equipment), Rules::current(), &options));
    });
    group.finish();
}

criterion_group!(benches, whole_character);
criterion_main!(benches);
