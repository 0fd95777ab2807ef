//! The schema goes up and down, once, whichever process starts and whatever is killed.

use futures_util::future::join_all;
use migrations::Migrator;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use sea_orm_migration::MigratorTrait;
use storage_sql::{Database, Error};
use testkit::TestDatabase;

on_each_engine!(
    each_step_goes_up_and_down,
    a_step_that_was_cut_off_is_taken_again,
    of_many_servers_one_migrates,
    a_schema_that_is_ahead_is_left_alone,
    a_schema_that_went_another_way_is_refused,
);

async fn each_step_goes_up_and_down(database: TestDatabase) {
    let connection = connect(&database).await;
    let mut schemas = vec![schema(&connection).await];
    for _ in Migrator::migrations() {
        Migrator::up(&connection, Some(1)).await.unwrap();
        let schema = schema(&connection).await;
        assert_ne!(Some(&schema), schemas.last(), "a step changes something");
        schemas.push(schema);
    }
    for expected in schemas.iter().rev().skip(1) {
        Migrator::down(&connection, Some(1)).await.unwrap();
        assert_eq!(&schema(&connection).await, expected, "all of it is undone");
    }
    Migrator::up(&connection, None).await.unwrap();
    assert_eq!(schemas.last(), Some(&schema(&connection).await));
}

/// MariaDB commits a change of the schema at once; the record of it comes after.
async fn a_step_that_was_cut_off_is_taken_again(database: TestDatabase) {
    database.open().await;
    let connection = connect(&database).await;
    let whole = schema(&connection).await;
    connection
        .execute_unprepared("DELETE FROM seaql_migrations")
        .await
        .unwrap();
    let migrated = Database::open(&database.settings())
        .await
        .unwrap()
        .migrate()
        .await;
    assert_eq!(
        migrated.unwrap().applied.len(),
        Migrator::migrations().len()
    );
    assert_eq!(schema(&connection).await, whole);

    connection
        .execute_unprepared("DROP TABLE equipment_snapshot")
        .await
        .unwrap();
    Migrator::down(&connection, None)
        .await
        .expect("it is gone already");
}

async fn of_many_servers_one_migrates(database: TestDatabase) {
    let settings = database.settings();
    let servers = (0..8).map(async |_| Database::open(&settings).await?.migrate().await);
    let migrated: Result<Vec<_>, Error> = join_all(servers).await.into_iter().collect();
    let applied: Vec<_> = migrated
        .unwrap()
        .into_iter()
        .map(|migrated| migrated.applied.len())
        .filter(|&applied| applied > 0)
        .collect();
    assert_eq!(applied, [Migrator::migrations().len()]);
}

async fn a_schema_that_is_ahead_is_left_alone(database: TestDatabase) {
    let newer = "m29991231_000001_of_a_later_version";
    let open = database.open().await;
    record(&database, newer).await;
    let migrated = open.migrate().await.unwrap();
    assert_eq!(migrated.unknown, [newer]);
    assert!(migrated.applied.is_empty());
}

async fn a_schema_that_went_another_way_is_refused(database: TestDatabase) {
    let open = database.open().await;
    let connection = connect(&database).await;
    Migrator::down(&connection, Some(1)).await.unwrap();
    let before = schema(&connection).await;
    record(&database, "m20261122_000002_of_another_branch").await;
    let error = open.migrate().await.unwrap_err();
    assert!(matches!(error, Error::Migrate(_)), "{error}");
    assert_eq!(schema(&connection).await, before);
}

#[tokio::test]
async fn copies_have_the_schema_that_migrations_make() {
    let sqlite = [(); 3].map(|()| TestDatabase::sqlite());
    let servers = [(); 3].map(|()| TestDatabase::mysql());
    for [first, copy, migrated] in [sqlite, join_all(servers).await.try_into().unwrap()] {
        for database in [&first, &copy] {
            let migrated = database.open().await.migrate().await.unwrap();
            assert!(migrated.applied.is_empty());
        }
        let connection = connect(&migrated).await;
        Migrator::up(&connection, None).await.unwrap();
        let made = schema(&connection).await;
        assert_eq!(schema(&connect(&copy).await).await, made);
    }
}

/// Says in the database that a migration was applied.
async fn record(database: &TestDatabase, migration: &str) {
    let sql =
        format!("INSERT INTO seaql_migrations (version, applied_at) VALUES ('{migration}', 0)");
    storage_sql::testkit::execute(database.url(), &[&sql])
        .await
        .unwrap();
}

async fn connect(database: &TestDatabase) -> DatabaseConnection {
    storage_sql::testkit::connect(database.url()).await.unwrap()
}

/// Every table as the engine describes it, but the list of migrations itself.
async fn schema(connection: &DatabaseConnection) -> Vec<String> {
    let backend = connection.get_database_backend();
    let tables = if backend == DbBackend::MySql {
        "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
    } else {
        "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    };
    let mut schema = Vec::new();
    for table in column(connection, tables, 0).await {
        let sql = if backend == DbBackend::MySql {
            format!("SHOW CREATE TABLE {table}")
        } else {
            format!("SELECT name, sql FROM sqlite_master WHERE name = '{table}'")
        };
        if table != "seaql_migrations" {
            schema.extend(column(connection, &sql, 1).await);
        }
    }
    schema.sort();
    schema
}

async fn column(connection: &DatabaseConnection, sql: &str, index: usize) -> Vec<String> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await.unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(index).unwrap())
        .collect()
}
