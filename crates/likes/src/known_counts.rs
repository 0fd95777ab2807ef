//! The counts that were told last, for when they cannot be counted.

use std::fmt::{self, Debug};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use kernel::Ocid;
use quick_cache::sync::Cache;
use tokio::time::Instant;

use crate::Counted;

/// Upper bound on remembered counts.
const CAPACITY: usize = 10_000;

/// Number of members who like a character, and the age of that knowledge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownCount {
    /// Number of members; none when it was never counted here and cannot be now.
    pub count: Option<u64>,
    /// Time for which acknowledged changes may be missing from it; zero when it was counted now.
    pub age: Duration,
}

/// Counts of characters as last told by this instance.
pub(crate) struct KnownCounts {
    counts: Cache<Ocid, (u64, Instant)>,
    /// Time of the last complete count, of any character.
    complete_at: Mutex<Instant>,
}

impl Default for KnownCounts {
    fn default() -> Self {
        Self {
            counts: Cache::new(CAPACITY),
            complete_at: Mutex::new(Instant::now()),
        }
    }
}

impl KnownCounts {
    /// Remembers a complete count.
    pub(crate) fn remember(&self, character: &Ocid, count: u64) {
        let now = Instant::now();
        *self.complete_at() = now;
        self.counts.insert(character.clone(), (count, now));
    }

    /// Returns what is known when a count came out like this.
    pub(crate) fn told<E>(&self, character: &Ocid, counted: &Result<Counted, E>) -> KnownCount {
        match counted {
            Ok(counted) if counted.is_complete => {
                self.remember(character, counted.count);
                KnownCount {
                    count: Some(counted.count),
                    age: Duration::ZERO,
                }
            }
            Ok(counted) => KnownCount {
                count: Some(counted.count),
                age: self.complete_at().elapsed(),
            },
            Err(_) => {
                let known = self.counts.get(character);
                KnownCount {
                    count: known.map(|(count, _)| count),
                    age: known.map_or(Duration::ZERO, |(_, at)| at.elapsed()),
                }
            }
        }
    }

    fn complete_at(&self) -> MutexGuard<'_, Instant> {
        self.complete_at
            .lock()
            .expect("no holder of this lock panics")
    }
}

impl Debug for KnownCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownCounts")
            .field("counts", &self.counts.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn last_count_is_told_with_its_age_while_nothing_can_be_counted() {
        let (known, adele) = (KnownCounts::default(), Ocid::new("adele"));
        let failed: Result<Counted, ()> = Err(());
        assert_eq!(known.told(&adele, &failed).count, None);
        let told = known.told::<()>(&adele, &Ok(Counted::complete(7)));
        assert_eq!((told.count, told.age), (Some(7), Duration::ZERO));
        tokio::time::advance(Duration::from_secs(9)).await;
        let told = known.told(&adele, &failed);
        assert_eq!((told.count, told.age), (Some(7), Duration::from_secs(9)));
    }

    #[tokio::test(start_paused = true)]
    async fn incomplete_count_is_as_old_as_the_last_complete_one() {
        let known = KnownCounts::default();
        known.remember(&Ocid::new("adele"), 7);
        tokio::time::advance(Duration::from_secs(9)).await;
        let stored = Counted {
            count: 3,
            is_complete: false,
        };
        let told = known.told::<()>(&Ocid::new("other"), &Ok(stored));
        assert_eq!((told.count, told.age), (Some(3), Duration::from_secs(9)));
    }
}
