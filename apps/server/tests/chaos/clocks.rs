//! Server processes whose machines have a wrong clock, on one MariaDB with a right one: none undoes,
//! deletes or stops anything.

use std::slice::from_ref;
use std::time::Duration;

use reqwest::Method;
use secrecy::ExposeSecret;
use storage_sql::Database;
use storage_sql::testkit::text;
use testkit::{Preload, Server, TestDatabase};

use crate::actor::PATIENT;
use crate::instance::{Instance, client};
use crate::jobs::begun;
use crate::people::Member;
use crate::scale::Scale;

/// An hour, in seconds.
const HOUR: i64 = 60 * 60;

/// Longer than snapshots and sessions are kept, in seconds.
const EIGHT_DAYS: i64 = 8 * 24 * HOUR;

/// The library that makes a clock wrong; none where there is no C compiler.
fn wrong_clocks() -> Option<Preload> {
    let built = Preload::build().unwrap();
    if built.is_none() {
        println!("SKIPPED: there is no C compiler, so no clock can be made wrong");
    }
    built
}

/// Starts a server whose clock is ahead by so many seconds.
async fn start(clocks: &Preload, ahead: i64, environment: &[(&str, &str)]) -> Instance {
    let clock = clocks.clock_ahead(ahead);
    let clock = clock.iter().map(|(name, value)| (*name, value.as_str()));
    let environment: Vec<_> = environment.iter().copied().chain(clock).collect();
    let instance = Instance::start(&environment).await;
    let expected = if ahead == 0 { "ok" } else { "degraded" };
    assert_eq!(instance.dependency("clock").await, expected);
    let is_reported = instance
        .service
        .log()
        .contains("this machine's clock is far");
    assert_eq!(is_reported, ahead != 0, "{}", instance.service.log());
    instance
}

/// Waits until it is so.
async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let so = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let in_time = tokio::time::timeout(PATIENT, so).await;
    assert!(in_time.is_ok(), "never: {what}");
}

async fn change(instance: &Instance, member: &Member, method: Method) {
    let url = format!("http://{}/api/v1/characters/liked/like", instance.public);
    let request = client().request(method, url).bearer_auth(&member.token);
    assert_eq!(request.send().await.unwrap().status(), 200);
}

async fn count(database: &Database, of: &str) -> String {
    let sql = format!("SELECT CAST(COUNT(*) AS CHAR) FROM {of}");
    text(database, &sql).await.unwrap().unwrap()
}

/// Each member likes through a server that is ahead and unlikes through one that is right.
async fn unlikes_stand(clocks: &Preload, redis: Option<&Server>, unlikes: usize) {
    let database = TestDatabase::mysql().await;
    let redis = redis.map(Server::url);
    let mut environment = vec![
        ("MAPLE__DATABASE__URL", database.url().expose_secret()),
        ("MAPLE__SESSIONS__ATTEMPTS_PER_MINUTE", "1000"),
    ];
    environment.extend(redis.as_deref().map(|url| ("MAPLE__REDIS__URL", url)));
    let ahead = start(clocks, 5, &environment).await;
    let right = start(clocks, 0, &environment).await;
    right.answer("/api/v1/characters/liked").await;
    ahead.answer("/api/v1/characters/liked").await;
    for number in 0..unlikes {
        let member = Member::log_in(&right, &format!("sandbox-member-{number}")).await;
        change(&ahead, &member, Method::PUT).await;
        change(&right, &member, Method::DELETE).await;
    }
    // What was taken before it is written before it.
    let last = Member::log_in(&right, "sandbox-member-last").await;
    change(&ahead, &last, Method::PUT).await;
    let open = database.open().await;
    let of_last = format!("character_like WHERE liker = x'{}'", last.id);
    until("the last like is written", async || {
        count(&open, &of_last).await == "1"
    })
    .await;
    assert_eq!(count(&open, "character_like").await, "1");
    for instance in [&ahead, &right] {
        until("the likes are counted", async || {
            let likes = instance.answer("/api/v1/characters/liked/likes").await;
            likes["count"] == 1
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unlikes_are_not_undone_by_a_server_whose_clock_is_ahead() {
    let scale = Scale::from_environment();
    let Some(clocks) = wrong_clocks() else { return };
    let redis = Server::durable_redis().unwrap();
    let unlikes = scale.pick(19, 400);
    unlikes_stand(&clocks, Some(&redis), unlikes).await;
    unlikes_stand(&clocks, None, unlikes).await;
    scale.row(
        "clocks, likes",
        format!("{unlikes} likes through a server 5 s ahead, each unliked through one that is right, with a durable Redis and without"),
        "no unlike undone",
    );
}

/// Settings of servers that purge every second and log the ticks of their jobs.
fn purging_every_second(database: &TestDatabase) -> [(&'static str, &str); 4] {
    [
        ("MAPLE__DATABASE__URL", database.url().expose_secret()),
        ("MAPLE__CACHE__PURGE_EVERY_SECONDS", "1"),
        ("MAPLE__LOG", "server=debug,schedule=debug"),
        ("MAPLE__LOG_FORMAT", "json"),
    ]
}

#[tokio::test]
async fn server_an_hour_ahead_that_dies_stops_no_job() {
    let Some(clocks) = wrong_clocks() else { return };
    let database = TestDatabase::mysql().await;
    let environment = purging_every_second(&database);
    let mut ahead = start(&clocks, HOUR, &environment).await;
    until("the server ahead begins ticks", async || {
        begun(from_ref(&ahead)).len() >= 2
    })
    .await;
    ahead.service.kill();
    let right = start(&clocks, 0, &environment).await;
    // A minute at most, and not an hour.
    until("the other goes on with the ticks", async || {
        begun(from_ref(&right)).len() >= 2
    })
    .await;
    let (before, after) = (begun(from_ref(&ahead)), begun(from_ref(&right)));
    let last = before.last_key_value().unwrap().0;
    let first = after.first_key_value().unwrap().0;
    // Ticks of a job every second.
    assert!((1..=60).contains(&(first - last)), "{before:?} {after:?}");
}

#[tokio::test]
async fn server_eight_days_ahead_purges_nothing_and_says_so() {
    let Some(clocks) = wrong_clocks() else { return };
    let database = TestDatabase::mysql().await;
    let environment = purging_every_second(&database);
    let right = start(&clocks, 0, &environment).await;
    let member = Member::log_in(&right, "sandbox-member-1").await;
    right.answer("/api/v1/characters/kept/equipment").await;
    let open = database.open().await;
    until("the snapshot is stored", async || {
        count(&open, "equipment_snapshot").await == "1"
    })
    .await;
    // The ticks are all left to the server that is ahead.
    let mut right = right;
    right.service.kill();
    let ahead = start(&clocks, EIGHT_DAYS, &environment).await;
    until("the server ahead begins ticks", async || {
        begun(from_ref(&ahead)).len() >= 3
    })
    .await;
    assert_eq!(count(&open, "equipment_snapshot").await, "1");
    assert_eq!(count(&open, "member_session").await, "1");
    let me = format!("http://{}/api/v1/me", ahead.public);
    let me = client().get(me).bearer_auth(&member.token).send().await;
    assert_eq!(me.unwrap().status(), 200, "the session is valid there too");
    let offset = ahead.metric("maple_clock_offset_milliseconds").await;
    assert!(offset > 7.0 * 86_400_000.0, "{offset}");
}
