//! Use cases: like a character, unlike it, and count its likes.

use std::sync::Arc;

use kernel::{CharacterName, MemberId, Ocid, Streak};

use crate::known_counts::KnownCounts;
use crate::{BufferError, Change, Characters, CharactersError, KnownCount, LikeBuffer};

/// Use cases over likes.
#[derive(Debug)]
pub struct Likes {
    buffer: Arc<dyn LikeBuffer>,
    characters: Arc<dyn Characters>,
    known: KnownCounts,
    /// Counts in a row that failed.
    failed: Streak,
}

/// A member, with the characters that are the member's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Liker {
    /// Id of the member.
    pub id: MemberId,
    /// The member's own characters.
    pub own: Vec<Ocid>,
}

/// Like status of a member and a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LikeStatus {
    /// Whether the member likes the character.
    pub liked: bool,
    /// Number of members who like the character, this one included; none when unknown.
    pub count: Option<u64>,
}

/// Reason for which a like was not changed.
#[derive(Debug, thiserror::Error)]
pub enum LikeError {
    /// There is no character with this name.
    #[error("there is no character `{0}`")]
    UnknownCharacter(CharacterName),
    /// The character is the member's own.
    #[error("one's own character cannot be liked")]
    OwnCharacter,
    /// The character of the name cannot be determined now.
    #[error(transparent)]
    Characters(#[from] CharactersError),
    /// The like was not accepted, or its outcome is unknown; a retry is safe.
    #[error(transparent)]
    Buffer(#[from] BufferError),
}

impl Likes {
    /// Likes that go through `buffer`.
    pub fn new(buffer: Arc<dyn LikeBuffer>, characters: Arc<dyn Characters>) -> Self {
        Self {
            buffer,
            characters,
            known: KnownCounts::default(),
            failed: Streak::default(),
        }
    }

    /// Likes a character, or does nothing when it is liked. Durable when it returns.
    ///
    /// # Errors
    ///
    /// [`LikeError`] says why not.
    pub async fn like(&self, liker: &Liker, name: &CharacterName) -> Result<LikeStatus, LikeError> {
        let character = self.find(name).await?;
        if liker.own.contains(&character) {
            return Err(LikeError::OwnCharacter);
        }
        self.set(liker.id, character, true).await
    }

    /// Takes a like back, or does nothing when there is none. Durable when it returns.
    ///
    /// One's own character can be unliked, so that a like given before the character changed hands
    /// can be taken back.
    ///
    /// # Errors
    ///
    /// [`LikeError`] says why not.
    pub async fn unlike(
        &self,
        member: MemberId,
        name: &CharacterName,
    ) -> Result<LikeStatus, LikeError> {
        let character = self.find(name).await?;
        self.set(member, character, false).await
    }

    /// Returns the number of members who like a character, as far as known.
    ///
    /// # Errors
    ///
    /// [`LikeError`] when there is no such character, or it cannot be known now whether there is.
    pub async fn count(&self, name: &CharacterName) -> Result<KnownCount, LikeError> {
        let character = self.find(name).await?;
        Ok(self.count_of(&character).await)
    }

    /// Returns the number of members who like a character given by its identifier, as far as
    /// known: counted now, or as it was counted last.
    pub async fn count_of(&self, character: &Ocid) -> KnownCount {
        let counted = self.buffer.count(character).await;
        match &counted {
            Ok(_) => {
                if let Some(counts) = self.failed.succeeded() {
                    tracing::info!(counts, "likes are counted again");
                }
            }
            Err(error) if self.failed.failed() => tracing::warn!(
                error = kernel::chain(error),
                "likes cannot be counted: the last counts are told"
            ),
            Err(_) => {}
        }
        self.known.told(character, &counted)
    }

    async fn find(&self, name: &CharacterName) -> Result<Ocid, LikeError> {
        let found = self.characters.find(name).await?;
        found.ok_or_else(|| LikeError::UnknownCharacter(name.clone()))
    }

    async fn set(
        &self,
        member: MemberId,
        character: Ocid,
        liked: bool,
    ) -> Result<LikeStatus, LikeError> {
        let change = Change {
            member,
            character,
            liked,
        };
        let character = change.character.clone();
        let count = self.buffer.append(change).await?;
        if let Some(count) = count {
            self.known.remember(&character, count);
        }
        Ok(LikeStatus { liked, count })
    }
}
