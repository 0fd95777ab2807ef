//! Names of characters.

use std::fmt::{self, Display};
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

/// The longest name a character may have, in characters as people count them.
///
/// KMS allows 12 Latin letters or 6 Korean syllables; the limit here is the looser of the two.
pub const MAX_NAME_CHARS: usize = 12;

/// A character's name as KMS allows it: 1 to 12 Latin letters, digits and Hangul syllables.
///
/// A text is brought to Unicode's normal form C first, so that a name written with conjoining
/// jamo (as some file systems and input methods do) is the name with its syllables.
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
    /// A character that is no Latin letter, digit or Hangul syllable.
    #[error(
        "a character name consists of Latin letters, digits and Hangul syllables; character {position} is U+{code:04X}"
    )]
    Forbidden {
        /// Position of the invalid character in normal form C, counted from one.
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
        let text: String = text.nfc().collect();
        if text.is_empty() {
            return Err(InvalidName::Empty);
        }
        if let Some((index, char)) = text.chars().enumerate().find(|&(_, c)| !is_allowed(c)) {
            return Err(InvalidName::Forbidden {
                position: index + 1,
                code: char.into(),
            });
        }
        let chars = text.chars().count();
        if chars > MAX_NAME_CHARS {
            return Err(InvalidName::TooLong { chars });
        }
        Ok(Self(text))
    }
}

impl Display for CharacterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a name may hold this character. The syllables are Unicode's block U+AC00 to U+D7A3.
fn is_allowed(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '가'..='힣')
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
    fn decomposed_name_is_its_composed_one() {
        for name in ["아델", "긱델", "가나다라마바사아자차카타", "값a1"] {
            let composed: CharacterName = name.parse().unwrap();
            let decomposed: String = name.nfd().collect();
            assert_ne!(decomposed, name);
            assert_eq!(decomposed.parse::<CharacterName>().unwrap(), composed);
        }
    }

    #[test]
    fn characters_that_no_name_in_kms_has_are_refused() {
        for char in [
            'ㄱ',
            '\u{1100}',
            '漢',
            'é',
            'Ａ',
            '１',
            '-',
            '_',
            '.',
            '😀',
            '\u{FEFF}',
            '\u{200D}',
            '\u{AD}',
            '\u{202E}',
            '\u{E0001}',
            '\u{FFFF}',
            '\u{378}',
            '\0',
            '%',
            '/',
        ] {
            let refused = format!("가{char}").parse::<CharacterName>().unwrap_err();
            let expected = InvalidName::Forbidden {
                position: 2,
                code: char.into(),
            };
            assert_eq!(refused, expected, "{char:?}");
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
