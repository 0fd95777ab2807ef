//! Stat sheets rebuilt from the sandbox's own documents.

use std::sync::Arc;
use std::time::Duration;

use cube_probability::Rules;
use equipment::{
    CharacterDirectory, Detail, EquipmentSource, EvaluationOptions, Meaning, Outcome, STAT_SOURCES,
    SheetOrigin, StatReadings, StatsSource, evaluate, stat_sheet,
};
use kernel::CharacterName;
use nexon_http::{NexonClient, NexonSettings};
use nexon_sandbox::{Fault, FaultRule, Sandbox};
use planning::{ClassStats, Decomposition, MainStat};

/// The factors of weapons in 스탯공격력.
const WEAPON_FACTORS: [f64; 9] = [1.2, 1.3, 1.34, 1.35, 1.49, 1.5, 1.7, 1.75, 1.0];

fn client(sandbox: &Sandbox) -> Arc<NexonClient> {
    let settings = NexonSettings {
        source: "sandbox",
        base_url: sandbox.url().to_owned(),
        api_key: "any".into(),
        connect_timeout: Duration::from_secs(10),
        timeout: Duration::from_secs(30),
    };
    Arc::new(NexonClient::new(settings).unwrap())
}

/// The decomposition of a character's stats; none for 데몬어벤져.
async fn decomposition(client: &NexonClient, name: &str, detail: Detail) -> Option<Decomposition> {
    let name: CharacterName = name.parse().unwrap();
    let ocid = client.resolve(&name).await.unwrap().unwrap();
    let character = client.describe(&ocid).await.unwrap().unwrap();
    let class = ClassStats::of_class(&character.class).unwrap();
    if class.main == MainStat::MaxHp {
        return None;
    }
    let equipment = client.fetch(&ocid).await.unwrap().unwrap();
    let equipment = client.read(&equipment).unwrap();
    let mut readings = StatReadings::quick(client.recorded(&ocid).await.unwrap().unwrap());
    if detail == Detail::Full {
        for source in STAT_SOURCES {
            let given = client.given(&ocid, source).await.unwrap().unwrap();
            readings.given.insert(source, given);
        }
    }
    Some(stat_sheet(&readings, &equipment, class, character.level).unwrap())
}

#[tokio::test]
async fn sheets_rebuilt_from_documents_give_the_final_stats_and_leave_no_rest() {
    let sandbox = Sandbox::start_local().unwrap();
    let client = client(&sandbox);
    let mut rebuilt = 0;
    for number in 0..30 {
        let name = format!("단풍{number}");
        let Some(full) = decomposition(&client, &name, Detail::Full).await else {
            continue;
        };
        assert_eq!(full.detail, Detail::Full);
        assert!(full.rest.is_empty(), "{name}: {:?}", full.rest);
        assert!(full.unknown.is_empty(), "{name}: {:?}", full.unknown);
        // With nothing left over, the parts alone make the recorded stats, and the stat attack
        // follows from them and from the weapon.
        let sheet = &full.sheet;
        let factor = sheet.weapon_factor.unwrap();
        let nearest = WEAPON_FACTORS
            .into_iter()
            .min_by(|a, b| (a - factor).abs().total_cmp(&(b - factor).abs()));
        let recorded = sheet.stat_attack().unwrap().round();
        let mut with_weapon = sheet.clone();
        with_weapon.weapon_factor = nearest;
        // The game shows whole points.
        let shown = (with_weapon.stat_attack().unwrap() + 1e-6).floor();
        assert!(
            (shown / recorded - 1.0).abs() < 1e-8,
            "{name}: {shown} is not {recorded}"
        );
        rebuilt += 1;
    }
    assert!(rebuilt > 20, "{rebuilt} characters");
}

#[tokio::test]
async fn quick_sheets_bound_what_full_ones_know() {
    let sandbox = Sandbox::start_local().unwrap();
    let client = client(&sandbox);
    for number in 0..15 {
        let name = format!("단풍{number}");
        let Some(full) = decomposition(&client, &name, Detail::Full).await else {
            continue;
        };
        let quick = decomposition(&client, &name, Detail::Quick).await.unwrap();
        assert_eq!(quick.detail, Detail::Quick);
        assert!((quick.sheet.main_final - full.sheet.main_final).abs() < 1e-9);
        for unknown in &quick.unknown {
            let known = match unknown.field {
                "main_base" => full.sheet.main_base,
                "main_pct" => full.sheet.main_pct,
                "sub_base" => full.sheet.sub_base.unwrap(),
                "sub_pct" => full.sheet.sub_pct.unwrap(),
                "attack_base" => full.sheet.attack_base,
                _ => full.sheet.attack_pct,
            };
            let (lower, upper) = (unknown.lower - 1.0, unknown.upper + 1.0);
            assert!(
                (lower..=upper).contains(&known),
                "{name} {}: {known} is not in {lower} to {upper}",
                unknown.field
            );
        }
    }
}

#[tokio::test]
async fn odd_fields_cost_their_part_only() {
    let sandbox = Sandbox::start_local().unwrap();
    let client = client(&sandbox);
    let sound = decomposition(&client, "단풍1", Detail::Full).await.unwrap();
    sandbox.set_faults(vec![FaultRule::always(Fault::OddFields)]);
    let odd = decomposition(&client, "단풍1", Detail::Full).await.unwrap();
    assert!((odd.sheet.main_final - sound.sheet.main_final).abs() < 1e-9);
    assert_eq!(sound.rest, []);
    assert_ne!(odd.rest, [], "what was not read is in the rest");
}

/// Every potential that the character's own sheet can value.
#[tokio::test]
async fn lines_as_strong_are_never_dearer_than_the_same_lines() {
    let sandbox = Sandbox::start_local().unwrap();
    let client = client(&sandbox);
    let (mut compared, mut cheaper) = (0, 0);
    for number in 0..12 {
        let name = format!("단풍{number}");
        let Some(full) = decomposition(&client, &name, Detail::Full).await else {
            continue;
        };
        let ocid = client
            .resolve(&name.parse().unwrap())
            .await
            .unwrap()
            .unwrap();
        let document = client.fetch(&ocid).await.unwrap().unwrap();
        let worn = client.read(&document).unwrap();
        let options = EvaluationOptions {
            stat_sheet: Some(full.sheet),
            ..EvaluationOptions::default()
        };
        let expectation = evaluate(&worn, Rules::current(), &options);
        assert_eq!(expectation.sheet, Some(SheetOrigin::Given));
        for item in expectation.presets.iter().flat_map(|preset| &preset.items) {
            for potential in [&item.potential, &item.additional_potential] {
                let Outcome::Priced(price) = &potential.outcome else {
                    continue;
                };
                assert_eq!(price.meaning, Meaning::AsStrong);
                let Some(same_lines) = &price.other else {
                    continue;
                };
                let (strong, same) = (price.cost.mean, same_lines.mean);
                assert!(
                    strong <= same * (1.0 + 1e-9),
                    "{name} {}: {strong} is above {same}",
                    item.name
                );
                compared += 1;
                cheaper += usize::from(strong < same * 0.999);
            }
        }
    }
    assert!(compared > 300, "{compared} potentials");
    assert!(
        cheaper * 3 > compared,
        "{cheaper} of {compared} are cheaper"
    );
}
