//! Accounts: everything about one follows from its owner's key.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

use crate::character::{Character, pick};

/// Prefix of the keys that belong to an account: `sandbox-member-1`, `sandbox-member-whatever`.
pub const MEMBER_KEY_PREFIX: &str = "sandbox-member-";

/// The most characters an account has.
const MOST_CHARACTERS: usize = 4;

/// Prefixes of the names of an account's characters.
const NAMES: [&str; 8] = [
    "단풍", "버섯", "주황", "달팽", "슬라", "페어", "핑크", "예티",
];

/// An account whose owner has a key.
#[derive(Debug)]
pub(crate) struct Account {
    /// 32 hexadecimal digits.
    pub(crate) id: String,
    pub(crate) characters: Vec<Character>,
}

impl Account {
    /// Returns the account of a key; none for a key without one.
    pub(crate) fn of(key: &str) -> Option<Self> {
        let owner = key.strip_prefix(MEMBER_KEY_PREFIX)?;
        let seed = Sha256::new()
            .chain_update("account")
            .chain_update(owner)
            .finalize();
        let mut rng = ChaCha8Rng::from_seed(seed.into());
        let id = format!("{:032x}", rng.random::<u128>());
        // Six of the id's digits, so that no two accounts have a character in common.
        let family = &id[..6];
        let many = rng.random_range(1..=MOST_CHARACTERS);
        let characters = (0..many).filter_map(|number| {
            let name = format!("{}{family}{number}", pick(&NAMES, &mut rng));
            Character::named(&name.parse().ok()?)
        });
        let characters = characters.collect();
        Some(Self { id, characters })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_always_the_same_account() {
        let shown = |key| format!("{:?}", Account::of(key).unwrap());
        assert_eq!(shown("sandbox-member-1"), shown("sandbox-member-1"));
        assert_ne!(shown("sandbox-member-1"), shown("sandbox-member-2"));
    }

    #[test]
    fn accounts_have_characters_that_the_sandbox_knows() {
        for number in 0..50 {
            let account = Account::of(&format!("sandbox-member-{number}")).unwrap();
            assert!((1..=MOST_CHARACTERS).contains(&account.characters.len()));
            assert_eq!(account.id.len(), 32);
        }
    }

    #[test]
    fn other_keys_have_no_account() {
        for key in ["", "any", "sandbox", "Sandbox-member-1"] {
            assert!(Account::of(key).is_none(), "{key}");
        }
    }
}
