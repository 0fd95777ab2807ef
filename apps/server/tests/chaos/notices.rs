//! Messages arrive while the processes that bring them are killed and Discord fails.

use std::time::Duration;

use discord_sandbox::{DiscordFault, DiscordOptions, DiscordRule, FakeDiscord, PauseUnit};
use donation::{Amount, DonationId, DonationMade, Note};
use jiff::Timestamp;
use kernel::MemberId;
use outbox::testkit::OutboxUnderTest;
use outbox::{Backlog, Disposal, EventId, NewMessage, OutboxStore};
use rand::Rng;
use secrecy::ExposeSecret;
use storage_sql::Database;
use storage_sql::testkit::enqueue;
use testkit::TestDatabase;

use crate::instance::Instance;
use crate::scale::Scale;

/// One relay's batch: what a killed one can have in flight.
const BATCH: u64 = 16;

fn notice(id: u128) -> NewMessage {
    DonationMade {
        donation: DonationId::new(id),
        from: MemberId::new(1),
        to: MemberId::new(2),
        developer: "긱델".to_owned(),
        amount: Amount::try_from(300).unwrap(),
        note: Some(Note::try_from("thanks".to_owned()).unwrap()),
        // Due from the beginning, whatever the clocks say.
        at: Timestamp::UNIX_EPOCH,
    }
    .message()
}

struct World {
    discord: FakeDiscord,
    database: TestDatabase,
    open: Database,
    retry_ms: &'static str,
}

impl World {
    async fn new(seed: u64, retry_ms: &'static str) -> Self {
        let database = TestDatabase::mysql().await;
        let open = database.open().await;
        let options = DiscordOptions {
            seed,
            ..DiscordOptions::default()
        };
        Self {
            discord: FakeDiscord::with_options(&options).unwrap(),
            database,
            open,
            retry_ms,
        }
    }

    async fn insert(&self, ids: std::ops::RangeInclusive<u128>) {
        let messages: Vec<_> = ids.map(notice).collect();
        for messages in messages.chunks(500) {
            enqueue(&self.open, messages).await.unwrap();
        }
    }

    async fn backlog(&self) -> Backlog {
        self.open.outbox().backlog().await.unwrap()
    }

    /// A process that works and answers nobody.
    async fn relay(&self) -> Instance {
        let webhook = self.discord.webhook_url();
        Instance::start(&[
            ("MAPLE__DATABASE__URL", self.database.url().expose_secret()),
            ("MAPLE__DISCORD__TEST_URL", &webhook),
            ("MAPLE__DISCORD__TIMEOUT_MS", "2000"),
            ("MAPLE__OUTBOX__POLL_MS", "50"),
            ("MAPLE__OUTBOX__RETRY_MS", self.retry_ms),
        ])
        .await
    }

    async fn until_nothing_waits(&self) {
        while self.backlog().await.pending > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn every_message_arrives_while_relays_are_killed_and_discord_fails() {
    let scale = Scale::from_environment();
    let (messages, kills) = scale.pick((300, 3), (100_000, 60));
    let world = World::new(scale.seed, "0,50,100,200,400,800,1600,3200").await;
    world.insert(1..=messages).await;
    let rule = |fault, chance| DiscordRule::always(fault).chance(chance);
    let (hangs, pause) = scale.pick((0.005, 200), (0.000_5, 200));
    world.discord.set_faults(vec![
        rule(DiscordFault::Status(500), 0.03),
        rule(DiscordFault::Status(502), 0.01),
        rule(DiscordFault::Reset, 0.01),
        rule(DiscordFault::CutAfterAccept, 0.02),
        rule(DiscordFault::HangAfterAccept, hangs),
        rule(
            DiscordFault::RateLimited {
                retry_after_ms: pause,
                unit: PauseUnit::Seconds,
                global: false,
            },
            0.002,
        ),
        rule(
            DiscordFault::RateLimited {
                retry_after_ms: pause,
                unit: PauseUnit::Milliseconds,
                global: true,
            },
            0.002,
        ),
    ]);
    let mut relays = Vec::new();
    for _ in 0..3 {
        relays.push(world.relay().await);
    }
    let mut dice = scale.dice();
    // Kills fall evenly over the work, wherever each relay is in it.
    for kill in 1..=kills {
        let due = u64::try_from(messages).unwrap() * kill / (kills + 1);
        while world.discord.record().events < due {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(dice.random_range(0..50))).await;
        let victim = dice.random_range(0..relays.len());
        relays[victim].kill_and_restart().await;
    }
    world.until_nothing_waits().await;
    drop(relays);

    let record = world.discord.record();
    let unknown = unknown_attempts(&world.database).await;
    assert_eq!(
        world.backlog().await,
        Backlog::default(),
        "nothing is given up"
    );
    assert_eq!(u128::from(record.events), messages, "everything arrived");
    assert_eq!(
        record.inside_window, 0,
        "no request within a pause: {record:?}"
    );
    assert!(
        record.extra_copies <= unknown,
        "every extra copy is of an attempt of which nothing is known: {record:?}, {unknown}"
    );
    assert!(
        record.extra_copies <= record.faults + kills * BATCH,
        "{record:?}"
    );
    assert!(record.pauses > 0 || messages < 1_000, "{record:?}");
    scale.row(
        "R4, R5",
        format!("{messages} messages, 3 relays, {kills} kills, 8 % of requests fail"),
        format!(
            "all arrived; {} extra copies, {unknown} unknown attempts; {} pauses, {} requests within",
            record.extra_copies, record.pauses, record.inside_window
        ),
    );
    world.discord.stop().await;
}

#[tokio::test]
async fn poison_blocks_nobody_and_a_replay_brings_what_was_given_up() {
    let scale = Scale::from_environment();
    let messages = scale.pick(40, 1_000);
    let world = World::new(scale.seed, "0,10,10,10,10,10,10,10").await;
    world.insert(1..=messages).await;
    // One that Discord refuses, one that always fails, and one that nobody here can read.
    let [refused, failing, unreadable] = [1, 2, messages + 1].map(EventId::new);
    let unread = NewMessage::new(unreadable, "donation", 9, &0, Timestamp::UNIX_EPOCH);
    world.open.outbox().insert(unread.unwrap()).await;
    let poison = |id: EventId, status| {
        DiscordRule::always(DiscordFault::Status(status)).containing(id.to_string())
    };
    world
        .discord
        .set_faults(vec![poison(refused, 400), poison(failing, 500)]);
    let relay = world.relay().await;
    world.until_nothing_waits().await;

    let outbox = world.open.outbox();
    let arrived = u64::try_from(messages).unwrap() - 2;
    assert_eq!(world.discord.record().events, arrived, "all but the poison");
    let attempts = async |id| {
        let (_, history) = outbox.dead_letter(id).await.unwrap().unwrap();
        history.len()
    };
    assert_eq!(attempts(refused).await, 1);
    assert_eq!(attempts(failing).await, 8);
    assert_eq!(attempts(unreadable).await, 1);

    world.discord.set_faults(Vec::new());
    let all = [refused, failing, unreadable];
    let now = Timestamp::UNIX_EPOCH;
    let replayed = outbox.dispose(&all, Disposal::Replay, now).await.unwrap();
    assert_eq!(replayed.len(), 3);
    world.until_nothing_waits().await;
    let record = world.discord.record();
    assert_eq!((record.events, record.extra_copies), (arrived + 2, 0));
    let backlog = world.backlog().await;
    assert_eq!(
        backlog.dead, 1,
        "what cannot be read is kept for an operator"
    );
    drop(relay);
    scale.row(
        "R6",
        format!("{messages} messages, one refused, one failing, one unreadable; then a replay"),
        "the others arrived; dead letters after 1, 8 and 1 attempts; the replay brought both",
    );
    world.discord.stop().await;
}

async fn unknown_attempts(database: &TestDatabase) -> u64 {
    let open = database.open().await;
    let sql = "SELECT CAST(COUNT(*) AS CHAR) FROM outbox_attempt WHERE outcome = 'unknown'";
    let count = storage_sql::testkit::text(&open, sql).await.unwrap();
    count.unwrap().parse().unwrap()
}
