//! Which character a name means.

use std::error::Error;
use std::fmt::Debug;

use async_trait::async_trait;
use kernel::{CharacterName, Ocid};

/// Knows the characters by name.
#[async_trait]
pub trait Characters: Debug + Send + Sync {
    /// The character with this name; none when there is no such character.
    ///
    /// # Errors
    ///
    /// [`CharactersError`] when it cannot be known now.
    async fn find(&self, name: &CharacterName) -> Result<Option<Ocid>, CharactersError>;
}

/// It cannot be known now which character a name means.
#[derive(Debug, thiserror::Error)]
#[error("the character cannot be looked up")]
pub struct CharactersError(#[source] pub Box<dyn Error + Send + Sync>);
