//! Readings: the stats of a character as far as they were read, in a form to keep.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use planning::{Detail, GivenStats, RecordedStats, StatSource};
use serde::{Deserialize, Serialize};

use super::STAT_SOURCES;
use crate::{ContentHash, InvalidDocument};

/// Stats of a character, as the upstream gave them at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatReadings {
    /// The final stats.
    pub recorded: RecordedStats,
    /// The sums by source; a source that was not read is missing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub given: BTreeMap<StatSource, GivenStats>,
    /// Sources whose documents could not be used; asking again gives the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unusable: Vec<StatSource>,
}

impl StatReadings {
    /// The final stats alone.
    pub const fn quick(recorded: RecordedStats) -> Self {
        Self {
            recorded,
            given: BTreeMap::new(),
            unusable: Vec::new(),
        }
    }

    /// Whether everything was read that this detail asks for.
    pub fn suffices(&self, detail: Detail) -> bool {
        let was_read =
            |source: &StatSource| self.given.contains_key(source) || self.unusable.contains(source);
        detail == Detail::Quick || STAT_SOURCES.iter().all(was_read)
    }

    /// The part of the readings that this detail uses, so that the same detail of the same stats
    /// is always equal.
    #[must_use]
    pub fn of_detail(self, detail: Detail) -> Self {
        match detail {
            Detail::Quick => Self::quick(self.recorded),
            Detail::Full => self,
        }
    }

    /// Sources that were asked for and not read.
    pub fn missing(&self) -> impl Iterator<Item = StatSource> {
        STAT_SOURCES
            .into_iter()
            .filter(|source| !self.given.contains_key(source))
    }

    /// The readings as a compact JSON document of a few hundred bytes, to be kept.
    pub fn to_document(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("readings are plain data with texts as keys")
    }

    /// Reads a document that [`StatReadings::to_document`] once gave.
    ///
    /// # Errors
    ///
    /// [`InvalidDocument`] naming the place that cannot be read.
    pub fn of_document(document: &[u8]) -> Result<Self, InvalidDocument> {
        serde_json::from_slice(document).map_err(|error| InvalidDocument {
            path: format!("column {}", error.column()),
            problem: error.to_string(),
        })
    }
}

/// Readings of one detail, and their hash: two of one hash give the same sheet with the same gear.
#[derive(Debug, Clone)]
pub struct HashedReadings {
    readings: Arc<StatReadings>,
    hash: ContentHash,
}

impl HashedReadings {
    /// Hashes readings.
    pub fn of(readings: StatReadings) -> Self {
        Self {
            hash: ContentHash::of(&readings.to_document()),
            readings: Arc::new(readings),
        }
    }

    /// The hash of the readings.
    pub fn hash(&self) -> ContentHash {
        self.hash
    }

    /// The readings without their hash.
    pub fn into_readings(self) -> Arc<StatReadings> {
        self.readings
    }
}

impl Deref for HashedReadings {
    type Target = StatReadings;

    fn deref(&self) -> &StatReadings {
        &self.readings
    }
}

/// Readings of a character in every detail, each made once.
#[derive(Debug)]
pub(crate) struct KnownReadings {
    all: HashedReadings,
    quick: HashedReadings,
}

impl KnownReadings {
    pub(crate) fn of(readings: StatReadings) -> Self {
        let all = HashedReadings::of(readings);
        let quick = StatReadings::clone(&all).of_detail(Detail::Quick);
        Self {
            quick: HashedReadings::of(quick),
            all,
        }
    }

    /// Whether everything was read that this detail asks for.
    pub(crate) fn suffices(&self, detail: Detail) -> bool {
        self.all.suffices(detail)
    }

    /// The part that this detail uses.
    pub(crate) fn of_detail(&self, detail: Detail) -> HashedReadings {
        match detail {
            Detail::Quick => self.quick.clone(),
            Detail::Full => self.all.clone(),
        }
    }

    /// Bytes of memory, about: entries of a table take several times what is written of them.
    pub(crate) fn bytes(&self) -> usize {
        let entries = |readings: &StatReadings| {
            readings.given.len() * size_of::<(StatSource, GivenStats)>() * 2
                + readings.unusable.len() * size_of::<StatSource>()
        };
        let [all, quick] = [&self.all, &self.quick].map(|readings| entries(readings));
        size_of::<Self>() + 2 * size_of::<StatReadings>() + all + quick
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> StatReadings {
        let recorded = RecordedStats::from_named([("INT", "62000"), ("마력", "7800")]);
        let mut readings = StatReadings::quick(recorded);
        for source in STAT_SOURCES {
            readings.given.insert(source, GivenStats::default());
        }
        readings
    }

    #[test]
    fn readings_come_back_as_they_were_even_with_stats_that_are_no_numbers() {
        let readings = full();
        let document = readings.to_document();
        let read = StatReadings::of_document(&document).unwrap();
        assert_eq!(read.to_document(), document);
        assert_eq!(read.given, readings.given);
        assert!(read.recorded.max_hp.is_nan());
        assert!(document.len() < 2_000, "{} bytes", document.len());
        assert!(StatReadings::of_document(&document[..9]).is_err());
    }

    #[test]
    fn full_detail_needs_every_source_and_quick_detail_none() {
        let mut readings = full();
        assert!(readings.suffices(Detail::Full));
        readings.given.remove(&StatSource::LinkSkill);
        assert!(!readings.suffices(Detail::Full));
        assert!(readings.suffices(Detail::Quick));
        assert_eq!(
            readings.missing().collect::<Vec<_>>(),
            [StatSource::LinkSkill]
        );
        readings.unusable.push(StatSource::LinkSkill);
        assert!(
            readings.suffices(Detail::Full),
            "asking again gives the same"
        );
        let quick = HashedReadings::of(StatReadings::quick(readings.recorded.clone()));
        let known = KnownReadings::of(readings);
        assert_eq!(known.of_detail(Detail::Quick).hash(), quick.hash());
        assert_ne!(known.of_detail(Detail::Full).hash(), quick.hash());
    }
}
