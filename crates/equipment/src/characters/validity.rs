//! Validity of an answer: the time for which the same question has the same answer.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kernel::CharacterName;

use super::names::NameOwner;
use super::popular::Popularity;
use super::stats::stats_key;
use super::{Aged, Characters, EquippedCharacter, FRESH_FOR, Freshness};
use crate::{HashedReadings, Ocid};

/// Number of counters that all characters share. A change of one character takes the validity of
/// the answers about a thousandth of the others too; they are looked up once more.
const STRIPES: usize = 1_024;

/// Counters of changes to what memory holds, striped over names and identifiers.
#[derive(Debug)]
pub(super) struct Versions {
    counts: Box<[AtomicU64]>,
    hasher: RandomState,
}

/// Number of changes that one stripe had seen.
#[derive(Debug, Clone, Copy)]
struct Version {
    stripe: usize,
    count: u64,
}

impl Versions {
    pub(super) fn new() -> Self {
        Self {
            counts: (0..STRIPES).map(|_| AtomicU64::new(0)).collect(),
            hasher: RandomState::new(),
        }
    }

    /// Counts a change of what is known of a name, after memory has it.
    pub(super) fn name_changed(&self, name: &CharacterName) {
        self.change(name.as_str());
    }

    /// Counts a change of what is known of a character's equipment or stats, after memory has it.
    pub(super) fn snapshot_changed(&self, ocid: &Ocid) {
        self.change(character_of(ocid));
    }

    /// Counts a change of which nobody knows whom it is about.
    pub(super) fn all_changed(&self) {
        for count in &self.counts {
            count.fetch_add(1, Ordering::Release);
        }
    }

    fn change(&self, subject: &str) {
        self.counts[self.stripe(subject)].fetch_add(1, Ordering::Release);
    }

    fn seen(&self, subject: &str) -> Version {
        let stripe = self.stripe(subject);
        let count = self.counts[stripe].load(Ordering::Acquire);
        Version { stripe, count }
    }

    fn is_current(&self, version: Version) -> bool {
        self.counts[version.stripe].load(Ordering::Acquire) == version.count
    }

    fn stripe(&self, subject: &str) -> usize {
        let hash = self.hasher.hash_one(subject) % STRIPES as u64;
        usize::try_from(hash).expect("it is below the number of stripes")
    }
}

/// The identifier without the mark of its stats.
fn character_of(ocid: &Ocid) -> &str {
    let ocid = ocid.as_str();
    ocid.split_once('#').map_or(ocid, |(ocid, _)| ocid)
}

/// Validity of a fresh answer about a character: it is the answer until the data are no longer
/// fresh, and as long as nothing newer is known of the character.
#[derive(Debug, Clone)]
pub struct AnswerValidity {
    versions: Arc<Versions>,
    seen: [Version; 2],
    fetched_at: Timestamp,
    until: Timestamp,
    popularity: Arc<Popularity>,
    name: CharacterName,
}

impl AnswerValidity {
    /// Whether the same question has the same answer at this time.
    pub fn holds(&self, now: Timestamp) -> bool {
        let is_current = |version: &Version| self.versions.is_current(*version);
        now < self.until && self.seen.iter().all(is_current)
    }

    /// Age of the data at this time.
    pub fn age(&self, now: Timestamp) -> Duration {
        let age = now.duration_since(self.fetched_at);
        age.try_into().unwrap_or_default()
    }

    /// Counts a question that was answered once more, as [`Characters::popular`] reports it.
    pub fn count_question(&self) {
        self.popularity.asked(&self.name);
    }
}

impl Characters {
    /// Validity of an answer that was worked out from these data and from nothing else that
    /// changes. None unless they are fresh, nothing went wrong on the way, and memory holds the
    /// very same.
    pub fn validity(
        &self,
        name: &CharacterName,
        known: &Aged<EquippedCharacter>,
        stats: Option<&Aged<HashedReadings>>,
    ) -> Option<AnswerValidity> {
        let ocid = &known.value.character.ocid;
        // Read before memory is: a change in between is counted after it.
        let versions = &self.fetches.versions;
        let seen = [versions.seen(name.as_str()), versions.seen(ocid.as_str())];
        let is_undisturbed = known.degradations.is_empty()
            && stats.is_none_or(|stats| stats.degradations.is_empty());
        let is_fresh = known.freshness == Freshness::Fresh
            && stats.is_none_or(|stats| stats.freshness == Freshness::Fresh);
        if !is_undisturbed || !is_fresh {
            return None;
        }
        let oldest = self.oldest_held(name, known, stats)?;
        let fresh_for = SignedDuration::try_from(FRESH_FOR).expect("a quarter of an hour");
        Some(AnswerValidity {
            versions: Arc::clone(versions),
            seen,
            fetched_at: known.fetched_at,
            until: oldest.saturating_add(fresh_for).ok()?,
            popularity: Arc::clone(&self.popularity),
            name: name.clone(),
        })
    }

    /// The oldest time of these data, if memory holds them and no others.
    fn oldest_held(
        &self,
        name: &CharacterName,
        known: &Aged<EquippedCharacter>,
        stats: Option<&Aged<HashedReadings>>,
    ) -> Option<Timestamp> {
        let EquippedCharacter {
            character,
            snapshot,
            ..
        } = &known.value;
        if self.fetches.names.owner(name) == Some(NameOwner::Unknown) {
            return None;
        }
        let record = self.cache.peek_character(name)?;
        let held = self.cache.peek_snapshot(&snapshot.ocid)?;
        let is_same = record.character == *character
            && held.fetched_at == known.fetched_at
            && held.document.hash() == snapshot.document.hash();
        let oldest = record.fetched_at.min(held.fetched_at);
        match stats {
            _ if !is_same => None,
            None => Some(oldest),
            Some(stats) => {
                let held = self.cache.peek_snapshot(&stats_key(&snapshot.ocid))?;
                let is_same = held.fetched_at == stats.fetched_at;
                is_same.then(|| oldest.min(held.fetched_at))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_of_stats_is_one_of_the_character() {
        let versions = Versions::new();
        let ocid = Ocid::new("a");
        let seen = versions.seen(ocid.as_str());
        assert!(versions.is_current(seen));
        versions.snapshot_changed(&stats_key(&ocid));
        assert!(!versions.is_current(seen));
        let seen = versions.seen(ocid.as_str());
        versions.all_changed();
        assert!(!versions.is_current(seen));
    }

    #[test]
    fn change_of_one_name_leaves_most_others_current() {
        let versions = Versions::new();
        let seen: Vec<_> = (0..1_000)
            .map(|n| versions.seen(&format!("n{n}")))
            .collect();
        versions.name_changed(&"다른".parse().unwrap());
        let current = seen
            .iter()
            .filter(|seen| versions.is_current(**seen))
            .count();
        assert!(current >= 980, "{current} of 1000");
    }
}
