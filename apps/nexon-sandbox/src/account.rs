//! Accounts: everything about one follows from its owner's key.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

use crate::character::{Character, pick};

/// Keys that begin so belong to somebody: `sandbox-member-1`, `sandbox-member-whatever`.
pub const MEMBER_KEY_PREFIX: &str = "sandbox-member-";

/// The most characters an account has.
const MOST_CHARACTERS: usize = 4;

/// What the names of an account's characters begin with.
const NAMES: [&str; 8] = [
    "단풍", "버섯", "주황", "달팽", "슬라", "페어", "핑크", "예티",
];

/// The account of somebody with a key of their own.
#[derive(Debug)]
pub(crate) struct Account {
    /// 32 hexadecimal digits.
    pub(crate) id: String,
    pub(crate) characters: Vec<Character>,
}

impl Account {
    /// The account a key belongs to; none for a key that is nobody's.
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
    fn a_key_is_always_the_same_account() {
        let shown = |key| format!("{:?}", Account::of(key).unwrap());
        assert_eq!(shown("sandbox-member-1"), shown("sandbox-member-1"));
        assert_ne!(shown("sandbox-member-1"), shown("sandbox-member-2"));
    }

    #[test]
    fn every_account_has_characters_that_the_sandbox_knows() {
        for number in 0..50 {
            let account = Account::of(&format!("sandbox-member-{number}")).unwrap();
            assert!((1..=MOST_CHARACTERS).contains(&account.characters.len()));
            assert_eq!(account.id.len(), 32);
        }
    }

    #[test]
    fn other_keys_are_nobodys() {
        for key in ["", "any", "sandbox", "Sandbox-member-1"] {
            assert!(Account::of(key).is_none(), "{key}");
        }
    }
}
