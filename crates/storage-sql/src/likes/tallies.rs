//! The tallies of several characters.

use std::collections::{BTreeMap, HashMap};

use kernel::{MemberId, Ocid};
use likes::Tally;
use sea_orm::DbErr;

use super::apply::{CountRow, LikeRow, Pair, any_of, values};
use crate::sql;
use crate::transaction::Transaction;
use crate::value::read_id;

/// The tallies of these characters, as of one instant; each with the members asked about.
pub(super) async fn read(
    transaction: &Transaction,
    asked: &BTreeMap<Ocid, Vec<MemberId>>,
) -> Result<HashMap<Ocid, Tally>, DbErr> {
    let mut tallies = counts(transaction, asked).await?;
    let pairs: Vec<Pair<'_>> = asked
        .iter()
        .flat_map(|(ocid, members)| members.iter().map(move |member| (ocid, *member)))
        .collect();
    for piece in sql::padded_pieces(&pairs) {
        let any = any_of(&piece);
        let text = format!("SELECT ocid, liker FROM character_like WHERE {any}");
        for row in sql::all::<LikeRow>(transaction, &text, values(&piece)).await? {
            let liker = read_id(&row.liker).map_err(DbErr::Type)?;
            let tally = tallies.entry(Ocid::new(row.ocid)).or_default();
            tally.likers.insert(liker);
        }
    }
    Ok(tallies)
}

/// A tally for each character, with its count; nobody likes one that has none.
async fn counts(
    transaction: &Transaction,
    asked: &BTreeMap<Ocid, Vec<MemberId>>,
) -> Result<HashMap<Ocid, Tally>, DbErr> {
    let characters: Vec<&Ocid> = asked.keys().collect();
    let mut tallies: HashMap<_, _> = asked
        .keys()
        .map(|character| (character.clone(), Tally::default()))
        .collect();
    for piece in sql::padded_pieces(&characters) {
        let marks = sql::repeated("?", piece.len(), ", ");
        let text = format!("SELECT ocid, likes FROM like_count WHERE ocid IN ({marks})");
        let ocids = piece.iter().map(|ocid| ocid.as_str().into());
        for row in sql::all::<CountRow>(transaction, &text, ocids).await? {
            let tally = tallies.entry(Ocid::new(row.ocid)).or_default();
            tally.count = row.likes.unsigned_abs();
        }
    }
    Ok(tallies)
}
