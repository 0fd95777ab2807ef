//! Old code on the new schema: what the release before wrote and read still works (see
//! docs/operations/upgrade.md).

mod past;

use std::collections::BTreeSet;

use migrations::Migrator;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use sea_orm_migration::MigratorTrait;
use testkit::TestDatabase;

use self::past::{PAST, Past};

/// The list of migrations itself, and what SQLite keeps of its own.
const NOT_OURS: [&str; 2] = ["seaql_migrations", "sqlite_sequence"];

on_each_engine!(each_step_only_adds_and_what_is_old_works_on_it,);

/// From each version of the schema one step on: no table or column is gone, what was written
/// before the step is there after it, and the statements of every earlier version still do what
/// they did.
async fn each_step_only_adds_and_what_is_old_works_on_it(database: TestDatabase) {
    let connection = connect(&database).await;
    let mut before = Vec::new();
    let mut present: Vec<&Past> = Vec::new();
    for migration in Migrator::migrations() {
        let step = migration.name();
        for past in &present {
            run(&connection, past.writes, &format!("before {step}")).await;
        }
        Migrator::up(&connection, Some(1)).await.unwrap();
        let after = columns(&connection).await;
        let lost: Vec<_> = before
            .iter()
            .filter(|column| !after.contains(column))
            .collect();
        assert!(lost.is_empty(), "{step} takes {lost:?} away");
        for past in &present {
            run(&connection, past.reads, &format!("after {step}")).await;
        }
        present.extend(PAST.iter().filter(|past| past.migration == step));
        before = after;
    }
    for past in &present {
        let statements = [past.writes, past.reads].concat();
        run(&connection, &statements, "at the end").await;
    }
    let kept = present.iter().map(|past| past.table.to_owned());
    let tables = before.iter().filter_map(|column| column.split('.').next());
    let tables = tables.filter(|table| !NOT_OURS.contains(table));
    assert_eq!(
        kept.collect::<BTreeSet<_>>(),
        tables.map(str::to_owned).collect::<BTreeSet<_>>(),
        "every table has its statements"
    );
}

/// Each statement touches or finds one row.
async fn run(connection: &DatabaseConnection, statements: &[&str], when: &str) {
    for sql in statements {
        let statement = Statement::from_string(connection.get_database_backend(), *sql);
        let rows = if sql.starts_with("SELECT") {
            let rows = connection.query_all_raw(statement).await;
            rows.map(|rows| rows.len() as u64)
        } else {
            let result = connection.execute_raw(statement).await;
            result.map(|result| result.rows_affected())
        };
        assert_eq!(rows, Ok(1), "{sql}\n{when}");
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
    storage_sql::testkit::connect(database.url()).await.unwrap()
}
