//! Members and their sessions, on each engine.

use std::error::Error;

use kernel::MemberId;
use members::testkit::contract;
use members::{Member, Session, SessionId, SessionStore, TokenHash, TokenHashes};
use storage_sql::Sessions;
use storage_sql::testkit::execute;
use testkit::TestDatabase;

on_each_engine!(the_contract_is_kept, what_cannot_be_read_is_named);

async fn the_contract_is_kept(database: TestDatabase) {
    let opened = database.open().await;
    contract(async || {
        for table in ["member_session", "member"] {
            let delete = format!("DELETE FROM {table}");
            execute(database.url(), &[&delete]).await.unwrap();
        }
        opened.sessions()
    })
    .await;
}

async fn what_cannot_be_read_is_named(database: TestDatabase) {
    let store: Sessions = database.open().await.sessions();
    let session = session();
    let member = Member {
        id: session.member,
        characters: Vec::new(),
        seen_at: session.opened_at,
    };
    store.open(&session, &member, 1).await.unwrap();
    for (damage, problem) in [
        (
            "UPDATE member SET characters = '{'",
            "a row of member cannot be read",
        ),
        (
            "UPDATE member_session SET opened_at_us = 9223372036854775807",
            "a row of member_session cannot be read",
        ),
    ] {
        execute(database.url(), &[damage]).await.unwrap();
        let error = store.find(session.id).await.unwrap_err();
        assert_eq!(error.to_string(), "the store failed to find a session");
        let source = error.source().unwrap().to_string();
        assert!(source.contains(problem), "{source}");
    }
}

fn session() -> Session {
    let now = "2026-11-26T12:00:00Z".parse().unwrap();
    Session {
        id: SessionId::new(1),
        member: MemberId::new(2),
        opened_at: now,
        tokens: TokenHashes {
            access: TokenHash::from_bytes([1; 32]),
            access_until: now,
            refresh: TokenHash::from_bytes([2; 32]),
            refresh_until: now + std::time::Duration::from_secs(1),
        },
    }
}
