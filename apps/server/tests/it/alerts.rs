//! Incidents, told to operators.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use alerts::{Channels, LogAlerts, RuleMonitor, Thresholds, WatchLock, rules};
use async_trait::async_trait;
use discord_sandbox::FakeDiscord;
use futures_util::future::join_all;
use kernel::{AlertState, LocalLock, MemberId, Ocid, RecordingAlertSink};
use likes::testkit::MemoryLikeStore;
use likes::{
    BufferError, Change, Drift, LikeBuffer, LikeStore, LikeStoreError, StreamEntry, StreamPosition,
    Tally, group_commit,
};
use nexon_sandbox::{Fault, FaultRule};
use port_metrics::{MetricReadings, ObservedLikes};
use serde_json::Value;
use telemetry::Metrics;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

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
async fn unanswered_request_is_reported_on_discord_with_its_id() {
    let discord = FakeDiscord::start_local().unwrap();
    let webhook = discord.webhook_url();
    let app = TestApp::configured(&[
        ("MAPLE__DISCORD__TEST_URL", &webhook),
        ("MAPLE__INSTANCE__ID", "seoul-1"),
    ])
    .await;
    app.break_upstream(FaultRule::always(Fault::ApiMaintenance));
    let response = app
        .get("/api/v1/characters/nobodyknows/equipment")
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

/// A store that writes nothing until it is let.
#[derive(Debug)]
struct Held {
    store: MemoryLikeStore,
    is_open: watch::Receiver<bool>,
}

#[async_trait]
impl LikeStore for Held {
    async fn apply(&self, changes: &[Change]) -> Result<HashMap<Ocid, u64>, LikeStoreError> {
        let mut is_open = self.is_open.clone();
        is_open.wait_for(|&is_open| is_open).await.unwrap();
        self.store.apply(changes).await
    }

    async fn apply_from(
        &self,
        stream: &str,
        after: StreamPosition,
        entries: &[StreamEntry],
    ) -> Result<StreamPosition, LikeStoreError> {
        self.store.apply_from(stream, after, entries).await
    }

    async fn apply_ahead(
        &self,
        changes: &[Change],
        taken_at: jiff::Timestamp,
    ) -> Result<HashMap<Ocid, u64>, LikeStoreError> {
        self.store.apply_ahead(changes, taken_at).await
    }

    async fn watermark(&self, stream: &str) -> Result<StreamPosition, LikeStoreError> {
        self.store.watermark(stream).await
    }

    async fn tally(&self, ocid: &Ocid, members: &[MemberId]) -> Result<Tally, LikeStoreError> {
        self.store.tally(ocid, members).await
    }

    async fn tallies(
        &self,
        asked: &BTreeMap<Ocid, Vec<MemberId>>,
    ) -> Result<HashMap<Ocid, Tally>, LikeStoreError> {
        self.store.tallies(asked).await
    }

    async fn recount(&self) -> Result<Vec<Drift>, LikeStoreError> {
        self.store.recount().await
    }
}

#[tokio::test]
async fn likes_that_pile_up_are_told_once_are_bounded_and_are_over_when_they_are_written() {
    const CAP: usize = 1_500;
    const FULL: Option<f64> = Some(1_500.0);
    let (open, is_open) = watch::channel(false);
    let store = MemoryLikeStore::default();
    let (buffer, committer) = group_commit(Arc::new(Held { store, is_open }), CAP);
    let metrics = Metrics::new();
    let buffer = ObservedLikes::new(buffer, &metrics);
    let waiting = || metrics.readings().get("maple_likes_pending");

    let told = Arc::new(RecordingAlertSink::default());
    let channels = Channels {
        log: LogAlerts {
            instance: "here".to_owned(),
            runbook: "runbook.md".to_owned(),
        },
        discord: Some(told.clone()),
    };
    let thresholds = Thresholds::default();
    let rule = rules(&thresholds)
        .into_iter()
        .filter(|rule| rule.incident == "likes-pending");
    let lock = WatchLock::new(Arc::new(LocalLock::default()));
    let watch = RuleMonitor::new(
        Arc::new(MetricReadings(metrics.clone())),
        rule,
        channels,
        lock,
    );

    let likes = (0..2_000).map(|member| {
        buffer.append(Change {
            member: MemberId::new(member),
            character: Ocid::new("adele"),
            liked: true,
        })
    });
    let stop = CancellationToken::new();
    let told_so_far = || {
        let alerts = told.alerts().into_iter();
        alerts
            .map(|alert| (alert.state, alert.summary))
            .collect::<Vec<_>>()
    };
    let began = (
        AlertState::Raised,
        format!("{CAP} likes wait to be written"),
    );
    let operate = async {
        while waiting() < FULL {
            tokio::task::yield_now().await;
        }
        for _ in 0..3 {
            watch.tick().await;
        }
        assert_eq!(waiting(), FULL, "it never grows beyond its cap");
        assert_eq!(told_so_far(), std::slice::from_ref(&began));
        open.send(true).unwrap();
        while waiting() > Some(0.0) {
            tokio::task::yield_now().await;
        }
        for _ in 0..3 {
            watch.tick().await;
        }
        stop.cancel();
    };
    let (answers, (), ()) = tokio::join!(join_all(likes), committer.run(stop.clone()), operate);
    let refused = answers
        .iter()
        .filter(|answer| matches!(answer, Err(BufferError::QueueFull { waiting: CAP })))
        .count();
    let taken = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!((refused, taken), (500, CAP));
    let over = (
        AlertState::Resolved,
        "few likes wait to be written".to_owned(),
    );
    assert_eq!(told_so_far(), [began, over]);
}
