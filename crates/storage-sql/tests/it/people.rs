//! Donations, the outbox and likes keep their contracts on each engine.

use std::sync::Arc;
use std::time::Duration;

use donation::testkit::StoresUnderTest;
use kernel::{Ids, SystemClock, TimeOrderedIds};
use storage_sql::testkit::execute;
use storage_sql::{Database, Settings};
use testkit::TestDatabase;

on_each_engine!(
    the_ledger_keeps_its_contract,
    the_outbox_keeps_its_contract,
    the_lane_keeps_its_contract,
    the_likes_keep_their_contract,
);

/// A pool in which a crowd may queue for as long as a busy machine takes.
async fn patient(database: &TestDatabase) -> Database {
    drop(database.open().await);
    let settings = Settings {
        acquire_timeout: Duration::from_mins(5),
        statement_timeout: Duration::from_mins(5),
        ..database.settings()
    };
    Database::open(&settings).await.unwrap()
}

/// Takes everything out of the tables, so that one database serves a whole contract.
async fn empty(database: &TestDatabase) {
    let tables = [
        "point_account",
        "posting",
        "ledger_entry",
        "donation",
        "outbox_message",
        "outbox_attempt",
        "outbox_lane",
        "character_like",
        "like_count",
        "like_stream",
        "like_ahead",
    ];
    let statements = tables.map(|table| format!("DELETE FROM {table}"));
    let statements: Vec<_> = statements.iter().map(String::as_str).collect();
    execute(database.url(), &statements).await.unwrap();
}

async fn the_ledger_keeps_its_contract(database: TestDatabase) {
    let open = patient(&database).await;
    donation::testkit::contract(async || {
        empty(&database).await;
        StoresUnderTest {
            ledger: Arc::new(open.ledger()),
            outbox: Arc::new(open.outbox()),
        }
    })
    .await;
}

async fn the_outbox_keeps_its_contract(database: TestDatabase) {
    let open = patient(&database).await;
    outbox::testkit::contract(async || {
        empty(&database).await;
        open.outbox()
    })
    .await;
}

async fn the_lane_keeps_its_contract(database: TestDatabase) {
    let open = database.open().await;
    let ids: Arc<dyn Ids> = Arc::new(TimeOrderedIds::new(Arc::new(SystemClock)));
    outbox::testkit::lane_contract(async || {
        empty(&database).await;
        open.outbox_lane("discord", ids.clone())
    })
    .await;
}

async fn the_likes_keep_their_contract(database: TestDatabase) {
    let open = patient(&database).await;
    likes::testkit::store_contract(async || {
        empty(&database).await;
        open.likes()
    })
    .await;
}
