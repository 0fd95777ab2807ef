//! SQLite without room, and every other way in which it ends a transaction by itself: nothing that
//! was acknowledged is lost, nobody is locked out, and writes work again at once.

use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use donation::{
    Account, Developer, DonateError, DonationLedger, DonationRequest, Donations, IdempotencyKey,
};
use kernel::{ManualClock, MemberId, Ocid, SequentialIds};
use likes::{Change, LikeStore};
use storage_sql::testkit::{execute, text};
use storage_sql::{Database, Settings};
use testkit::TestDatabase;
use tokio::sync::Notify;

const GIVER: MemberId = MemberId::new(1);
const DEVELOPER: MemberId = MemberId::new(2);

/// The statements of the writes under test, as a trigger names them.
const STATEMENTS: [&str; 10] = [
    "BEFORE INSERT ON point_account",
    "BEFORE INSERT ON posting",
    "BEFORE INSERT ON ledger_entry",
    "BEFORE UPDATE ON point_account",
    "BEFORE INSERT ON donation",
    "BEFORE INSERT ON outbox_message",
    "BEFORE INSERT ON like_count",
    "BEFORE INSERT ON character_like",
    "BEFORE UPDATE ON like_count",
    "BEFORE DELETE ON character_like",
];

/// Makes a `COMMIT` fail and leaves the transaction open, when one of these rows was written.
const AT_COMMIT: [&str; 4] = [
    "CREATE TABLE nobody (id INTEGER PRIMARY KEY)",
    "CREATE TABLE orphan (id INTEGER REFERENCES nobody (id) DEFERRABLE INITIALLY DEFERRED)",
    "CREATE TRIGGER late_posting AFTER INSERT ON posting BEGIN INSERT INTO orphan VALUES (1); END",
    "CREATE TRIGGER late_like AFTER INSERT ON character_like \
     BEGIN INSERT INTO orphan VALUES (1); END",
];

/// A client of one pool that writes down what was acknowledged, and a second reader of the file.
struct World {
    file: TestDatabase,
    pool: Database,
    reader: Database,
    donations: Donations,
    told: Told,
    turn: u64,
}

/// Acknowledged writes.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    granted: i64,
    given: BTreeSet<String>,
    likers: BTreeSet<MemberId>,
}

impl World {
    /// With one connection, so that each write has the one that the write before it left.
    async fn start() -> Self {
        let file = TestDatabase::sqlite();
        let reader = file.open().await;
        let settings = Settings {
            max_connections: 1,
            ..file.settings()
        };
        let pool = Database::open(&settings).await.unwrap();
        let name = "dev".to_owned();
        let developer = Developer {
            id: DEVELOPER,
            name,
        };
        let donations = Donations::new(
            Arc::new(pool.ledger()),
            BTreeMap::from([(DEVELOPER, developer)]),
            Arc::new(ManualClock::at(jiff::Timestamp::UNIX_EPOCH)),
            Arc::new(SequentialIds::default()),
            Arc::new(Notify::new()),
        );
        let mut world = Self {
            file,
            pool,
            reader,
            donations,
            told: Told::default(),
            turn: 0,
        };
        // A write takes the oldest like back, so that the latest ones stay.
        for member in [MemberId::new(1), MemberId::new(2)] {
            assert!(world.like(member, true).await);
            world.told.likers.insert(member);
        }
        world.turn = 2;
        assert_eq!(world.write().await, [true; 4]);
        world
    }

    /// Tries one of each write; whether each was acknowledged.
    async fn write(&mut self) -> [bool; 4] {
        self.turn += 1;
        let granted = self.donations.grant(GIVER, 10, "root", "test").await;
        self.told.granted += granted.as_ref().map_or(0, |_| 10);
        let key = format!("key-{}", self.turn);
        let given = self.donations.donate(gift(&key, 1)).await;
        if given.is_ok() {
            self.told.given.insert(key);
        }
        let liker = MemberId::new(u128::from(self.turn));
        let liked = self.like(liker, true).await;
        if liked {
            self.told.likers.insert(liker);
        }
        let oldest = *self.told.likers.first().expect("some stay");
        let unliked = self.like(oldest, false).await;
        if unliked {
            self.told.likers.remove(&oldest);
        }
        [granted.is_ok(), given.is_ok(), liked, unliked]
    }

    async fn like(&self, member: MemberId, liked: bool) -> bool {
        let change = Change {
            member,
            character: character(),
            liked,
        };
        self.pool.likes().apply(&[change]).await.is_ok()
    }

    /// Begins a donation that is refused: its transaction is given up without an error.
    async fn give_up(&self) {
        let refused = self.donations.donate(gift("refused", 1_000_000)).await;
        let is_short = matches!(refused, Err(DonateError::ShortBalance { .. }));
        assert!(is_short, "{refused:?}");
    }

    /// Another process's writes; they fail when an idle pool holds the file's lock.
    async fn others_write(&self, statements: &[&str]) {
        execute(self.file.url(), statements).await.unwrap();
    }

    /// Compares what the second reader finds with what was acknowledged.
    async fn compare(&self, after: &str) {
        let ledger = self.reader.ledger();
        let account = Account::Member(DEVELOPER);
        let given = ledger.balance(account).await.unwrap();
        let left = ledger.balance(Account::Member(GIVER)).await.unwrap();
        let mut keys = BTreeSet::new();
        for turn in 1..=self.turn {
            let key = format!("key-{turn}");
            let found = ledger.donation_by_key(GIVER, &key.parse().unwrap()).await;
            keys.extend(found.unwrap().map(|_| key));
        }
        let everybody: Vec<_> = (1..=self.turn).map(|n| MemberId::new(n.into())).collect();
        let tally = self.reader.likes().tally(&character(), &everybody).await;
        let found = Told {
            granted: left + given,
            given: keys,
            likers: tally.unwrap().likers.into_iter().collect(),
        };
        assert_eq!(found, self.told, "after {after}");
        assert_eq!(i64::try_from(self.told.given.len()).unwrap(), given);
        let audit = ledger.audit().await.unwrap();
        assert!(audit.is_clean(), "after {after}: {audit:?}");
        assert_eq!(self.reader.likes().recount().await.unwrap(), []);
    }

    /// Works again at once, is seen by the second reader at once, and locks nobody out.
    async fn is_sound(&mut self, after: &str) {
        self.give_up().await;
        self.others_write(&["DELETE FROM job_run"]).await;
        assert_eq!(self.write().await, [true; 4], "after {after}");
        self.compare(after).await;
        self.others_write(&["DELETE FROM job_run"]).await;
    }

    async fn pages(&self) -> u64 {
        let sql = "SELECT CAST(page_count AS TEXT) FROM pragma_page_count";
        text(&self.pool, sql)
            .await
            .unwrap()
            .unwrap()
            .parse()
            .unwrap()
    }

    /// Bounds the pages that the pool's connection may use from now on.
    async fn room(&self, pages: u64) {
        let sql = format!("PRAGMA max_page_count = {pages}");
        // It answers with a number, not a text.
        let _ = text(&self.pool, &sql).await;
    }
}

fn gift(key: &str, amount: u64) -> DonationRequest {
    DonationRequest {
        from: GIVER,
        to: DEVELOPER,
        amount,
        note: Some("x".repeat(200)),
        key: key.parse::<IdempotencyKey>().unwrap(),
    }
}

fn character() -> Ocid {
    Ocid::new("1f")
}

#[tokio::test]
async fn acknowledged_writes_survive_a_failure_of_every_statement_before_them() {
    for effect in ["ROLLBACK", "ABORT", "FAIL"] {
        let mut world = World::start().await;
        for statement in STATEMENTS {
            let step = format!("{effect} {statement}");
            let trigger = format!(
                "CREATE TRIGGER fault {statement} BEGIN SELECT RAISE({effect}, 'no room'); END"
            );
            world.others_write(&[&trigger]).await;
            let answered = world.write().await;
            assert!(answered.contains(&false), "{step} hits nothing");
            world.compare(&step).await;
            // The one that failed last may have left the connection with a transaction.
            world.others_write(&["DROP TRIGGER fault"]).await;
            world.is_sound(&step).await;
        }
    }
}

#[tokio::test]
async fn acknowledged_writes_survive_a_failure_of_the_commit_before_them() {
    let mut world = World::start().await;
    world.others_write(&AT_COMMIT).await;
    let [granted, given, liked, _] = world.write().await;
    assert!(!granted && !given && !liked, "the commit fails");
    world.compare("a failed commit").await;
    let mend = ["DROP TRIGGER late_posting", "DROP TRIGGER late_like"];
    world.others_write(&mend).await;
    world.is_sound("a failed commit").await;
}

/// `SQLITE_FULL` wherever a page more is needed: another statement each time.
#[tokio::test]
async fn acknowledged_writes_survive_a_file_without_room() {
    let mut world = World::start().await;
    for round in 0..12 {
        let after = format!("a full file, round {round}");
        let pages = world.pages().await;
        let mut has_failed = false;
        while !has_failed {
            // A connection that was closed takes its limit along.
            world.room(pages + round % 3).await;
            let answered = world.write().await;
            has_failed = answered.contains(&false);
            world.compare(&after).await;
        }
        world.room(1 << 20).await;
        world.is_sound(&after).await;
    }
}

/// A write that is given up in the middle, as a deadline does, leaves nothing behind.
#[tokio::test]
async fn acknowledged_writes_survive_one_that_was_cut_off() {
    let mut world = World::start().await;
    for polls in 1..40 {
        let mut cut_off = Box::pin(world.donations.donate(gift("refused", 1_000_000)));
        for _ in 0..polls {
            let poll = poll_fn(|context| Poll::Ready(cut_off.as_mut().poll(context)));
            if poll.await.is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(cut_off);
        world.is_sound("a write that was cut off").await;
    }
}
