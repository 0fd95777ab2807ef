//! The tables of single lines: they sum to one and are the published ones.

use std::collections::{BTreeMap, HashMap};

use crate::shared::shared;
use cube_probability::{Grade, LineTables, Method, OptionLine, Part, Rules};

/// A level inside every band of the published tables.
const LEVELS: [u16; 16] = [
    0, 9, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 200, 250,
];

fn tables(method: Method, part: Part, level: u16, grade: Grade) -> LineTables {
    Rules::current()
        .line_tables(method, part, level, grade)
        .unwrap()
}

#[test]
fn every_table_of_every_line_sums_to_one() {
    let mut seen = 0;
    for &method in Method::ALL.iter().filter(|m| !m.keeps_first_line()) {
        for &part in Part::ALL {
            for level in LEVELS {
                for &grade in method.grades() {
                    let tables = tables(method, part, level, grade);
                    for line in 0..3 {
                        let sum: u64 = tables.options().iter().map(|o| o.weights[line]).sum();
                        assert_eq!(
                            sum,
                            tables.total(),
                            "{method} {part} {level} {grade} {line}"
                        );
                        seen += 1;
                    }
                }
            }
        }
    }
    assert_eq!(seen, (7 * 4 + 3 + 2 * 2) * 20 * 16 * 3);
}

/// Percentages of Guide/OtherProbability/cube for the black cube, with their four places.
#[test]
fn lines_of_a_legendary_weapon_have_the_published_percentages() {
    for (level, text, published) in [
        (200, "보스 몬스터 데미지 +40%", [4.8780, 0.9756, 0.2439]),
        (200, "보스 몬스터 데미지 +35%", [9.7561, 1.9512, 0.4878]),
        (200, "몬스터 방어율 무시 +40%", [4.8780, 0.9756, 0.2439]),
        (200, "STR +9%", [0.0, 9.3023, 11.0465]),
        (250, "STR +13%", [9.7561, 1.9512, 0.4878]),
        (250, "보스 몬스터 데미지 +45%", [4.8780, 0.9756, 0.2439]),
        (250, "STR +10%", [0.0, 9.3023, 11.0465]),
    ] {
        let tables = tables(Method::Black, Part::Weapon, level, Grade::Legendary);
        let line: OptionLine = text.parse().unwrap();
        for (number, published) in published.into_iter().enumerate() {
            let options = tables.options().iter().filter(|option| option.line == line);
            let weight: u64 = options.map(|option| option.weights[number]).sum();
            let percent = 100.0 * weight as f64 / tables.total() as f64;
            assert!(
                (percent - published).abs() <= 0.000_05,
                "{text} at level {level}, line {}: {percent} is not {published}",
                number + 1
            );
        }
    }
}

/// The rows of a published table by column name.
fn rows(table: &str) -> Vec<HashMap<String, String>> {
    let mut lines = table.lines();
    let header: Vec<_> = lines.next().unwrap().split(',').collect();
    let named = |row: &str| {
        let cells = row.split(',').map(str::to_owned);
        header
            .iter()
            .map(|name| (*name).to_owned())
            .zip(cells)
            .collect()
    };
    lines.map(named).collect()
}

#[test]
fn every_line_of_every_published_table_is_found_again() {
    let (Some(pools), Some(map), Some(primes)) = (
        shared("data/potential_pools.csv"),
        shared("data/potential_pool_map.csv"),
        shared("data/prime_rates.csv"),
    ) else {
        return;
    };
    let mut pool: HashMap<String, Vec<(OptionLine, f64)>> = HashMap::new();
    for row in rows(&pools) {
        let weight: f64 = row["weight"].parse().unwrap();
        let total: f64 = row["total_weight"].parse().unwrap();
        let line = row["option_text_ko"].parse().unwrap();
        pool.entry(row["pool_id"].clone())
            .or_default()
            .push((line, weight / total));
    }
    let bands: HashMap<_, _> = rows(&map)
        .into_iter()
        .map(|row| {
            let level: u16 = row["level_max"].parse().unwrap();
            let part = Part::from_korean(&row["part"]).unwrap();
            (
                (
                    row["family"].clone(),
                    part,
                    level,
                    row["pool_grade"].clone(),
                ),
                row["pool_id"].clone(),
            )
        })
        .collect();
    let mut compared = 0;
    for prime in rows(&primes) {
        let method: Method = prime["cube"].parse().unwrap();
        let grade = Grade::from_korean(&prime["grade"]).unwrap();
        let line = prime["line"].parse::<usize>().unwrap() - 1;
        for (family, part, level, _) in bands.keys().filter(|key| key.3 == prime["grade"]) {
            if *family != prime["family"] {
                continue;
            }
            let mut published: BTreeMap<OptionLine, f64> = BTreeMap::new();
            for (rate, pool_grade) in [
                (&prime["prime_rate"], &prime["prime_pool_grade"]),
                (&prime["lower_rate"], &prime["lower_pool_grade"]),
            ] {
                let rate: f64 = rate.parse().unwrap();
                let id = &bands[&(family.clone(), *part, *level, pool_grade.clone())];
                for (option, share) in &pool[id] {
                    *published.entry(*option).or_default() += rate * share;
                }
            }
            let tables = tables(method, *part, *level, grade);
            let mut ours: BTreeMap<OptionLine, f64> = BTreeMap::new();
            for option in tables.options() {
                let share = option.weights[line] as f64 / tables.total() as f64;
                *ours.entry(option.line).or_default() += share;
            }
            assert_eq!(ours.len(), published.len());
            for (option, share) in &published {
                assert!(
                    (ours[option] - share).abs() < 1e-12,
                    "{method} {part} {level} {option}"
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 100_000, "only {compared} lines compared");
}
