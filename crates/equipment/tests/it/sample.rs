//! A real document, evaluated and compared with the figures of an independent reference.
//!
//! The document and the figures are not part of the repository; without them this test says so
//! and checks nothing.

use std::path::{Path, PathBuf};

use cube_probability::star_force::Note;
use cube_probability::{Goal, Grade, Level, Rules};
use equipment::{
    Equipment, EvaluationOptions, Item, ItemExpectation, Outcome, PotentialExpectation,
    PotentialLines, Preset, PresetChoice, StatTotals, Warning, evaluate,
};
use serde_json::Value;

/// The folder `shared/samples` beside this checkout, or none, said loudly.
fn samples() -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(3);
    let found = above
        .map(|folder| folder.join("shared/samples"))
        .find(|samples| samples.join("expected.evan.json").exists());
    if found.is_none() {
        eprintln!("SKIPPED: no folder `shared/samples` beside this checkout");
    }
    found
}

fn json(folder: &Path, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap()
}

#[test]
fn every_row_agrees_with_the_reference() {
    let Some(samples) = samples() else { return };
    let equipment = read(&json(&samples, "item-equipment.evan.json"));
    let options = EvaluationOptions {
        class: Some("에반".to_owned()),
        character_level: Some(285),
        quantiles: vec![Level::new(0.9).unwrap()],
        ..EvaluationOptions::default()
    };
    let expectation = evaluate(&equipment, Rules::current(), &options);
    let notes = [Note::FreeSpareItems, Note::RestoreFeeByRule].map(Warning::StarForce);
    for warning in &expectation.warnings {
        assert!(notes.contains(warning), "{warning}");
    }
    let [preset] = &expectation.presets[..] else {
        panic!("one active preset");
    };
    assert_eq!(preset.number, 2);
    assert!(preset.total.is_complete());

    let expected = json(&samples, "expected.evan.json");
    let expected = expected.as_array().unwrap();
    let carried: usize = preset.items.iter().map(|item| potentials(item).len()).sum();
    assert_eq!(carried, expected.len(), "every potential has its row");
    for row in expected {
        agrees(row, &preset.items);
    }
}

#[test]
fn every_potential_of_every_preset_has_a_price_even_without_class_and_level() {
    let Some(samples) = samples() else { return };
    let equipment = read(&json(&samples, "item-equipment.evan.json"));
    let options = EvaluationOptions {
        presets: PresetChoice::All,
        ..EvaluationOptions::default()
    };
    let expectation = evaluate(&equipment, Rules::current(), &options);
    assert_eq!(expectation.presets.len(), 3);
    for preset in &expectation.presets {
        for item in &preset.items {
            for potential in potentials(item) {
                match &potential.outcome {
                    Outcome::Priced(price) => assert!(price.cost.mean > 0.0),
                    // Its gloves carry autosteal lines, kept as utility, which this method never
                    // makes.
                    Outcome::Unreachable { .. } => assert_eq!(item.slot, "장갑"),
                    other => assert_eq!(other.status(), "nothing_valued", "{item:?}"),
                }
            }
        }
    }
}

fn potentials(item: &ItemExpectation) -> Vec<&PotentialExpectation> {
    let both = [&item.potential, &item.additional_potential];
    both.into_iter().filter(|p| p.grade.is_some()).collect()
}

fn agrees(row: &Value, items: &[ItemExpectation]) {
    let text = |name: &str| row[name].as_str().unwrap();
    let item = items.iter().find(|item| item.slot == text("slot")).unwrap();
    let (which, potential) = match text("kind") {
        "potential" => ("potential", &item.potential),
        _ => ("additional potential", &item.additional_potential),
    };
    let place = format!("{} {which}", item.slot);
    assert_eq!(item.part.unwrap().id(), text("part"), "{place}");
    let Outcome::Priced(price) = &potential.outcome else {
        panic!("{place}: {:?}", potential.outcome);
    };
    assert_eq!(price.goal.to_string(), text("goal"), "{place}");
    close(price.cost.mean, &row["mean"], 1e-6, &place);
    close(price.trials.mean, &row["trials"], 1e-6, &place);
    assert_eq!(
        price.cost.quantiles[0].value,
        row["p90"].as_u64(),
        "{place}"
    );

    // The reference gives the chance at legendary whatever the item's grade is.
    let legendary = at_legendary(item, which, &price.goal);
    close(legendary, &row["p"], 1e-8, &place);
    if potential.grade == Some(Grade::Legendary) {
        assert_eq!(
            price.success_probability.to_bits(),
            legendary.to_bits(),
            "{place}"
        );
    }
}

fn at_legendary(item: &ItemExpectation, which: &str, goal: &Goal) -> f64 {
    let method = match which {
        "potential" => cube_probability::Method::MesoPotential,
        _ => cube_probability::Method::MesoAdditional,
    };
    let part = item.part.unwrap();
    let rules = Rules::current();
    rules
        .success_probability(method, part, item.level.unwrap(), Grade::Legendary, goal)
        .unwrap()
}

fn close(ours: f64, theirs: &Value, tolerance: f64, place: &str) {
    let theirs = theirs.as_f64().unwrap();
    let off = (ours / theirs - 1.0).abs();
    assert!(off <= tolerance, "{place}: {ours} is not {theirs}");
}

/// Reads as much of the document as an evaluation needs.
fn read(document: &Value) -> Equipment {
    let active = document["preset_no"].as_u64().unwrap();
    let preset = |number: u8| Preset {
        number,
        active: active == u64::from(number),
        items: document[format!("item_equipment_preset_{number}")]
            .as_array()
            .unwrap()
            .iter()
            .map(read_item)
            .collect(),
    };
    Equipment {
        class: document["character_class"].as_str().map(str::to_owned),
        presets: [1, 2, 3].map(preset).to_vec(),
        title: StatTotals::default(),
    }
}

fn read_item(item: &Value) -> Item {
    let text = |name: &str| item[name].as_str().unwrap().to_owned();
    let level = item["item_base_option"]["base_equipment_level"].as_u64();
    Item {
        slot: text("item_equipment_slot"),
        kind: text("item_equipment_part"),
        name: text("item_name"),
        icon: None,
        level: Ok(level.unwrap().try_into().unwrap()),
        potential: read_potential(item, "potential_option"),
        additional_potential: read_potential(item, "additional_potential_option"),
        stars: Ok(text("starforce").parse().unwrap()),
        stars_from_scroll: Ok(text("starforce_scroll_flag") == "사용"),
        totals: StatTotals::default(),
    }
}

fn read_potential(item: &Value, prefix: &str) -> Option<PotentialLines> {
    let grade = item[format!("{prefix}_grade")].as_str()?;
    let line = |n| item[format!("{prefix}_{n}")].as_str().map(str::to_owned);
    Some(PotentialLines {
        grade: Grade::from_korean(grade).ok_or_else(|| grade.to_owned()),
        lines: [line(1), line(2), line(3)],
    })
}
