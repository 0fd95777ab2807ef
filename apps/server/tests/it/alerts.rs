//! The alerts of a wired service.

use std::collections::BTreeSet;

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
