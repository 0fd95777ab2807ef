//! The hot queries and their tables.

use equipment::SnapshotStore;
use jiff::Timestamp;
use storage_sql::Database;

/// The newest row's time, in microseconds since 1970; the rows are spread over 30 days before.
pub(crate) const NEWEST_US: i64 = 1_795_000_000_000_000;

/// A table, and an expression for each of its columns in the number `seq` and the random number
/// `dice` (32 bits, from the seed and `seq`).
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [(&'static str, &'static str)],
}

/// Microseconds in 30 days.
const AGE: &str = "1795000000000000 - dice % 2592000 * 1000000 - seq % 1000";

pub(crate) const TABLES: [Table; 2] = [
    Table {
        name: "game_character",
        columns: &[
            ("name", "CONCAT('c', seq)"),
            ("ocid", "CONCAT('ocid', seq)"),
            ("world", "'스카니아'"),
            ("class", "'에반'"),
            ("level", "200 + dice % 100"),
            ("fetched_at_us", AGE),
        ],
    },
    Table {
        name: "equipment_snapshot",
        columns: &[
            ("ocid", "CONCAT('ocid', seq)"),
            ("fetched_at_us", AGE),
            ("content_hash", "UNHEX(SHA2(seq, 256))"),
            ("encoding", "'zstd'"),
            // Documents have about 10,000 bytes; these have 200, which flatters the plan without
            // the index.
            ("body", "REPEAT('x', 200)"),
        ],
    },
];

/// A hot query: what sends it, and the index it needs.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) table: &'static str,
    pub(crate) index: &'static str,
    pub(crate) ask: fn(&Database) -> Asked<'_>,
}

pub(crate) type Asked<'d> = std::pin::Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send + 'd>>;

pub(crate) const CASES: [Case; 2] = [
    Case {
        name: "the oldest snapshots, to purge",
        table: "equipment_snapshot",
        index: "equipment_snapshot_fetched_at",
        ask: |database| {
            Box::pin(async {
                // A minute's worth, of which there are few.
                let thirty_days = 30 * 24 * 60 * 60 * 1_000_000;
                let before = NEWEST_US - thirty_days + 60_000_000;
                let before = Timestamp::from_microsecond(before)?;
                database.snapshots().purge(before, 500).await?;
                Ok(())
            })
        },
    },
    Case {
        name: "the 200 characters fetched last, at the start",
        table: "game_character",
        index: "game_character_fetched_at",
        ask: |database| {
            Box::pin(async {
                database.snapshots().recent(200).await?;
                Ok(())
            })
        },
    },
];
