//! Likes of characters: the relation, the counts, and the watermarks of streams.

mod ahead;
mod apply;
mod tallies;

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use jiff::Timestamp;
use kernel::{MemberId, Ocid};
use likes::{Change, Drift, LikeStore, LikeStoreError, StreamEntry, StreamPosition, Tally};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::transaction::Transaction;
use crate::value::{self, read_id};
use crate::{Database, Error, sql};

/// Store of likes.
#[derive(Debug, Clone)]
pub struct Likes {
    database: Database,
}

const WATERMARK: &str = "SELECT reached_ms, reached_sequence FROM like_stream WHERE stream = ?";

/// Counts that are not the number of likers, and likers of characters that have no count.
const DRIFT: &str = "SELECT ocid, kept, likers FROM \
     (SELECT like_count.ocid, like_count.likes AS kept, COUNT(character_like.liker) AS likers \
     FROM like_count LEFT JOIN character_like ON character_like.ocid = like_count.ocid \
     GROUP BY like_count.ocid, like_count.likes) counted WHERE kept <> likers \
     UNION ALL \
     SELECT character_like.ocid, 0 AS kept, COUNT(*) AS likers \
     FROM character_like LEFT JOIN like_count ON like_count.ocid = character_like.ocid \
     WHERE like_count.ocid IS NULL GROUP BY character_like.ocid \
     ORDER BY ocid";

#[derive(Debug, FromQueryResult)]
struct WatermarkRow {
    reached_ms: i64,
    reached_sequence: i64,
}

#[derive(Debug, FromQueryResult)]
struct TallyRow {
    likes: i64,
    liker: Option<Vec<u8>>,
}

#[derive(Debug, FromQueryResult)]
struct DriftRow {
    ocid: String,
    kept: i64,
    likers: i64,
}

impl Likes {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }

    async fn read_tally(&self, character: &Ocid, members: &[MemberId]) -> Result<Tally, Error> {
        let members = sql::padded(members);
        let marks = sql::repeated("?", members.len(), ", ");
        // One statement sees one instant.
        let text = match members.len() {
            0 => "SELECT likes, NULL AS liker FROM like_count WHERE ocid = ?".to_owned(),
            _ => format!(
                "SELECT likes, liker FROM like_count LEFT JOIN character_like \
                 ON character_like.ocid = like_count.ocid AND liker IN ({marks}) \
                 WHERE like_count.ocid = ?"
            ),
        };
        let members = members.into_iter().map(value::id);
        let values = members.chain([character.as_str().into()]);
        let rows = sql::all::<TallyRow>(self.database.connection(), &text, values);
        let rows = self.database.within(rows).await?;
        let likers = rows.iter().filter_map(|row| row.liker.as_deref());
        Ok(Tally {
            count: rows.first().map_or(0, |row| row.likes.unsigned_abs()),
            likers: likers
                .map(read_id)
                .collect::<Result<_, _>>()
                .map_err(unreadable)?,
        })
    }
}

#[async_trait]
impl LikeStore for Likes {
    async fn apply(&self, changes: &[Change]) -> Result<HashMap<Ocid, u64>, LikeStoreError> {
        let applied = async |tx: &Transaction| apply::apply(tx, changes).await;
        let counts = self.database.write(applied).await;
        counts.map_err(failed_to("apply changes"))
    }

    async fn apply_from(
        &self,
        stream: &str,
        after: StreamPosition,
        entries: &[StreamEntry],
    ) -> Result<StreamPosition, LikeStoreError> {
        let applied = async |tx: &Transaction| apply::apply_from(tx, stream, after, entries).await;
        let reached = self.database.write(applied).await;
        reached.map_err(failed_to("apply entries"))
    }

    async fn apply_ahead(
        &self,
        changes: &[Change],
        taken_at: Timestamp,
    ) -> Result<HashMap<Ocid, u64>, LikeStoreError> {
        let applied = async |tx: &Transaction| apply::apply_ahead(tx, changes, taken_at).await;
        let counts = self.database.write(applied).await;
        counts.map_err(failed_to("apply changes ahead"))
    }

    async fn watermark(&self, stream: &str) -> Result<StreamPosition, LikeStoreError> {
        let watermark = watermark(self.database.connection(), stream);
        let watermark = self.database.within(watermark).await;
        watermark.map_err(failed_to("read a watermark"))
    }

    async fn tally(&self, character: &Ocid, members: &[MemberId]) -> Result<Tally, LikeStoreError> {
        let tally = self.read_tally(character, members).await;
        tally.map_err(failed_to("count likes"))
    }

    async fn tallies(
        &self,
        asked: &BTreeMap<Ocid, Vec<MemberId>>,
    ) -> Result<HashMap<Ocid, Tally>, LikeStoreError> {
        let tallies = self
            .database
            .read(async |tx| tallies::read(tx, asked).await);
        tallies.await.map_err(failed_to("count likes"))
    }

    async fn recount(&self) -> Result<Vec<Drift>, LikeStoreError> {
        let rows = sql::all::<DriftRow>(self.database.connection(), DRIFT, []);
        let rows = self.database.within(rows).await;
        let rows = rows.map_err(failed_to("count likes again"))?;
        Ok(rows.into_iter().map(Drift::from).collect())
    }
}

async fn watermark(
    connection: &impl ConnectionTrait,
    stream: &str,
) -> Result<StreamPosition, DbErr> {
    let row: Option<WatermarkRow> = sql::one(connection, WATERMARK, [stream.into()]).await?;
    Ok(row.map_or(StreamPosition::START, |row| {
        // Redis counts both parts in 64 bits without a sign; the column has the same bits.
        StreamPosition(
            row.reached_ms.cast_unsigned(),
            row.reached_sequence.cast_unsigned(),
        )
    }))
}

impl From<DriftRow> for Drift {
    fn from(row: DriftRow) -> Self {
        Self {
            character: Ocid::new(row.ocid),
            kept: row.kept.unsigned_abs(),
            likers: row.likers.unsigned_abs(),
        }
    }
}

fn unreadable(problem: String) -> Error {
    Error::Row {
        table: "character_like",
        problem,
    }
}

fn failed_to(action: &'static str) -> impl Fn(Error) -> LikeStoreError {
    move |error| LikeStoreError {
        action,
        source: Box::new(error),
    }
}
