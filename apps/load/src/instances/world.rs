//! Three instances, and what they share.

use std::net::SocketAddr;
use std::sync::Once;
use std::time::Duration;

use anyhow::ensure;
use nexon_sandbox::Sandbox;
use secrecy::ExposeSecret;
use testkit::{Server, TestDatabase};

use crate::expected::{Coding, ask, get};
use crate::process::ServerProcess;

/// Number of instances.
pub(crate) const INSTANCES: usize = 3;

/// Three instances, and what they share.
pub(crate) struct World {
    instances: Vec<ServerProcess>,
    /// One that shares nothing with them, to know what is right.
    pub(crate) other: ServerProcess,
    _sandbox: Sandbox,
    // Dropped before its server.
    _database: TestDatabase,
    _servers: [Server; 2],
}

impl World {
    /// Starts everything.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        install_tls();
        let (mariadb, redis) = (Server::mariadb()?, Server::durable_redis()?);
        let database = TestDatabase::on(&mariadb.url()).await;
        let sandbox = Sandbox::start_local()?;
        let url = database.url().expose_secret();
        let settings = [
            ("MAPLE__DATABASE__URL", url.to_owned()),
            ("MAPLE__REDIS__URL", redis.url()),
            (
                "MAPLE__SESSIONS__SECRET",
                "shared by the instances".repeat(2),
            ),
            ("MAPLE__SESSIONS__ATTEMPTS_PER_MINUTE", "1000".to_owned()),
            ("MAPLE__MEMBERS__LIKES_PER_MINUTE", "1000000".to_owned()),
            ("MAPLE__NEXON__API_KEY", "any".to_owned()),
            ("MAPLE__NEXON__BASE_URL", sandbox.url().to_owned()),
            ("MAPLE__NEXON__QUOTA_PER_SECOND", "10000".to_owned()),
            ("MAPLE__NEXON__QUOTA_PER_DAY", "100000000".to_owned()),
            ("MAPLE__REQUEST__DEADLINE_MS", "30000".to_owned()),
        ];
        let instances = (0..INSTANCES).map(|_| ServerProcess::anywhere(&settings));
        let world = Self {
            instances: instances.collect::<Result<_, _>>()?,
            other: ServerProcess::anywhere(&[])?,
            _sandbox: sandbox,
            _database: database,
            _servers: [mariadb, redis],
        };
        for address in world.some(INSTANCES, 0) {
            until_redis_answers(address).await?;
        }
        Ok(world)
    }

    /// So many of the instances, others with each `turn`.
    pub(crate) fn some(&self, many: usize, turn: usize) -> Vec<SocketAddr> {
        let places = (turn..turn + many).map(|place| place % INSTANCES);
        places.map(|place| self.instances[place].address).collect()
    }

    /// Returns the processor time that all instances have used.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        self.instances.iter().map(ServerProcess::cpu).sum()
    }
}

async fn until_redis_answers(address: SocketAddr) -> anyhow::Result<()> {
    for _ in 0..500 {
        let answer = ask(address, get("/health/ready", Coding::Identity)).await?;
        let ready: serde_json::Value = serde_json::from_slice(&answer.body)?;
        if ready["dependencies"]["redis"] == "ok" {
            ensure!(answer.status == 200, "{ready}");
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    anyhow::bail!("an instance does not find Redis")
}

fn install_tls() {
    static TLS: Once = Once::new();
    TLS.call_once(|| {
        // Another part of the process may have installed one already; any will do.
        let _installed = rustls::crypto::ring::default_provider().install_default();
    });
}
