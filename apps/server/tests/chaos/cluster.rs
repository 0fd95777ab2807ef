//! Three servers on one database and one Redis, with one upstream.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use kernel::Ocid;
use nexon_sandbox::{Quota, RequestCounts, Sandbox, SandboxOptions};
use secrecy::ExposeSecret;
use serde_json::Value;
use testkit::TestDatabase;

use crate::balancer::Balancer;
use crate::instance::{Instance, client};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Path that is asked for first.
const FIRST: &str = "/api/v1/characters/first/equipment";

/// Three servers on one database and one Redis, with one upstream that counts.
pub(crate) struct Cluster {
    pub(crate) instances: Vec<Instance>,
    /// In front of them.
    pub(crate) balancer: Arc<Balancer>,
    pub(crate) sandbox: Sandbox,
}

impl Cluster {
    /// Starts them, patient with a busy machine and with as much of the upstream as they like,
    /// unless `more` says otherwise.
    pub(crate) async fn start(
        database: &TestDatabase,
        redis: &str,
        more: &[(&'static str, &str)],
    ) -> Self {
        let unlimited = SandboxOptions::default();
        Self::with_upstream(database, redis, unlimited, more).await
    }

    /// The same with an upstream that lets so many calls through in any second.
    pub(crate) async fn with_quota(
        database: &TestDatabase,
        redis: &str,
        per_second: usize,
        more: &[(&'static str, &str)],
    ) -> Self {
        let quota = Quota {
            per_second,
            per_day: usize::MAX,
        };
        let options = SandboxOptions {
            quota: Some(quota),
            ..SandboxOptions::default()
        };
        Self::with_upstream(database, redis, options, more).await
    }

    async fn with_upstream(
        database: &TestDatabase,
        redis: &str,
        options: SandboxOptions,
        more: &[(&'static str, &str)],
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let sandbox = Sandbox::start(listener, options).unwrap();
        let own = [
            ("MAPLE__DATABASE__URL", database.url().expose_secret()),
            ("MAPLE__REDIS__URL", redis),
            ("MAPLE__NEXON__API_KEY", "any"),
            ("MAPLE__NEXON__BASE_URL", sandbox.url()),
            ("MAPLE__NEXON__QUOTA_PER_SECOND", "1000"),
            ("MAPLE__NEXON__QUOTA_PER_DAY", "1000000"),
            ("MAPLE__NEXON__FETCHES_PER_CLIENT_PER_MINUTE", "1000000"),
            ("MAPLE__NEXON__TIMEOUT_MS", "4000"),
            ("MAPLE__REQUEST__DEADLINE_MS", "30000"),
            ("MAPLE__SESSIONS__ATTEMPTS_PER_MINUTE", "1000"),
            ("MAPLE__MEMBERS__LIKES_PER_MINUTE", "1000000"),
        ];
        let environment: Vec<_> = own.iter().chain(more).copied().collect();
        let instances = join_all((0..3).map(|_| Instance::start(&environment))).await;
        let cluster = Self {
            balancer: Balancer::over(&instances),
            instances,
            sandbox,
        };
        cluster.until_shared().await;
        cluster
    }

    /// Waits until Redis answers every instance, and grants calls of the upstream: an empty one is
    /// taken for one whose last second was full.
    async fn until_shared(&self) {
        for instance in &self.instances {
            while instance.dependency("redis").await != "ok" {
                tokio::time::sleep(PAUSE).await;
            }
        }
        while self.balancer.get(FIRST).await.unwrap().status() != 200 {
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Asks every instance at once for what only the upstream knows; their answers.
    pub(crate) async fn ask_each(&self, path: &str) -> Vec<Value> {
        join_all(self.instances.iter().map(|it| it.answer(path))).await
    }

    /// The upstream's identifier of a character.
    pub(crate) async fn ocid(&self, name: &str) -> Ocid {
        let url = format!("{}/maplestory/v1/id", self.sandbox.url());
        let request = client().get(url).query(&[("character_name", name)]);
        let answer = request.header("x-nxopen-api-key", "any").send().await;
        let answer: Value = answer.unwrap().json().await.unwrap();
        Ocid::new(answer["ocid"].as_str().unwrap())
    }

    /// Calls to the upstream since then: identifiers, profiles, equipment.
    pub(crate) fn asked_since(&self, before: RequestCounts) -> [u64; 3] {
        let now = self.sandbox.counters();
        [
            now.id - before.id,
            now.basic - before.basic,
            now.item_equipment - before.item_equipment,
        ]
    }
}
