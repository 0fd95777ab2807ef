//! Accounts of the game, and the key that proves one.

use std::fmt::{self, Debug};

use kernel::{CharacterName, Ocid};
use secrecy::{ExposeSecret, SecretString};

/// The longest key that is tried, in bytes; Nexon's have about a hundred.
pub const MAX_KEY_BYTES: usize = 512;

/// A member's own key of the Nexon Open API. Its text is wiped when this is dropped.
#[derive(Debug)]
pub struct NexonKey(SecretString);

/// A text that cannot be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key has 1 to {MAX_KEY_BYTES} visible ASCII characters and no blanks")]
pub struct InvalidNexonKey;

impl NexonKey {
    /// The key itself, for the one call that presents it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl TryFrom<SecretString> for NexonKey {
    type Error = InvalidNexonKey;

    fn try_from(text: SecretString) -> Result<Self, InvalidNexonKey> {
        let bytes = text.expose_secret().as_bytes();
        let fits = (1..=MAX_KEY_BYTES).contains(&bytes.len());
        let is_visible = bytes.iter().all(u8::is_ascii_graphic);
        (fits && is_visible)
            .then_some(Self(text))
            .ok_or(InvalidNexonKey)
    }
}

/// The game's identifier of an account. Only its HMAC is ever kept.
#[derive(Clone)]
pub struct AccountId(SecretString);

impl AccountId {
    /// Takes the identifier as the game gave it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into().into())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }
}

impl Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountId([redacted])")
    }
}

/// An account and the characters of its owner.
#[derive(Debug, Clone)]
pub struct GameAccount {
    /// Identifier of the account.
    pub id: AccountId,
    /// The owner's characters.
    pub characters: Vec<OwnCharacter>,
}

/// A character of a member's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnCharacter {
    /// The game's identifier.
    pub ocid: Ocid,
    /// The name.
    pub name: CharacterName,
    /// The world's Korean name.
    pub world: String,
    /// The class's Korean name.
    pub class: String,
    /// The level.
    pub level: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_visible_and_not_too_long() {
        let key = |text: &str| NexonKey::try_from(SecretString::from(text));
        assert_eq!(key("live_0f").unwrap().expose(), "live_0f");
        assert!(key(&"k".repeat(512)).is_ok());
        for text in ["", "a b", "키", "a\n", &"k".repeat(513)] {
            assert_eq!(key(text).unwrap_err(), InvalidNexonKey);
        }
    }

    #[test]
    fn keys_and_accounts_are_not_shown() {
        let key = NexonKey::try_from(SecretString::from("canary")).unwrap();
        let account = AccountId::new("canary");
        let shown = format!("{key:?} {account:?}");
        assert!(!shown.contains("canary"), "{shown}");
    }
}
