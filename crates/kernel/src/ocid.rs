//! The game's identifiers of characters.

use std::fmt::{self, Display};

/// The upstream's identifier of a character.
///
/// It can change (a transfer between worlds), so it is looked up again when the upstream no
/// longer knows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ocid(String);

impl Ocid {
    /// Takes the identifier as the upstream gave it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Display for Ocid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
