//! R1, R2 and R3: donations while servers are killed, and copies of a request over two of them.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::{Client, Response};
use secrecy::ExposeSecret;
use serde_json::Value;
use storage_sql::Database;
use storage_sql::testkit::text;
use testkit::TestDatabase;

use crate::instance::{Instance, client};
use crate::people::{ADMIN_TOKEN, DEVELOPER, DEVELOPERS, Member};
use crate::scale::Scale;

/// Every step of a donation, in their order.
const STEPS: [&str; 9] = [
    "donation-locked",
    "donation-decided",
    "ledger-posting",
    "ledger-entries",
    "ledger-balance",
    "donation-posted",
    "donation-recorded",
    "donation-enqueued",
    "donation-committed",
];

/// A database, and the configuration of every server on it.
struct World {
    database: TestDatabase,
    open: Database,
    variables: Vec<(&'static str, String)>,
    client: Client,
}

impl World {
    async fn start() -> Self {
        let database = TestDatabase::mysql().await;
        let open = database.open().await;
        let variables = vec![
            (
                "MAPLE__DATABASE__URL",
                database.url().expose_secret().to_owned(),
            ),
            (
                "MAPLE__SESSIONS__SECRET",
                "a secret that all instances share".to_owned(),
            ),
            ("MAPLE__ADMIN__TOKEN", ADMIN_TOKEN.to_owned()),
            ("MAPLE__MEMBERS__DONATIONS_PER_MINUTE", "1000000".to_owned()),
            ("MAPLE__MEMBERS__DEVELOPERS", DEVELOPERS.to_owned()),
        ];
        Self {
            database,
            open,
            variables,
            client: client(),
        }
    }

    async fn instance(&self, more: &[(&str, &str)]) -> Instance {
        let own = self
            .variables
            .iter()
            .map(|(name, value)| (*name, value.as_str()));
        let all: Vec<_> = own.chain(more.iter().copied()).collect();
        Instance::start(&all).await
    }

    async fn giver(&self, instance: &Instance, key: &str, points: u64) -> Member {
        let giver = Member::log_in(instance, key).await;
        giver.is_granted(instance, points).await;
        giver
    }

    /// A request to give so many points under a key.
    async fn give(
        &self,
        server: SocketAddr,
        giver: &Member,
        key: &str,
        amount: u64,
    ) -> reqwest::Result<Response> {
        giver.give(&self.client, server, key, amount).await
    }

    async fn number(&self, sql: &str) -> i64 {
        let found = text(&self.open, &format!("SELECT CAST(({sql}) AS CHAR)")).await;
        found.unwrap().unwrap().parse().unwrap()
    }

    /// The accounting: every donation has its message and every message its donation, all entries
    /// add up to zero, and balances are what the entries say.
    async fn account_for(&self, donations: i64, given: i64) {
        let halves = "SELECT (SELECT COUNT(*) FROM donation LEFT JOIN outbox_message \
             ON outbox_message.id = donation.id WHERE outbox_message.id IS NULL) \
             + (SELECT COUNT(*) FROM outbox_message LEFT JOIN donation \
             ON donation.id = outbox_message.id WHERE donation.id IS NULL)";
        assert_eq!(self.number(halves).await, 0, "one half without the other");
        let audit = donation::DonationLedger::audit(&self.open.ledger()).await;
        let audit = audit.unwrap();
        assert!(audit.is_clean(), "{audit:?}");
        let count = self.number("SELECT COUNT(*) FROM donation").await;
        assert_eq!(count, donations);
        let received = format!(
            "SELECT COALESCE(SUM(balance), 0) FROM point_account WHERE account = x'{DEVELOPER}'"
        );
        assert_eq!(self.number(&received).await, given);
    }
}

#[tokio::test]
async fn donations_survive_a_kill_at_every_step() {
    let scale = Scale::from_environment();
    let rounds = scale.pick(1, 20);
    let world = World::start().await;
    let other = world.instance(&[]).await;
    let giver = world.giver(&other, "sandbox-member-1", 1_000_000).await;
    let mut given = 0;
    for round in 0..rounds {
        for step in STEPS {
            let key = format!("{step}-{round}");
            let mut victim = world
                .instance(&[
                    ("FAILPOINTS", &format!("{step}=pause")),
                    ("MAPLE__LOG", "info,donation=debug,storage_sql=debug"),
                ])
                .await;
            let asked = world.give(victim.public, &giver, &key, 10);
            let killed = async {
                let reached = format!("step=\"{step}\"");
                let reached_json = format!("\"step\":\"{step}\"");
                loop {
                    let log = victim.service.log();
                    if log.contains(&reached) || log.contains(&reached_json) {
                        break;
                    }
                    assert!(victim.service.exit_code().is_none(), "{log}");
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                victim.service.kill();
            };
            let (answer, ()) = tokio::join!(asked, killed);
            assert!(answer.is_err(), "nobody acknowledged {step}");
            let was_committed = step == "donation-committed";
            world
                .account_for(
                    given + i64::from(was_committed),
                    10 * (given + i64::from(was_committed)),
                )
                .await;

            // A client without an answer asks again, elsewhere: the points move once, now or before.
            let again = world.give(other.public, &giver, &key, 10).await.unwrap();
            assert_eq!(again.status(), 201, "{step}: {}", other.service.log());
            let replayed = again.headers().contains_key("idempotency-replayed");
            assert_eq!(replayed, was_committed, "{step}");
            given += 1;
            world.account_for(given, 10 * given).await;
        }
    }
    scale.row(
        "R1",
        format!("{given} kills over {} steps of a donation, two servers on MariaDB", STEPS.len()),
        "each donation, its posting and its message stand together or not at all; asked again, each was given once",
    );
    drop(world.database);
}

#[tokio::test]
async fn copies_over_two_servers_have_one_effect() {
    const COPIES: usize = 64;
    let scale = Scale::from_environment();
    let rounds = scale.pick(3, 200);
    let world = World::start().await;
    let instances = [world.instance(&[]).await, world.instance(&[]).await];
    let giver = world
        .giver(&instances[0], "sandbox-member-1", 1_000_000)
        .await;
    let (mut answered, mut refused) = (0, 0);
    for round in 1..=rounds {
        let key = format!("copies-{round}");
        let copies =
            (0..COPIES).map(|copy| world.give(instances[copy % 2].public, &giver, &key, 7));
        let mut bodies = Vec::new();
        for answer in join_all(copies).await {
            let answer = answer.unwrap();
            match answer.status().as_u16() {
                201 => bodies.push(answer.json::<Value>().await.unwrap()),
                // In flight on the same server; or waited too long for the other one.
                409 | 503 => refused += 1,
                status => panic!("{status}: {}", answer.text().await.unwrap()),
            }
        }
        assert!(!bodies.is_empty(), "one of them was answered");
        bodies.dedup();
        assert_eq!(bodies.len(), 1, "all were given the same answer");
        answered += 1;
        world.account_for(round, 7 * round).await;

        let other = world
            .give(instances[1].public, &giver, &key, 8)
            .await
            .unwrap();
        assert_eq!(other.status(), 422, "another body is another donation");
        world.account_for(round, 7 * round).await;
    }
    scale.row(
        "R2, R3",
        format!("{COPIES} copies at once over two servers, {rounds} times, then the key with another body"),
        format!("{answered} effects; {refused} copies were told to ask again; 422 without effect for the other body"),
    );
}
