//! Freshness lifetime and age of responses: `Cache-Control`, `Age`, `Cache-Status`.

use std::time::Duration;

use actix_web::HttpResponseBuilder;
use actix_web::http::header::{AGE, CACHE_CONTROL, HeaderName, HeaderValue};
use equipment::{Aged, FRESH_FOR, Freshness, Refresh};

/// RFC 9211: how a cache handled a request.
const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// Time for which a cache on the way may serve a response that has just become stale, while it asks
/// again: as this service does itself.
const STALE_WHILE_REVALIDATE: Duration = Duration::from_mins(1);

/// Cache headers of an answer: `Cache-Control`, `Age` and `Cache-Status`.
///
/// The service is a cache of the upstream, and speaks as one: the age of an answer is the age of
/// the data in it, so that a browser or a proxy that keeps it counts on from there.
#[derive(Debug, Clone)]
pub struct CachePolicy {
    control: HeaderValue,
    age: Option<Duration>,
    freshness: Freshness,
}

/// Cache headers of responses about characters: their freshness lifetime, and the time for which
/// they may be served stale.
#[derive(Debug, Clone)]
pub struct CharacterCachePolicy(HeaderValue);

impl CharacterCachePolicy {
    /// Headers for characters that may be served stale for this long while the upstream gives nothing newer.
    pub fn new(serve_stale_for: Duration) -> Self {
        let control = format!(
            "max-age={}, stale-while-revalidate={}, stale-if-error={}",
            FRESH_FOR.as_secs(),
            STALE_WHILE_REVALIDATE.as_secs(),
            serve_stale_for.as_secs(),
        );
        Self(HeaderValue::from_str(&control).expect("words and digits"))
    }

    /// Headers of this response. One that was asked for anew may be kept, but is to be asked for
    /// anew again.
    pub fn of<T>(&self, known: &Aged<T>, refresh: Refresh) -> CachePolicy {
        CachePolicy {
            control: match refresh {
                Refresh::WhenStale => self.0.clone(),
                Refresh::Now => HeaderValue::from_static("no-cache"),
            },
            age: Some(known.age),
            freshness: known.freshness,
        }
    }
}

impl CachePolicy {
    /// For what changes only with the program.
    pub fn an_hour() -> Self {
        Self::with(HeaderValue::from_static("max-age=3600"))
    }

    /// For what may be kept, but may change at any time.
    pub fn revalidate() -> Self {
        Self::with(HeaderValue::from_static("no-cache"))
    }

    /// For what a visitor's own input is part of: only the visitor's browser may keep it.
    pub fn private() -> Self {
        Self::with(HeaderValue::from_static("private, no-cache"))
    }

    /// For what is nobody else's, or true only now.
    pub fn not_at_all() -> Self {
        Self::with(HeaderValue::from_static("no-store"))
    }

    fn with(control: HeaderValue) -> Self {
        Self {
            control,
            age: None,
            freshness: Freshness::Fresh,
        }
    }

    /// The same at another age of the data, at which they are as fresh.
    pub(crate) fn at_age(&self, age: Duration) -> Self {
        Self {
            age: Some(age),
            ..self.clone()
        }
    }

    /// Writes the headers.
    pub(super) fn write(&self, response: &mut HttpResponseBuilder) {
        response.insert_header((CACHE_CONTROL, self.control.clone()));
        let Some(age) = self.age else {
            return;
        };
        response.insert_header((AGE, HeaderValue::from(age.as_secs())));
        if self.freshness == Freshness::Stale {
            let ttl = age.saturating_sub(FRESH_FOR).as_secs();
            let status = format!("maple-expectation; hit; ttl=-{ttl}; detail=stale");
            response.insert_header((CACHE_STATUS, status));
        }
    }
}
