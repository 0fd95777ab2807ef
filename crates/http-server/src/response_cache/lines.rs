//! Responses by the lines of their requests: found without the routes, as long as they stand.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::HeaderMap;
use equipment::{AnswerValidity, ByteCache, FRESH_FOR};
use jiff::Timestamp;
use kernel::Clock;
use resilience::Jitter;

use super::ResponseKey;
use crate::cache_policy::CachePolicy;

/// Bytes of most entries; they only size the table.
const TYPICAL_BYTES: usize = 1_024;

/// Overhead of a key and of a response beside their texts: their own sizes, and the counts.
const OVERHEAD: usize = size_of::<CachedResponse>() + size_of::<ResponseKey>() + 64;

/// A key with its hash, so that neither is made again with each look-up.
#[derive(Debug, Clone)]
pub(super) struct SharedKey(Arc<HashedKey>);

#[derive(Debug)]
struct HashedKey {
    hash: u64,
    key: ResponseKey,
}

impl SharedKey {
    pub(super) fn new(key: ResponseKey, hasher: &RandomState) -> Self {
        let hash = hasher.hash_one(&key);
        Self(Arc::new(HashedKey { hash, key }))
    }

    pub(super) fn key(&self) -> &ResponseKey {
        &self.0.key
    }
}

impl Hash for SharedKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.hash);
    }
}

impl PartialEq for SharedKey {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || (self.0.hash == other.0.hash && self.0.key == other.0.key)
    }
}

impl Eq for SharedKey {}

/// Answer to a request line while it stands: the key of the response, and the rest of its head.
#[derive(Debug)]
pub(crate) struct CachedResponse {
    pub(super) key: SharedKey,
    pub(crate) validity: AnswerValidity,
    pub(crate) policy: CachePolicy,
    /// The route that answered first.
    pub(crate) route: &'static str,
    /// Adds the headers that the route adds to every response.
    pub(crate) complete: fn(&mut HeaderMap),
}

/// Responses by the variant, path and query of their requests, each for as long as it stands.
#[derive(Debug)]
pub(super) struct RequestLines {
    responses: ByteCache<Box<str>, Arc<CachedResponse>>,
    clock: Arc<dyn Clock>,
}

impl RequestLines {
    pub(super) fn new(bytes: u64, clock: Arc<dyn Clock>, jitter: Jitter) -> Self {
        Self {
            responses: ByteCache::new(bytes, TYPICAL_BYTES, Arc::clone(&clock), jitter),
            clock,
        }
    }

    pub(super) fn put(&self, variant: &str, line: &str, response: CachedResponse) {
        let line = of_variant(variant, line);
        let bytes = line.len() + response.key.key().text_bytes() + OVERHEAD;
        self.responses
            .put(line.as_ref().into(), Arc::new(response), bytes, FRESH_FOR);
    }

    /// The answer to this line now, the age of the data in it, and the time.
    pub(super) fn get(
        &self,
        variant: &str,
        line: &str,
    ) -> Option<(Arc<CachedResponse>, Duration, Timestamp)> {
        let now = self.clock.now();
        let line = of_variant(variant, line);
        let response = self.responses.get_at(line.as_ref(), now)?;
        if !response.validity.holds(now) {
            self.responses.remove(line.as_ref());
            return None;
        }
        let age = response.validity.age(now);
        Some((response, age, now))
    }

    pub(super) fn bytes(&self) -> u64 {
        self.responses.bytes()
    }
}

/// The line of a request for this variant. A path begins with a slash, and no variant does.
fn of_variant<'l>(variant: &str, line: &'l str) -> Cow<'l, str> {
    if variant.is_empty() {
        return Cow::Borrowed(line);
    }
    Cow::Owned(format!("{variant} {line}"))
}
