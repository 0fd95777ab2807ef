//! Compression of documents from now on. Each document says how it was compressed.

use crate::Dictionary;
use crate::dictionary::MAX_LEVEL;

/// Compression of documents. The default is level 3 without a dictionary: about 97 % off a
/// document (docs/performance.md), and any client that knows zstd can read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compression {
    level: u8,
    dictionary: Option<&'static Dictionary>,
}

/// A level or a dictionary that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCompression {
    /// Not 1 to 9.
    #[error("expected a level from 1 to {MAX_LEVEL}")]
    Level(u8),
    /// No such version.
    #[error("expected the version of a dictionary, 1 to {}, or 0 for none", Dictionary::all().len())]
    Dictionary(usize),
}

impl Default for Compression {
    fn default() -> Self {
        Self {
            level: 3,
            dictionary: None,
        }
    }
}

impl Compression {
    /// At this zstd level, 1 (fast) to 9 (small).
    ///
    /// # Errors
    ///
    /// [`InvalidCompression::Level`].
    pub fn with_level(self, level: u8) -> Result<Self, InvalidCompression> {
        if (1..=MAX_LEVEL).contains(&level) {
            Ok(Self { level, ..self })
        } else {
            Err(InvalidCompression::Level(level))
        }
    }

    /// With the dictionary of this version; 0 for none.
    ///
    /// # Errors
    ///
    /// [`InvalidCompression::Dictionary`].
    pub fn with_dictionary(self, version: usize) -> Result<Self, InvalidCompression> {
        let dictionary = Dictionary::of_version(version);
        if dictionary.is_none() && version != 0 {
            return Err(InvalidCompression::Dictionary(version));
        }
        Ok(Self { dictionary, ..self })
    }

    /// The zstd level.
    pub fn level(self) -> u8 {
        self.level
    }

    /// The dictionary, if one is used.
    pub fn dictionary(self) -> Option<&'static Dictionary> {
        self.dictionary
    }

    /// The version of the dictionary; 0 without one.
    pub fn dictionary_version(self) -> usize {
        self.dictionary.map_or(0, Dictionary::version)
    }

    /// One zstd frame that says how long its content is.
    pub fn apply(self, plain: &[u8]) -> Vec<u8> {
        let compressor = match self.dictionary {
            Some(dictionary) => {
                zstd::bulk::Compressor::with_prepared_dictionary(dictionary.encoder(self.level))
            }
            None => zstd::bulk::Compressor::new(self.level.into()),
        };
        let mut frame = compressor
            .and_then(|mut compressor| compressor.compress(plain))
            .expect("compressing memory into memory cannot fail");
        // Reserved for the worst case, and kept for days.
        frame.shrink_to_fit();
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_dictionaries_that_do_not_exist_are_refused() {
        let default = Compression::default();
        for level in [0, 10, 255] {
            let refused = InvalidCompression::Level(level);
            assert_eq!(default.with_level(level), Err(refused));
        }
        for level in 1..=9 {
            assert_eq!(default.with_level(level).unwrap().level(), level);
        }
        assert_eq!(default.with_dictionary(0), Ok(default));
        let next = Dictionary::all().len() + 1;
        let refused = InvalidCompression::Dictionary(next);
        assert_eq!(default.with_dictionary(next), Err(refused));
    }
}
