//! Cursors: where a job that ended early goes on.

use std::fmt::{self, Display};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{HistoryKind, Period};

/// Upper bound on the bytes of a cursor's text.
pub const MAX_CURSOR_BYTES: usize = 4_096;

/// Version of the text of cursors.
const VERSION: u8 = 1;

/// Position of a job: what was asked for, and the next page of it. It holds no key and no row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    #[serde(rename = "v")]
    version: u8,
    /// First day of the period asked for.
    pub from: Date,
    /// Last day of the period asked for.
    pub to: Date,
    /// The histories asked for.
    pub kinds: Vec<HistoryKind>,
    /// The day that is read next.
    pub day: Date,
    /// The history that is read next; one of `kinds`.
    pub kind: HistoryKind,
    /// Nexon's cursor of the page that is read next; none for the first page of a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
}

/// The text is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no cursor of a luck report")]
pub struct InvalidCursor;

impl Cursor {
    pub(crate) fn new(
        period: Period,
        kinds: &[HistoryKind],
        (day, kind): (Date, HistoryKind),
        page: Option<String>,
    ) -> Self {
        Self {
            version: VERSION,
            from: period.from(),
            to: period.to(),
            kinds: kinds.to_vec(),
            day,
            kind,
            page,
        }
    }

    /// Reads a cursor's text.
    ///
    /// # Errors
    ///
    /// [`InvalidCursor`] for a text that no job has made.
    pub fn parse(text: &str) -> Result<Self, InvalidCursor> {
        if text.len() > MAX_CURSOR_BYTES {
            return Err(InvalidCursor);
        }
        let json = BASE64_URL_SAFE_NO_PAD.decode(text);
        let json = json.map_err(|_| InvalidCursor)?;
        let cursor: Self = serde_json::from_slice(&json).map_err(|_| InvalidCursor)?;
        let is_possible = cursor.version == VERSION
            && cursor.kinds.len() <= HistoryKind::ALL.len()
            && cursor.kinds.contains(&cursor.kind)
            && (cursor.from..=cursor.to).contains(&cursor.day);
        is_possible.then_some(cursor).ok_or(InvalidCursor)
    }
}

impl Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_vec(self).expect("dates and texts are plain data");
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(json))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor() -> Cursor {
        let day = |text: &str| Some(text.parse().unwrap());
        let today = jiff::civil::date(2026, 11, 22);
        let period = Period::new(day("2026-11-01"), day("2026-11-03"), today).unwrap();
        let at = (period.day(1), HistoryKind::Potential);
        Cursor::new(period, HistoryKind::USUAL, at, Some("next".to_owned()))
    }

    #[test]
    fn text_of_a_cursor_is_read_back() {
        let text = cursor().to_string();
        assert_eq!(Cursor::parse(&text), Ok(cursor()));
        assert!(
            text.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        );
    }

    #[test]
    fn impossible_cursors_are_refused() {
        let late = Cursor {
            day: jiff::civil::date(2026, 11, 4),
            ..cursor()
        };
        let other = Cursor {
            kind: HistoryKind::SoulPotential,
            ..cursor()
        };
        let newer = Cursor {
            version: 2,
            ..cursor()
        };
        for text in [
            String::new(),
            "e30".to_owned(),
            "a".repeat(MAX_CURSOR_BYTES + 1),
            late.to_string(),
            other.to_string(),
            newer.to_string(),
        ] {
            assert_eq!(Cursor::parse(&text), Err(InvalidCursor), "{text}");
        }
    }
}
