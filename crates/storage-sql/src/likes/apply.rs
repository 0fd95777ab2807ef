//! Applying changes: the counts are locked first, so what is read of a character's likers stands
//! until the transaction ends.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use kernel::{MemberId, Ocid};
use likes::{Change, StreamEntry, StreamPosition};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};

use super::{ahead, watermark};
use crate::transaction::Transaction;
use crate::{sql, value};

/// A member and a character.
pub(super) type Pair<'a> = (&'a Ocid, MemberId);

#[derive(Debug, FromQueryResult)]
pub(super) struct CountRow {
    pub(super) ocid: String,
    pub(super) likes: i64,
}

#[derive(Debug, FromQueryResult)]
pub(super) struct LikeRow {
    pub(super) ocid: String,
    pub(super) liker: Vec<u8>,
}

/// Applies changes; returns the count of each character named, after them.
pub(super) async fn apply(
    transaction: &Transaction,
    changes: impl IntoIterator<Item = &Change>,
) -> Result<HashMap<Ocid, u64>, DbErr> {
    let changes = Change::last_of_each(changes);
    let counts = lock_counts(transaction, &characters(changes.keys())).await?;
    write(transaction, &changes, counts).await
}

/// Applies changes ahead of a stream that is away.
pub(super) async fn apply_ahead(
    transaction: &Transaction,
    changes: &[Change],
    taken_at: Timestamp,
) -> Result<HashMap<Ocid, u64>, DbErr> {
    let last = Change::last_of_each(changes);
    let characters = characters(last.keys());
    let counts = lock_counts(transaction, &characters).await?;
    ahead::remember(transaction, &characters, changes, taken_at).await?;
    write(transaction, &last, counts).await
}

/// The characters of some pairs in their order.
fn characters<'a>(pairs: impl IntoIterator<Item = &'a Pair<'a>>) -> Vec<&'a Ocid> {
    let mut characters: Vec<_> = pairs.into_iter().map(|(character, _)| *character).collect();
    characters.dedup();
    characters
}

/// Applies changes to characters whose counts are locked.
async fn write(
    transaction: &Transaction,
    changes: &BTreeMap<Pair<'_>, bool>,
    mut counts: HashMap<Ocid, i64>,
) -> Result<HashMap<Ocid, u64>, DbErr> {
    let (come, go) = differences(transaction, changes).await?;
    insert(transaction, &come).await?;
    delete(transaction, &go).await?;
    for (pairs, step) in [(&come, 1), (&go, -1)] {
        for (character, _) in pairs {
            *counts.entry((*character).clone()).or_default() += step;
        }
    }
    let touched: BTreeSet<&Ocid> = come
        .iter()
        .chain(&go)
        .map(|(character, _)| *character)
        .collect();
    let touched: Vec<_> = touched.into_iter().collect();
    set_counts(transaction, &touched, &counts).await?;
    let counts = counts.into_iter();
    Ok(counts
        .map(|(ocid, likes)| (ocid, likes.unsigned_abs()))
        .collect())
}

/// Applies entries and moves the stream's watermark, unless it is not at `after`. Where it is then.
pub(super) async fn apply_from(
    transaction: &Transaction,
    stream: &str,
    after: StreamPosition,
    entries: &[StreamEntry],
) -> Result<StreamPosition, DbErr> {
    let reached = lock_watermark(transaction, stream).await?;
    let Some(last) = entries.last().filter(|_| reached == after) else {
        return Ok(reached);
    };
    let all = Change::last_of_each(entries.iter().map(|entry| &entry.change));
    let characters = characters(all.keys());
    let counts = lock_counts(transaction, &characters).await?;
    let ahead = ahead::of(transaction, &characters).await?;
    let in_time = entries.iter().filter(|entry| !ahead.overtook(entry));
    let changes = Change::last_of_each(in_time.map(|entry| &entry.change));
    write(transaction, &changes, counts).await?;
    let StreamPosition(ms, sequence) = last.position;
    let values = [
        ms.cast_signed().into(),
        sequence.cast_signed().into(),
        stream.into(),
    ];
    let text = "UPDATE like_stream SET reached_ms = ?, reached_sequence = ? WHERE stream = ?";
    sql::execute(transaction, text, values).await?;
    Ok(last.position)
}

/// Opens the watermark if need be, and locks it.
async fn lock_watermark(transaction: &Transaction, stream: &str) -> Result<StreamPosition, DbErr> {
    let keep = sql::or_keep(transaction.get_database_backend(), "stream");
    let text = format!(
        "INSERT INTO like_stream (stream, reached_ms, reached_sequence) VALUES (?, 0, 0){keep}"
    );
    sql::execute(transaction, &text, [stream.into()]).await?;
    watermark(transaction, stream).await
}

/// Opens the counts that are not there, and locks all of them in the order of the characters.
async fn lock_counts(
    transaction: &Transaction,
    characters: &[&Ocid],
) -> Result<HashMap<Ocid, i64>, DbErr> {
    let keep = sql::or_keep(transaction.get_database_backend(), "ocid");
    let mut counts = HashMap::new();
    for piece in sql::padded_pieces(characters) {
        let ocids = || piece.iter().map(|ocid| ocid.as_str().into());
        let rows = sql::repeated("(?, 0)", piece.len(), ", ");
        let text = format!("INSERT INTO like_count (ocid, likes) VALUES {rows}{keep}");
        sql::execute(transaction, &text, ocids()).await?;
        let marks = sql::repeated("?", piece.len(), ", ");
        let text = format!("SELECT ocid, likes FROM like_count WHERE ocid IN ({marks})");
        let found = sql::all::<CountRow>(transaction, &text, ocids()).await?;
        counts.extend(
            found
                .into_iter()
                .map(|row| (Ocid::new(row.ocid), row.likes)),
        );
    }
    Ok(counts)
}

/// The likes that are to come, and those that are to go.
async fn differences<'a>(
    transaction: &Transaction,
    changes: &BTreeMap<Pair<'a>, bool>,
) -> Result<(Vec<Pair<'a>>, Vec<Pair<'a>>), DbErr> {
    let pairs: Vec<_> = changes.keys().copied().collect();
    let mut liked = HashSet::new();
    for piece in sql::padded_pieces(&pairs) {
        let text = format!(
            "SELECT ocid, liker FROM character_like WHERE {}",
            any_of(&piece)
        );
        let found = sql::all::<LikeRow>(transaction, &text, values(&piece)).await?;
        liked.extend(found.into_iter().map(|row| (row.ocid, row.liker)));
    }
    let is_liked = |(ocid, member): &Pair<'_>| {
        let member = member.bits().to_be_bytes().to_vec();
        liked.contains(&(ocid.as_str().to_owned(), member))
    };
    let differing = changes
        .iter()
        .filter(|(pair, liked)| is_liked(pair) != **liked);
    let (come, go): (Vec<_>, Vec<_>) = differing.partition(|(_, liked)| **liked);
    let pairs =
        |chosen: Vec<(&Pair<'a>, &bool)>| chosen.into_iter().map(|(pair, _)| *pair).collect();
    Ok((pairs(come), pairs(go)))
}

async fn insert(transaction: &Transaction, pairs: &[Pair<'_>]) -> Result<(), DbErr> {
    for piece in sql::pieces(pairs) {
        let rows = sql::repeated("(?, ?)", piece.len(), ", ");
        let text = format!("INSERT INTO character_like (ocid, liker) VALUES {rows}");
        sql::execute(transaction, &text, values(piece)).await?;
    }
    Ok(())
}

async fn delete(transaction: &Transaction, pairs: &[Pair<'_>]) -> Result<(), DbErr> {
    for piece in sql::padded_pieces(pairs) {
        let text = format!("DELETE FROM character_like WHERE {}", any_of(&piece));
        sql::execute(transaction, &text, values(&piece)).await?;
    }
    Ok(())
}

/// Writes the counts of these characters, which are there and locked.
async fn set_counts(
    transaction: &Transaction,
    characters: &[&Ocid],
    counts: &HashMap<Ocid, i64>,
) -> Result<(), DbErr> {
    let set = sql::or_set(transaction.get_database_backend(), "ocid", "likes");
    for piece in sql::padded_pieces(characters) {
        let rows = sql::repeated("(?, ?)", piece.len(), ", ");
        let text = format!("INSERT INTO like_count (ocid, likes) VALUES {rows}{set}");
        let values = piece
            .iter()
            .flat_map(|ocid| [ocid.as_str().into(), counts[*ocid].into()]);
        sql::execute(transaction, &text, values).await?;
    }
    Ok(())
}

/// A condition for these pairs by which every engine uses the key; not all do for `(a, b) IN`.
pub(super) fn any_of(pairs: &[Pair<'_>]) -> String {
    sql::repeated("(ocid = ? AND liker = ?)", pairs.len(), " OR ")
}

pub(super) fn values(pairs: &[Pair<'_>]) -> impl Iterator<Item = Value> + Send {
    pairs
        .iter()
        .flat_map(|(ocid, member)| [ocid.as_str().into(), value::id(*member)])
}
