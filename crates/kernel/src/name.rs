//! Names of characters.

use std::fmt::{self, Display};
use std::str::FromStr;

/// The longest name a character may have, in characters as people count them.
///
/// KMS allows 12 Latin letters or 6 Korean syllables; the limit here is the looser of the two.
pub const MAX_NAME_CHARS: usize = 12;

/// A character's name as players write it: 1 to 12 characters, none of them a control or
/// white-space character.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CharacterName(String);

/// Reason for which a text is not a [`CharacterName`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Nothing was given.
    #[error("a character name must not be empty")]
    Empty,
    /// More than [`MAX_NAME_CHARS`] characters.
    #[error("a character name has at most {MAX_NAME_CHARS} characters, this one has {chars}")]
    TooLong {
        /// Number of characters given.
        chars: usize,
    },
    /// A control, white-space or invisible character.
    #[error(
        "a character name has no control, blank or invisible characters; character {position} is U+{code:04X}"
    )]
    Forbidden {
        /// Position of the invalid character, counted from one.
        position: usize,
        /// The character's code point.
        code: u32,
    },
}

impl CharacterName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CharacterName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        if text.is_empty() {
            return Err(InvalidName::Empty);
        }
        if let Some((index, char)) = text.chars().enumerate().find(|&(_, c)| is_forbidden(c)) {
            return Err(InvalidName::Forbidden {
                position: index + 1,
                code: char.into(),
            });
        }
        let chars = text.chars().count();
        if chars > MAX_NAME_CHARS {
            return Err(InvalidName::TooLong { chars });
        }
        Ok(Self(text.to_owned()))
    }
}

impl Display for CharacterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Control, white-space, zero-width and direction-changing characters: none is part of a name,
/// and each can make two different names look alike.
fn is_forbidden(char: char) -> bool {
    char.is_control()
        || char.is_whitespace()
        || matches!(char, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_players_are_accepted() {
        for name in [
            "아델",
            "긱델",
            "a",
            "Twelve12char",
            "가나다라마바사아자차카타",
        ] {
            assert_eq!(name.parse::<CharacterName>().unwrap().as_str(), name);
        }
    }

    #[test]
    fn invalid_names_are_refused_with_their_reason() {
        let refused = |text: &str| text.parse::<CharacterName>().unwrap_err();
        assert_eq!(refused(""), InvalidName::Empty);
        assert_eq!(refused("thirteenchars"), InvalidName::TooLong { chars: 13 });
        assert_eq!(
            refused("a\nb"),
            InvalidName::Forbidden {
                position: 2,
                code: 0x0A
            }
        );
        assert_eq!(
            refused("가 나"),
            InvalidName::Forbidden {
                position: 2,
                code: 0x20
            }
        );
        assert_eq!(
            refused("a\u{200B}"),
            InvalidName::Forbidden {
                position: 2,
                code: 0x200B
            }
        );
    }
}
