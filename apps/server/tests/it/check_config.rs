//! `check-config` and operators' commands on databases and servers that lack something.

use std::process::{Command, Output};

use secrecy::ExposeSecret;
use storage_sql::testkit::execute;
use tempfile::TempDir;
use testkit::{Server, TestDatabase};

/// Output of a command, with a folder of its own and these variables.
struct Said {
    code: Option<i32>,
    out: String,
    error: String,
    folder: TempDir,
}

impl Said {
    fn by(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let output: Output = Command::new(env!("CARGO_BIN_EXE_maple-expectation"))
            .args(arguments)
            .env("MAPLE__DATA_DIR", folder.path())
            .env(
                "MAPLE__SESSIONS__SECRET",
                "a secret that all instances share",
            )
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            code: output.status.code(),
            out: text(output.stdout),
            error: text(output.stderr),
            folder,
        }
    }

    /// The line of a part.
    fn part(&self, name: &str) -> &str {
        let begins = format!("{name:<10} ");
        let line = self.out.lines().find(|line| line.starts_with(&begins));
        line.unwrap_or_else(|| panic!("no {name} in {}{}", self.out, self.error))
    }
}

fn check(variables: &[(&str, &str)]) -> Said {
    Said::by(&["check-config"], variables)
}

#[tokio::test]
async fn check_fails_for_a_database_that_was_never_migrated() {
    let database = TestDatabase::mysql().await;
    let url = [("MAPLE__DATABASE__URL", database.url().expose_secret())];
    let said = check(&url);
    assert_eq!(said.code, Some(1));
    assert!(
        said.part("database").contains("never migrated"),
        "{}",
        said.out
    );
    drop(database.open().await);
    let said = check(&url);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.error);
    assert!(
        said.part("database").contains("takes a write"),
        "{}",
        said.out
    );
}

#[tokio::test]
async fn check_fails_for_a_user_who_may_only_read_and_for_a_read_only_server() {
    let server = Server::mariadb().unwrap();
    let database = TestDatabase::on(&server.url()).await;
    drop(database.open().await);
    let root = database.url().expose_secret();
    let (host, schema) = root.rsplit_once('@').unwrap().1.split_once('/').unwrap();
    for (name, rights, statement, why) in [
        ("reader", "SELECT", "DO 0", "lacks a permission"),
        (
            "writer",
            "SELECT, INSERT, UPDATE, DELETE",
            "SET GLOBAL read_only = 1",
            "read-only",
        ),
    ] {
        let statements = [
            format!("CREATE USER '{name}'@'127.0.0.1'"),
            format!("GRANT {rights} ON {schema}.* TO '{name}'@'127.0.0.1'"),
            statement.to_owned(),
        ];
        let statements = statements.each_ref().map(String::as_str);
        execute(database.url(), &statements).await.unwrap();
        let url = format!("mysql://{name}@{host}/{schema}");
        let said = check(&[("MAPLE__DATABASE__URL", &url)]);
        assert_eq!(said.code, Some(1), "{name}: {}", said.out);
        assert!(said.part("database").contains(why), "{}", said.out);
        assert!(
            said.error.contains("cannot be used: database"),
            "{}",
            said.error
        );
    }
}

#[test]
fn check_warns_of_a_redis_without_an_append_only_file() {
    for (server, status, why) in [
        (Server::redis(), "warning", "appendonly"),
        (Server::durable_redis(), "ok", "keeps a file"),
    ] {
        let server = server.unwrap();
        let said = check(&[("MAPLE__REDIS__URL", &server.url())]);
        assert_eq!(said.code, Some(0), "{}{}", said.out, said.error);
        let part = said.part("redis");
        assert!(part.contains(status) && part.contains(why), "{part}");
    }
}

#[test]
fn check_makes_no_database_file() {
    let said = check(&[]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.error);
    assert!(
        said.part("database").contains("is not there yet"),
        "{}",
        said.out
    );
    assert!(!said.folder.path().join("sandbox.sqlite").exists());
}

const COMMANDS: [&[&str]; 4] = [
    &["points", "show", "000000000000000000000000000000a1"],
    &["outbox", "list"],
    &["ledger", "check"],
    &["members", "revoke", "000000000000000000000000000000a1"],
];

#[tokio::test]
async fn operators_commands_say_that_a_database_was_never_migrated() {
    let database = TestDatabase::mysql().await;
    let url = [("MAPLE__DATABASE__URL", database.url().expose_secret())];
    for command in COMMANDS {
        let said = Said::by(command, &url);
        assert_eq!(said.code, Some(1), "{command:?}");
        assert!(said.error.contains("never migrated"), "{}", said.error);
        assert!(!said.error.contains("1146"), "{}", said.error);
    }
}

#[test]
fn operators_commands_make_no_database_file() {
    for command in COMMANDS {
        let said = Said::by(command, &[]);
        assert_eq!(said.code, Some(1), "{command:?}");
        assert!(
            said.error.contains("there is no database at"),
            "{}",
            said.error
        );
        assert!(said.error.contains("MAPLE__DATA_DIR"), "{}", said.error);
        assert!(!said.folder.path().join("sandbox.sqlite").exists());
    }
}
