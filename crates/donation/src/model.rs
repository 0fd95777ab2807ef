//! Donations, and the values they are made of.

use std::str::FromStr;

use jiff::Timestamp;
use kernel::{Id, MemberId};
use serde::{Deserialize, Serialize};

/// The most points that move at once.
pub const MAX_AMOUNT: u32 = 1_000_000;

/// The longest note, in characters.
pub const MAX_NOTE_CHARS: usize = 200;

/// The longest idempotency key, in bytes.
pub const MAX_KEY_BYTES: usize = 128;

/// The identity of a donation. Its posting and its event carry the same 128 bits.
pub type DonationId = Id<Donation>;

/// Points a member gave to a developer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Donation {
    /// Its identity; later donations have greater ones.
    pub id: DonationId,
    /// Member who donated.
    pub from: MemberId,
    /// The developer who received.
    pub to: MemberId,
    /// Number of points.
    pub amount: Amount,
    /// Note of the giver.
    pub note: Option<Note>,
    /// Time of the donation.
    pub at: Timestamp,
}

/// A number of points that moves: 1 to [`MAX_AMOUNT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64")]
pub struct Amount(u32);

/// A number of points that cannot move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("1 to {MAX_AMOUNT} points can be given at once, not {0}")]
pub struct InvalidAmount(pub u64);

impl Amount {
    /// The number of points.
    pub fn points(self) -> i64 {
        self.0.into()
    }
}

impl TryFrom<u64> for Amount {
    type Error = InvalidAmount;

    fn try_from(points: u64) -> Result<Self, InvalidAmount> {
        match u32::try_from(points) {
            Ok(points @ 1..=MAX_AMOUNT) => Ok(Self(points)),
            _ => Err(InvalidAmount(points)),
        }
    }
}

/// Note of a giver, of which something can be seen: 1 to [`MAX_NOTE_CHARS`] characters, line breaks but no other control characters
/// among them. It is not sanitised further: every consumer that displays it must quote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Note(String);

/// Reason for which a text is not a [`Note`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNote {
    /// Nothing that can be seen was said; say so by giving no note.
    #[error("a message must not be empty")]
    Empty,
    /// More than [`MAX_NOTE_CHARS`] characters.
    #[error("a message has at most {MAX_NOTE_CHARS} characters, this one has {chars}")]
    TooLong {
        /// Number of characters given.
        chars: usize,
    },
    /// A control character other than a line break.
    #[error("a message has no control characters but line breaks")]
    Control,
}

impl Note {
    /// The note as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a character shows nothing: white space, or one of Unicode's fillers and joiners.
fn is_blank(char: char) -> bool {
    char.is_whitespace()
        || matches!(
            char,
            '\u{ad}'
                | '\u{34f}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
        )
}

impl TryFrom<String> for Note {
    type Error = InvalidNote;

    fn try_from(text: String) -> Result<Self, InvalidNote> {
        if text.chars().all(is_blank) {
            return Err(InvalidNote::Empty);
        }
        let chars = text.chars().count();
        if chars > MAX_NOTE_CHARS {
            return Err(InvalidNote::TooLong { chars });
        }
        if text.chars().any(|char| char.is_control() && char != '\n') {
            return Err(InvalidNote::Control);
        }
        Ok(Self(text))
    }
}

/// The giver's name for a request, so that sending it again is not giving again: 1 to
/// [`MAX_KEY_BYTES`] visible ASCII characters. Two givers may choose the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(String);

/// A text that is not an [`IdempotencyKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key has 1 to {MAX_KEY_BYTES} visible ASCII characters")]
pub struct InvalidIdempotencyKey;

impl IdempotencyKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdempotencyKey {
    type Err = InvalidIdempotencyKey;

    fn from_str(text: &str) -> Result<Self, InvalidIdempotencyKey> {
        let fits = (1..=MAX_KEY_BYTES).contains(&text.len());
        let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        (fits && is_visible)
            .then(|| Self(text.to_owned()))
            .ok_or(InvalidIdempotencyKey)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_one_to_a_million_points() {
        for points in [1, 1_000_000] {
            let amount = Amount::try_from(points).unwrap();
            assert_eq!(amount.points(), points.cast_signed());
        }
        for points in [0, 1_000_001, u64::from(u32::MAX) + 2] {
            assert_eq!(Amount::try_from(points), Err(InvalidAmount(points)));
        }
    }

    #[test]
    fn notes_are_counted_in_characters() {
        let note = |text: &str| Note::try_from(text.to_owned());
        assert_eq!(note(&"가".repeat(200)).unwrap().as_str().len(), 600);
        assert_eq!(
            note(&"가".repeat(201)),
            Err(InvalidNote::TooLong { chars: 201 })
        );
        for blank in [
            "",
            " ",
            "\n \t",
            "\u{3000}",
            "\u{200b}\u{feff}",
            "\u{3164}\u{3164}",
        ] {
            assert_eq!(note(blank), Err(InvalidNote::Empty), "{blank:?}");
        }
        assert_eq!(note("a\u{0}"), Err(InvalidNote::Control));
        assert!(note("thank\nyou").is_ok());
    }

    #[test]
    fn keys_are_short_and_visible() {
        assert!("a".repeat(128).parse::<IdempotencyKey>().is_ok());
        for text in ["", "a b", "키", &"a".repeat(129)] {
            assert_eq!(text.parse::<IdempotencyKey>(), Err(InvalidIdempotencyKey));
        }
    }
}
