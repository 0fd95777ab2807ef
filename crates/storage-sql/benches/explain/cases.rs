//! The hot queries, each with the index it needs.

use std::pin::Pin;
use std::time::Duration;

use donation::{Account, DonationLedger, IdempotencyKey, Side};
use equipment::SnapshotStore;
use jiff::{SignedDuration, Timestamp};
use kernel::{MemberId, Ocid};
use likes::{AHEAD_FOR, Change, LikeStore};
use members::{Member, Session, SessionId, SessionStore, TokenHash, TokenHashes};
use outbox::OutboxStore;
use storage_sql::Database;

use crate::tables::{
    ABOVE_ALL_IDS, GENEROUS_MEMBER, NEW_DEVELOPER, NEWEST_US, OLD_US, SOME_ID, SOME_MEMBER,
};

/// A hot query.
pub(crate) struct Case {
    /// Purpose of the statement.
    pub(crate) name: &'static str,
    /// Has the code send it, on empty tables.
    pub(crate) ask: fn(&Database) -> Asked<'_>,
    /// Its beginning, which tells it from others that the same call sends.
    pub(crate) begins: &'static str,
    /// The tables it reads by the index, as they stand in it.
    pub(crate) tables: &'static [&'static str],
    /// The index it needs, and those that would do in its place.
    pub(crate) indexes: &'static [&'static str],
    /// Number of rows it finds, or deletes.
    pub(crate) finds: usize,
}

pub(crate) type Asked<'d> = Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send + 'd>>;

const PRIMARY: &[&str] = &["PRIMARY"];

pub(crate) const CASES: [Case; 19] = [
    Case {
        name: "a snapshot",
        ask: |database| {
            Box::pin(async {
                let ocid = Ocid::new("ocid7");
                database.snapshots().latest(&ocid).await?;
                Ok(())
            })
        },
        begins: "SELECT equipment_snapshot.ocid",
        tables: &["equipment_snapshot"],
        indexes: PRIMARY,
        finds: 1,
    },
    Case {
        name: "the end of the 500 oldest snapshots, to purge",
        ask: |database| {
            Box::pin(async {
                let before = at(OLD_US + 1_000_000_000);
                database.snapshots().purge(before, 500).await?;
                Ok(())
            })
        },
        begins: "SELECT equipment_snapshot.fetched_at_us",
        tables: &["equipment_snapshot"],
        indexes: &["equipment_snapshot_fetched_at"],
        finds: 1,
    },
    Case {
        name: "the 200 characters fetched last, at the start",
        ask: |database| {
            Box::pin(async {
                database.snapshots().recent(200).await?;
                Ok(())
            })
        },
        begins: "SELECT game_character.name",
        tables: &["game_character"],
        indexes: &["game_character_fetched_at"],
        finds: 200,
    },
    Case {
        name: "a donation by its key",
        ask: |database| {
            Box::pin(async {
                let key: IdempotencyKey = "key-7".parse()?;
                let giver = MemberId::new(SOME_MEMBER);
                database.ledger().donation_by_key(giver, &key).await?;
                Ok(())
            })
        },
        begins: "SELECT id, giver",
        tables: &["donation"],
        indexes: &["donation_by_key", "donation_by_giver"],
        finds: 1,
    },
    Case {
        name: "a page of what a member gave",
        ask: |database| donations(database, SOME_MEMBER, Side::Given),
        begins: "SELECT id, giver",
        tables: &["donation"],
        indexes: &["donation_by_giver", "donation_by_key"],
        finds: 21,
    },
    Case {
        name: "the same of one who gave 2,000 times, beside the index of keys",
        ask: |database| donations(database, GENEROUS_MEMBER, Side::Given),
        begins: "SELECT id, giver",
        tables: &["donation"],
        indexes: &["donation_by_giver"],
        finds: 21,
    },
    Case {
        name: "a page of what a developer received who is new",
        ask: |database| donations(database, NEW_DEVELOPER, Side::Received),
        begins: "SELECT id, giver",
        tables: &["donation"],
        indexes: &["donation_by_receiver"],
        finds: 21,
    },
    Case {
        name: "how a member's points came and went",
        ask: |database| {
            Box::pin(async {
                let account = Account::Member(MemberId::new(SOME_MEMBER));
                database.ledger().postings(account, 20).await?;
                Ok(())
            })
        },
        begins: "SELECT posting.id",
        tables: &["ledger_entry taken", "ledger_entry given"],
        indexes: &["ledger_entry_by_posting"],
        finds: 20,
    },
    Case {
        name: "the 16 messages due first, to deliver",
        ask: |database| {
            Box::pin(async {
                let lease = Duration::from_secs(30);
                database
                    .outbox()
                    .claim_due(at(NEWEST_US), lease, 16, 8)
                    .await?;
                Ok(())
            })
        },
        begins: "SELECT id, topic",
        tables: &["outbox_message"],
        indexes: &["outbox_message_due"],
        finds: 16,
    },
    Case {
        name: "how much waits in the outbox, and since when",
        ask: |database| {
            Box::pin(async {
                database.outbox().backlog().await?;
                Ok(())
            })
        },
        begins: "SELECT (SELECT COUNT(*)",
        tables: &["outbox_message"],
        indexes: &["outbox_message_due", "outbox_message_by_state"],
        finds: 1,
    },
    Case {
        name: "the 500 messages that ended first, to purge",
        ask: |database| {
            Box::pin(async {
                let before = at(OLD_US + 1_000_000_000);
                database.outbox().purge(before, 500).await?;
                Ok(())
            })
        },
        begins: "SELECT id FROM outbox_message",
        tables: &["outbox_message"],
        indexes: &["outbox_message_by_end"],
        finds: 500,
    },
    Case {
        name: "a page of dead letters",
        ask: |database| {
            Box::pin(async {
                database.outbox().dead_letters(None, 101).await?;
                Ok(())
            })
        },
        begins: "SELECT outbox_message.id",
        tables: &["outbox_message"],
        indexes: &["outbox_message_by_state"],
        finds: 100,
    },
    Case {
        name: "a dead letter and its last attempt",
        ask: |database| {
            Box::pin(async {
                let first = outbox::EventId::new(0);
                database.outbox().dead_letter(first).await?;
                Ok(())
            })
        },
        begins: "SELECT outbox_message.id",
        tables: &["outbox_attempt"],
        indexes: &["outbox_attempt_by_message"],
        finds: 1,
    },
    Case {
        name: "the likes of a character, and whether a member is among them",
        ask: |database| {
            Box::pin(async {
                let (ocid, member) = (Ocid::new("ocid7"), MemberId::new(SOME_ID));
                database.likes().tally(&ocid, &[member]).await?;
                Ok(())
            })
        },
        begins: "SELECT likes",
        tables: &["like_count", "character_like"],
        indexes: PRIMARY,
        finds: 1,
    },
    Case {
        name: "likes that went ahead of Redis long ago, to forget",
        ask: |database| {
            Box::pin(async {
                let change = Change {
                    member: MemberId::new(SOME_ID),
                    character: Ocid::new("ocid7"),
                    liked: true,
                };
                let now = at(OLD_US) + SignedDuration::try_from(AHEAD_FOR)?;
                let now = now + SignedDuration::from_secs(1);
                database.likes().apply_ahead(&[change], now).await?;
                Ok(())
            })
        },
        begins: "DELETE FROM like_ahead",
        tables: &["like_ahead"],
        indexes: &["like_ahead_taken_at"],
        finds: 100,
    },
    Case {
        name: "a session that is not there",
        ask: |database| {
            Box::pin(async {
                let id = SessionId::new(ABOVE_ALL_IDS);
                database.sessions().find(id).await?;
                Ok(())
            })
        },
        begins: "SELECT member_session.id, member_session.member_id",
        tables: &["member_session"],
        indexes: PRIMARY,
        finds: 0,
    },
    Case {
        name: "a member's sessions beyond the 20 newest, at a log-in",
        ask: log_in,
        begins: "SELECT member_session.id FROM",
        tables: &["member_session"],
        indexes: &["member_session_by_member"],
        finds: 1,
    },
    Case {
        name: "all sessions of a member, to end",
        ask: |database| {
            Box::pin(async {
                let member = MemberId::new(SOME_MEMBER);
                database.sessions().end_all(member).await?;
                Ok(())
            })
        },
        begins: "DELETE FROM member_session",
        tables: &["member_session"],
        indexes: &["member_session_by_member"],
        finds: 20,
    },
    Case {
        name: "expired sessions, to remove",
        ask: |database| {
            Box::pin(async {
                database.sessions().remove_expired(at(OLD_US)).await?;
                Ok(())
            })
        },
        begins: "DELETE FROM member_session",
        tables: &["member_session"],
        indexes: &["member_session_by_end"],
        finds: 100,
    },
];

fn at(microsecond: i64) -> Timestamp {
    Timestamp::from_microsecond(microsecond).expect("a time of our days")
}

fn donations(database: &Database, member: u128, side: Side) -> Asked<'_> {
    Box::pin(async move {
        let before = Some(donation::DonationId::new(ABOVE_ALL_IDS));
        let ledger = database.ledger();
        ledger
            .donations(MemberId::new(member), side, before, 21)
            .await?;
        Ok(())
    })
}

fn log_in(database: &Database) -> Asked<'_> {
    Box::pin(async {
        let (member, now) = (MemberId::new(SOME_MEMBER), at(NEWEST_US));
        let hash = TokenHash::from_bytes([7; 32]);
        let session = Session {
            id: SessionId::new(ABOVE_ALL_IDS),
            member,
            opened_at: now,
            tokens: TokenHashes {
                access: hash,
                access_until: now,
                refresh: hash,
                refresh_until: now,
            },
        };
        let member = Member {
            id: member,
            characters: Vec::new(),
            seen_at: now,
        };
        database.sessions().open(&session, &member, 20).await?;
        Ok(())
    })
}
