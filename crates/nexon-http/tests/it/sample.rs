//! The reader on a real document. The document is not part of this repository; without it these
//! tests say so and pass.

use std::fs;
use std::path::Path;

use cube_probability::Grade;
use nexon_http::read_equipment;

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
