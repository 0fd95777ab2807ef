//! A cache in memory that knows how many bytes it may hold and when its entries end.

use std::fmt::{self, Debug};
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kernel::Clock;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, Equivalent, OptionsBuilder, Weighter};
use resilience::Jitter;

use crate::Lookups;

/// Overhead of an entry beside the bytes its owner counts: the slot, the hash table, the
/// allocations' own heads.
const ENTRY_BYTES: usize = 160;

/// An entry may fill a shard at most, so a small cache must not be cut into many.
const LEAST_SHARD_BYTES: u64 = 2 * 1024 * 1024;

/// More than this helps nobody on the machines this is made for.
const MOST_SHARDS: u64 = 8;

/// Entries live up to a tenth shorter than asked, so that what came together does not end
/// together.
const JITTER_SHARE: u32 = 10;

/// Keeps values in memory: at most so many bytes of them, each for a time.
///
/// Entries asked for often stay; those asked for once go first. A value too large for the
/// cache is not kept. The bytes of a value are what its owner says they are.
///
/// ```
/// # use std::sync::Arc;
/// # use std::time::Duration;
/// # use equipment::ByteCache;
/// let clock = Arc::new(kernel::SystemClock);
/// let cache = ByteCache::new(1024 * 1024, 2_000, clock, resilience::Jitter::from_seed(1));
/// cache.put("key", "value", 5, Duration::from_secs(60));
/// assert_eq!(cache.get(&"key"), Some("value"));
/// assert_eq!(cache.get(&"other"), None);
/// ```
pub struct ByteCache<K, V> {
    entries: Cache<K, Entry<V>, ByBytes>,
    clock: Arc<dyn Clock>,
    jitter: Jitter,
    lookups: Arc<Lookups>,
}

#[derive(Debug, Clone)]
struct Entry<V> {
    value: V,
    bytes: u64,
    ends: Timestamp,
}

#[derive(Debug, Clone, Copy)]
struct ByBytes;

impl<K: Eq + Hash + Clone, V: Clone> ByteCache<K, V> {
    /// Nothing kept yet. `capacity` is in bytes; `typical` is what most entries will take and
    /// only sizes the tables.
    pub fn new(capacity: u64, typical: usize, clock: Arc<dyn Clock>, jitter: Jitter) -> Self {
        let entry = (typical + ENTRY_BYTES) as u64;
        let shards = (capacity / LEAST_SHARD_BYTES).clamp(1, MOST_SHARDS);
        let options = OptionsBuilder::new()
            .weight_capacity(capacity)
            .estimated_items_capacity(usize::try_from(capacity / entry).unwrap_or(usize::MAX))
            .shards(usize::try_from(shards).expect("at most eight"))
            .build()
            .expect("capacity and estimate are given, the rest has defaults");
        Self {
            entries: Cache::with_options(
                options,
                ByBytes,
                DefaultHashBuilder::default(),
                DefaultLifecycle::default(),
            ),
            clock,
            jitter,
            lookups: Arc::default(),
        }
    }

    /// Counters of [`ByteCache::get`].
    pub fn lookups(&self) -> Arc<Lookups> {
        Arc::clone(&self.lookups)
    }

    /// The value kept for this key, unless its time is over.
    pub fn get<Q>(&self, key: &Q) -> Option<V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.get_at(key, self.clock.now())
    }

    /// The same by a caller who knows the time.
    pub fn get_at<Q>(&self, key: &Q, now: Timestamp) -> Option<V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let found = self.find(key, now);
        self.lookups.count(found.is_some());
        found
    }

    /// The value kept for this key, unless its time is over, as if nobody had asked for it.
    pub fn peek(&self, key: &K) -> Option<V> {
        let entry = self.entries.peek(key)?;
        (self.clock.now() < entry.ends).then_some(entry.value)
    }

    fn find<Q>(&self, key: &Q, now: Timestamp) -> Option<V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let entry = self.entries.get(key)?;
        if now < entry.ends {
            return Some(entry.value);
        }
        self.entries.remove_if(key, |entry| entry.ends <= now);
        None
    }

    /// Keeps a value of so many bytes, key included, for at most `ttl`.
    pub fn put(&self, key: K, value: V, bytes: usize, ttl: Duration) {
        let ttl = ttl.saturating_sub(self.jitter.between(Duration::ZERO, ttl / JITTER_SHARE));
        let ttl = SignedDuration::try_from(ttl).unwrap_or(SignedDuration::MAX);
        let ends = self.clock.now().saturating_add(ttl);
        let entry = Entry {
            value,
            bytes: (bytes + ENTRY_BYTES) as u64,
            ends: ends.expect("a signed duration is never a calendar's"),
        };
        self.entries.insert(key, entry);
    }

    /// Forgets the value kept for this key.
    pub fn remove<Q>(&self, key: &Q)
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        self.entries.remove(key);
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.entries.clear();
    }

    /// The bytes of all that is kept, whether its time is over or not.
    pub fn bytes(&self) -> u64 {
        self.entries.weight()
    }
}

impl<K, V: Clone> Weighter<K, Entry<V>> for ByBytes {
    fn weight(&self, _: &K, entry: &Entry<V>) -> u64 {
        entry.bytes
    }
}

impl<K, V> Debug for ByteCache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByteCache").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use kernel::ManualClock;

    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);
    const CAPACITY: u64 = 100_000;

    fn cache() -> (ByteCache<u32, u32>, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
        let cache = ByteCache::new(CAPACITY, 840, clock.clone(), Jitter::from_seed(5));
        (cache, clock)
    }

    #[test]
    fn value_is_kept_until_its_time_is_over() {
        let (cache, clock) = cache();
        cache.put(1, 10, 840, MINUTE);
        assert_eq!(cache.get(&1), Some(10));
        clock.advance(Duration::from_secs(53));
        assert_eq!(cache.get(&1), Some(10));
        clock.advance(Duration::from_secs(7));
        assert_eq!(cache.get(&1), None);
        assert_eq!(cache.bytes(), 0, "what has ended takes no room once seen");
    }

    #[test]
    fn entries_put_together_do_not_end_together() {
        let (cache, clock) = cache();
        for key in 0..50 {
            cache.put(key, 0, 1, MINUTE);
        }
        clock.advance(Duration::from_secs(57));
        let left = (0..50).filter(|key| cache.get(key).is_some()).count();
        assert!((1..50).contains(&left), "{left} of 50 are left");
    }

    #[test]
    fn value_may_be_kept_for_ever() {
        let (cache, clock) = cache();
        cache.put(1, 10, 1, Duration::MAX);
        clock.advance(Duration::from_hours(24 * 365));
        assert_eq!(cache.get(&1), Some(10));
    }

    #[test]
    fn bytes_never_exceed_the_capacity() {
        let (cache, _) = cache();
        for key in 0..1_000 {
            cache.put(key, key, 840, MINUTE);
            assert!(cache.bytes() <= CAPACITY);
        }
        let kept = (0..1_000).filter(|key| cache.get(key).is_some()).count();
        assert!((80..=100).contains(&kept), "{kept} of 1,000 bytes each");
    }

    #[test]
    fn entries_asked_for_outlive_a_flood() {
        let (cache, _) = cache();
        cache.put(0, 0, 840, MINUTE);
        for key in 1..1_000 {
            assert_eq!(cache.get(&0), Some(0));
            cache.put(key, key, 840, MINUTE);
        }
    }

    #[test]
    fn value_too_large_is_not_kept_and_harms_no_other() {
        let (cache, _) = cache();
        cache.put(1, 10, 840, MINUTE);
        cache.put(2, 20, 100_001, MINUTE);
        assert_eq!(cache.get(&2), None);
        assert_eq!(cache.get(&1), Some(10));
    }

    #[test]
    fn value_takes_the_place_of_the_one_before() {
        let (cache, _) = cache();
        cache.put(1, 10, 840, MINUTE);
        cache.put(1, 11, 40, MINUTE);
        assert_eq!(cache.get(&1), Some(11));
        assert_eq!(cache.bytes(), 200);
        cache.remove(&1);
        assert_eq!(cache.get(&1), None);
        cache.put(2, 20, 0, MINUTE);
        cache.clear();
        assert_eq!(cache.bytes(), 0);
    }
}
