//! Cursors: opaque texts for a row of a day.

use jiff::civil::Date;

use crate::faults::Endpoint;

/// A row of a day's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) date: Date,
    pub(super) row: usize,
}

impl Cursor {
    /// Returns the newest row of a day.
    pub(super) const fn of_day(date: Date) -> Self {
        Self { date, row: 0 }
    }

    pub(super) fn text(self, endpoint: Endpoint) -> String {
        let plain = format!("{endpoint:?} {} {}", self.date, self.row);
        let digits = plain.bytes().map(|byte| format!("{byte:02x}"));
        digits.collect::<Vec<_>>().concat()
    }

    /// Reads a cursor of this history; none for another text.
    pub(super) fn parse(text: &str, endpoint: Endpoint) -> Option<Self> {
        let bytes = text.as_bytes().chunks(2).map(|pair| {
            let pair = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(pair, 16).ok()
        });
        let plain = String::from_utf8(bytes.collect::<Option<_>>()?).ok()?;
        let rest = plain.strip_prefix(&format!("{endpoint:?} "))?;
        let (date, row) = rest.split_once(' ')?;
        Some(Self {
            date: date.parse().ok()?,
            row: row.parse().ok()?,
        })
    }
}
