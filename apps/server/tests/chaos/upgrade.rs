//! R25: an older and a newer version side by side on one database.

use std::path::{Path, PathBuf};
use std::process::Command;

use donation::DonationLedger;
use nexon_sandbox::Sandbox;
use reqwest::{Client, Method, StatusCode};
use secrecy::ExposeSecret;
use serde_json::Value;
use storage_sql::testkit::{execute, text};
use testkit::TestDatabase;

use crate::balancer::{Balancer, Load};
use crate::instance::{Instance, PROGRAM, client};
use crate::people::{ADMIN_TOKEN, DEVELOPERS, Member};
use crate::scale::{Scale, older_program};

const POINTS: u64 = 10;

/// One database, and what servers of each version on it are told.
struct World {
    database: TestDatabase,
    sandbox: Sandbox,
    client: Client,
    /// Number of exchanges so far; names what is made anew.
    rounds: u64,
}

impl World {
    async fn new() -> Self {
        Self {
            database: TestDatabase::mysql().await,
            sandbox: Sandbox::start_local().unwrap(),
            client: client(),
            rounds: 0,
        }
    }

    /// A server of this version.
    async fn server(&self, program: &Path) -> Instance {
        let environment = [
            ("MAPLE__DATABASE__URL", self.database.url().expose_secret()),
            ("MAPLE__ADMIN__TOKEN", ADMIN_TOKEN),
            ("MAPLE__MEMBERS__DEVELOPERS", DEVELOPERS),
            ("MAPLE__NEXON__API_KEY", "any"),
            ("MAPLE__NEXON__BASE_URL", self.sandbox.url()),
            ("MAPLE__NEXON__QUOTA_PER_SECOND", "1000"),
            ("MAPLE__NEXON__QUOTA_PER_DAY", "1000000"),
            ("MAPLE__NEXON__TIMEOUT_MS", "20000"),
            ("MAPLE__REQUEST__DEADLINE_MS", "20000"),
            ("MAPLE__SESSIONS__ATTEMPTS_PER_MINUTE", "1000"),
        ];
        Instance::start_program(program, &["serve"], &environment).await
    }

    /// Whatever one of them writes the other one reads, and the other way round.
    async fn exchange(&mut self, one: &Instance, other: &Instance) {
        self.one_way(one, other).await;
        self.one_way(other, one).await;
    }

    async fn one_way(&mut self, writer: &Instance, reader: &Instance) {
        self.rounds += 1;
        let round = self.rounds;
        let key = format!("sandbox-member-upgrade-{round}");
        let member = Member::log_in(writer, &key).await;
        let me = self.ask(reader, Method::GET, "/api/v1/me", &member).await;
        assert_eq!(me.0, 200, "a session of the one is one of the other");

        member.is_granted(writer, POINTS).await;
        let mut gifts = Vec::new();
        for server in [writer, reader] {
            let gift = member.give(&self.client, server.public, &key, POINTS).await;
            let gift = gift.unwrap();
            assert_eq!(gift.status(), 201, "{}", server.service.log());
            gifts.push(gift.text().await.unwrap());
        }
        assert_eq!(gifts[0], gifts[1], "it was given once");

        let name = format!("met{round}");
        let path = format!("/api/v1/characters/{name}/equipment");
        let written = writer.answer(&path).await;
        let read = reader.answer(&path).await;
        assert_eq!(read["presets"], written["presets"]);
        let fetched_at = |answer: &Value| answer["data"]["fetched_at"].clone();
        assert_eq!(fetched_at(&read), fetched_at(&written), "it was stored");

        let path = format!("/api/v1/characters/{name}/like");
        let liked = self.ask(writer, Method::PUT, &path, &member).await;
        let likes = reader.get(&format!("{path}s")).await.unwrap();
        // Whichever of them came before likes did is not asked for any.
        if liked.0 != 404 && likes.status() != 404 {
            assert_eq!(liked.0, 200, "{}", liked.1);
            let likes: Value = likes.json().await.unwrap();
            assert_eq!(likes["count"], 1);
        }
    }

    async fn ask(
        &self,
        server: &Instance,
        method: Method,
        path: &str,
        member: &Member,
    ) -> (StatusCode, String) {
        let url = format!("http://{}{path}", server.public);
        let request = self.client.request(method, url).bearer_auth(&member.token);
        let answer = request.send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    /// Brings the schema to what a later version might make of it: each table has other columns,
    /// the first of them in the first place, and an index on them, and there is another table.
    async fn extend(&self) {
        let open = self.database.open().await;
        let tables = "SELECT GROUP_CONCAT(table_name) FROM information_schema.tables \
             WHERE table_schema = DATABASE() AND table_name <> 'seaql_migrations'";
        let tables = text(&open, tables).await.unwrap().unwrap();
        let mut steps = vec![
            "CREATE TABLE later (id BIGINT NOT NULL PRIMARY KEY)".to_owned(),
            "INSERT INTO seaql_migrations (version, applied_at) \
             VALUES ('m29991231_000001_of_a_later_version', 0)"
                .to_owned(),
        ];
        for table in tables.split(',') {
            steps.push(format!(
                "ALTER TABLE {table} ADD COLUMN later_number BIGINT NULL FIRST, \
                 ADD COLUMN later_text VARCHAR(16) NOT NULL DEFAULT 'later'"
            ));
            steps.push(format!("CREATE INDEX later ON {table} (later_number)"));
        }
        let steps: Vec<_> = steps.iter().map(String::as_str).collect();
        execute(self.database.url(), &steps).await.unwrap();
    }

    /// Output of `migrate` of this version.
    fn migrate(&self) -> String {
        let migrate = Command::new(PROGRAM)
            .arg("migrate")
            .env("MAPLE__DATABASE__URL", self.database.url().expose_secret())
            .output()
            .unwrap();
        assert!(migrate.status.success(), "{migrate:?}");
        String::from_utf8(migrate.stdout).unwrap()
    }
}

#[tokio::test]
async fn older_and_newer_versions_work_side_by_side() {
    let scale = Scale::from_environment();
    let rounds = scale.pick(1, 50);
    let mut world = World::new().await;
    let older = older_program();
    let program = older.clone().unwrap_or_else(|| PathBuf::from(PROGRAM));
    let mut old = world.server(&program).await;
    let also_old = world.server(&program).await;
    world.exchange(&old, &also_old).await;

    // The schema changes under the load of the older version.
    let balancer = Balancer::over(std::slice::from_ref(&old));
    let load = Load::begin(&balancer, 4, |number| {
        format!("/api/v1/characters/n{}/equipment", number % 200)
    });
    load.answers(20).await;
    let changed = if older.is_some() {
        world.migrate()
    } else {
        world.extend().await;
        "extended as a later version might".to_owned()
    };
    let new = world.server(Path::new(PROGRAM)).await;
    load.answers(20).await;
    for _ in 0..rounds {
        world.exchange(&old, &new).await;
        world.exchange(&old, &also_old).await;
    }
    let (answered, failures) = load.end().await;
    assert!(failures.is_empty(), "{failures:#?}");

    // Going back is to start the older one again.
    old.kill_and_restart().await;
    world.exchange(&old, &new).await;
    let open = world.database.open().await;
    let audit = open.ledger().audit().await.unwrap();
    assert!(audit.is_clean(), "{audit:?}");
    let versions = older.map_or("this version twice", |_| "an older version and this one");
    scale.row(
        "R25",
        format!("{versions} on one MariaDB whose schema changes meanwhile: {}", changed.trim()),
        format!(
            "{} times each read what the other wrote (sessions, points, donations, characters, and likes if both have them); {answered} requests, none failed; the older one starts on the newer schema",
            world.rounds
        ),
    );
}
