//! Characters and their equipment, as last fetched.

use async_trait::async_trait;
use equipment::{
    Character, CharacterRecord, ContentHash, Document, Ocid, Snapshot, SnapshotStore, StoreError,
};
use jiff::Timestamp;
use kernel::CharacterName;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{
    ActiveModelBehavior, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::entity::{equipment_snapshot, game_character};
use crate::newest::newest_wins;
use crate::value::instant;
use crate::{Database, Error};

/// Encoding of documents written now; other values are from a version that is ahead of this one.
const ZSTD: &str = "zstd";

/// Characters and their equipment, as last fetched.
#[derive(Debug, Clone)]
pub struct Snapshots {
    database: Database,
}

impl Snapshots {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl SnapshotStore for Snapshots {
    async fn character(&self, name: &CharacterName) -> Result<Option<CharacterRecord>, StoreError> {
        let found =
            game_character::Entity::find_by_id(name.as_str()).one(self.database.connection());
        let row = self.database.within(found).await;
        row.and_then(|row| row.map(|row| record(name, row)).transpose())
            .map_err(failed_to("read a character"))
    }

    async fn save_character(&self, record: &CharacterRecord) -> Result<(), StoreError> {
        let row = game_character::ActiveModel::from(record);
        let update = game_character::Entity::update_many()
            .set(game_character::ActiveModel {
                name: NotSet,
                ..row.clone()
            })
            .filter(game_character::Column::Name.eq(record.character.name.as_str()))
            .filter(game_character::Column::FetchedAtUs.lte(record.fetched_at.as_microsecond()));
        self.database
            .within(newest_wins(self.database.connection(), update, row))
            .await
            .map_err(failed_to("save a character"))
    }

    async fn latest(&self, ocid: &Ocid) -> Result<Option<Snapshot>, StoreError> {
        let found =
            equipment_snapshot::Entity::find_by_id(ocid.as_str()).one(self.database.connection());
        let row = self.database.within(found).await;
        row.and_then(|row| row.map(Snapshot::try_from).transpose())
            .map_err(failed_to("read a snapshot"))
    }

    async fn save(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        self.database
            .within(Box::pin(self.save_snapshot(snapshot)))
            .await
            .map_err(failed_to("save a snapshot"))
    }

    async fn recent(&self, limit: u32) -> Result<Vec<CharacterName>, StoreError> {
        let names = game_character::Entity::find()
            .select_only()
            .column(game_character::Column::Name)
            .order_by_desc(game_character::Column::FetchedAtUs)
            .limit(u64::from(limit))
            .into_tuple::<String>()
            .all(self.database.connection());
        let names = self.database.within(names).await;
        let names = names.map_err(failed_to("read recent characters"))?;
        // What an older version took for a name and this one does not is nobody's.
        Ok(names.iter().filter_map(|name| name.parse().ok()).collect())
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.database
            .within(self.purge_oldest(before.as_microsecond(), limit))
            .await
            .map_err(failed_to("purge snapshots"))
    }
}

impl Snapshots {
    async fn save_snapshot(&self, snapshot: &Snapshot) -> Result<(), DbErr> {
        let row = equipment_snapshot::ActiveModel::from(snapshot);
        let not_newer = equipment_snapshot::Entity::update_many()
            .filter(equipment_snapshot::Column::Ocid.eq(snapshot.ocid.as_str()))
            .filter(
                equipment_snapshot::Column::FetchedAtUs.lte(snapshot.fetched_at.as_microsecond()),
            );
        // Most documents are the ones already stored, and need not travel again.
        let moved = not_newer
            .clone()
            .filter(equipment_snapshot::Column::ContentHash.eq(row.content_hash.clone().unwrap()))
            .set(equipment_snapshot::ActiveModel {
                fetched_at_us: row.fetched_at_us.clone(),
                ..ActiveModelBehavior::new()
            })
            .exec(self.database.connection())
            .await?;
        if moved.rows_affected > 0 {
            return Ok(());
        }
        let update = not_newer.set(equipment_snapshot::ActiveModel {
            ocid: NotSet,
            ..row.clone()
        });
        newest_wins(self.database.connection(), update, row).await
    }

    /// Looks up where the oldest `limit` end, then deletes up to there: the engines have no
    /// common `DELETE ... LIMIT`. Who else purges meanwhile takes nothing away from this.
    async fn purge_oldest(&self, before: i64, limit: u32) -> Result<u64, DbErr> {
        use equipment_snapshot::{Column, Entity};
        let connection = self.database.connection();
        let old = Entity::find()
            .select_only()
            .column(Column::FetchedAtUs)
            .filter(Column::FetchedAtUs.lt(before))
            .order_by_asc(Column::FetchedAtUs)
            .offset(u64::from(limit.saturating_sub(1)))
            .limit(1);
        let end = old.into_tuple::<i64>().one(connection).await?;
        let end = end.map_or(before, |last| last.saturating_add(1));
        let deleted = Entity::delete_many()
            .filter(Column::FetchedAtUs.lt(end))
            .exec(connection)
            .await?;
        Ok(deleted.rows_affected)
    }
}

fn failed_to(action: &'static str) -> impl Fn(Error) -> StoreError {
    move |error| StoreError {
        action,
        source: Box::new(error),
    }
}

impl From<&CharacterRecord> for game_character::ActiveModel {
    fn from(record: &CharacterRecord) -> Self {
        let character = &record.character;
        Self {
            name: Set(character.name.as_str().to_owned()),
            ocid: Set(character.ocid.as_str().to_owned()),
            world: Set(character.world.clone()),
            class: Set(character.class.clone()),
            level: Set(character.level),
            fetched_at_us: Set(record.fetched_at.as_microsecond()),
        }
    }
}

fn record(name: &CharacterName, row: game_character::Model) -> Result<CharacterRecord, Error> {
    let fetched_at = instant(row.fetched_at_us).map_err(|problem| Error::Row {
        table: "game_character",
        problem,
    })?;
    Ok(CharacterRecord {
        character: Character {
            ocid: Ocid::new(row.ocid),
            name: name.clone(),
            world: row.world,
            class: row.class,
            level: row.level,
        },
        fetched_at,
    })
}

impl From<&Snapshot> for equipment_snapshot::ActiveModel {
    fn from(snapshot: &Snapshot) -> Self {
        Self {
            ocid: Set(snapshot.ocid.as_str().to_owned()),
            fetched_at_us: Set(snapshot.fetched_at.as_microsecond()),
            content_hash: Set(snapshot.document.hash().as_bytes().to_vec()),
            encoding: Set(ZSTD.to_owned()),
            dictionary_id: Set(snapshot.document.dictionary_id()),
            body: Set(snapshot.document.compressed().to_vec()),
        }
    }
}

impl TryFrom<equipment_snapshot::Model> for Snapshot {
    type Error = Error;

    fn try_from(row: equipment_snapshot::Model) -> Result<Self, Error> {
        let unreadable = |problem| Error::Row {
            table: "equipment_snapshot",
            problem,
        };
        if row.encoding != ZSTD {
            return Err(unreadable(format!("its encoding is {}", row.encoding)));
        }
        let hash = <[u8; 32]>::try_from(row.content_hash)
            .map_err(|hash| unreadable(format!("its hash has {} bytes", hash.len())))?;
        let document = Document::from_stored(ContentHash::from_bytes(hash), row.body.into());
        let (told, used) = (row.dictionary_id, document.dictionary_id());
        if told != used {
            let problem = format!("its dictionary is {used:?}, not {told:?} as it says");
            return Err(unreadable(problem));
        }
        Ok(Self {
            ocid: Ocid::new(row.ocid),
            fetched_at: instant(row.fetched_at_us).map_err(unreadable)?,
            document,
        })
    }
}
