//! Port that resolves a name to a character.

use std::error::Error;
use std::fmt::Debug;

use async_trait::async_trait;
use kernel::{CharacterName, Ocid};

/// Resolves names to characters.
#[async_trait]
pub trait Characters: Debug + Send + Sync {
    /// The character with this name; none when there is no such character.
    ///
    /// # Errors
    ///
    /// [`CharactersError`] when it cannot be known now.
    async fn find(&self, name: &CharacterName) -> Result<Option<Ocid>, CharactersError>;
}

/// The character of a name cannot be determined now.
#[derive(Debug, thiserror::Error)]
#[error("the character cannot be looked up")]
pub struct CharactersError(#[source] pub Box<dyn Error + Send + Sync>);
