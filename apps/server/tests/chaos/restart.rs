//! A server that is killed and started again knows what it knew.

use nexon_sandbox::{Fault, FaultRule, Sandbox};
use rand::Rng;

use crate::instance::Instance;
use crate::scale::Scale;

#[tokio::test]
async fn fetched_equipment_is_served_after_a_kill_without_the_upstream() {
    let scale = Scale::from_environment();
    let (kills, characters) = scale.pick((2, 6), (40, 50));
    let sandbox = Sandbox::start_local().unwrap();
    let mut instance = Instance::start(&[
        ("MAPLE__NEXON__API_KEY", "any"),
        ("MAPLE__NEXON__BASE_URL", sandbox.url()),
        ("MAPLE__NEXON__QUOTA_PER_SECOND", "1000"),
        ("MAPLE__NEXON__QUOTA_PER_DAY", "100000"),
    ])
    .await;
    let path = |character| format!("/api/v1/characters/chaos{character}/equipment");
    let mut known = Vec::new();
    for character in 0..characters {
        known.push(instance.answer(&path(character)).await);
    }
    sandbox.set_faults(vec![FaultRule::always(Fault::ApiMaintenance)]);

    let mut dice = scale.dice();
    for _ in 0..kills {
        instance.kill_and_restart().await;
        let character = dice.random_range(0..characters);
        let answer = instance.answer(&path(character)).await;
        assert_eq!(answer["presets"], known[character]["presets"]);
    }
    for (character, known) in known.iter().enumerate() {
        let answer = instance.answer(&path(character)).await;
        assert_eq!(answer["presets"], known["presets"]);
    }
    let fetched = r#"maple_upstream_calls_total{call="item_equipment",outcome="found"}"#;
    assert!(
        instance.metric(fetched).await < 1.0,
        "nothing was fetched anew"
    );
    scale.row(
        "R15",
        format!("{kills} kills of a server that knows {characters} characters, upstream down"),
        "every one of them is answered after each",
    );
}
