//! The gear of the sandbox is gear the domain can price.

use std::collections::HashSet;
use std::time::Duration;

use cube_probability::{Part, Rules};
use equipment::{
    CharacterDirectory, Equipment, EquipmentSource, EvaluationOptions, MainStat, NotApplicable,
    NotPriced, Outcome, PresetChoice, evaluate,
};
use kernel::CharacterName;
use nexon_http::{NexonClient, NexonSettings};
use nexon_sandbox::Sandbox;

#[tokio::test]
async fn potentials_have_a_price_or_need_no_reset() {
    let sandbox = Sandbox::start_local().unwrap();
    let mut parts = HashSet::new();
    let (mut priced, mut lost) = (0, 0);
    for number in 0..60 {
        let name: CharacterName = format!("단풍{number}").parse().unwrap();
        let equipment = equipment_of(&sandbox, &name).await;
        assert!(
            equipment
                .class
                .as_deref()
                .and_then(MainStat::of_class)
                .is_some()
        );
        let options = EvaluationOptions {
            presets: PresetChoice::All,
            ..EvaluationOptions::default()
        };
        let expectation = evaluate(&equipment, Rules::current(), &options);
        for item in expectation.presets.iter().flat_map(|preset| &preset.items) {
            parts.extend(item.part);
            for potential in [&item.potential, &item.additional_potential] {
                match &potential.outcome {
                    Outcome::Priced(_) => priced += 1,
                    Outcome::NothingValued { .. } => assert!(!potential.lines.is_empty()),
                    Outcome::NotApplicable(NotApplicable::NoPotential) => {
                        assert_eq!(potential.lines, Vec::<String>::new());
                    }
                    // Lines of a grade below that no draw of the higher grades is as good as.
                    Outcome::NotPriced(NotPriced::Uncountable(_)) => lost += 1,
                    other => panic!("{name}: {} {:?} {other:?}", item.name, potential.lines),
                }
            }
        }
    }
    assert!(priced > 60 * 3 * 30, "{priced} potentials have a price");
    assert!(lost * 200 < priced, "{lost} of {priced} have none");
    assert_eq!(parts.len(), Part::ALL.len(), "{parts:?}");
}

async fn equipment_of(sandbox: &Sandbox, name: &CharacterName) -> Equipment {
    let client = NexonClient::new(NexonSettings {
        source: "sandbox",
        base_url: sandbox.url().to_owned(),
        api_key: "any".into(),
        connect_timeout: Duration::from_secs(10),
        timeout: Duration::from_secs(30),
    })
    .unwrap();
    let ocid = client.resolve(name).await.unwrap().unwrap();
    let document = client.fetch(&ocid).await.unwrap().unwrap();
    client.read(&document).unwrap()
}
