//! Ends of a process: on one signal, on two, and when a worker dies; and the work of each role.

use std::time::Duration;

use nexon_sandbox::{Fault, FaultRule, Sandbox};
use serde_json::Value;
use testkit::Service;
use tokio::time::Instant;

use crate::instance::{Instance, client};
use crate::scale::Scale;

/// As patient as a test on a busy machine needs, with characters from this sandbox.
fn patient(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    [
        ("MAPLE__NEXON__API_KEY", "any"),
        ("MAPLE__NEXON__BASE_URL", sandbox.url()),
        ("MAPLE__NEXON__TIMEOUT_MS", "60000"),
        ("MAPLE__REQUEST__DEADLINE_MS", "60000"),
        ("MAPLE__SHUTDOWN__LINGER_MS", "3000"),
    ]
    .map(|(key, value)| (key, value.to_owned()))
    .to_vec()
}

async fn start(environment: &[(&'static str, String)]) -> Instance {
    let environment: Vec<_> = environment.iter().map(|(k, v)| (*k, v.as_str())).collect();
    Instance::start(&environment).await
}

async fn until_asked(sandbox: &Sandbox) {
    while sandbox.counters().total() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn until_not_ready(instance: &Instance) -> Value {
    loop {
        let ready = instance.get("/health/ready").await.unwrap();
        if ready.status() == 503 {
            return ready.json().await.unwrap();
        }
    }
}

#[tokio::test]
async fn told_to_end_it_is_not_ready_answers_what_comes_and_what_it_took_and_ends_well() {
    let sandbox = Sandbox::start_local().unwrap();
    sandbox.set_faults(vec![FaultRule::slow(500)]);
    let mut instance = start(&patient(&sandbox)).await;
    let slow = client().get(format!(
        "http://{}/api/v1/characters/chaos/equipment",
        instance.public
    ));
    let slow = tokio::task::JoinSet::from_iter([slow.send()]);
    until_asked(&sandbox).await;

    instance.service.terminate();
    let told = Instant::now();
    let ready = until_not_ready(&instance).await;
    assert_eq!(ready["stopping"], true);
    assert_eq!(ready["dependencies"]["database"], "ok");
    let late = instance.get("/api/v1/rules").await.unwrap();
    assert_eq!(
        late.status(),
        200,
        "a client that has not noticed is still answered"
    );
    assert_eq!(late.headers()["connection"], "close");
    for answer in slow.join_all().await {
        assert_eq!(answer.unwrap().status(), 200, "what was taken is answered");
    }
    let code = instance.service.ended().await;
    assert_eq!(code, 0, "{}", instance.service.log());
    Scale::from_environment().row(
        "R19",
        "SIGTERM with a slow request under way",
        format!(
            "it was answered, exit code 0 after {:.1} s",
            told.elapsed().as_secs_f64()
        ),
    );
}

#[tokio::test]
async fn idle_connection_does_not_hold_the_end_up() {
    let mut instance = Instance::start(&[("MAPLE__SHUTDOWN__LINGER_MS", "0")]).await;
    let idle = instance.get("/api/v1/rules").await.unwrap();
    assert!(!idle.bytes().await.unwrap().is_empty());
    instance.service.terminate();
    assert_eq!(
        instance.service.ended().await,
        0,
        "{}",
        instance.service.log()
    );
}

#[tokio::test]
async fn told_twice_it_ends_at_once_and_says_that_it_cut_something_off() {
    let sandbox = Sandbox::start_local().unwrap();
    sandbox.set_faults(vec![FaultRule::always(Fault::Hang)]);
    let mut instance = start(&patient(&sandbox)).await;
    let hung = client().get(format!(
        "http://{}/api/v1/characters/chaos/equipment",
        instance.public
    ));
    let hung = tokio::task::JoinSet::from_iter([hung.send()]);
    until_asked(&sandbox).await;
    instance.service.terminate();
    until_not_ready(&instance).await;
    instance.service.terminate();
    assert_eq!(instance.service.ended().await, 1);
    let log = instance.service.log();
    assert!(log.contains("stopping at once"), "{log}");
    assert!(!log.contains("the grace is over"), "{log}");
    for answer in hung.join_all().await {
        assert!(answer.is_err(), "it was cut off");
    }
}

#[cfg(feature = "failpoints")]
#[tokio::test]
async fn worker_that_dies_ends_the_process_with_an_error_that_names_it() {
    let program = env!("CARGO_BIN_EXE_maple-expectation");
    let environment = [
        ("MAPLE__DATA_DIR", "data"),
        ("MAPLE__HTTP__BIND", "127.0.0.1:0"),
        ("MAPLE__ADMIN__BIND", "127.0.0.1:0"),
        ("FAILPOINTS", "scheduled-job=panic(out of luck)"),
    ];
    let mut service = Service::start(program, ["serve"], environment).unwrap();
    assert_eq!(service.ended().await, 1);
    let log = service.log();
    assert!(
        log.contains("panicked: failpoint scheduled-job panic") || log.contains("out of luck"),
        "{log}"
    );
    assert!(log.contains("error: the worker `"), "{log}");
}

#[tokio::test]
async fn work_and_answers_can_be_apart() {
    const PURGED: &str = r#"maple_job_runs_total{job="purge_snapshots",outcome="done"}"#;
    const WARMED: &str = r#"maple_job_runs_total{job="warm_up",outcome="done"}"#;
    let serves = Instance::start_as(&["serve", "--no-workers"], &[]).await;
    while serves.metric(WARMED).await < 1.0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(
        serves.metric(PURGED).await < 1.0,
        "that is for others to do"
    );
    assert_eq!(serves.get("/api/v1/rules").await.unwrap().status(), 200);

    let environment = [
        ("MAPLE__DATA_DIR", "data"),
        ("MAPLE__HTTP__BIND", "127.0.0.1:1"),
        ("MAPLE__ADMIN__BIND", "127.0.0.1:0"),
    ];
    let program = env!("CARGO_BIN_EXE_maple-expectation");
    let mut works = Service::start(program, ["work"], environment).unwrap();
    let admin = works.address("metrics      http://").await.unwrap();
    let get = async |path: &str| {
        let response = client().get(format!("http://{admin}{path}")).send().await;
        let response = response.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.unwrap()
    };
    while !get("/metrics").await.contains(&format!("{PURGED} 1")) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(get("/health/ready").await.contains(r#""ready":true"#));
    works.terminate();
    assert_eq!(works.ended().await, 0, "{}", works.log());
}
