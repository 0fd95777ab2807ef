//! Incidents, told to operators.

use std::collections::BTreeSet;
use std::time::Duration;

use nexon_sandbox::discord::FakeDiscord;
use nexon_sandbox::{Fault, FaultRule};
use serde_json::Value;
use server::alerts::{Thresholds, rules};

use crate::app::TestApp;

#[tokio::test]
async fn every_rule_reads_a_metric_that_the_service_has() {
    let app = TestApp::start().await;
    let readings = app.metrics.readings();
    let missing: BTreeSet<_> = rules(&Thresholds::default())
        .iter()
        .map(|rule| rule.metric)
        .filter(|metric| readings.get(metric).is_none())
        .collect();
    assert!(missing.is_empty(), "there is no {missing:?}");
    app.stop().await.unwrap();
}

#[tokio::test]
async fn a_request_that_goes_unanswered_is_told_on_discord_with_its_id() {
    let discord = FakeDiscord::start_local().unwrap();
    let webhook = discord.webhook_url();
    let app = TestApp::configured(&[
        ("MAPLE__DISCORD__TEST_URL", &webhook),
        ("MAPLE__INSTANCE__ID", "seoul-1"),
    ])
    .await;
    app.break_upstream(FaultRule::always(Fault::ApiMaintenance));
    let response = app
        .get("/api/v1/characters/nobody-knows/equipment")
        .header("x-request-id", "request-0001")
        .send();
    assert_eq!(response.await.unwrap().status(), 503);
    let embed = told(&discord).await;
    assert_eq!(embed["title"], "upstream-unavailable began");
    let values: Vec<_> = embed["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["value"].as_str().unwrap())
        .collect();
    assert_eq!(
        values,
        [
            r"seoul\-1",
            r"request\-0001",
            "docs/operations/runbook.md#upstream-unavailable"
        ]
    );
    app.stop().await.unwrap();
    discord.stop().await;
}

/// The first message that Discord has.
async fn told(discord: &FakeDiscord) -> Value {
    loop {
        if let Some(message) = discord.messages().first() {
            return message["embeds"][0].clone();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
