//! Measures L1, L2 and O1 on a MariaDB of its own that has every commit on disk before it answers:
//! `cargo xtask bench people`.
//!
//! What is compared is measured in blocks that take turns, and the median block counts, so that a
//! machine that is busy with other things is so for both sides. What was written is counted after
//! each block; a wrong count ends the run.

mod baseline;
mod likes;
mod outbox;

use std::time::Duration;

use storage_sql::testkit::execute;
use storage_sql::{Database, Settings};
use testkit::{Server, TestDatabase};

use baseline::Baseline;

/// As many connections as one server of the service has by default.
const CONNECTIONS: u32 = 10;

/// A log and a pool as MariaDB has them by default; those of servers for tests are too small for
/// loads that last.
const SIZES: [&str; 2] = [
    "SET GLOBAL innodb_log_file_size = 100663296",
    "SET GLOBAL innodb_buffer_pool_size = 134217728",
];

/// Blocks of the measurement of each side.
const BLOCKS: usize = 11;

fn main() {
    let filter: Vec<_> = std::env::args().skip(1).collect();
    let filter = filter.iter().find(|argument| !argument.starts_with("--"));
    let wanted = |name: &str| filter.is_none_or(|filter| name.contains(filter.as_str()));
    let figures = [
        "people/L1",
        "people/L2 MariaDB",
        "people/L2 Redis",
        "people/O1",
    ]
    .map(wanted);
    if figures == [false; 4] {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    let server = Server::mariadb_on_disk().expect("a MariaDB starts");
    runtime.block_on(async {
        let database = TestDatabase::on(&server.url()).await;
        let durable = "SET GLOBAL innodb_flush_log_at_trx_commit = 1";
        let set = execute(database.url(), &[durable]).await;
        set.expect("the server takes the setting");
        for size in SIZES {
            // An older server takes none of it while it runs, and is measured without it.
            let _ = execute(database.url(), &[size]).await;
        }
        drop(database.open().await);
        let open = open(&database).await;
        let baseline = Baseline::connect(&database).await;
        let [many_on_one, writers, over_redis, drain] = figures;
        if many_on_one {
            likes::many_on_one(&open, &baseline).await;
        }
        if writers {
            likes::writers(&open, &baseline).await;
        }
        if over_redis {
            likes::writers_over_redis(&open).await;
        }
        if drain {
            outbox::drain(&open).await;
        }
    });
}

/// A pool as the service has it, but patient: a baseline that queues is to be measured, not
/// refused.
async fn open(database: &TestDatabase) -> Database {
    let settings = Settings {
        max_connections: CONNECTIONS,
        acquire_timeout: Duration::from_mins(2),
        statement_timeout: Duration::from_mins(2),
        ..Settings::new(database.url().clone())
    };
    Database::open(&settings).await.expect("the database opens")
}

/// The one in the middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
