//! The first tier of names: whose name it is, or that it is nobody's.

use std::sync::Arc;
use std::time::Duration;

use kernel::{CharacterName, Clock};
use resilience::Jitter;

use crate::{ByteCache, Character, Ocid};

/// Identifiers change rarely, and a wrong one is found out at once.
const KNOWN_FOR: Duration = Duration::from_mins(30);

/// A character may be made, or renamed to this name, at any time.
const UNKNOWN_FOR: Duration = Duration::from_mins(1);

/// A name and an identifier of 32 digits.
const TYPICAL_BYTES: usize = 64;

/// Remembers whose names are.
#[derive(Debug)]
pub(super) struct Names(ByteCache<CharacterName, NameOwner>);

/// Who bears a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NameOwner {
    /// The character with this identifier.
    Character(Ocid),
    /// Nobody.
    Unknown,
}

impl Names {
    pub(super) fn new(bytes: u64, clock: Arc<dyn Clock>, jitter: Jitter) -> Self {
        Self(ByteCache::new(bytes, TYPICAL_BYTES, clock, jitter))
    }

    pub(super) fn owner(&self, name: &CharacterName) -> Option<NameOwner> {
        self.0.get(name)
    }

    /// The name is this character's, whatever was known of it.
    pub(super) fn confirm(&self, character: &Character) {
        self.resolved(&character.name, &character.ocid);
    }

    pub(super) fn resolved(&self, name: &CharacterName, ocid: &Ocid) {
        let bytes = name.as_str().len() + ocid.as_str().len();
        let owner = NameOwner::Character(ocid.clone());
        self.0.put(name.clone(), owner, bytes, KNOWN_FOR);
    }

    pub(super) fn mark_unknown(&self, name: &CharacterName) {
        if self.owner(name) != Some(NameOwner::Unknown) {
            self.unknown_for(name, UNKNOWN_FOR);
        }
    }

    /// A character that was there once is gone, which rarely changes within the minute.
    pub(super) fn mark_gone(&self, name: &CharacterName) {
        self.unknown_for(name, KNOWN_FOR);
    }

    pub(super) fn forget(&self, name: &CharacterName) {
        self.0.remove(name);
    }

    fn unknown_for(&self, name: &CharacterName, ttl: Duration) {
        let bytes = name.as_str().len();
        self.0.put(name.clone(), NameOwner::Unknown, bytes, ttl);
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kernel::ManualClock;

    use super::*;

    fn names() -> (Names, Arc<ManualClock>, CharacterName) {
        let clock = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
        let names = Names::new(100_000, clock.clone(), Jitter::from_seed(3));
        (names, clock, "아델".parse().unwrap())
    }

    #[test]
    fn a_bearer_is_known_for_half_an_hour_and_nobody_for_a_minute() {
        let (names, clock, name) = names();
        names.resolved(&name, &Ocid::new("a"));
        clock.advance(Duration::from_mins(27));
        assert_eq!(
            names.owner(&name),
            Some(NameOwner::Character(Ocid::new("a")))
        );
        clock.advance(Duration::from_mins(3));
        assert_eq!(names.owner(&name), None);

        names.mark_unknown(&name);
        clock.advance(Duration::from_secs(53));
        assert_eq!(names.owner(&name), Some(NameOwner::Unknown));
        clock.advance(Duration::from_secs(7));
        assert_eq!(names.owner(&name), None);
    }

    #[test]
    fn a_name_that_appears_is_nobodys_no_more() {
        let (names, _, name) = names();
        names.mark_unknown(&name);
        let character = Character {
            ocid: Ocid::new("b"),
            name: name.clone(),
            world: "스카니아".to_owned(),
            class: "아델".to_owned(),
            level: 200,
        };
        names.confirm(&character);
        assert_eq!(
            names.owner(&name),
            Some(NameOwner::Character(Ocid::new("b")))
        );
        names.forget(&name);
        assert_eq!(names.owner(&name), None);
    }

    #[test]
    fn names_of_nobody_are_bounded() {
        let (names, _, _) = names();
        for i in 0..10_000 {
            names.mark_unknown(&format!("n{i}").parse().unwrap());
        }
        assert!(names.0.bytes() <= 100_000);
    }
}
