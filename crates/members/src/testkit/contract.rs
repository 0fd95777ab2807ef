//! Contract tests for every implementation of `SessionStore`.

use jiff::{SignedDuration, Timestamp};
use kernel::{MemberId, Ocid};
use tokio::join;

use crate::{Member, OwnCharacter, Session, SessionId, SessionStore, TokenHash, TokenHashes};

/// Runs the whole contract; `fresh` gives an empty store each time.
///
/// # Panics
///
/// When the store breaks it.
pub async fn contract<S: SessionStore>(fresh: impl AsyncFn() -> S) {
    session_is_read_back_unchanged(&fresh().await).await;
    newer_facts_of_a_member_stay(&fresh().await).await;
    ended_session_is_gone(&fresh().await).await;
    tokens_are_replaced_once(&fresh().await).await;
    rivals_for_one_token_leave_one_winner(&fresh().await).await;
    newest_sessions_of_a_member_stay(&fresh().await).await;
    members_do_not_end_each_others_sessions(&fresh().await).await;
    expired_sessions_are_removed(&fresh().await).await;
    log_ins_side_by_side_all_stay(&fresh().await).await;
}

const MANY: u64 = 100;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_microsecond(1_790_000_000_000_001 + seconds * 1_000_000)
        .expect("a time of our days")
}

fn hash(number: u8) -> TokenHash {
    TokenHash::from_bytes([number; 32])
}

fn tokens(number: u8, until: i64) -> TokenHashes {
    TokenHashes {
        access: hash(number),
        access_until: at(until - 1),
        refresh: hash(number | 128),
        refresh_until: at(until),
    }
}

fn session(id: u8, member: u128, opened: i64) -> Session {
    Session {
        // Bits of every byte, none of which may be lost or taken for a sign.
        id: SessionId::new(u128::MAX - u128::from(id)),
        member: MemberId::new(member),
        opened_at: at(opened),
        tokens: tokens(id, opened + 100),
    }
}

fn member(id: u128, seen: i64, names: &[&str]) -> Member {
    let character = |name: &&str| OwnCharacter {
        ocid: Ocid::new(format!("ocid of {name}")),
        name: name.parse().expect("a name"),
        world: "스카니아".to_owned(),
        class: "에반".to_owned(),
        level: 285,
    };
    Member {
        id: MemberId::new(id),
        characters: names.iter().map(character).collect(),
        seen_at: at(seen),
    }
}

async fn open(store: &impl SessionStore, session: &Session, at_most: u64) {
    let seen = session.opened_at.duration_since(at(0)).as_secs();
    let member = member(session.member.bits(), seen, &["아델"]);
    let opened = store.open(session, &member, at_most).await;
    opened.expect("the store works");
}

async fn find(store: &impl SessionStore, session: &Session) -> Option<(Session, Member)> {
    store.find(session.id).await.expect("the store works")
}

async fn session_is_read_back_unchanged(store: &impl SessionStore) {
    let session = session(1, 1 << 127 | 1, 0);
    assert_eq!(find(store, &session).await, None);
    for names in [&[][..], &["아델", "긱델2"]] {
        let member = member(session.member.bits(), 0, names);
        let session = Session {
            id: SessionId::new(names.len() as u128),
            ..session.clone()
        };
        store.open(&session, &member, MANY).await.unwrap();
        assert_eq!(find(store, &session).await, Some((session, member)));
    }
}

async fn newer_facts_of_a_member_stay(store: &impl SessionStore) {
    for (id, seen, names, expected) in [
        (1, 5, ["하나"], "하나"),
        (2, 9, ["둘"], "둘"),
        (3, 7, ["셋"], "둘"),
        (4, 9, ["넷"], "넷"),
    ] {
        let session = session(id, 1, seen);
        let member = member(1, seen, &names);
        store.open(&session, &member, MANY).await.unwrap();
        let (_, known) = find(store, &session).await.unwrap();
        assert_eq!(known.characters[0].name.as_str(), expected);
    }
}

async fn ended_session_is_gone(store: &impl SessionStore) {
    let [one, other] = [session(1, 1, 0), session(2, 1, 0)];
    for session in [&one, &other] {
        open(store, session, MANY).await;
    }
    assert!(store.end(one.id).await.unwrap());
    assert!(!store.end(one.id).await.unwrap());
    assert_eq!(find(store, &one).await, None);
    assert!(find(store, &other).await.is_some());
    let to = tokens(9, 200);
    let rotated = store.rotate(one.id, &one.tokens.refresh, &to).await;
    assert!(!rotated.unwrap());
    assert_eq!(find(store, &one).await, None);
}

async fn tokens_are_replaced_once(store: &impl SessionStore) {
    let session = session(1, 1, 0);
    open(store, &session, MANY).await;
    let (first, second) = (session.tokens.refresh, tokens(2, 200));
    for (from, to, expected) in [
        (hash(77), tokens(3, 300), false),
        (first, second, true),
        (first, tokens(4, 400), false),
    ] {
        let rotated = store.rotate(session.id, &from, &to).await.unwrap();
        assert_eq!(rotated, expected);
    }
    let (found, _) = find(store, &session).await.unwrap();
    assert_eq!(found.tokens, second);
    assert_eq!(found.opened_at, session.opened_at);
}

async fn rivals_for_one_token_leave_one_winner(store: &impl SessionStore) {
    let session = session(1, 1, 0);
    open(store, &session, MANY).await;
    let from = session.tokens.refresh;
    let rival = |number| async move {
        let to = tokens(number, 200);
        let rotated = store.rotate(session.id, &from, &to).await;
        rotated.expect("the store works").then_some(to)
    };
    let (a, b, c, d) = join!(rival(2), rival(3), rival(4), rival(5));
    let winners: Vec<_> = [a, b, c, d].into_iter().flatten().collect();
    let (found, _) = store.find(session.id).await.unwrap().unwrap();
    assert_eq!(winners, [found.tokens]);
}

async fn newest_sessions_of_a_member_stay(store: &impl SessionStore) {
    let others = session(50, 2, 0);
    open(store, &others, 3).await;
    let sessions: Vec<_> = (1..=5).map(|id| session(id, 1, id.into())).collect();
    for session in &sessions {
        open(store, session, 3).await;
    }
    // Opened by an instance whose clock is behind: the newest session stays regardless.
    let late = session(6, 1, 0);
    open(store, &late, 3).await;
    let mut left = Vec::new();
    for session in sessions.iter().chain([&late, &others]) {
        left.push(find(store, session).await.is_some());
    }
    assert_eq!(left, [false, false, false, true, true, true, true]);
}

async fn members_do_not_end_each_others_sessions(store: &impl SessionStore) {
    let sessions = [session(1, 1, 0), session(2, 1, 0), session(3, 2, 0)];
    for session in &sessions {
        open(store, session, MANY).await;
    }
    let member = MemberId::new(1);
    assert_eq!(store.end_all(member).await.unwrap(), 2);
    assert_eq!(store.end_all(member).await.unwrap(), 0);
    assert_eq!(find(store, &sessions[1]).await, None);
    assert!(find(store, &sessions[2]).await.is_some());
}

async fn expired_sessions_are_removed(store: &impl SessionStore) {
    // Good until 100, 150 and 200.
    let sessions = [session(1, 1, 0), session(2, 2, 50), session(3, 1, 100)];
    for session in &sessions {
        open(store, session, MANY).await;
    }
    // The member's next log-in has removed the first one.
    assert_eq!(find(store, &sessions[0]).await, None);
    let just_before = at(150) - SignedDuration::from_micros(1);
    assert_eq!(store.remove_expired(just_before).await.unwrap(), 0);
    assert_eq!(store.remove_expired(at(150)).await.unwrap(), 1);
    assert_eq!(find(store, &sessions[1]).await, None);
    assert!(find(store, &sessions[2]).await.is_some());
}

async fn log_ins_side_by_side_all_stay(store: &impl SessionStore) {
    let sessions: Vec<_> = (1..=4).map(|id| session(id, 1, 0)).collect();
    join!(
        open(store, &sessions[0], MANY),
        open(store, &sessions[1], MANY),
        open(store, &sessions[2], MANY),
        open(store, &sessions[3], MANY),
    );
    for session in &sessions {
        assert!(find(store, session).await.is_some());
    }
}
