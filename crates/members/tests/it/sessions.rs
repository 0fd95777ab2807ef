//! Logging in, staying logged in and logging out, over the ports in memory.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use kernel::{ManualClock, Ocid};
use members::testkit::{FakeAccounts, MemorySessionStore, contract};
use members::{
    ACCESS_FOR, AccountId, AccountsError, AuthenticateError, AuthenticatedSession, Dependencies,
    GameAccount, Identities, LogInError, LoggedIn, NexonKey, OwnCharacter, REFRESH_FOR,
    RefreshError, Role, SESSION_CACHE_TTL, SESSION_FOR, Sessions,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use secrecy::{ExposeSecret, SecretString};

const SECOND: Duration = Duration::from_secs(1);

/// Two instances over one store.
struct World {
    accounts: Arc<FakeAccounts>,
    store: Arc<MemorySessionStore>,
    clock: Arc<ManualClock>,
    here: Sessions,
    there: Sessions,
}

impl World {
    fn new() -> Self {
        let accounts = Arc::new(FakeAccounts::default());
        accounts.put("key-a", account("a"));
        accounts.put("key-b", account("b"));
        let store = Arc::new(MemorySessionStore::default());
        let clock = Arc::new(ManualClock::at("2026-11-26T12:00:00Z".parse().unwrap()));
        let instance = |seed| {
            Sessions::new(Dependencies {
                accounts: accounts.clone(),
                store: store.clone(),
                identities: identities(),
                developers: BTreeSet::from([identities().member(&AccountId::new("b"))]),
                clock: clock.clone(),
                rng: StdRng::seed_from_u64(seed),
            })
        };
        let (here, there) = (instance(1), instance(2));
        Self {
            accounts,
            store,
            clock,
            here,
            there,
        }
    }

    async fn log_in(&self) -> LoggedIn {
        self.here.log_in(key("key-a")).await.unwrap()
    }
}

fn identities() -> Identities {
    Identities::new(&"a secret of the service".into())
}

fn account(id: &str) -> GameAccount {
    GameAccount {
        id: AccountId::new(id),
        characters: vec![OwnCharacter {
            ocid: Ocid::new(format!("ocid-{id}")),
            name: "아델".parse().unwrap(),
            world: "스카니아".to_owned(),
            class: "아델".to_owned(),
            level: 295,
        }],
    }
}

fn key(text: &str) -> NexonKey {
    NexonKey::try_from(SecretString::from(text)).unwrap()
}

async fn access(
    sessions: &Sessions,
    token: &SecretString,
) -> Result<AuthenticatedSession, AuthenticateError> {
    sessions.authenticate(token.expose_secret()).await
}

async fn refresh(sessions: &Sessions, token: &SecretString) -> Result<LoggedIn, RefreshError> {
    sessions.refresh(token.expose_secret()).await
}

async fn is_refused(sessions: &Sessions, token: &SecretString) -> bool {
    matches!(
        access(sessions, token).await,
        Err(AuthenticateError::Invalid)
    )
}

#[tokio::test]
async fn memory_store_keeps_the_contract() {
    contract(async || MemorySessionStore::default()).await;
}

#[tokio::test]
async fn log_in_is_known_on_every_instance() {
    let world = World::new();
    let logged_in = world.log_in().await;
    for instance in [&world.here, &world.there] {
        let signed_in = access(instance, &logged_in.access_token).await.unwrap();
        assert_eq!(signed_in.member.id, logged_in.member);
        assert_eq!(signed_in.member.characters, account("a").characters);
        assert_eq!(signed_in.roles, [Role::Member]);
    }
}

#[tokio::test]
async fn account_is_the_same_member_at_every_log_in() {
    let world = World::new();
    let first = world.log_in().await;
    let second = world.there.log_in(key("key-a")).await.unwrap();
    let other = world.here.log_in(key("key-b")).await.unwrap();
    assert_eq!(first.member, second.member);
    assert_ne!(first.member, other.member);
    let developer = access(&world.here, &other.access_token).await.unwrap();
    assert_eq!(developer.roles, [Role::Member, Role::Developer]);
    assert!(access(&world.here, &first.access_token).await.is_ok());
}

#[tokio::test]
async fn refused_key_and_silent_game_are_different_errors() {
    let world = World::new();
    let refused = world.here.log_in(key("other")).await.unwrap_err();
    assert!(matches!(
        refused,
        LogInError::Accounts(AccountsError::KeyRefused)
    ));
    world.accounts.set_down(true);
    let down = world.here.log_in(key("key-a")).await.unwrap_err();
    assert!(matches!(
        down,
        LogInError::Accounts(AccountsError::Unavailable { .. })
    ));
}

#[tokio::test]
async fn access_token_expires() {
    let world = World::new();
    let logged_in = world.log_in().await;
    world.clock.advance(ACCESS_FOR.checked_sub(SECOND).unwrap());
    assert!(access(&world.here, &logged_in.access_token).await.is_ok());
    world.clock.advance(SECOND);
    for instance in [&world.here, &world.there] {
        assert!(is_refused(instance, &logged_in.access_token).await);
    }
}

#[tokio::test]
async fn tokens_are_valid_for_their_own_use_only() {
    let world = World::new();
    let logged_in = world.log_in().await;
    assert!(is_refused(&world.here, &logged_in.refresh_token).await);
    let refreshed = refresh(&world.here, &logged_in.access_token).await;
    assert!(matches!(refreshed, Err(RefreshError::Invalid)));
    assert!(access(&world.here, &logged_in.access_token).await.is_ok());
}

#[tokio::test]
async fn refreshing_replaces_both_tokens() {
    let world = World::new();
    let first = world.log_in().await;
    assert!(access(&world.here, &first.access_token).await.is_ok());
    world.clock.advance(ACCESS_FOR);
    let second = refresh(&world.here, &first.refresh_token).await.unwrap();
    assert_eq!(second.member, first.member);
    assert!(second.refresh_until > first.refresh_until);
    assert!(is_refused(&world.here, &first.access_token).await);
    for instance in [&world.here, &world.there] {
        assert!(access(instance, &second.access_token).await.is_ok());
    }
}

#[tokio::test]
async fn earlier_refresh_token_ends_the_session() {
    for generations in [1, 2, 5] {
        let world = World::new();
        let first = world.log_in().await;
        let mut last = refresh(&world.here, &first.refresh_token).await.unwrap();
        for _ in 1..generations {
            last = refresh(&world.there, &last.refresh_token).await.unwrap();
        }
        let reused = refresh(&world.there, &first.refresh_token).await;
        assert!(matches!(reused, Err(RefreshError::Reused)));
        assert!(is_refused(&world.here, &last.access_token).await);
        let ended = refresh(&world.here, &last.refresh_token).await;
        assert!(matches!(ended, Err(RefreshError::Invalid)));
    }
}

#[tokio::test]
async fn refresh_token_expires() {
    let world = World::new();
    let logged_in = world.log_in().await;
    world.clock.advance(REFRESH_FOR);
    let late = refresh(&world.here, &logged_in.refresh_token).await;
    assert!(matches!(late, Err(RefreshError::Invalid)));
}

#[tokio::test]
async fn session_ends_however_often_it_is_refreshed() {
    let world = World::new();
    let mut last = world.log_in().await;
    let opened = last.refresh_until - REFRESH_FOR;
    for _ in 0..5 {
        world
            .clock
            .advance(REFRESH_FOR.checked_sub(SECOND).unwrap());
        match refresh(&world.here, &last.refresh_token).await {
            Ok(next) => last = next,
            Err(error) => {
                assert!(matches!(error, RefreshError::Invalid));
                assert_eq!(last.refresh_until, opened + SESSION_FOR);
                return;
            }
        }
    }
    panic!("it went on until {}", last.refresh_until);
}

#[tokio::test(start_paused = true)]
async fn log_out_is_known_at_once_here_and_soon_everywhere() {
    let world = World::new();
    let logged_in = world.log_in().await;
    let token = &logged_in.access_token;
    let session = access(&world.here, token).await.unwrap().session;
    assert!(access(&world.there, token).await.is_ok());
    world.here.log_out(session).await.unwrap();
    assert!(is_refused(&world.here, token).await);
    tokio::time::advance(SESSION_CACHE_TTL).await;
    assert!(is_refused(&world.there, token).await);
    assert!(SESSION_CACHE_TTL < Duration::from_mins(1));
    let refreshed = refresh(&world.there, &logged_in.refresh_token).await;
    assert!(matches!(refreshed, Err(RefreshError::Invalid)));
}

#[tokio::test]
async fn sessions_of_a_member_end_together() {
    let world = World::new();
    let (one, two) = (world.log_in().await, world.log_in().await);
    let other = world.here.log_in(key("key-b")).await.unwrap();
    for logged_in in [&one, &two, &other] {
        assert!(access(&world.here, &logged_in.access_token).await.is_ok());
    }
    assert_eq!(world.here.end_all(one.member).await.unwrap(), 2);
    assert!(is_refused(&world.here, &one.access_token).await);
    assert!(is_refused(&world.here, &two.access_token).await);
    assert!(access(&world.here, &other.access_token).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn store_outage_logs_out_no_recently_seen_member() {
    let world = World::new();
    let logged_in = world.log_in().await;
    let token = &logged_in.access_token;
    assert!(access(&world.here, token).await.is_ok());
    world.store.set_down(true);
    for _ in 0..10 {
        assert!(access(&world.here, token).await.is_ok());
        // An unseen session cannot be told from an invalid one.
        assert!(matches!(
            access(&world.there, token).await,
            Err(AuthenticateError::Store(_))
        ));
        tokio::time::advance(SESSION_CACHE_TTL).await;
    }
    world.clock.advance(ACCESS_FOR);
    assert!(is_refused(&world.here, token).await, "its time is over");
}

#[tokio::test(start_paused = true)]
async fn ended_session_is_refused_in_a_later_outage() {
    let world = World::new();
    let logged_in = world.log_in().await;
    let token = &logged_in.access_token;
    for instance in [&world.here, &world.there] {
        assert!(access(instance, token).await.is_ok());
    }
    let session = access(&world.here, token).await.unwrap().session;
    world.here.log_out(session).await.unwrap();
    tokio::time::advance(SESSION_CACHE_TTL).await;
    assert!(is_refused(&world.there, token).await);
    world.store.set_down(true);
    for instance in [&world.here, &world.there] {
        let unknown = access(instance, token).await;
        assert!(matches!(unknown, Err(AuthenticateError::Store(_))));
    }

    // An outage that ended before the check does not extend the trust after the store is back.
    world.store.set_down(false);
    let logged_in = world.log_in().await;
    let token = &logged_in.access_token;
    assert!(access(&world.there, token).await.is_ok());
    let session = access(&world.here, token).await.unwrap().session;
    world.here.log_out(session).await.unwrap();
    world.store.set_down(true);
    tokio::time::advance(SESSION_CACHE_TTL).await;
    assert!(
        access(&world.there, token).await.is_ok(),
        "there it is not known"
    );
    world.store.set_down(false);
    tokio::time::advance(SESSION_CACHE_TTL).await;
    assert!(is_refused(&world.there, token).await);
}

#[tokio::test]
async fn secret_of_another_session_does_not_open_this_one() {
    let world = World::new();
    let (one, two) = (world.log_in().await, world.log_in().await);
    assert!(access(&world.here, &one.access_token).await.is_ok());
    let mut bytes = bytes(&one.access_token);
    bytes[16..].copy_from_slice(&self::bytes(&two.access_token)[16..]);
    let mixed = format!("maple_at_{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
    assert!(is_refused(&world.here, &mixed.into()).await);
    assert!(access(&world.here, &one.access_token).await.is_ok());
}

/// 16 bytes that name the session, and 32 that are the secret.
fn bytes(token: &SecretString) -> Vec<u8> {
    let encoded = &token.expose_secret()["maple_at_".len()..];
    BASE64_URL_SAFE_NO_PAD.decode(encoded).unwrap()
}
