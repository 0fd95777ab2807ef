//! Fakes of likes' ports and the contracts of the store and the buffer.

mod buffer;
mod memory;
mod store;

use std::collections::BTreeMap;

use async_trait::async_trait;
use kernel::{CharacterName, MemberId, Ocid};

pub use buffer::{BufferUnderTest, buffer_contract};
pub use memory::{MemoryLikeStore, TransactionFault};
pub use store::store_contract;

use crate::{Change, Characters, CharactersError};

/// Characters that were written down beforehand.
#[async_trait]
impl Characters for BTreeMap<CharacterName, Ocid> {
    async fn find(&self, name: &CharacterName) -> Result<Option<Ocid>, CharactersError> {
        Ok(self.get(name).cloned())
    }
}

fn member(number: u32) -> MemberId {
    MemberId::new(number.into())
}

fn change(number: u32, character: &Ocid, liked: bool) -> Change {
    Change {
        member: member(number),
        character: character.clone(),
        liked,
    }
}
