//! A server over a SQLite file, a client that keeps a ledger of what was acknowledged, and a second
//! reader of the file, which compares the two.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Client;
use secrecy::ExposeSecret;
use serde_json::json;
use storage_sql::Database;
use storage_sql::testkit::text;
use testkit::{Service, TestDatabase};

use crate::actor::PATIENT;
use crate::instance::{Instance, PROGRAM, client};
use crate::people::{ADMIN_TOKEN, DEVELOPERS, Member};

/// Number of characters that are liked and unliked.
const CHARACTERS: usize = 8;

/// Acknowledgements that a client received.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// By its idempotency key.
    pub(crate) gifts: BTreeSet<String>,
    /// By its reason.
    pub(crate) grants: BTreeSet<String>,
    /// By the character; nothing of one whose last change was not acknowledged.
    pub(crate) likes: BTreeMap<usize, bool>,
}

/// A server over a file, a client with a ledger, and a second reader.
pub(crate) struct World {
    file: TestDatabase,
    reader: Database,
    pub(crate) instance: Instance,
    member: Member,
    client: Client,
    pub(crate) told: Told,
    pub(crate) turn: usize,
}

impl World {
    /// Starts the server over a new file. `launch` names the program and its arguments, and `more`
    /// its environment, for a folder of the file.
    pub(crate) async fn start(
        launch: (&Path, &[&str]),
        more: impl FnOnce(&Path) -> Vec<(&'static str, String)>,
    ) -> Self {
        let file = TestDatabase::sqlite();
        let reader = file.open().await;
        let path = path_of(&file);
        let more = more(path.parent().unwrap());
        let own = [
            ("MAPLE__DATABASE__URL", file.url().expose_secret()),
            ("MAPLE__ADMIN__TOKEN", ADMIN_TOKEN),
            ("MAPLE__MEMBERS__DEVELOPERS", DEVELOPERS),
            ("MAPLE__MEMBERS__LIKES_PER_MINUTE", "1000000"),
            ("MAPLE__MEMBERS__DONATIONS_PER_MINUTE", "1000000"),
            ("MAPLE__REQUEST__DEADLINE_MS", "20000"),
        ];
        let more = more.iter().map(|(name, value)| (*name, value.as_str()));
        let environment: Vec<_> = own.into_iter().chain(more).collect();
        let instance = Instance::start_program(launch.0, launch.1, &environment).await;
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

    /// The database file.
    pub(crate) fn path(&self) -> PathBuf {
        path_of(&self.file)
    }

    /// Asks for one write of each kind: a gift, a grant, a like. Which were acknowledged.
    pub(crate) async fn write(&mut self) -> [bool; 3] {
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

    /// Writes until each kind is acknowledged: there is room, so it soon is.
    pub(crate) async fn write_until_acknowledged(&mut self) {
        let acknowledged = async {
            while self.write().await != [true; 3] {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let in_time = tokio::time::timeout(PATIENT, acknowledged).await;
        assert!(in_time.is_ok(), "{}", self.instance.service.log());
    }

    /// Another process, for which there is room, is not kept out by the server.
    pub(crate) async fn operator_grants(&mut self) {
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
    pub(crate) async fn compare(&self, when: &str) {
        let gifts = self.stored("idempotency_key", "donation").await;
        let grants = self.stored("reason", "posting").await;
        let liked = format!(
            "character_like JOIN game_character ON game_character.ocid = character_like.ocid \
             WHERE liker = x'{}'",
            self.member.id
        );
        let likes = self.stored("name", &liked).await;
        let lost = self.told.gifts.difference(&gifts).cloned();
        let mut lost: Vec<_> = lost
            .chain(self.told.grants.difference(&grants).cloned())
            .collect();
        for (character, liked) in &self.told.likes {
            let name = name(*character);
            if likes.contains(&name) != *liked {
                lost.push(format!("{name} liked: {liked}"));
            }
        }
        // The log is long, and read for a failure only.
        let log = || self.instance.service.log();
        assert!(
            lost.is_empty(),
            "{when} these are lost: {lost:?}\n{}",
            log()
        );
        let audit = donation::DonationLedger::audit(&self.reader.ledger()).await;
        assert!(audit.unwrap().is_clean());
    }

    /// Values of a column, read at once: there are many, and they are compared often.
    async fn stored(&self, column: &str, rows: &str) -> BTreeSet<String> {
        let sql = format!("SELECT json_group_array({column}) FROM {rows}");
        let values = text(&self.reader, &sql).await.unwrap();
        let values: Vec<Option<String>> = serde_json::from_str(&values.unwrap()).unwrap();
        values.into_iter().flatten().collect()
    }

    pub(crate) async fn end(&mut self, is_killed: bool) {
        if is_killed {
            self.instance.service.kill();
        } else {
            self.instance.service.terminate();
            let code = self.instance.service.ended().await;
            assert_eq!(code, 0, "{}", self.instance.service.log());
        }
    }
}

fn path_of(file: &TestDatabase) -> PathBuf {
    let url = file.url().expose_secret();
    PathBuf::from(url.strip_prefix("sqlite://").unwrap())
}

fn name(character: usize) -> String {
    format!("full{character}")
}

fn is_status(answer: reqwest::Result<reqwest::Response>, expected: u16) -> bool {
    let status = answer.unwrap().status().as_u16();
    assert!([expected, 503].contains(&status), "{status}");
    status == expected
}
