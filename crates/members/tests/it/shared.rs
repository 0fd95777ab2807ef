//! Sessions that instances share: known to all while the store is away, and never brought back.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use kernel::{ManualClock, Ocid};
use members::testkit::{FakeAccounts, MemorySessionStore, MemorySharedSessions};
use members::{
    AccountId, AuthenticateError, Dependencies, GameAccount, Identities, LoggedIn, NexonKey,
    OwnCharacter, SESSION_CACHE_TTL, Sessions,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use secrecy::{ExposeSecret, SecretString};

/// Two instances over one store that share what they know.
struct World {
    store: Arc<MemorySessionStore>,
    shared: Arc<MemorySharedSessions>,
    here: Sessions,
    there: Sessions,
}

impl World {
    fn new() -> Self {
        let accounts = Arc::new(FakeAccounts::default());
        let character = OwnCharacter {
            ocid: Ocid::new("ocid-a"),
            name: "아델".parse().unwrap(),
            world: "스카니아".to_owned(),
            class: "아델".to_owned(),
            level: 295,
        };
        let account = GameAccount {
            id: AccountId::new("a"),
            characters: vec![character],
        };
        accounts.put("key-a", account);
        let store = Arc::new(MemorySessionStore::default());
        let shared = Arc::new(MemorySharedSessions::default());
        let clock = Arc::new(ManualClock::at("2026-11-26T12:00:00Z".parse().unwrap()));
        let instance = |seed| {
            let sessions = Sessions::new(Dependencies {
                accounts: accounts.clone(),
                store: store.clone(),
                identities: Identities::new(&"a secret of the service".into()),
                developers: BTreeSet::new(),
                clock: clock.clone(),
                rng: StdRng::seed_from_u64(seed),
            });
            sessions.shared_by(Some(shared.clone()))
        };
        let (here, there) = (instance(1), instance(2));
        Self {
            store,
            shared,
            here,
            there,
        }
    }

    async fn log_in(&self) -> LoggedIn {
        let key = NexonKey::try_from(SecretString::from("key-a")).unwrap();
        self.here.log_in(key).await.unwrap()
    }

    /// Lets what is cached become old, on both instances and between them.
    async fn wait(&self, time: Duration) {
        tokio::time::advance(time).await;
        self.shared.advance(time);
    }
}

fn token(session: &LoggedIn) -> &str {
    session.access_token.expose_secret()
}

#[tokio::test(start_paused = true)]
async fn session_that_an_instance_never_saw_is_known_while_the_store_is_away() {
    let world = World::new();
    let session = world.log_in().await;
    world.store.set_down(true);
    for _ in 0..3 {
        let seen = world.there.authenticate(token(&session)).await.unwrap();
        assert_eq!(seen.member.id, session.member);
        world.wait(2 * SESSION_CACHE_TTL).await;
    }
}

#[tokio::test(start_paused = true)]
async fn session_that_ended_elsewhere_is_not_brought_back_by_an_outage_of_the_store() {
    for all in [false, true] {
        let world = World::new();
        let session = world.log_in().await;
        let seen = world.there.authenticate(token(&session)).await.unwrap();
        if all {
            world.here.end_all(session.member).await.unwrap();
        } else {
            world.here.log_out(seen.session).await.unwrap();
        }
        world.store.set_down(true);
        world.wait(SESSION_CACHE_TTL).await;
        let refused = world.there.authenticate(token(&session)).await;
        assert!(
            matches!(refused, Err(AuthenticateError::Store(_))),
            "{refused:?}"
        );
        world.store.set_down(false);
        let refused = world.there.authenticate(token(&session)).await;
        assert!(
            matches!(refused, Err(AuthenticateError::Invalid)),
            "{refused:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn session_that_ended_here_is_refused_though_others_were_not_told() {
    for all in [false, true] {
        let world = World::new();
        let session = world.log_in().await;
        let seen = world.here.authenticate(token(&session)).await.unwrap();
        world.wait(Duration::from_secs(1)).await;
        world.shared.set_away(true);
        if all {
            world.here.end_all(session.member).await.unwrap();
        } else {
            world.here.log_out(seen.session).await.unwrap();
        }
        world.shared.set_away(false);
        let refused = world.here.authenticate(token(&session)).await;
        assert!(
            matches!(refused, Err(AuthenticateError::Invalid)),
            "{refused:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn superseded_tokens_are_refused_by_what_is_shared() {
    let world = World::new();
    let old = world.log_in().await;
    let new = world
        .here
        .refresh(old.refresh_token.expose_secret())
        .await
        .unwrap();
    world.store.set_down(true);
    world.there.authenticate(token(&new)).await.unwrap();
    let refused = world.there.authenticate(token(&old)).await;
    assert!(refused.is_err(), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn store_is_asked_while_nothing_is_shared() {
    let world = World::new();
    world.shared.set_away(true);
    let session = world.log_in().await;
    world.there.authenticate(token(&session)).await.unwrap();
    world.store.set_down(true);
    world.wait(SESSION_CACHE_TTL).await;
    // What this instance read itself it may use, as without the others.
    world.there.authenticate(token(&session)).await.unwrap();
}
