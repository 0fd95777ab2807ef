//! Port that makes batches of changes durable.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use kernel::{MemberId, Ocid};

use crate::{BufferError, Change, Counted, LikeStore, Tally};

/// Makes changes durable, a batch at a time, on the way to the store or in it.
#[async_trait]
pub trait Journal: Debug + Send + Sync {
    /// Writes changes in their order. When this returns well all of them MUST be durable, and MUST
    /// come to the store after the changes written before it was begun.
    ///
    /// Returns the counts of the characters named, with the changes in them, as far as they can be
    /// known now.
    ///
    /// # Errors
    ///
    /// [`BufferError`]; except with [`BufferError::QueueFull`], some or all of the changes may
    /// still reach the store.
    async fn write(&self, changes: &[Change]) -> Result<HashMap<Ocid, u64>, BufferError>;

    /// The tally of a character with every change in it that was written; `members` are those
    /// asked about.
    ///
    /// # Errors
    ///
    /// [`BufferError`] when it cannot be known now.
    async fn tally(&self, character: &Ocid, members: &[MemberId]) -> Result<Tally, BufferError>;

    /// The count of a character, as far as it can be known now.
    ///
    /// # Errors
    ///
    /// [`BufferError`] when nothing can be known now.
    async fn count(&self, character: &Ocid) -> Result<Counted, BufferError> {
        Ok(Counted::complete(self.tally(character, &[]).await?.count))
    }
}

/// Straight to the store.
#[derive(Debug)]
pub(crate) struct Direct(pub(crate) Arc<dyn LikeStore>);

#[async_trait]
impl Journal for Direct {
    async fn write(&self, changes: &[Change]) -> Result<HashMap<Ocid, u64>, BufferError> {
        Ok(self.0.apply(changes).await?)
    }

    async fn tally(&self, character: &Ocid, members: &[MemberId]) -> Result<Tally, BufferError> {
        Ok(self.0.tally(character, members).await?)
    }
}
