//! Log lines of failures name the request that caused them, also where its work goes on after it.

use std::net::TcpListener;
use std::time::Duration;

use futures_util::future::join_all;
use nexon_sandbox::{Fault, FaultRule, Sandbox, SandboxOptions};
use serde_json::Value;
use testkit::Server;
use tokio::task::block_in_place;

use crate::actor::PATIENT;
use crate::instance::{Instance, client};

/// Requests at once.
const REQUESTS: usize = 12;

/// The lines of the log with this message.
fn lines(instance: &Instance, message: &str) -> Vec<Value> {
    let log = instance.service.log();
    let lines = log.lines().filter(|line| line.contains(message));
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Waits for such lines, and checks that each names a request of ours.
async fn named(instance: &Instance, message: &str, count: usize) -> Vec<Value> {
    let said = async {
        while lines(instance, message).len() < count {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let in_time = tokio::time::timeout(PATIENT, said).await;
    assert!(in_time.is_ok(), "{message}: {}", instance.service.log());
    let lines = lines(instance, message);
    for line in &lines {
        let id = line["request_id"].as_str().unwrap_or_default();
        assert!(id.starts_with("asked-by-"), "{line}");
    }
    lines
}

/// Asks for strangers at once, each with an id of its own.
async fn ask(instance: &Instance, kind: &str) {
    let asked = (0..REQUESTS).map(async |number| {
        let path = format!("/api/v1/characters/{kind}{number}/equipment");
        let request = client().get(format!("http://{}{path}", instance.public));
        let request = request.header("x-request-id", format!("asked-by-{kind}{number}"));
        request.send().await.unwrap().status()
    });
    let statuses = join_all(asked).await;
    assert!(statuses.iter().all(|status| *status == 503), "{statuses:?}");
}

/// Starts a server that has been answered by its Redis and its upstream.
async fn start(redis: &str, upstream: &str) -> Instance {
    let instance = Instance::start(&[
        ("MAPLE__REDIS__URL", redis),
        ("MAPLE__NEXON__API_KEY", "any"),
        ("MAPLE__NEXON__BASE_URL", upstream),
        ("MAPLE__NEXON__QUOTA_PER_SECOND", "1000"),
        ("MAPLE__NEXON__FETCHES_PER_CLIENT_PER_MINUTE", "1000000"),
        ("MAPLE__NEXON__CLIENT_DAY_PERCENT", "100"),
        // Shorter than what the upstream takes: the fetches go on after their requests.
        ("MAPLE__REQUEST__DEADLINE_MS", "200"),
        ("MAPLE__LOG_FORMAT", "json"),
    ])
    .await;
    while instance.dependency("redis").await != "ok" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    while instance
        .get("/api/v1/characters/first")
        .await
        .unwrap()
        .status()
        != 200
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    instance
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_of_the_upstream_and_the_quota_name_their_request_and_every_cause() {
    let mut redis = Server::redis().unwrap();
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let sandbox = Sandbox::start(listener, SandboxOptions::default()).unwrap();
    let instance = start(&redis.url(), sandbox.url()).await;

    sandbox.set_faults(vec![FaultRule {
        latency_ms: 500,
        ..FaultRule::always(Fault::RefusedKey)
    }]);
    ask(&instance, "refused").await;
    named(&instance, "upstream refuses us", 1).await;

    sandbox.set_faults(vec![FaultRule {
        latency_ms: 500,
        ..FaultRule::always(Fault::InternalError)
    }]);
    for round in 0.. {
        ask(&instance, &format!("failed{round}x")).await;
        if !lines(&instance, "circuit breaker opened").is_empty() {
            break;
        }
    }
    named(&instance, "circuit breaker opened", 1).await;

    block_in_place(|| redis.kill());
    sandbox.set_faults(Vec::new());
    for round in 0.. {
        ask(&instance, &format!("unknown{round}x")).await;
        let unknown = "it is not known how much of the shared quota";
        if lines(&instance, unknown).is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        }
        let lines = named(&instance, unknown, 1).await;
        let error = lines[0]["error"].as_str().unwrap();
        assert!(!error.is_empty(), "{lines:?}");
        break;
    }
}
