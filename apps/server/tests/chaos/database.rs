//! R20: the database is killed and comes back; what is known is answered meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kernel::MemberId;
use likes::LikeStore;
use reqwest::Method;
use secrecy::ExposeSecret;
use testkit::{Server, TestDatabase};
use tokio::task::{JoinSet, block_in_place};
use tokio::time::Instant;

use crate::balancer::{Balancer, Load};
use crate::cluster::Cluster;
use crate::instance::Instance;
use crate::people::Member;
use crate::scale::Scale;

/// Members who like characters, and number of characters they like.
const MEMBERS: usize = 6;
const CHARACTERS: usize = 3;

#[tokio::test]
async fn stored_answers_go_on_without_the_database_and_it_is_found_again() {
    let scale = Scale::from_environment();
    let (outages, reads) = scale.pick((1, 50), (20, 2_000));
    let mut server = Server::mariadb().unwrap();
    let database = TestDatabase::on(&server.url()).await;
    let instance = Instance::start(&[
        ("MAPLE__DATABASE__URL", database.url().expose_secret()),
        ("MAPLE__DATABASE__ACQUIRE_TIMEOUT_MS", "500"),
        ("MAPLE__REQUEST__DEADLINE_MS", "20000"),
    ])
    .await;
    let path = |character: &str| format!("/api/v1/characters/{character}/expectation");
    instance.answer(&path("known")).await;

    for outage in 0..outages {
        server.kill();
        // Strangers come too, and each of them tries to be stored.
        for stranger in 0..5 {
            instance
                .answer(&path(&format!("n{outage}x{stranger}")))
                .await;
        }
        for _ in 0..reads {
            instance.answer(&path("known")).await;
        }
        let live = instance.get("/health/live").await.unwrap();
        assert_eq!(live.status(), 200);
        instance.until_ready_is(503).await;
        assert!(instance.metric("maple_db_breaker_state").await > 0.0);

        server.restart().unwrap();
        until_sound(&instance).await;
        instance.answer(&path("known")).await;
    }
    scale.row(
        "R20",
        format!("{outages} kills of MariaDB, {reads} reads of a known character during each"),
        "every read answered, live true, ready false; ready again by itself",
    );
}

/// Until it is ready, and what is fetched is stored again.
async fn until_sound(instance: &Instance) {
    let mut tries = 0;
    while instance.get("/health/ready").await.unwrap().status() != 200
        || instance.metric("maple_db_breaker_state").await > 0.0
    {
        // The breaker closes with the first call that goes well after its rest.
        instance
            .answer(&format!("/api/v1/characters/back{tries}/equipment"))
            .await;
        tries += 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Members who like characters, and the responses they got.
#[derive(Default)]
struct Ledger {
    /// Last response to each member about each character.
    told: Mutex<BTreeMap<(usize, usize), bool>>,
    taken: AtomicU64,
    /// Time that each like took which was asked for and taken without the database.
    waits: Mutex<Vec<Duration>>,
    is_database_away: AtomicBool,
    failures: Mutex<Vec<String>>,
    is_over: AtomicBool,
}

impl Ledger {
    /// Likes one character after another, and then takes it back, until it is over.
    async fn like_on(&self, balancer: &Balancer, member: usize, token: &str) {
        for number in 0.. {
            if self.is_over.load(Ordering::Relaxed) {
                return;
            }
            let character = number % CHARACTERS;
            let liked = (number / CHARACTERS).is_multiple_of(2);
            let method = if liked { Method::PUT } else { Method::DELETE };
            let path = format!("/api/v1/characters/k{character}/like");
            let is_away = self.is_database_away.load(Ordering::Relaxed);
            let asked = Instant::now();
            match balancer.ask(method, &path, Some(token)).await {
                Ok(answer) if answer.status() == 200 => {
                    let mut told = self.told.lock().unwrap();
                    told.insert((member, character), liked);
                    self.taken.fetch_add(1, Ordering::Relaxed);
                    if is_away && self.is_database_away.load(Ordering::Relaxed) {
                        self.waits.lock().unwrap().push(asked.elapsed());
                    }
                }
                failed => self.failures.lock().unwrap().push(format!("{failed:?}")),
            }
        }
    }

    fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// The percentile of the waits without the database.
    fn wait(&self, percent: usize) -> Duration {
        let mut waits = self.waits.lock().unwrap().clone();
        waits.sort_unstable();
        waits[(waits.len() - 1) * percent / 100]
    }

    /// Waits until that number of further ones were taken.
    async fn takes(&self, more: u64) {
        let goal = self.taken() + more;
        while self.taken() < goal {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Members among these who like a character, by the responses they got.
    fn likers(&self, character: usize, members: &[MemberId]) -> BTreeSet<MemberId> {
        let told = self.told.lock().unwrap();
        let likes = |member: &usize| told.get(&(*member, character)) == Some(&true);
        let likers = (0..members.len()).filter(likes);
        likers.map(|member| members[member]).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn likes_and_stored_answers_go_on_without_the_database_over_three_servers() {
    let scale = Scale::from_environment();
    let (outages, reads, likes) = scale.pick((1, 300, 30), (20, 5_000, 500));
    let mut server = Server::mariadb().unwrap();
    let database = TestDatabase::on(&server.url()).await;
    let redis = Server::durable_redis().unwrap();
    let soon = [("MAPLE__DATABASE__ACQUIRE_TIMEOUT_MS", "500")];
    let cluster = Cluster::start(&database, &redis.url(), &soon).await;
    let known = |number| format!("/api/v1/characters/k{number}/expectation");
    for character in 0..CHARACTERS {
        cluster.ask_each(&known(character)).await;
    }
    let mut members = Vec::new();
    for member in 0..MEMBERS {
        let key = format!("sandbox-member-chaos-{member}");
        let member = Member::log_in(&cluster.instances[0], &key).await;
        // Each instance has seen each member before.
        for _ in &cluster.instances {
            let (path, token) = ("/api/v1/me", Some(member.token.as_str()));
            let me = cluster.balancer.ask(Method::GET, path, token).await;
            assert_eq!(me.unwrap().status(), 200);
        }
        members.push(member);
    }
    let ledger = Arc::new(Ledger::default());
    let mut likers = JoinSet::new();
    for (number, member) in members.iter().cloned().enumerate() {
        let (ledger, balancer) = (ledger.clone(), cluster.balancer.clone());
        likers.spawn(async move { ledger.like_on(&balancer, number, &member.token).await });
    }
    let load = Load::begin(&cluster.balancer, 4, move |number| {
        known(usize::try_from(number).unwrap() % CHARACTERS)
    });
    ledger.takes(likes).await;
    let mut taken_meanwhile = 0;
    for _ in 0..outages {
        block_in_place(|| server.kill());
        ledger.is_database_away.store(true, Ordering::Relaxed);
        let before = ledger.taken();
        tokio::join!(load.answers(reads), ledger.takes(likes));
        taken_meanwhile += ledger.taken() - before;
        for instance in &cluster.instances {
            let live = instance.get("/health/live").await.unwrap();
            assert_eq!(live.status(), 200);
            instance.until_ready_is(503).await;
            assert_eq!(instance.dependency("database").await, "failed");
        }
        ledger.is_database_away.store(false, Ordering::Relaxed);
        block_in_place(|| server.restart()).unwrap();
        for instance in &cluster.instances {
            instance.until_ready_is(200).await;
        }
    }
    ledger.takes(likes).await;
    ledger.is_over.store(true, Ordering::Relaxed);
    while let Some(ended) = likers.join_next().await {
        ended.unwrap();
    }
    let (answered, failures) = load.end().await;
    assert!(failures.is_empty(), "{failures:#?}");
    let failures = ledger.failures.lock().unwrap().join("\n");
    assert!(failures.is_empty(), "{failures}");

    // What was taken is counted, and comes to the database.
    let ids = members.iter().map(|member| member.id.parse().unwrap());
    let members: Vec<MemberId> = ids.collect();
    for instance in &cluster.instances {
        while instance.metric("maple_likes_pending").await > 0.0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let store = database.open().await.likes();
    assert_eq!(store.recount().await.unwrap(), [], "a count drifted");
    for character in 0..CHARACTERS {
        let likers = ledger.likers(character, &members);
        let path = format!("/api/v1/characters/k{character}/likes");
        for answer in cluster.ask_each(&path).await {
            assert_eq!(answer["count"], likers.len(), "{path}");
        }
        let ocid = cluster.ocid(&format!("k{character}")).await;
        let tally = store.tally(&ocid, &members).await.unwrap();
        assert_eq!(BTreeSet::from_iter(tally.likers), likers, "{path}");
    }
    scale.row(
        "R20",
        format!("{outages} kills of MariaDB under load over three servers with Redis, {reads} reads and {likes} likes during each"),
        format!(
            "{answered} reads answered and {} likes taken, {taken_meanwhile} of them without the database, with a p50 of {:.1?} and a p99 of {:.1?}; none failed, all are stored; live true, ready false, and back by itself",
            ledger.taken(),
            ledger.wait(50),
            ledger.wait(99),
        ),
    );
}
