//! Luck reports over HTTP: planted accounts, bad input, and jobs that end early.

use nexon_sandbox::{Endpoint, Fault, FaultRule};
use reqwest::Response;
use serde_json::{Value, json};

use crate::app::{TestApp, problem};

const LUCK: &str = "/api/v1/luck-reports";

/// A key in its place, and other fields.
fn body(key: &str, fields: &Value) -> Value {
    let mut body = json!({"nexon_api_key": key, "from": "2026-11-20", "to": "2026-11-22"});
    for (field, value) in fields.as_object().unwrap() {
        body[field] = value.clone();
    }
    body
}

async fn asked(app: &TestApp, key: &str, fields: &Value) -> Response {
    app.post(LUCK, &body(key, fields)).send().await.unwrap()
}

async fn lines(response: Response) -> Vec<Value> {
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/x-ndjson");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let text = response.text().await.unwrap();
    assert!(text.ends_with('\n'), "{text}");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn exhausted() -> Fault {
    Fault::QuotaExceeded {
        retry_after_seconds: Some(3_600),
    }
}

/// Checks that a request is refused before the first line; gives the problem.
async fn refused(app: &TestApp, key: &str, fields: &Value, status: u16, kind: &str) -> Value {
    let response = asked(app, key, fields).await;
    assert_eq!(response.status(), status, "{fields}");
    let problem = problem(response).await;
    assert_eq!(problem["type"], format!("/problems/{kind}"), "{problem}");
    assert!(!problem.to_string().contains("sandbox-member"), "{problem}");
    problem
}

#[tokio::test]
async fn report_follows_progress_and_counts_every_row() {
    let app = TestApp::start().await;
    let calls_before = app.sandbox().counters().total();
    let answer = lines(asked(&app, "sandbox-member-lucky-1", &json!({})).await).await;
    let (report, progress) = answer.split_last().unwrap();
    let days: Vec<_> = progress
        .iter()
        .map(|line| &line["progress"]["days_done"])
        .collect();
    assert_eq!(days.first().unwrap(), &&json!(0));
    assert_eq!(days.last().unwrap(), &&json!(3));
    assert!(days.is_sorted_by_key(|day| day.as_i64().unwrap()));
    // One call for each day and kind, all with the member's key.
    assert_eq!(progress.last().unwrap()["progress"]["calls"], 9);
    assert_eq!(progress[0]["progress"]["days"], 3);
    let counters = app.sandbox().counters();
    assert_eq!((counters.history, counters.total() - calls_before), (9, 9));
    let kinds = &report["report"]["kinds"];
    for kind in ["cube", "potential"] {
        let of_kind = &kinds[kind];
        assert_eq!(of_kind["unknown"], 0);
        let attempts = of_kind["by_grade"].as_array().unwrap().iter();
        let attempts: u64 = attempts.map(|of| of["attempts"].as_u64().unwrap()).sum();
        assert_eq!(of_kind["attempts"], attempts);
        let rises = &of_kind["rises"];
        assert!(
            rises["seen"].is_u64() && rises["expected"].is_number(),
            "{rises}"
        );
    }
    let stars = &kinds["star_force"];
    assert!(
        stars["successes"]["mid_p"].as_f64().unwrap() > 0.95,
        "{stars}"
    );
    assert!(stars["by_star"].as_array().unwrap().len() > 5);
    assert!(report["report"]["comparisons"].as_u64().unwrap() > 10);
    assert!(report["report"]["largest_failures_before_certain"].is_object());
    assert!(
        kinds.get("soul_potential").is_none(),
        "it needs a right of its own"
    );
    let paid = &kinds["potential"]["by_grade"][0]["cost_meso"];
    assert!(paid["known"].as_u64().unwrap() > 1_000_000, "{paid}");
    assert!(app.metric("maple_luck_jobs").await < 0.5);
    let done = app
        .metric("maple_luck_reports_total{outcome=\"done\"}")
        .await;
    assert!((done - 1.0_f64).abs() < 0.5);
}

#[tokio::test]
async fn bad_input_names_its_field_and_range() {
    let app = TestApp::start().await;
    let key = "sandbox-member-1";
    let old = json!({"from": "2024-11-21", "to": "2024-11-30"});
    let long = json!({"from": "2026-08-24"});
    let unknown = json!({"kinds": ["cube", "flame"]});
    for (fields, status, kind, pointer, range) in [
        (old, 422, "invalid-value", "/from", "730 days"),
        (long, 422, "invalid-value", "/from", "1 to 90"),
        (
            json!({"to": "2026-11-23"}),
            422,
            "invalid-value",
            "/to",
            "in the future",
        ),
        (
            json!({"from": "today"}),
            422,
            "invalid-value",
            "/from",
            "2026-11-01",
        ),
        (
            unknown,
            400,
            "bad-request",
            "/kinds/1",
            "expected one of cube",
        ),
        (
            json!({"cursor": "e30"}),
            422,
            "invalid-value",
            "/cursor",
            "no cursor",
        ),
    ] {
        let problem = refused(&app, key, &fields, status, kind).await;
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains(range), "{detail}");
    }
    refused(&app, "two words", &json!({}), 422, "invalid-value").await;
    refused(&app, key, &json!({"more": 1}), 400, "bad-request").await;
    assert_eq!(app.sandbox().counters().history, 0, "nothing was asked");
}

#[tokio::test]
async fn faults_of_a_key_have_a_status_before_the_first_line() {
    let app = TestApp::start().await;
    refused(&app, "unknown", &json!({}), 401, "wrong-key").await;
    let key = "sandbox-member-1";
    app.break_upstream(FaultRule::always(Fault::NoPermission).on(Endpoint::HistoryCube));
    let problem = refused(&app, key, &json!({}), 403, "key-without-right").await;
    assert!(
        problem["detail"].as_str().unwrap().contains("`cube`"),
        "{problem}"
    );
    app.break_upstream(FaultRule::always(exhausted()).on(Endpoint::HistoryCube));
    let problem = refused(&app, key, &json!({}), 429, "quota-exceeded").await;
    // Nothing was read: the cursor is the beginning.
    app.break_upstream(FaultRule::always(Fault::ApiMaintenance));
    let cursor = json!({"cursor": problem["cursor"]});
    let problem = refused(&app, key, &cursor, 503, "upstream-unavailable").await;
    app.sandbox().set_faults(Vec::new());
    let again = json!({"cursor": problem["cursor"]});
    let resumed = lines(asked(&app, key, &again).await).await;
    let whole = lines(asked(&app, key, &json!({})).await).await;
    assert_eq!(resumed.last(), whole.last());
}

/// A key whose quota ends in the middle leaves what was read and the cursor; both parts together
/// are the whole, and nobody's breaker opened.
#[tokio::test]
async fn job_that_ends_early_goes_on_from_its_cursor() {
    let app = TestApp::start().await;
    let key = "sandbox-member-7";
    let whole = lines(asked(&app, key, &json!({})).await).await;
    // The first star force page is refused, after a page of cubes and one of resets.
    let rule = FaultRule::always(exhausted()).on(Endpoint::HistoryStarforce);
    app.break_upstream(rule.times(1));
    let cut = lines(asked(&app, key, &json!({})).await).await;
    let end = cut.last().unwrap();
    assert_eq!(end["error"]["status"], 429, "{end}");
    assert_eq!(end["error"]["type"], "/problems/quota-exceeded");
    assert_eq!(end["error"]["cursor"], end["cursor"]);
    assert!(!end["error"]["request_id"].as_str().unwrap().is_empty());
    let cursor = json!({"cursor": end["cursor"]});
    let rest = lines(asked(&app, key, &cursor).await).await;
    let attempts = |report: &Value, kind: &str| {
        let attempts = &report["report"]["kinds"][kind]["attempts"];
        attempts.as_u64().unwrap()
    };
    let (rest, whole) = (rest.last().unwrap(), whole.last().unwrap());
    for kind in ["cube", "potential", "star_force"] {
        let both = attempts(end, kind) + attempts(rest, kind);
        assert_eq!(both, attempts(whole, kind), "{kind}");
    }
    assert!(attempts(end, "cube") > 0);
    app.answer("/api/v1/characters/아델").await;
    assert!(app.metric("maple_upstream_breaker_state").await < 0.5);
    let failed = app
        .metric("maple_luck_reports_total{outcome=\"failed\"}")
        .await;
    assert!((failed - 1.0_f64).abs() < 0.5);
}

#[tokio::test]
async fn client_that_leaves_ends_its_job() {
    let app = TestApp::start().await;
    app.break_upstream(FaultRule::always(Fault::Hang).on(Endpoint::HistoryPotential));
    let mut response = asked(&app, "sandbox-member-1", &json!({})).await;
    let first = response.chunk().await.unwrap().unwrap();
    assert!(first.starts_with(b"{\"progress\""));
    assert!((app.metric("maple_luck_jobs").await - 1.0).abs() < 0.5);
    drop(response);
    let left = "maple_luck_reports_total{outcome=\"left\"}";
    while app.metric(left).await < 1.0 {
        tokio::task::yield_now().await;
    }
    while app.metric("maple_luck_jobs").await > 0.0 {
        tokio::task::yield_now().await;
    }
    // Its place is free again, and nothing of it is in the way of the next one.
    app.sandbox().set_faults(Vec::new());
    let answer = lines(asked(&app, "sandbox-member-1", &json!({})).await).await;
    assert!(answer.last().unwrap()["report"].is_object());
}

#[tokio::test]
async fn one_client_has_a_share_of_the_jobs_and_a_stop_ends_them_with_a_cursor() {
    let app = TestApp::start().await;
    app.break_upstream(FaultRule::always(Fault::Hang).on(Endpoint::HistoryPotential));
    let mut open = Vec::new();
    for number in 1..=2 {
        let response = asked(&app, &format!("sandbox-member-{number}"), &json!({})).await;
        assert_eq!(response.status(), 200);
        open.push(response);
    }
    refused(
        &app,
        "sandbox-member-3",
        &json!({}),
        429,
        "too-many-requests",
    )
    .await;
    // The service stops: what is open ends with an error line and its cursor.
    let read = async {
        for response in open {
            let answer = lines(response).await;
            let end = answer.last().unwrap();
            assert_eq!(end["error"]["status"], 503, "{end}");
            assert!(end["cursor"].is_string(), "{end}");
        }
    };
    let (stopped, ()) = tokio::join!(app.stop(), read);
    stopped.unwrap();
}
