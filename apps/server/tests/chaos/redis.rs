//! Redis is killed under load and comes back: what is known is answered meanwhile, and then
//! instances share again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use coordination_redis::{Redis, RedisSnapshots};
use equipment::SharedCache;
use futures_util::future::join_all;
use nexon_sandbox::FaultRule;
use testkit::{Server, TestDatabase};
use tokio::task::block_in_place;
use tokio::time::Instant;

use crate::actor;
use crate::balancer::Load;
use crate::cluster::Cluster;
use crate::instance::Instance;
use crate::scale::Scale;

const CHARACTERS: u64 = 4;

/// Concurrent requests to each server for the same character.
const COPIES: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stored_answers_go_on_without_redis_and_instances_share_again_when_it_is_back() {
    let scale = Scale::from_environment();
    let (kills, reads) = scale.pick((1, 300), (20, 5_000));
    let mut redis = Server::durable_redis().unwrap();
    let database = TestDatabase::mysql().await;
    let cluster = Cluster::start(&database, &redis.url(), &[]).await;
    let ours = actor::connect(&redis.url()).await;
    let known = |number: u64| format!("/api/v1/characters/k{}/expectation", number % CHARACTERS);
    for character in 0..CHARACTERS {
        cluster.ask_each(&known(character)).await;
    }
    let strangers = Strangers::default();
    let load = Load::begin(&cluster.balancer, 6, known);
    let mut slowest = Duration::ZERO;
    for _ in 0..kills {
        let errors_before = connection_errors(&cluster).await;
        block_in_place(|| redis.kill());
        load.answers(reads).await;
        for (instance, before) in cluster.instances.iter().zip(errors_before) {
            let ready = instance.get("/health/ready").await.unwrap();
            assert_eq!(ready.status(), 200, "it does without Redis");
            assert_eq!(instance.dependency("redis").await, "degraded");
            let errors = connection_errors_of(instance).await;
            assert!(errors > before, "each instance counts what it lost");
        }
        // Nobody knows what others have used of the quota.
        let refused = cluster.balancer.get(&strangers.next()).await.unwrap();
        assert_eq!(refused.status(), 503);
        assert!(refused.headers().contains_key("retry-after"));

        block_in_place(|| redis.restart()).unwrap();
        let back = Instant::now();
        join_all(
            cluster
                .instances
                .iter()
                .map(|it| until_used(it, &strangers)),
        )
        .await;
        slowest = slowest.max(back.elapsed());
        share(&cluster, &ours, &strangers).await;
    }
    let (answered, failures) = load.end().await;
    let failed = u64::try_from(failures.len()).unwrap();
    assert!(1_000 * failed < answered, "{failures:#?}");
    scale.row(
        "without Redis",
        format!("{kills} kills of a durable Redis under load over three servers, {reads} reads of known characters during each"),
        format!(
            "{answered} reads answered, {failed} failed; {:.1} s at most from Redis's return until each server used it; then one upstream fetch set for {} requests at once over the three",
            slowest.as_secs_f64(),
            3 * COPIES,
        ),
    );
}

/// Characters that nobody has asked for.
#[derive(Default)]
struct Strangers(AtomicU64);

impl Strangers {
    fn name(&self) -> String {
        format!("new{}", self.0.fetch_add(1, Ordering::Relaxed))
    }

    fn next(&self) -> String {
        path(&self.name())
    }
}

fn path(name: &str) -> String {
    format!("/api/v1/characters/{name}/equipment")
}

async fn connection_errors(cluster: &Cluster) -> Vec<f64> {
    join_all(cluster.instances.iter().map(connection_errors_of)).await
}

async fn connection_errors_of(instance: &Instance) -> f64 {
    let name = "maple_redis_connection_errors_total";
    instance.metric(name).await
}

/// Until an instance says that Redis answers, and gets leave from it to ask the upstream.
async fn until_used(instance: &Instance, strangers: &Strangers) {
    while instance.dependency("redis").await != "ok"
        || instance.get(&strangers.next()).await.unwrap().status() != 200
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Asks all at once for the same stranger, while the upstream is slow: but for the lock in Redis
/// each instance would fetch by itself. What was fetched is where instances share it.
async fn share(cluster: &Cluster, redis: &Redis, strangers: &Strangers) {
    let stranger = strangers.name();
    let path = path(&stranger);
    let before = cluster.sandbox.counters();
    cluster.sandbox.set_faults(vec![FaultRule::slow(200)]);
    let copies = (0..COPIES).map(|_| cluster.ask_each(&path));
    let answers = join_all(copies).await.concat();
    cluster.sandbox.set_faults(Vec::new());
    assert_eq!(cluster.asked_since(before), [1, 1, 1]);
    assert_eq!(answers.len(), 3 * COPIES);
    let presets: Vec<_> = answers.iter().map(|answer| &answer["presets"]).collect();
    assert!(presets.iter().all(|other| *other == presets[0]));
    let ocid = cluster.ocid(&stranger).await;
    redis.connected().await;
    let shared = RedisSnapshots::new(redis.clone()).snapshot(&ocid).await;
    assert!(shared.unwrap().is_some(), "it is in Redis");
}
