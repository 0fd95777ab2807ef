//! Members and their sessions.

use async_trait::async_trait;
use donation::LedgerError;
use jiff::Timestamp;
use kernel::{Id, MemberId, Ocid};
use members::{
    Member, OwnCharacter, Session, SessionId, SessionStore, SessionStoreError, TokenHash,
    TokenHashes,
};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{
    ActiveModelBehavior, ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde::{Deserialize, Serialize};

use crate::entity::{member, member_session};
use crate::newest::newest_wins;
use crate::value::{instant, read_id};
use crate::{Database, Error};

use member::Entity as Members;
use member_session::{Column, Entity as Rows};

/// Members and their sessions.
#[derive(Debug, Clone)]
pub struct Sessions {
    database: Database,
}

impl Sessions {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn open(
        &self,
        session: &Session,
        member: &Member,
        at_most: u64,
    ) -> Result<(), SessionStoreError> {
        // Each call has its own time: the first may wait for a rival.
        let database = &self.database;
        let opened = async {
            database.within(self.keep_member(member)).await?;
            database.within(self.insert(session)).await?;
            database.within(self.trim(session, at_most)).await
        };
        opened.await.map_err(failed_to("open a session"))
    }

    async fn find(&self, id: SessionId) -> Result<Option<(Session, Member)>, SessionStoreError> {
        let found = async {
            let Some((session, member)) = self.database.within(self.rows(id)).await? else {
                return Ok(None);
            };
            Ok(Some((read_session(&session)?, read_member(&member)?)))
        };
        found.await.map_err(failed_to("find a session"))
    }

    async fn rotate(
        &self,
        id: SessionId,
        from: &TokenHash,
        to: &TokenHashes,
    ) -> Result<bool, SessionStoreError> {
        let update = Rows::update_many()
            .set(token_columns(to))
            .filter(Column::Id.eq(bytes(id)))
            .filter(Column::RefreshHash.eq(from.as_bytes().to_vec()))
            .exec(self.database.connection());
        let updated = self.database.within(update).await;
        updated
            .map(|result| result.rows_affected > 0)
            .map_err(failed_to("refresh a session"))
    }

    async fn end(&self, id: SessionId) -> Result<bool, SessionStoreError> {
        let ended = self.delete(Column::Id.eq(bytes(id)).into()).await;
        ended
            .map(|rows| rows > 0)
            .map_err(failed_to("end a session"))
    }

    async fn end_all(&self, member: MemberId) -> Result<u64, SessionStoreError> {
        let ended = self.delete(Column::MemberId.eq(bytes(member)).into());
        ended.await.map_err(failed_to("end a member's sessions"))
    }

    async fn remove_expired(&self, now: Timestamp) -> Result<u64, SessionStoreError> {
        let removed = self.delete(Column::RefreshUntilUs.lte(now.as_microsecond()).into());
        removed.await.map_err(failed_to("remove expired sessions"))
    }
}

#[async_trait]
impl donation::MemberDirectory for Sessions {
    async fn exists(&self, id: MemberId) -> Result<bool, LedgerError> {
        let connection = self.database.connection();
        let found = Members::find_by_id(bytes(id)).one(connection);
        let found = self.database.within(found).await;
        found
            .map(|member| member.is_some())
            .map_err(|error| LedgerError::Failed {
                action: "find a member",
                source: Box::new(error),
            })
    }
}

impl Sessions {
    async fn keep_member(&self, member: &Member) -> Result<(), DbErr> {
        let row = member_row(member);
        let update = Members::update_many()
            .set(member::ActiveModel {
                id: NotSet,
                ..row.clone()
            })
            .filter(member::Column::Id.eq(bytes(member.id)))
            .filter(member::Column::SeenAtUs.lte(member.seen_at.as_microsecond()));
        newest_wins(self.database.connection(), update, row).await
    }

    async fn insert(&self, session: &Session) -> Result<(), DbErr> {
        let row = member_session::ActiveModel {
            id: Set(bytes(session.id)),
            member_id: Set(bytes(session.member)),
            opened_at_us: Set(session.opened_at.as_microsecond()),
            ..token_columns(&session.tokens)
        };
        let insert = Rows::insert(row);
        insert
            .exec_without_returning(self.database.connection())
            .await
            .map(|_| ())
    }

    /// Removes the member's expired sessions, and the oldest of the others beyond `at_most`.
    async fn trim(&self, session: &Session, at_most: u64) -> Result<(), DbErr> {
        let connection = self.database.connection();
        let others = || {
            Condition::all()
                .add(Column::MemberId.eq(bytes(session.member)))
                .add(Column::Id.ne(bytes(session.id)))
        };
        let opened = session.opened_at.as_microsecond();
        Rows::delete_many()
            .filter(others().add(Column::RefreshUntilUs.lte(opened)))
            .exec(connection)
            .await?;
        let too_many: Vec<Vec<u8>> = Rows::find()
            .select_only()
            .column(Column::Id)
            .filter(others())
            .order_by_desc(Column::OpenedAtUs)
            .order_by_desc(Column::Id)
            .offset(at_most.saturating_sub(1))
            // One is one too many, unless log-ins have raced; the next one takes the rest.
            .limit(8)
            .into_tuple()
            .all(connection)
            .await?;
        for id in too_many {
            Rows::delete_by_id(id).exec(connection).await?;
        }
        Ok(())
    }

    async fn rows(
        &self,
        id: SessionId,
    ) -> Result<Option<(member_session::Model, member::Model)>, DbErr> {
        let connection = self.database.connection();
        let Some(session) = Rows::find_by_id(bytes(id)).one(connection).await? else {
            return Ok(None);
        };
        let member = Members::find_by_id(session.member_id.clone());
        // A session is inserted after its member, and members are never removed.
        let member = member.one(connection).await?;
        Ok(member.map(|member| (session, member)))
    }

    async fn delete(&self, which: Condition) -> Result<u64, Error> {
        let delete = Rows::delete_many().filter(which);
        let deleted = delete.exec(self.database.connection());
        Ok(self.database.within(deleted).await?.rows_affected)
    }
}

/// A character as the column of JSON has it.
#[derive(Serialize, Deserialize)]
struct StoredCharacter {
    ocid: String,
    name: String,
    world: String,
    class: String,
    level: u16,
}

fn member_row(member: &Member) -> member::ActiveModel {
    let characters: Vec<_> = member.characters.iter().map(stored).collect();
    member::ActiveModel {
        id: Set(bytes(member.id)),
        characters: Set(serde_json::to_string(&characters).expect("texts and numbers are JSON")),
        seen_at_us: Set(member.seen_at.as_microsecond()),
    }
}

fn stored(character: &OwnCharacter) -> StoredCharacter {
    StoredCharacter {
        ocid: character.ocid.as_str().to_owned(),
        name: character.name.as_str().to_owned(),
        world: character.world.clone(),
        class: character.class.clone(),
        level: character.level,
    }
}

fn token_columns(tokens: &TokenHashes) -> member_session::ActiveModel {
    member_session::ActiveModel {
        access_hash: Set(tokens.access.as_bytes().to_vec()),
        access_until_us: Set(tokens.access_until.as_microsecond()),
        refresh_hash: Set(tokens.refresh.as_bytes().to_vec()),
        refresh_until_us: Set(tokens.refresh_until.as_microsecond()),
        ..ActiveModelBehavior::new()
    }
}

fn read_member(row: &member::Model) -> Result<Member, Error> {
    let unreadable = |problem| Error::Row {
        table: "member",
        problem,
    };
    let characters: Vec<StoredCharacter> =
        serde_json::from_str(&row.characters).map_err(|error| unreadable(error.to_string()))?;
    let characters = characters.into_iter().map(read_character);
    Ok(Member {
        id: read_id(&row.id).map_err(unreadable)?,
        characters: characters.collect::<Result<_, _>>().map_err(unreadable)?,
        seen_at: instant(row.seen_at_us).map_err(unreadable)?,
    })
}

fn read_character(stored: StoredCharacter) -> Result<OwnCharacter, String> {
    Ok(OwnCharacter {
        ocid: Ocid::new(stored.ocid),
        name: stored
            .name
            .parse()
            .map_err(|error: kernel::InvalidName| error.to_string())?,
        world: stored.world,
        class: stored.class,
        level: stored.level,
    })
}

fn read_session(row: &member_session::Model) -> Result<Session, Error> {
    let read = || {
        Ok(Session {
            id: read_id(&row.id)?,
            member: read_id(&row.member_id)?,
            opened_at: instant(row.opened_at_us)?,
            tokens: TokenHashes {
                access: hash(&row.access_hash)?,
                access_until: instant(row.access_until_us)?,
                refresh: hash(&row.refresh_hash)?,
                refresh_until: instant(row.refresh_until_us)?,
            },
        })
    };
    read().map_err(|problem| Error::Row {
        table: "member_session",
        problem,
    })
}

fn bytes<Of: ?Sized>(id: Id<Of>) -> Vec<u8> {
    id.bits().to_be_bytes().to_vec()
}

fn hash(bytes: &[u8]) -> Result<TokenHash, String> {
    let bytes =
        <[u8; 32]>::try_from(bytes).map_err(|_| format!("a hash has {} bytes", bytes.len()));
    Ok(TokenHash::from_bytes(bytes?))
}

fn failed_to(action: &'static str) -> impl Fn(Error) -> SessionStoreError {
    move |error| SessionStoreError {
        action,
        source: Box::new(error),
    }
}
