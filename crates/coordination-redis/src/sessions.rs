//! Sessions that instances share. What is kept are hashes of tokens, as in the store.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use kernel::{MemberId, Ocid};
use members::{
    ACCESS_FOR, Member, OwnCharacter, Session, SessionId, SharedSession, SharedSessions,
    SharedSessionsError, SharedState, SharedTime, TokenHash, TokenHashes,
};
use serde::{Deserialize, Serialize};

use crate::script::{SESSION_CHANGE, SESSION_KEEP, SESSION_LOOK};
use crate::{Error, Redis};

/// Time for which a change is remembered: longer than what was read before it can be used.
const CHANGE_FOR: Duration = Duration::from_mins(20);
const _: () = assert!(CHANGE_FOR.as_secs() > ACCESS_FOR.as_secs());

/// Sessions in Redis, each until its access token has expired.
#[derive(Debug, Clone)]
pub struct RedisSessions {
    redis: Redis,
}

/// A session and its member as they are kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    member: MemberIdText,
    opened_at_us: i64,
    access: [u8; 32],
    access_until_us: i64,
    refresh: [u8; 32],
    refresh_until_us: i64,
    seen_at_us: i64,
    characters: Vec<KeptCharacter>,
}

/// An id as 32 hexadecimal digits.
type MemberIdText = String;

#[derive(Serialize, Deserialize)]
struct KeptCharacter {
    ocid: String,
    name: String,
    world: String,
    class: String,
    level: u16,
}

impl RedisSessions {
    /// Sessions over this connection.
    pub fn new(redis: Redis) -> Self {
        Self { redis }
    }

    fn key(&self, id: SessionId) -> String {
        self.redis.key(&format!("session:{id}"))
    }

    fn changed_key(&self, id: SessionId) -> String {
        self.redis.key(&format!("session-changed:{id}"))
    }

    fn member_prefix(&self) -> String {
        self.redis.key("sessions-changed:")
    }

    async fn state(&self, id: SessionId, member: Option<MemberId>) -> Result<SharedState, Error> {
        let key = self.key(id);
        let owner = member.map(|member| member.to_string()).unwrap_or_default();
        let keys = vec![key.clone(), self.changed_key(id)];
        let look = self.redis.run::<(u64, u64, u64, String)>(
            &SESSION_LOOK,
            keys,
            vec![self.member_prefix(), owner],
        );
        let (now, changed, asked, said) = self.redis.call(look).await?;
        let found = match asked {
            0 => None,
            asked => Some(read(id, SharedTime(asked), &said).ok_or(Error::Garbled {
                key,
                problem: "it is no session",
            })?),
        };
        Ok(SharedState {
            now: SharedTime(now),
            changed_at: SharedTime(changed),
            found,
        })
    }

    async fn put(&self, found: &SharedSession) -> Result<(), Error> {
        let (id, member) = (found.session.id, found.session.member);
        let keys = vec![
            self.key(id),
            self.changed_key(id),
            format!("{}{member}", self.member_prefix()),
        ];
        let arguments = vec![
            found.asked_at.0.to_string(),
            member.to_string(),
            written(found),
            ACCESS_FOR.as_millis().to_string(),
        ];
        let keep = self.redis.run::<u8>(&SESSION_KEEP, keys, arguments);
        self.redis.call(keep).await?;
        Ok(())
    }

    async fn change(&self, keys: Vec<String>) -> Result<(), Error> {
        let remembered = vec![CHANGE_FOR.as_millis().to_string()];
        let change = self.redis.run::<u8>(&SESSION_CHANGE, keys, remembered);
        self.redis.call(change).await?;
        Ok(())
    }
}

#[async_trait]
impl SharedSessions for RedisSessions {
    async fn look(
        &self,
        id: SessionId,
        member: Option<MemberId>,
    ) -> Result<SharedState, SharedSessionsError> {
        self.state(id, member).await.map_err(failed)
    }

    async fn keep(&self, session: &SharedSession) -> Result<(), SharedSessionsError> {
        self.put(session).await.map_err(failed)
    }

    async fn changed(&self, id: SessionId) -> Result<(), SharedSessionsError> {
        let keys = vec![self.changed_key(id), self.key(id)];
        self.change(keys).await.map_err(failed)
    }

    async fn changed_all(&self, member: MemberId) -> Result<(), SharedSessionsError> {
        let keys = vec![format!("{}{member}", self.member_prefix())];
        self.change(keys).await.map_err(failed)
    }
}

fn failed(error: Error) -> SharedSessionsError {
    SharedSessionsError(Box::new(error))
}

fn written(found: &SharedSession) -> String {
    let (session, member) = (&found.session, &found.member);
    let characters = member.characters.iter().map(|own| KeptCharacter {
        ocid: own.ocid.as_str().to_owned(),
        name: own.name.as_str().to_owned(),
        world: own.world.clone(),
        class: own.class.clone(),
        level: own.level,
    });
    let kept = Kept {
        member: session.member.to_string(),
        opened_at_us: session.opened_at.as_microsecond(),
        access: *session.tokens.access.as_bytes(),
        access_until_us: session.tokens.access_until.as_microsecond(),
        refresh: *session.tokens.refresh.as_bytes(),
        refresh_until_us: session.tokens.refresh_until.as_microsecond(),
        seen_at_us: member.seen_at.as_microsecond(),
        characters: characters.collect(),
    };
    serde_json::to_string(&kept).expect("texts and numbers are JSON")
}

fn read(id: SessionId, asked_at: SharedTime, said: &str) -> Option<SharedSession> {
    let kept: Kept = serde_json::from_str(said).ok()?;
    let time = |micros| Timestamp::from_microsecond(micros).ok();
    let owner: MemberId = kept.member.parse().ok()?;
    let characters = kept.characters.into_iter().map(|own| {
        Some(OwnCharacter {
            ocid: Ocid::new(own.ocid),
            name: own.name.parse().ok()?,
            world: own.world,
            class: own.class,
            level: own.level,
        })
    });
    Some(SharedSession {
        session: Session {
            id,
            member: owner,
            opened_at: time(kept.opened_at_us)?,
            tokens: TokenHashes {
                access: TokenHash::from_bytes(kept.access),
                access_until: time(kept.access_until_us)?,
                refresh: TokenHash::from_bytes(kept.refresh),
                refresh_until: time(kept.refresh_until_us)?,
            },
        },
        member: Member {
            id: owner,
            characters: characters.collect::<Option<_>>()?,
            seen_at: time(kept.seen_at_us)?,
        },
        asked_at,
    })
}
