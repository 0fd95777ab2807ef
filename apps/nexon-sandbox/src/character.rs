//! Characters: everything about one follows from its name.

use std::ops::RangeInclusive;

use kernel::CharacterName;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

use crate::game::{CLASSES, Class, Growth, Wardrobe};
use crate::ocid;

/// Characters whose names begin so do not exist.
pub const UNKNOWN_PREFIX: &str = "없는캐릭터";

/// A character of the sandbox.
#[derive(Debug)]
pub(crate) struct Character {
    pub(crate) name: CharacterName,
    pub(crate) ocid: String,
    pub(crate) world: &'static str,
    pub(crate) gender: &'static str,
    pub(crate) class: &'static Class,
    pub(crate) level: u16,
    /// The preset worn now, 1 to 3.
    pub(crate) preset: u8,
    /// Effort put into the gear, 0 to 3.
    tier: usize,
}

const WORLDS: [&str; 12] = [
    "스카니아",
    "베라",
    "루나",
    "제니스",
    "크로아",
    "유니온",
    "엘리시움",
    "이노시스",
    "레드",
    "오로라",
    "아케인",
    "노바",
];

/// The levels of characters by the tier of their gear.
const LEVELS: [RangeInclusive<u16>; 4] = [200..=240, 240..=269, 260..=284, 275..=295];

impl Character {
    /// Returns the character of that name; none if the name belongs to no character.
    pub(crate) fn named(name: &CharacterName) -> Option<Self> {
        if name.as_str().starts_with(UNKNOWN_PREFIX) {
            return None;
        }
        let ocid = ocid::ocid(name)?;
        let mut rng = dice(name, "character");
        let tier = rng.random_range(0..4);
        Some(Self {
            name: name.clone(),
            ocid,
            world: *pick(&WORLDS, &mut rng),
            gender: *pick(&["남", "여"], &mut rng),
            class: pick(CLASSES, &mut rng),
            level: rng.random_range(LEVELS[tier].clone()),
            preset: rng.random_range(1..=3),
            tier,
        })
    }

    /// Returns the character's equipment.
    pub(crate) fn wardrobe(&self) -> Wardrobe {
        Wardrobe::dress(self.class, self.tier, &mut dice(&self.name, "wardrobe"))
    }

    /// Returns everything that makes the character strong beside its equipment.
    pub(crate) fn growth(&self) -> Growth {
        let dice = &mut dice(&self.name, "growth");
        Growth::of(self.class, self.level, self.tier, dice)
    }

    /// Returns the random generator for further documents of the character.
    pub(crate) fn dice(&self) -> ChaCha8Rng {
        dice(&self.name, "looks")
    }
}

/// Random numbers that depend on nothing but the name and what they are for.
fn dice(name: &CharacterName, purpose: &str) -> ChaCha8Rng {
    let seed = Sha256::new()
        .chain_update(purpose)
        .chain_update(name.as_str())
        .finalize();
    ChaCha8Rng::from_seed(seed.into())
}

/// One of the choices.
pub(crate) fn pick<'a, T>(choices: &'a [T], rng: &mut impl Rng) -> &'a T {
    &choices[rng.random_range(0..choices.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Option<Character> {
        Character::named(&name.parse().unwrap())
    }

    #[test]
    fn name_is_always_the_same_character() {
        let [first, second] = [named("아델"), named("아델")].map(|found| format!("{found:?}"));
        assert_eq!(first, second);
        assert_ne!(first, format!("{:?}", named("아델2")));
    }

    #[test]
    fn unknown_prefix_names_no_character() {
        for unknown in ["없는캐릭터", "없는캐릭터123"] {
            assert!(named(unknown).is_none(), "{unknown}");
        }
    }
}
