//! Histories of a key's owner: everything about a day follows from the key, the history and the day.
//!
//! Rows are drawn from the published tables, newest first. Keys that begin with
//! `sandbox-member-lucky` or `sandbox-member-unlucky` belong to accounts whose chances of a rise
//! and of a star differ from the published ones; those that begin with `sandbox-member-busy` to
//! accounts with several pages a day.

mod cursor;
mod document;
mod resets;
mod souls;
mod stars;

use cube_probability::simulation::Dice;
use jiff::civil::Date;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::account::MEMBER_KEY_PREFIX;
use crate::faults::Endpoint;
use crate::nexon_error::NexonError;
use cursor::Cursor;

/// Rows of a day: fewer than this, or this many for a busy account.
const ROWS_OF_A_DAY: u64 = 80;
const ROWS_OF_A_BUSY_DAY: u64 = 1_200;

/// Rows that one call may ask for.
const COUNTS: std::ops::RangeInclusive<usize> = 10..=1_000;

/// The owner of a key, as far as histories depend on it.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    /// The key without its prefix.
    name: String,
    character: String,
    /// Factor on the chances of a rise and of a star.
    luck: f64,
    is_busy: bool,
}

/// Query of a history.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct HistoryQuery {
    count: Option<String>,
    date: Option<String>,
    cursor: Option<String>,
}

impl Owner {
    /// Returns the owner of a key; none for a key without an account.
    pub(crate) fn of(key: &str) -> Option<Self> {
        let name = key.strip_prefix(MEMBER_KEY_PREFIX)?;
        let luck = if name.starts_with("lucky") {
            1.7
        } else if name.starts_with("unlucky") {
            0.5
        } else {
            1.0
        };
        let digest = Sha256::digest(name);
        Some(Self {
            character: format!("단풍{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2]),
            luck,
            is_busy: name.starts_with("busy"),
            name: name.to_owned(),
        })
    }

    fn dice(&self, endpoint: Endpoint, date: Date) -> Dice {
        let digest = Sha256::new()
            .chain_update(format!("{endpoint:?} {date} "))
            .chain_update(&self.name)
            .finalize();
        let seed = digest.first_chunk().expect("a digest has 32 bytes");
        Dice::seeded(u64::from_be_bytes(*seed))
    }

    /// Returns the rows of a day, newest first.
    pub(crate) fn rows(&self, endpoint: Endpoint, date: Date) -> Vec<Value> {
        let mut dice = self.dice(endpoint, date);
        let many = if self.is_busy {
            ROWS_OF_A_BUSY_DAY
        } else {
            dice.below(ROWS_OF_A_DAY)
        };
        let day = Day {
            owner: self,
            date,
            many,
        };
        let mut rows = match endpoint {
            Endpoint::HistoryCube => resets::cubes(&day, &mut dice),
            Endpoint::HistoryPotential => resets::meso_resets(&day, &mut dice),
            Endpoint::HistoryStarforce => stars::attempts(&day, &mut dice),
            _ => souls::resets(&day, &mut dice),
        };
        rows.reverse();
        rows
    }
}

/// A day of an account's owner.
#[derive(Debug, Clone, Copy)]
struct Day<'o> {
    owner: &'o Owner,
    date: Date,
    many: u64,
}

impl Day<'_> {
    /// The time of a row, counted from the first of the day.
    fn time(&self, row: u64) -> String {
        let (minutes, seconds) = (row / 60 % 60, row % 60);
        let hours = 10 + row / 3_600 % 14;
        format!(
            "{}T{hours:02}:{minutes:02}:{seconds:02}.000+09:00",
            self.date
        )
    }

    /// The identifier of a row.
    fn id(&self, endpoint: &str, row: u64) -> String {
        let digest = Sha256::new()
            .chain_update(&self.owner.name)
            .chain_update(format!("{endpoint} {} {row}", self.date))
            .finalize();
        format!("{digest:x}")
    }
}

/// Returns the page that a query asks for: from a date or a cursor on, so many rows at most. A date
/// wins over a cursor; a count alone is refused, as Nexon does.
pub(crate) fn page(
    endpoint: Endpoint,
    owner: &Owner,
    query: &HistoryQuery,
) -> Result<Vec<u8>, NexonError> {
    let count = query.count.as_deref();
    let count = count.and_then(|count| count.parse::<usize>().ok());
    let count = count.filter(|count| COUNTS.contains(count));
    let count = count.ok_or(NexonError::InvalidParameter)?;
    let start = match (&query.date, &query.cursor) {
        (Some(date), _) => Cursor::of_day(date.parse().map_err(|_| NexonError::InvalidParameter)?),
        (None, Some(cursor)) => {
            Cursor::parse(cursor, endpoint).ok_or(NexonError::InvalidParameter)?
        }
        (None, None) => return Err(NexonError::InvalidParameter),
    };
    let rows = owner.rows(endpoint, start.date);
    let end = start.row.saturating_add(count).min(rows.len());
    let next = (end < rows.len()).then(|| Cursor { row: end, ..start }.text(endpoint));
    let rows = rows.into_iter().skip(start.row).take(count).collect();
    Ok(document::page(endpoint, rows, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Date = jiff::civil::date(2026, 10, 11);

    fn owner(name: &str) -> Owner {
        Owner::of(&format!("{MEMBER_KEY_PREFIX}{name}")).unwrap()
    }

    fn asked(count: &str, date: Option<&str>, cursor: Option<&str>) -> Result<Value, NexonError> {
        let query = HistoryQuery {
            count: Some(count.to_owned()),
            date: date.map(str::to_owned),
            cursor: cursor.map(str::to_owned),
        };
        let body = page(Endpoint::HistoryCube, &owner("busy"), &query)?;
        Ok(serde_json::from_slice(&body).unwrap())
    }

    #[test]
    fn key_has_the_same_rows_every_time_and_another_key_others() {
        for endpoint in Endpoint::HISTORIES {
            let rows = owner("1").rows(endpoint, DAY);
            assert_eq!(rows, owner("1").rows(endpoint, DAY));
            assert_ne!(rows, owner("2").rows(endpoint, DAY));
        }
        assert!(Owner::of("any").is_none());
    }

    #[test]
    fn pages_by_cursor_are_the_day_and_end_with_an_empty_cursor() {
        let whole = owner("busy").rows(Endpoint::HistoryCube, DAY);
        let (mut rows, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let date = cursor.is_none().then_some("2026-10-11");
            let page = asked("500", date, cursor.as_deref()).unwrap();
            rows.extend(page["cube_history"].as_array().unwrap().clone());
            match page["next_cursor"].as_str() {
                Some("") | None => break,
                Some(next) => cursor = Some(next.to_owned()),
            }
        }
        assert_eq!(rows.len(), 1_200);
        assert_eq!(rows, whole);
        let times: Vec<_> = rows.iter().map(|row| row["date_create"].as_str()).collect();
        assert!(times.is_sorted_by(|newer, older| newer >= older));
    }

    #[test]
    fn date_or_cursor_is_required_and_the_date_wins() {
        assert_eq!(asked("500", None, None), Err(NexonError::InvalidParameter));
        for count in ["9", "1001", "many"] {
            let refused = asked(count, Some("2026-10-11"), None);
            assert_eq!(refused, Err(NexonError::InvalidParameter), "{count}");
        }
        let refused = asked("500", None, Some("nonsense"));
        assert_eq!(refused, Err(NexonError::InvalidParameter));
        let first = asked("500", Some("2026-10-11"), None).unwrap();
        let cursor = first["next_cursor"].as_str().unwrap();
        let both = asked("500", Some("2026-10-11"), Some(cursor)).unwrap();
        assert_eq!(both, first);
    }
}
