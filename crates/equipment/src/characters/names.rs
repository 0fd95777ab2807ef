//! The first tier of names: whose name it is, or that it is nobody's.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kernel::{CharacterName, Clock};
use resilience::Jitter;

use super::validity::Versions;
use crate::{ByteCache, Character, Ocid};

/// Identifiers change rarely, and a wrong one is found out at once.
const KNOWN_FOR: Duration = Duration::from_mins(30);

/// A character may be made, or renamed to this name, at any time. The next answer that there is
/// none holds twice as long, up to [`UNKNOWN_FOR_AT_MOST`].
const UNKNOWN_FOR: Duration = Duration::from_mins(1);

/// The longest that one answer holds that there is no character of a name.
const UNKNOWN_FOR_AT_MOST: Duration = Duration::from_mins(32);

/// A name and an identifier of 32 digits.
const TYPICAL_BYTES: usize = 64;

/// Remembers whose names are.
#[derive(Debug)]
pub(super) struct Names {
    owners: ByteCache<CharacterName, Remembered>,
    versions: Arc<Versions>,
    clock: Arc<dyn Clock>,
}

/// An owner in the form that is remembered.
#[derive(Debug, Clone)]
enum Remembered {
    Character(Ocid),
    /// Nobody until then; afterwards only how long that answer held is of interest.
    Unknown {
        until: Timestamp,
        lasts: Duration,
    },
}

/// Owner of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NameOwner {
    /// The character with this identifier.
    Character(Ocid),
    /// Nobody.
    Unknown,
}

impl Names {
    pub(super) fn new(
        bytes: u64,
        versions: Arc<Versions>,
        clock: Arc<dyn Clock>,
        jitter: Jitter,
    ) -> Self {
        Self {
            versions,
            owners: ByteCache::new(bytes, TYPICAL_BYTES, Arc::clone(&clock), jitter),
            clock,
        }
    }

    pub(super) fn owner(&self, name: &CharacterName) -> Option<NameOwner> {
        match self.owners.get(name)? {
            Remembered::Character(ocid) => Some(NameOwner::Character(ocid)),
            Remembered::Unknown { until, .. } => {
                (self.clock.now() < until).then_some(NameOwner::Unknown)
            }
        }
    }

    /// The name is this character's, whatever was known of it.
    pub(super) fn confirm(&self, character: &Character) {
        self.resolved(&character.name, &character.ocid);
    }

    pub(super) fn resolved(&self, name: &CharacterName, ocid: &Ocid) {
        let bytes = name.as_str().len() + ocid.as_str().len();
        let owner = Remembered::Character(ocid.clone());
        self.owners.put(name.clone(), owner, bytes, KNOWN_FOR);
    }

    /// The upstream knows no character of this name. Each time in a row it is believed for twice
    /// as long, so that a name that nobody has costs fewer and fewer calls.
    pub(super) fn mark_unknown(&self, name: &CharacterName) {
        let lasts = match self.owners.get(name) {
            Some(Remembered::Unknown { until, .. }) if self.clock.now() < until => return,
            Some(Remembered::Unknown { lasts, .. }) => (2 * lasts).min(UNKNOWN_FOR_AT_MOST),
            Some(Remembered::Character(_)) | None => UNKNOWN_FOR,
        };
        self.unknown_for(name, lasts);
    }

    /// A character that was there once is gone, which rarely changes within the minute.
    pub(super) fn mark_gone(&self, name: &CharacterName) {
        self.unknown_for(name, KNOWN_FOR);
    }

    pub(super) fn forget(&self, name: &CharacterName) {
        self.owners.remove(name);
    }

    fn unknown_for(&self, name: &CharacterName, lasts: Duration) {
        let bytes = name.as_str().len();
        let until = SignedDuration::try_from(lasts).unwrap_or(SignedDuration::MAX);
        let until = self.clock.now().saturating_add(until);
        let until = until.expect("a signed duration is never a calendar's");
        let owner = Remembered::Unknown { until, lasts };
        // Kept for as long again, so that the next answer can hold longer.
        self.owners.put(name.clone(), owner, bytes, 3 * lasts);
        self.versions.name_changed(name);
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kernel::ManualClock;

    use super::*;

    fn names() -> (Names, Arc<ManualClock>, CharacterName) {
        let clock = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
        let versions = Arc::new(Versions::new());
        let names = Names::new(100_000, versions, clock.clone(), Jitter::from_seed(3));
        (names, clock, "아델".parse().unwrap())
    }

    #[test]
    fn bearer_is_known_for_half_an_hour_and_nobody_for_a_minute() {
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
    fn answer_that_nobody_has_a_name_holds_twice_as_long_each_time() {
        let (names, clock, name) = names();
        for minutes in [1, 2, 4, 8, 16, 32, 32, 32] {
            names.mark_unknown(&name);
            clock.advance(Duration::from_secs(minutes * 60 - 1));
            assert_eq!(names.owner(&name), Some(NameOwner::Unknown), "{minutes}");
            names.mark_unknown(&name);
            clock.advance(Duration::from_secs(1));
            assert_eq!(names.owner(&name), None, "{minutes}");
        }
        clock.advance(Duration::from_hours(2));
        names.mark_unknown(&name);
        clock.advance(Duration::from_mins(1));
        assert_eq!(names.owner(&name), None, "it begins anew");
    }

    #[test]
    fn name_that_appears_is_nobodys_no_more() {
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
        assert!(names.owners.bytes() <= 100_000);
    }
}
