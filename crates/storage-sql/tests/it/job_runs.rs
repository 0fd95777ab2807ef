//! Ticks of scheduled jobs in the database.

use jiff::Timestamp;
use kernel::{Fence, Fences};
use schedule::{TickStore, tick_store_contract};
use testkit::TestDatabase;

on_each_engine!(
    ticks_keep_the_contract,
    report_is_kept_up_to_a_thousand_characters
);

async fn ticks_keep_the_contract(database: TestDatabase) {
    let open = database.open().await;
    tick_store_contract(&open.job_runs(), &open.fences(), "").await;
}

async fn report_is_kept_up_to_a_thousand_characters(database: TestDatabase) {
    let open = database.open().await;
    let (runs, name) = (open.job_runs(), "job:purge".to_owned());
    let token = open.fences().raise(&name).await.unwrap();
    let fence = Fence { name, token };
    let at = Timestamp::UNIX_EPOCH;
    assert!(runs.begin("purge", 1, "a", at, &fence).await.unwrap());
    let long = "가".repeat(2_000);
    runs.end("purge", 1, at, Ok(&long), &fence).await.unwrap();
    let latest = runs.latest("purge").await.unwrap().unwrap();
    assert_eq!(latest.report.unwrap().chars().count(), 1_000);
}
