//! An instance whose machine has a wrong clock, on a database with a right one.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kernel::{Clock, SystemClock};
use secrecy::ExposeSecret;
use serde_json::Value;
use testkit::TestDatabase;

use crate::app::TestApp;

/// Longer than anything here takes on a busy machine, and much less than the clocks are apart.
const SOON: SignedDuration = SignedDuration::from_mins(10);

/// An application whose clock, as in all tests, stands still on a day in the past.
async fn with_wrong_clock(database: &TestDatabase) -> TestApp {
    TestApp::configured(&[
        ("MAPLE__DATABASE__URL", database.url().expose_secret()),
        (
            "MAPLE__SESSIONS__SECRET",
            "a secret that all instances share",
        ),
        ("MAPLE__CACHE__PURGE_EVERY_SECONDS", "1"),
    ])
    .await
}

fn is_present(time: &Value) -> bool {
    let time: Timestamp = time.as_str().unwrap().parse().unwrap();
    SystemClock.now().duration_since(time).abs() < SOON
}

#[tokio::test]
async fn wrong_clock_is_reported_and_the_databases_time_is_used() {
    let database = TestDatabase::mysql().await;
    let app = with_wrong_clock(&database).await;
    let ready = app.answer("/health/ready").await;
    assert_eq!(ready["ready"], true);
    assert_eq!(ready["dependencies"]["clock"], "degraded", "{ready}");
    let offset = app.metric("maple_clock_offset_milliseconds").await;
    assert!(offset > 2_000.0, "{offset}");
    let known = app.answer("/api/v1/characters/adele").await;
    assert!(is_present(&known["data"]["fetched_at"]), "{known}");
    app.stop().await.unwrap();
}

#[tokio::test]
async fn instance_with_a_wrong_clock_takes_the_ticks_of_the_present() {
    let database = TestDatabase::mysql().await;
    let app = with_wrong_clock(&database).await;
    let job = loop {
        let jobs = app.admin("GET", "/api/v1/admin/jobs").send().await;
        let jobs: Value = jobs.unwrap().json().await.unwrap();
        let jobs = jobs["jobs"].as_array().unwrap_or_else(|| panic!("{jobs}"));
        let job = jobs
            .iter()
            .find(|job| job["name"] == "purge_snapshots")
            .unwrap();
        if !job["last_run"].is_null() {
            break job["last_run"].clone();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(is_present(&job["started_at"]), "{job}");
    app.stop().await.unwrap();
}

#[tokio::test]
async fn clock_is_no_dependency_where_the_database_has_none() {
    let app = TestApp::start().await;
    let ready = app.answer("/health/ready").await;
    assert!(ready["dependencies"].get("clock").is_none(), "{ready}");
    app.stop().await.unwrap();
}
