//! R19: instances are replaced one after another under load, and no request fails.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use futures_util::future::join_all;
use nexon_sandbox::Sandbox;
use reqwest::Client;
use secrecy::ExposeSecret;
use testkit::TestDatabase;
use tokio::task::JoinSet;

use crate::instance::{Instance, client};
use crate::scale::Scale;

const CHARACTERS: u64 = 10;

/// A load balancer as small as can be: round robin over the instances that are ready, and the
/// next one when a connection is refused.
struct Balancer {
    client: Client,
    ready: RwLock<[Option<SocketAddr>; 3]>,
    turn: AtomicU64,
    answered: AtomicU64,
    is_over: AtomicBool,
}

impl Balancer {
    /// Asks again and again until it is over.
    async fn ask_on(self: Arc<Self>) {
        while !self.is_over.load(Ordering::Relaxed) {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed);
            self.ask(turn).await;
            self.answered.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn ask(&self, turn: u64) {
        let path = format!("/api/v1/characters/c{}/expectation", turn % CHARACTERS);
        loop {
            let ready: Vec<_> = self
                .ready
                .read()
                .unwrap()
                .iter()
                .flatten()
                .copied()
                .collect();
            let count = u64::try_from(ready.len()).unwrap();
            for next in turn..turn + count {
                let address = ready[usize::try_from(next % count).unwrap()];
                match self
                    .client
                    .get(format!("http://{address}{path}"))
                    .send()
                    .await
                {
                    Ok(response) => {
                        assert_eq!(response.status(), 200, "{path}");
                        response.bytes().await.expect("a response that began ends");
                        return;
                    }
                    Err(error) if error.is_connect() => {}
                    Err(error) => panic!("a request that was taken failed: {error:?}"),
                }
            }
        }
    }
}

#[tokio::test]
async fn replacing_one_instance_after_another_fails_no_request() {
    let scale = Scale::from_environment();
    let (rounds, clients) = scale.pick((1, 4), (20, 16));
    let database = TestDatabase::mysql().await;
    let sandbox = Sandbox::start_local().unwrap();
    let environment = [
        ("MAPLE__DATABASE__URL", database.url().expose_secret()),
        ("MAPLE__NEXON__API_KEY", "any"),
        ("MAPLE__NEXON__BASE_URL", sandbox.url()),
        ("MAPLE__NEXON__QUOTA_PER_SECOND", "1000"),
        ("MAPLE__NEXON__QUOTA_PER_DAY", "1000000"),
        ("MAPLE__NEXON__TIMEOUT_MS", "20000"),
        ("MAPLE__REQUEST__DEADLINE_MS", "20000"),
        ("MAPLE__SHUTDOWN__LINGER_MS", "1000"),
    ];
    let mut instances = join_all((0..3).map(|_| Instance::start(&environment))).await;
    let balancer = Arc::new(Balancer {
        client: client(),
        ready: RwLock::new(std::array::from_fn(|i| Some(instances[i].public))),
        turn: AtomicU64::new(0),
        answered: AtomicU64::new(0),
        is_over: AtomicBool::new(false),
    });
    let mut load = JoinSet::new();
    for _ in 0..clients {
        load.spawn(balancer.clone().ask_on());
    }
    let set = |index: usize, address| balancer.ready.write().unwrap()[index] = address;
    for _ in 0..rounds {
        for (index, instance) in instances.iter_mut().enumerate() {
            let before = balancer.answered.load(Ordering::Relaxed);
            instance.service.terminate();
            while instance
                .get("/health/ready")
                .await
                .is_ok_and(|ready| ready.status() == 200)
            {}
            set(index, None);
            let code = instance.service.ended().await;
            assert_eq!(code, 0, "{}", instance.service.log());
            instance.kill_and_restart().await;
            set(index, Some(instance.public));
            while balancer.answered.load(Ordering::Relaxed) < before + 10 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
    balancer.is_over.store(true, Ordering::Relaxed);
    while let Some(ended) = load.join_next().await {
        ended.unwrap();
    }
    scale.row(
        "R19",
        format!(
            "{} restarts, one after another, under the load of {clients} clients",
            3 * rounds
        ),
        format!(
            "{} requests, none failed",
            balancer.answered.load(Ordering::Relaxed)
        ),
    );
}
