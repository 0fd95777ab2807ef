//! Traces across processes, the outbox and Redis, and a collector that fails.

use std::collections::BTreeMap;

use secrecy::ExposeSecret;
use serde_json::json;
use testkit::{CollectedSpan, Collector, CollectorMode, Server, TestDatabase};

use crate::cluster::Cluster;
use crate::instance::{Instance, client};
use crate::people::{ADMIN_TOKEN, DEVELOPER, DEVELOPERS, Member};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CLIENT: &str = "00f067aa0ba902b7";

fn traceparent(flags: &str) -> String {
    format!("00-{TRACE}-{CLIENT}-{flags}")
}

/// The span that another one is a child of.
fn parent<'s>(of: &CollectedSpan, all: &'s [CollectedSpan]) -> Option<&'s CollectedSpan> {
    all.iter()
        .find(|span| Some(&span.span_id) == of.parent_id.as_ref())
}

fn name_of_process(span: &CollectedSpan) -> Option<&str> {
    span.process.get("service.instance.id").map(String::as_str)
}

#[tokio::test]
async fn trace_goes_from_the_client_through_the_outbox_to_another_process() {
    let collector = Collector::start().await.unwrap();
    let database = TestDatabase::mysql().await;
    let url = collector.url();
    let environment = |instance: &'static str| {
        [
            (
                "MAPLE__DATABASE__URL",
                database.url().expose_secret().to_owned(),
            ),
            ("MAPLE__ADMIN__TOKEN", ADMIN_TOKEN.to_owned()),
            ("MAPLE__MEMBERS__DEVELOPERS", DEVELOPERS.to_owned()),
            ("MAPLE__INSTANCE__ID", instance.to_owned()),
            ("MAPLE__OUTBOX__POLL_MS", "50".to_owned()),
            ("MAPLE__OTLP__ENDPOINT", url.clone()),
            // Only what the client asks for.
            ("MAPLE__OTLP__SAMPLE", "0".to_owned()),
        ]
    };
    let serving = environment("serving");
    let serving = serving
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let serving = Instance::start_as(&["serve", "--no-workers"], &serving).await;
    let working = environment("working");
    let working = working
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let _working = Instance::start_as(&["serve"], &working).await;

    let giver = Member::log_in(&serving, "sandbox-member-a").await;
    giver.is_granted(&serving, 500).await;
    assert_eq!(collector.spans(), [], "nothing was sampled yet");
    let given = client()
        .post(format!("http://{}/api/v1/donations", serving.public))
        .bearer_auth(&giver.token)
        .header("Idempotency-Key", "a-donation-that-is-traced")
        .header("traceparent", traceparent("01"))
        .json(&json!({"to": DEVELOPER, "amount": 3}));
    let given = given.send().await.unwrap();
    assert_eq!(given.status(), 201);
    assert_eq!(given.headers()["x-request-id"], TRACE[..8]);

    let delivery = collector.span(|span| span.name == "process donation").await;
    let request = collector
        .span(|span| span.name == "POST /api/v1/donations")
        .await;
    let all = collector.spans();
    assert_eq!(request.parent_id.as_deref(), Some(CLIENT));
    assert_eq!(request.attributes["http.response.status_code"], "201");
    assert_eq!(name_of_process(&request), Some("serving"));
    assert_eq!(name_of_process(&delivery), Some("working"));
    assert_eq!(parent(&delivery, &all), Some(&request));
    let link = (TRACE.to_owned(), request.span_id.clone());
    assert_eq!(delivery.links, [link]);
    assert!(all.iter().all(|span| span.trace_id == TRACE), "{all:#?}");
    let of_database = all.iter().filter(|span| span.name.starts_with("mysql "));
    let of_request = of_database.filter(|span| parent(span, &all) == Some(&request));
    assert!(of_request.count() > 3, "{all:#?}");
}

#[tokio::test]
async fn trace_of_a_like_goes_through_redis_to_the_transaction_that_stores_it() {
    let collector = Collector::start().await.unwrap();
    let database = TestDatabase::mysql().await;
    let redis = Server::durable_redis().unwrap();
    let url = collector.url();
    let traced = [
        ("MAPLE__OTLP__ENDPOINT", &*url),
        ("MAPLE__OTLP__SAMPLE", "0"),
    ];
    let cluster = Cluster::start(&database, &redis.url(), &traced).await;
    let serving = &cluster.instances[0];
    let member = Member::log_in(serving, "sandbox-member-a").await;
    let path = format!("http://{}/api/v1/characters/아델/like", serving.public);
    let like = client().put(path).bearer_auth(&member.token);
    let like = like.header("traceparent", traceparent("01")).send().await;
    assert_eq!(like.unwrap().status(), 200);

    let stored = collector.span(|span| span.name == "process likes").await;
    let commit = collector.span(|span| span.name == "commit likes").await;
    let request = collector
        .span(|span| span.name == "PUT /api/v1/characters/{name}/like")
        .await;
    let all = collector.spans();
    assert_eq!(parent(&commit, &all), Some(&request));
    assert_eq!(parent(&stored, &all), Some(&commit));
    assert_eq!(commit.links, [(TRACE.to_owned(), request.span_id.clone())]);
    assert_eq!(stored.links, [(TRACE.to_owned(), commit.span_id.clone())]);
    assert_eq!(stored.attributes["messaging.batch.message_count"], "1");
    assert!(all.iter().all(|span| span.trace_id == TRACE), "{all:#?}");
}

#[tokio::test]
async fn upstream_calls_are_children_of_the_request_and_share_its_log_id() {
    let collector = Collector::start().await.unwrap();
    let instance = Instance::start(&[
        ("MAPLE__OTLP__SAMPLE", "0"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url()),
        (
            "OTEL_RESOURCE_ATTRIBUTES",
            "deployment.environment.name=test",
        ),
    ])
    .await;
    let path = "/api/v1/characters/아델/expectation";
    let request = client().get(format!("http://{}{path}", instance.public));
    let request = request.header("traceparent", traceparent("01"));
    assert_eq!(request.send().await.unwrap().status(), 200);
    let name = "GET /api/v1/characters/{name}/expectation";
    let request = collector.span(|span| span.name == name).await;
    assert_eq!(request.process["deployment.environment.name"], "test");
    let all = collector.spans();
    let calls = all
        .iter()
        .filter(|span| span.name.starts_with("GET /maplestory/"));
    let calls: BTreeMap<_, _> = calls.map(|span| (&span.name, span)).collect();
    assert_eq!(calls.len(), 4, "{all:#?}");
    for call in calls.values() {
        assert_eq!(parent(call, &all), Some(&request));
        assert_eq!(call.attributes["http.response.status_code"], "200");
    }
    // Neither names nor identifiers of characters are in any attribute.
    let texts = all.iter().flat_map(|span| span.attributes.values());
    for text in texts {
        assert!(!text.contains("아델") && !text.contains("ocid"), "{text}");
    }
}

#[tokio::test]
async fn spans_are_not_recorded_when_traces_are_off_or_not_asked_for() {
    let collector = Collector::start().await.unwrap();
    let url = collector.url();
    let mut off = Instance::start(&[
        ("OTEL_SDK_DISABLED", "true"),
        ("MAPLE__OTLP__ENDPOINT", &url),
        ("MAPLE__OTLP__SAMPLE", "1"),
        ("MAPLE__LOG", "debug"),
    ])
    .await;
    let mut unasked = Instance::start(&[
        ("MAPLE__OTLP__ENDPOINT", &url),
        ("MAPLE__OTLP__SAMPLE", "1"),
        ("MAPLE__LOG", "debug"),
    ])
    .await;
    for (instance, flags) in [(&mut off, "01"), (&mut unasked, "00")] {
        let url = format!("http://{}/api/v1/me", instance.public);
        let request = client().get(url).header("traceparent", traceparent(flags));
        assert_eq!(request.send().await.unwrap().status(), 401);
        for outcome in ["exported", "failed", "dropped"] {
            let spans = format!("maple_trace_spans_total{{outcome=\"{outcome}\"}}");
            // Jobs of the instance begin traces of their own, and are recorded.
            if flags == "01" {
                assert!(instance.metric(&spans).await < 1.0);
            }
        }
        instance.service.terminate();
        assert_eq!(instance.service.ended().await, 0);
        let log = instance.service.log();
        let refused = log
            .lines()
            .find(|line| line.contains("request was refused"));
        let refused: serde_json::Value = serde_json::from_str(refused.unwrap()).unwrap();
        assert_eq!(refused["request_id"], TRACE[..8]);
        assert_eq!(refused.get("trace_id"), None);
    }
    let spans = collector.spans();
    assert!(
        spans.iter().all(|span| span.trace_id != TRACE),
        "{spans:#?}"
    );
}

/// A collector that hangs, talks nonsense or is away costs no request anything, and does not hold
/// up the end.
#[tokio::test]
async fn collector_that_fails_costs_no_request_anything() {
    let collector = Collector::start().await.unwrap();
    let hanging = collector.url();
    collector.set_mode(CollectorMode::Hangs);
    let talking = Collector::start().await.unwrap();
    talking.set_mode(CollectorMode::Nonsense);
    let talking_url = talking.url();
    // Port 9 is discard: nobody listens.
    for url in [hanging.as_str(), &talking_url, "http://127.0.0.1:9"] {
        let mut instance =
            Instance::start(&[("MAPLE__OTLP__ENDPOINT", url), ("MAPLE__OTLP__SAMPLE", "1")]).await;
        for number in 0..200 {
            let path = format!("/api/v1/characters/nobody/{number}");
            assert_eq!(instance.get(&path).await.unwrap().status(), 404);
        }
        instance.service.terminate();
        assert_eq!(
            instance.service.ended().await,
            0,
            "{}",
            instance.service.log()
        );
    }
}

#[test]
fn wrong_settings_end_the_start_with_all_problems_and_no_secret() {
    let output = std::process::Command::new(crate::instance::PROGRAM)
        .env_clear()
        .envs([
            ("MAPLE__OTLP__ENDPOINT", "collector:4318"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "not a name=s3cret"),
            ("OTEL_TRACES_SAMPLER_ARG", "1.5"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("4 problem(s)"), "{said}");
    for part in [
        "otlp.endpoint (MAPLE__OTLP__ENDPOINT)",
        "otlp.headers (OTEL_EXPORTER_OTLP_HEADERS)",
        "otlp.sample (OTEL_TRACES_SAMPLER_ARG)",
        "otlp.protocol (OTEL_EXPORTER_OTLP_PROTOCOL)",
    ] {
        assert!(said.contains(part), "no {part} in {said}");
    }
    assert!(!said.contains("s3cret"), "{said}");
}
