//! A SQLite file without room to grow: nothing that was acknowledged is lost, by a second reader of
//! the file while the server runs, after SIGTERM and after SIGKILL; others can write meanwhile, and
//! the server can as soon as there is room.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Client;
use rlimit::{INFINITY, Resource};
use secrecy::ExposeSecret;
use serde_json::json;
use storage_sql::Database;
use storage_sql::testkit::text;
use testkit::{Service, TestDatabase};

use crate::actor::PATIENT;
use crate::instance::{Instance, PROGRAM, client};
use crate::people::{ADMIN_TOKEN, DEVELOPERS, Member};
use crate::scale::Scale;

/// Number of characters that are liked and unliked.
const CHARACTERS: usize = 8;

/// Refusals of each kind of write before there is room again.
const REFUSALS: usize = 6;

/// Starts the server with its process id in a file, and deaf to `SIGXFSZ`: what a file that is full
/// gives then is an error, not the end.
const LAUNCH: &str = r#"trap "" XFSZ; echo $$ > pid; exec "$0" serve"#;

/// Responses that a client got.
#[derive(Debug, Default)]
struct Told {
    /// By its idempotency key.
    gifts: BTreeSet<String>,
    /// By its reason.
    grants: BTreeSet<String>,
    /// By the character; nothing of one whose last change was not acknowledged.
    likes: BTreeMap<usize, bool>,
}

/// A server over a file, a client with a ledger, and a second reader.
struct World {
    file: TestDatabase,
    reader: Database,
    instance: Instance,
    member: Member,
    client: Client,
    told: Told,
    turn: usize,
}

impl World {
    async fn start() -> Self {
        let file = TestDatabase::sqlite();
        let reader = file.open().await;
        let environment = [
            ("MAPLE__DATABASE__URL", file.url().expose_secret()),
            ("MAPLE__ADMIN__TOKEN", ADMIN_TOKEN),
            ("MAPLE__MEMBERS__DEVELOPERS", DEVELOPERS),
            ("MAPLE__MEMBERS__LIKES_PER_MINUTE", "1000000"),
            ("MAPLE__MEMBERS__DONATIONS_PER_MINUTE", "1000000"),
            ("MAPLE__REQUEST__DEADLINE_MS", "20000"),
        ];
        let launch = ["-c", LAUNCH, PROGRAM];
        let instance = Instance::start_program(Path::new("sh"), &launch, &environment).await;
        let member = Member::log_in(&instance, "sandbox-member-1").await;
        member.is_granted(&instance, 1_000_000).await;
        for character in 0..CHARACTERS {
            let path = format!("/api/v1/characters/{}", name(character));
            instance.answer(&path).await;
        }
        Self {
            file,
            reader,
            instance,
            member,
            client: client(),
            told: Told::default(),
            turn: 0,
        }
    }

    /// Bounds the size of the server's files from now on, in bytes.
    fn limit(&self, bytes: u64) {
        let pid = fs::read_to_string(self.instance.service.folder().join("pid")).unwrap();
        let pid = pid.trim().parse().unwrap();
        let limits = Some((bytes, INFINITY));
        rlimit::prlimit(pid, Resource::FSIZE, limits, None).unwrap();
    }

    /// Leaves room for a few writes: the log of SQLite grows from a file's beginning to many times
    /// the size of this database.
    fn fill(&self, pages: u64) {
        let size = fs::metadata(self.path()).unwrap().len();
        self.limit(size + 4_096 * pages);
    }

    fn path(&self) -> PathBuf {
        let url = self.file.url().expose_secret();
        PathBuf::from(url.strip_prefix("sqlite://").unwrap())
    }

    /// Asks for one write of each kind: a gift, a grant, a like. Which were acknowledged.
    async fn write(&mut self) -> [bool; 3] {
        self.turn += 1;
        let (key, reason) = (
            format!("gift-{}", self.turn),
            format!("grant-{}", self.turn),
        );
        let public = self.instance.public;
        let given = self.member.give(&self.client, public, &key, 1).await;
        let given = is_status(given, 201);
        if given {
            self.told.gifts.insert(key);
        }
        let granted = self.grant(&reason).await;
        if granted {
            self.told.grants.insert(reason);
        }
        [given, granted, self.like().await]
    }

    async fn grant(&self, reason: &str) -> bool {
        let url = format!("http://{}/api/v1/admin/points/grants", self.instance.admin);
        let grant = json!({"to": self.member.id, "amount": 1, "by": "test", "reason": reason});
        let granted = self.client.post(url).bearer_auth(ADMIN_TOKEN).json(&grant);
        is_status(granted.send().await, 201)
    }

    async fn like(&mut self) -> bool {
        let character = self.turn % CHARACTERS;
        let liked = (self.turn / CHARACTERS).is_multiple_of(2);
        self.told.likes.remove(&character);
        let (public, name) = (self.instance.public, name(character));
        let url = format!("http://{public}/api/v1/characters/{name}/like");
        let request = if liked {
            self.client.put(url)
        } else {
            self.client.delete(url)
        };
        let answer = request.bearer_auth(&self.member.token).send().await;
        let is_acknowledged = is_status(answer, 200);
        if is_acknowledged {
            self.told.likes.insert(character, liked);
        }
        is_acknowledged
    }

    /// Writes until each kind was refused often enough.
    async fn write_until_refused(&mut self) {
        let mut refused = [0; 3];
        while refused.iter().any(|times| *times < REFUSALS) {
            for (times, acknowledged) in refused.iter_mut().zip(self.write().await) {
                *times += usize::from(!acknowledged);
            }
        }
    }

    /// Writes until each kind is acknowledged: there is room, so it soon is.
    async fn write_until_acknowledged(&mut self) {
        let acknowledged = async {
            while self.write().await != [true; 3] {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let in_time = tokio::time::timeout(PATIENT, acknowledged).await;
        assert!(in_time.is_ok(), "{}", self.instance.service.log());
    }

    /// Another process, for which there is room, is not kept out by the server.
    async fn operator_grants(&mut self) {
        let reason = format!("operator-{}", self.turn);
        let arguments = ["points", "grant", &self.member.id, "1", "--by", "test"];
        let arguments = arguments.into_iter().chain(["--reason", &reason]);
        let url = self.file.url().expose_secret();
        let environment = [("MAPLE__DATABASE__URL", url), ("MAPLE__DATA_DIR", "data")];
        let mut command = Service::start(PROGRAM, arguments, environment).unwrap();
        assert_eq!(command.ended().await, 0, "{}", command.log());
        self.told.grants.insert(reason);
    }

    /// Fails unless the second reader finds everything that was acknowledged.
    async fn compare(&self, when: &str) {
        let mut lost = Vec::new();
        let gifts = self
            .told
            .gifts
            .iter()
            .map(|key| ("donation", "idempotency_key", key));
        let grants = self
            .told
            .grants
            .iter()
            .map(|reason| ("posting", "reason", reason));
        for (table, column, value) in gifts.chain(grants) {
            let sql = format!("SELECT {column} FROM {table} WHERE {column} = '{value}'");
            if text(&self.reader, &sql).await.unwrap().is_none() {
                lost.push(value.clone());
            }
        }
        for (character, liked) in &self.told.likes {
            let (name, liker) = (name(*character), &self.member.id);
            let sql = format!(
                "SELECT name FROM character_like JOIN game_character \
                 ON game_character.ocid = character_like.ocid \
                 WHERE name = '{name}' AND liker = x'{liker}'"
            );
            if text(&self.reader, &sql).await.unwrap().is_some() != *liked {
                lost.push(format!("{name} liked: {liked}"));
            }
        }
        let log = self.instance.service.log();
        assert!(lost.is_empty(), "{when} these are lost: {lost:?}\n{log}");
        let audit = donation::DonationLedger::audit(&self.reader.ledger()).await;
        assert!(audit.unwrap().is_clean());
    }

    async fn end(&mut self, is_killed: bool) {
        if is_killed {
            self.instance.service.kill();
        } else {
            self.instance.service.terminate();
            let code = self.instance.service.ended().await;
            assert_eq!(code, 0, "{}", self.instance.service.log());
        }
    }
}

fn name(character: usize) -> String {
    format!("full{character}")
}

fn is_status(answer: reqwest::Result<reqwest::Response>, expected: u16) -> bool {
    let status = answer.unwrap().status().as_u16();
    assert!([expected, 503].contains(&status), "{status}");
    status == expected
}

#[tokio::test]
async fn acknowledged_writes_survive_a_sqlite_file_without_room() {
    let scale = Scale::from_environment();
    let rounds = scale.pick(2, 40);
    let mut world = World::start().await;
    for round in 0..rounds {
        // Once while there is no room, and once when there is room again.
        for is_mended in [false, true] {
            world.write_until_acknowledged().await;
            world.fill(round % 16);
            world.write_until_refused().await;
            world.compare("while there is no room").await;
            world.operator_grants().await;
            if is_mended {
                world.limit(INFINITY);
                world.write_until_acknowledged().await;
                world.compare("when there is room again").await;
            }
            world.end(round % 2 == 1).await;
            world.compare("after the end").await;
            world.instance.kill_and_restart().await;
            world.compare("after another start").await;
        }
    }
    let (told, turns) = (&world.told, world.turn);
    scale.row(
        "R1, R7 without room",
        format!(
            "a SQLite file that cannot grow, {} ends by SIGTERM and SIGKILL",
            2 * rounds
        ),
        format!(
            "{} of {turns} donations and {} of {turns} grants acknowledged, and likes; none lost, \
             others could write, and the server as soon as there was room",
            told.gifts.len(),
            told.grants.len(),
        ),
    );
}
