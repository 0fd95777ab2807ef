//! Changes applied ahead of a stream that was away, so that its late entries change nothing.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use kernel::Ocid;
use likes::{AHEAD_FOR, Change, StreamEntry};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::transaction::Transaction;
use crate::{sql, value};

#[derive(Debug, FromQueryResult)]
struct AheadRow {
    ocid: String,
    liker: Vec<u8>,
    taken_at_us: i64,
}

/// Time of the last change ahead of each member and character, in microseconds.
pub(super) struct Ahead(HashMap<(String, Vec<u8>), i64>);

/// Reads the changes ahead for these characters, whose counts are locked: so nobody goes ahead
/// meanwhile.
pub(super) async fn of(transaction: &Transaction, characters: &[&Ocid]) -> Result<Ahead, DbErr> {
    let mut ahead = HashMap::new();
    for piece in sql::padded_pieces(characters) {
        let marks = sql::repeated("?", piece.len(), ", ");
        let text =
            format!("SELECT ocid, liker, taken_at_us FROM like_ahead WHERE ocid IN ({marks})");
        let ocids = piece.iter().map(|ocid| ocid.as_str().into());
        let rows = sql::all::<AheadRow>(transaction, &text, ocids).await?;
        ahead.extend(
            rows.into_iter()
                .map(|row| ((row.ocid, row.liker), row.taken_at_us)),
        );
    }
    Ok(Ahead(ahead))
}

impl Ahead {
    /// Whether an entry comes after something that was not taken before it.
    pub(super) fn overtook(&self, entry: &StreamEntry) -> bool {
        self.is_at_least(&entry.change, entry.taken_at)
    }

    fn is_at_least(&self, change: &Change, taken_at: Timestamp) -> bool {
        let ahead = self.0.get(&pair(change));
        ahead.is_some_and(|ahead| taken_at.as_microsecond() <= *ahead)
    }
}

/// Remembers that these changes, taken then, went ahead, and forgets what went long ago.
pub(super) async fn remember(
    transaction: &Transaction,
    characters: &[&Ocid],
    changes: &[Change],
    taken_at: Timestamp,
) -> Result<(), DbErr> {
    let ahead = of(transaction, characters).await?;
    let last = Change::last_of_each(changes.iter().filter(|c| !ahead.is_at_least(c, taken_at)));
    let pairs: Vec<_> = last.keys().copied().collect();
    let set = sql::or_set(
        transaction.get_database_backend(),
        "ocid, liker",
        "taken_at_us",
    );
    for piece in sql::padded_pieces(&pairs) {
        let rows = sql::repeated("(?, ?, ?)", piece.len(), ", ");
        let text = format!("INSERT INTO like_ahead (ocid, liker, taken_at_us) VALUES {rows}{set}");
        let values = piece.iter().flat_map(|(ocid, member)| {
            let (ocid, member) = (ocid.as_str().into(), value::id(*member));
            [ocid, member, value::micros(taken_at)]
        });
        sql::execute(transaction, &text, values).await?;
    }
    let kept_for = SignedDuration::try_from(AHEAD_FOR).unwrap_or(SignedDuration::MAX);
    let oldest = taken_at.saturating_sub(kept_for);
    let oldest = oldest.expect("a signed duration is never a calendar's");
    let forget = "DELETE FROM like_ahead WHERE taken_at_us < ?";
    sql::execute(transaction, forget, [value::micros(oldest)]).await?;
    Ok(())
}

fn pair(change: &Change) -> (String, Vec<u8>) {
    let member = change.member.bits().to_be_bytes().to_vec();
    (change.character.as_str().to_owned(), member)
}
