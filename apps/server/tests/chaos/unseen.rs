//! R20 for members whose session an instance has never seen, and for counts of likes: neither the
//! database nor Redis is missed.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use testkit::{Server, TestDatabase};
use tokio::task::block_in_place;

use crate::cluster::Cluster;
use crate::instance::{Instance, client};
use crate::people::Member;
use crate::scale::Scale;

const MEMBERS: usize = 12;
const LIKES: &str = "/api/v1/characters/liked/likes";

/// Likes a character through an instance; the status.
async fn like(instance: &Instance, member: &Member, method: Method) -> u16 {
    let url = format!("http://{}/api/v1/characters/liked/like", instance.public);
    let request = client().request(method, url).bearer_auth(&member.token);
    request.send().await.unwrap().status().as_u16()
}

/// Waits until readiness of an instance says this of a dependency.
async fn until(instance: &Instance, dependency: &str, status: &str) {
    let waited = async {
        while instance.dependency(dependency).await != status {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_mins(1), waited).await;
    waited.unwrap_or_else(|_| panic!("{dependency} is never {status}"));
}

/// What each instance tells of the likes.
async fn counts(cluster: &Cluster) -> Vec<Value> {
    let mut counts = Vec::new();
    for instance in &cluster.instances {
        counts.push(instance.answer(LIKES).await);
    }
    counts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unseen_members_like_and_likes_are_counted_while_the_database_or_redis_is_away() {
    let scale = Scale::from_environment();
    let mut server = Server::mariadb().unwrap();
    let mut redis = Server::durable_redis().unwrap();
    let database = TestDatabase::on(&server.url()).await;
    let cluster = Cluster::start(&database, &redis.url(), &[]).await;
    cluster.ask_each("/api/v1/characters/liked/equipment").await;
    let [here, others @ ..] = &cluster.instances[..] else {
        panic!("there are three");
    };
    let mut members = Vec::new();
    for number in 0..MEMBERS {
        members.push(Member::log_in(here, &format!("sandbox-member-unseen-{number}")).await);
    }
    for told in counts(&cluster).await {
        assert_eq!(
            (&told["count"], &told["age_seconds"]),
            (&0.into(), &0.into())
        );
    }

    block_in_place(|| server.kill());
    for (number, member) in members.iter().enumerate() {
        let instance = &others[number % others.len()];
        assert_eq!(like(instance, member, Method::PUT).await, 200, "{number}");
    }
    for told in counts(&cluster).await {
        assert_eq!(told["count"], 0, "as it was counted last: {told}");
        assert!(told["age_seconds"].as_u64().unwrap() > 0, "{told}");
    }
    until(here, "database", "failed").await;
    block_in_place(|| server.restart()).unwrap();
    for instance in &cluster.instances {
        until(instance, "database", "ok").await;
        while instance.answer(LIKES).await["count"] != MEMBERS {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    block_in_place(|| redis.kill());
    until(here, "redis", "degraded").await;
    assert_eq!(like(here, &members[0], Method::DELETE).await, 200);
    for told in counts(&cluster).await {
        assert!(told["count"].is_u64(), "{told}");
        assert!(told["age_seconds"].as_u64().unwrap() > 0, "{told}");
    }
    scale.row(
        "R20",
        format!("{MEMBERS} members who logged in at one of three servers like through the two others while MariaDB is away"),
        "none refused; the counts are told with their age, also while Redis is away",
    );
}
