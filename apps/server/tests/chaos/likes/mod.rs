//! R7 and R8: no acknowledged like is lost, doubled or undone while the servers that take likes over
//! HTTP, or the Redis they are taken into, are killed.

mod ledger;
mod member;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use rand::Rng;
use rand::rngs::SmallRng;
use reqwest::Client;
use secrecy::ExposeSecret;
use storage_sql::Database;
use testkit::{Server, TestDatabase};
use tokio::task::block_in_place;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::member::Member;
use crate::instance::{Instance, client};
use crate::scale::Scale;

/// Number of members who like, each one request after another.
const MEMBERS: usize = 24;

/// Number of characters they choose among: many, so that most of what was acknowledged is the last
/// word on its pair and is looked for in the database.
const CHARACTERS: usize = 40;

/// The servers as the members know them.
#[derive(Debug)]
struct Servers {
    addresses: Mutex<Vec<SocketAddr>>,
    client: Client,
}

impl Servers {
    fn any(&self, dice: &mut SmallRng) -> SocketAddr {
        let addresses = self.addresses.lock().unwrap();
        addresses[dice.random_range(0..addresses.len())]
    }
}

fn name(character: usize) -> String {
    format!("liked{character}")
}

/// Servers over one database, and members who like through them.
struct World {
    instances: Vec<Instance>,
    servers: Arc<Servers>,
    members: Vec<Member>,
    database: Database,
    dice: SmallRng,
}

impl World {
    /// `redis` stands before the database, if there is one.
    async fn start(
        scale: Scale,
        servers: usize,
        database: &TestDatabase,
        redis: Option<&Server>,
    ) -> Self {
        let redis = redis.map(Server::url);
        let mut environment = vec![
            ("MAPLE__DATABASE__URL", database.url().expose_secret()),
            ("MAPLE__SESSIONS__ATTEMPTS_PER_MINUTE", "1000000"),
            ("MAPLE__MEMBERS__LIKES_PER_MINUTE", "1000000"),
            ("MAPLE__REQUEST__DEADLINE_MS", "20000"),
        ];
        environment.extend(redis.as_deref().map(|url| ("MAPLE__REDIS__URL", url)));
        let open = database.open().await;
        let instances = (0..servers).map(|_| Instance::start(&environment));
        let instances = join_all(instances).await;
        let addresses = instances.iter().map(|instance| instance.public);
        let servers = Arc::new(Servers {
            addresses: Mutex::new(addresses.collect()),
            client: client(),
        });
        let members = (0..MEMBERS).map(|number| Member::log_in(number, &servers, scale));
        Self {
            members: join_all(members).await,
            instances,
            servers,
            database: open,
            dice: scale.dice(),
        }
    }

    /// Lets the members like while `outage` goes on; then each of them learns how it stands with
    /// every character, and what they were told is compared with what is there.
    async fn like_during(&mut self, outage: impl AsyncFnOnce(&mut Self)) {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let members = std::mem::take(&mut self.members).into_iter();
        let members: Vec<_> = members
            .map(|member| tasks.spawn(member.like(Arc::clone(&self.servers), stop.clone())))
            .collect();
        outage(self).await;
        stop.cancel();
        for member in join_all(members).await {
            self.members.push(member.unwrap());
        }
        ledger::compare(&self.members, &self.instances, &self.database).await;
    }

    /// Some time, so that what happens next happens anywhere in the work.
    async fn a_while(&mut self, most_millis: u64) {
        tokio::time::sleep(Duration::from_millis(
            self.dice.random_range(0..most_millis),
        ))
        .await;
    }

    async fn kill_a_server(&mut self) {
        self.a_while(400).await;
        let victim = self.dice.random_range(0..self.instances.len());
        self.instances[victim].kill_and_restart().await;
        self.servers.addresses.lock().unwrap()[victim] = self.instances[victim].public;
        self.a_while(100).await;
    }

    /// Kills the Redis before the database; what is taken meanwhile is taken without it.
    async fn kill_redis(&mut self, redis: &mut Server) {
        self.a_while(400).await;
        block_in_place(|| redis.kill());
        self.a_while(600).await;
        block_in_place(|| redis.restart()).unwrap();
        self.a_while(200).await;
    }

    /// The row of what was shown.
    fn row(&self, scale: Scale, promise: &str, done: &str) {
        let acknowledged: usize = self.members.iter().map(|member| member.acknowledged).sum();
        let unanswered: usize = self.members.iter().map(|member| member.unanswered).sum();
        scale.row(
            promise,
            format!(
                "{MEMBERS} members of {} server(s), {done}",
                self.instances.len()
            ),
            format!(
                "{acknowledged} acknowledged over HTTP, {unanswered} that failed; \
                 none lost, doubled or undone, by the database and by every server's counts"
            ),
        );
    }
}

async fn kill_servers(scale: Scale, kills: usize, world: &mut World, done: &str) {
    for _ in 0..kills {
        world.like_during(World::kill_a_server).await;
    }
    world.row(scale, "R7", &format!("{kills} kills of a server, {done}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_likes_survive_kills_of_servers_before_a_stream() {
    let scale = Scale::from_environment();
    let database = TestDatabase::mysql().await;
    let redis = Server::durable_redis().unwrap();
    let mut world = World::start(scale, 2, &database, Some(&redis)).await;
    let done = "likes in a durable Redis before MariaDB";
    kill_servers(scale, scale.pick(3, 200), &mut world, done).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_likes_survive_kills_of_servers_with_a_database_only() {
    let scale = Scale::from_environment();
    let kills = scale.pick(2, 100);
    let mariadb = TestDatabase::mysql().await;
    let mut world = World::start(scale, 2, &mariadb, None).await;
    kill_servers(scale, kills, &mut world, "likes in groups to MariaDB").await;

    let sqlite = TestDatabase::sqlite();
    let mut world = World::start(scale, 1, &sqlite, None).await;
    kill_servers(scale, kills, &mut world, "likes in groups to SQLite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_likes_survive_kills_of_a_durable_redis() {
    let scale = Scale::from_environment();
    let kills = scale.pick(3, 100);
    let database = TestDatabase::mysql().await;
    let mut redis = Server::durable_redis().unwrap();
    let mut world = World::start(scale, 2, &database, Some(&redis)).await;
    for _ in 0..kills {
        let outage = async |world: &mut World| world.kill_redis(&mut redis).await;
        world.like_during(outage).await;
    }
    let done = format!("{kills} kills of a Redis with appendfsync always");
    world.row(scale, "R8", &done);
}
