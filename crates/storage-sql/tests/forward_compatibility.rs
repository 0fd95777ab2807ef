//! Old code on the new schema: what the release before wrote and read still works (see
//! docs/operations/README.md, "Upgrades").

mod common;

use migrations::Migrator;
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use sea_orm_migration::MigratorTrait;
use secrecy::ExposeSecret;
use testkit::TestDatabase;

on_each_engine!(each_step_only_adds_and_old_statements_work_on_it,);

/// What code of the past writes and reads, by the migration that made it possible. One entry
/// per released table; never edited, like the migrations.
const STATEMENTS: [(&str, &[&str]); 2] = [
    (
        "m20261122_000001_game_character",
        &[
            "INSERT INTO game_character (name, ocid, world, class, level, fetched_at_us) \
             VALUES ('old', 'o1', 'w', 'c', 200, 1)",
            "UPDATE game_character SET level = 201, fetched_at_us = 2 \
             WHERE name = 'old' AND fetched_at_us <= 2",
            "SELECT name, ocid, world, class, level, fetched_at_us FROM game_character \
             WHERE name = 'old'",
            "DELETE FROM game_character WHERE name = 'old'",
        ],
    ),
    (
        "m20261122_000002_equipment_snapshot",
        &[
            "INSERT INTO equipment_snapshot \
             (ocid, fetched_at_us, content_hash, encoding, dictionary_id, body) \
             VALUES ('o1', 1, 'hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh', 'zstd', NULL, 'b')",
            "UPDATE equipment_snapshot SET fetched_at_us = 2 \
             WHERE ocid = 'o1' AND content_hash = 'hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh'",
            "SELECT ocid, fetched_at_us, content_hash, encoding, dictionary_id, body \
             FROM equipment_snapshot WHERE ocid = 'o1'",
            "DELETE FROM equipment_snapshot WHERE ocid = 'o1'",
        ],
    ),
];

/// From each version of the schema one step on: no table or column is gone, and the statements
/// of every earlier version still do what they did.
async fn each_step_only_adds_and_old_statements_work_on_it(database: TestDatabase) {
    let connection = connect(&database).await;
    let mut before = Vec::new();
    for (step, migration) in Migrator::migrations().iter().enumerate() {
        Migrator::up(&connection, Some(1)).await.unwrap();
        let after = columns(&connection).await;
        let lost: Vec<_> = before
            .iter()
            .filter(|column| !after.contains(column))
            .collect();
        assert!(lost.is_empty(), "{} takes {lost:?} away", migration.name());
        let past = &Migrator::migrations()[..=step];
        for (made_by, statements) in STATEMENTS {
            if past.iter().any(|migration| migration.name() == made_by) {
                run(&connection, statements, migration.name()).await;
            }
        }
        before = after;
    }
    let names: Vec<_> = Migrator::migrations()
        .iter()
        .map(|m| m.name().to_owned())
        .collect();
    for (made_by, _) in STATEMENTS {
        assert!(
            names.iter().any(|name| name == made_by),
            "{made_by} is no migration"
        );
    }
}

/// Each statement touches or finds one row.
async fn run(connection: &DatabaseConnection, statements: &[&str], migration: &str) {
    for sql in statements {
        let statement = Statement::from_string(connection.get_database_backend(), *sql);
        let rows = if sql.starts_with("SELECT") {
            let rows = connection.query_all_raw(statement).await;
            rows.map(|rows| rows.len() as u64)
        } else {
            let result = connection.execute_raw(statement).await;
            result.map(|result| result.rows_affected())
        };
        assert_eq!(rows, Ok(1), "{sql}\nafter {migration}");
    }
}

/// Every column there is, as `table.column`.
async fn columns(connection: &DatabaseConnection) -> Vec<String> {
    let backend = connection.get_database_backend();
    let sql = if backend == DbBackend::MySql {
        "SELECT CONCAT(TABLE_NAME, '.', COLUMN_NAME) FROM information_schema.COLUMNS \
         WHERE TABLE_SCHEMA = DATABASE()"
    } else {
        "SELECT t.name || '.' || c.name FROM sqlite_master t, pragma_table_info(t.name) c \
         WHERE t.type = 'table'"
    };
    let rows = connection.query_all_raw(Statement::from_string(backend, sql));
    let rows = rows.await.unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}

async fn connect(database: &TestDatabase) -> DatabaseConnection {
    let url = database.url().expose_secret();
    let mut options = ConnectOptions::new(if url.starts_with("sqlite") {
        format!("{url}?mode=rwc")
    } else {
        url.to_owned()
    });
    options.max_connections(1);
    sea_orm::Database::connect(options).await.unwrap()
}
