//! The reader on a real document. The document is not part of this repository; without it these
//! tests say so and pass.

use std::fs;
use std::path::Path;

use cube_probability::{Grade, Rules};
use equipment::{EvaluationOptions, Meaning, Safeguard, SpareItems, StarForceTerms, evaluate};
use nexon_http::read_equipment;
use planning::StatSheet;

const SAMPLE: &str = "shared/samples/item-equipment.evan.json";

#[test]
fn real_document_is_read_whole() {
    let Some(document) = real_document() else {
        eprintln!("SKIPPED: {SAMPLE} is in no folder above this crate");
        return;
    };
    let equipment = read_equipment(&document).unwrap();
    assert_eq!(equipment.class.as_deref(), Some("에반"));
    let shape: Vec<_> = equipment
        .presets
        .iter()
        .map(|preset| (preset.number, preset.active, preset.items.len()))
        .collect();
    assert_eq!(shape, [(1, false, 23), (2, true, 24), (3, false, 23)]);

    let items = &equipment.presets[1].items;
    let hat = items.iter().find(|item| item.slot == "모자").unwrap();
    assert_eq!(
        (hat.name.as_str(), hat.level.clone(), hat.stars.clone()),
        ("에테르넬 메이지햇", Ok(250), Ok(22))
    );
    let potential = hat.potential.as_ref().unwrap();
    assert_eq!(potential.grade, Ok(Grade::Legendary));
    assert_eq!(
        potential.lines[0].as_deref(),
        Some("스킬 재사용 대기시간 -2초")
    );
    assert_eq!((hat.totals.int, hat.totals.magic), (398, 200));

    let medal = items.iter().find(|item| item.slot == "훈장").unwrap();
    assert_eq!(
        (&medal.potential, &medal.additional_potential),
        (&None, &None)
    );
    let graded = items.iter().filter_map(|item| item.potential.as_ref());
    assert!(graded.clone().all(|potential| potential.grade.is_ok()));
    assert_eq!(graded.count(), 20);
}

fn real_document() -> Option<Vec<u8>> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .find_map(|folder| fs::read(folder.join(SAMPLE)).ok())
}

/// The three prices of the sample in `docs/enhancement.md`, by the stat sheet of `docs/examples`.
#[test]
fn sample_is_priced_in_three_ways_as_the_docs_say() {
    let Some(document) = real_document() else {
        eprintln!("SKIPPED: {SAMPLE} is in no folder above this crate");
        return;
    };
    let equipment = read_equipment(&document).unwrap();
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let sheet = fs::read(docs.join("examples/stat-sheet.json")).unwrap();
    let sheet: StatSheet = serde_json::from_slice(&sheet).unwrap();
    let page = fs::read_to_string(docs.join("enhancement.md")).unwrap();
    let by = |meaning, star_force| EvaluationOptions {
        character_level: Some(285),
        meaning: Some(meaning),
        stat_sheet: Some(sheet.clone()),
        star_force,
        ..EvaluationOptions::default()
    };
    let spares = StarForceTerms {
        spare_items: SpareItems {
            default: 3_000_000_000,
            ..SpareItems::default()
        },
        safeguard: Safeguard::Cheapest,
        ..StarForceTerms::default()
    };
    let mut totals = Vec::new();
    for (way, options) in [
        (
            "same lines",
            by(Meaning::SameLines, StarForceTerms::default()),
        ),
        (
            "as strong",
            by(Meaning::AsStrong, StarForceTerms::default()),
        ),
        (
            "as strong, spares at 3 billion",
            by(Meaning::AsStrong, spares),
        ),
    ] {
        let expectation = evaluate(&equipment, Rules::current(), &options);
        let total = &expectation.presets[0].total;
        let billions = |meso: f64| format!("{:.1}", meso / 1e9);
        let row = format!(
            "| {way} | {} | {} | {} | {} |",
            billions(total.potential),
            billions(total.additional_potential),
            billions(total.star_force),
            billions(total.mean())
        );
        assert!(page.contains(&row), "docs/enhancement.md lacks `{row}`");
        totals.push(total.mean());
    }
    assert!(totals[1] < totals[0] && totals[1] < totals[2], "{totals:?}");
}
