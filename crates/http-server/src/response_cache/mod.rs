//! Responses that are finished: worked out, written and coded once, and sent to all who ask.

mod in_flight;
mod lines;

use std::hash::RandomState;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::{HttpRequest, HttpResponse, web};
use equipment::{
    Aged, AnswerValidity, ByteCache, ContentHash, EquippedCharacter, FRESH_FOR, Lookups,
    UnreadableDocument,
};
use jiff::Timestamp;
use kernel::Clock;
use resilience::Jitter;
use telemetry::{Counter, Gauge, Metrics};

use in_flight::InFlightResponses;
pub(crate) use lines::CachedResponse;
use lines::{RequestLines, SharedKey};

use crate::bulkhead::LoadShedder;
use crate::cache_policy::CachePolicy;
use crate::client_address::ClientAddress;
use crate::coding::Coding;
use crate::problem::Problem;
use crate::representation::{HTML, JSON, Representations};
use crate::transport::Transport;
use api::responses::Provenance;

/// Bytes of most responses in all codings together; it only sizes the tables.
const TYPICAL_BYTES: usize = 64 * 1024;

/// The part of the memory that request lines may take: a response of 45 KB is a few lines of 1 KB.
const LINES_SHARE: u64 = 16;

/// Everything a body depends on: the function that makes it is given this and the document, and
/// nothing else. So a body never has to be taken back; it is only no longer asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ResponseKey {
    /// The request.
    pub question: ResponseQuery,
    /// The character, the freshness of its data, and warnings.
    pub provenance: Provenance,
    /// The document the answer is worked out from.
    pub document: ContentHash,
    /// The stats that strength is judged by, where they are not in the question.
    pub stats: Option<ContentHash>,
}

/// Request about a character's equipment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ResponseQuery {
    /// The equipment.
    Equipment,
    /// The cost of making it again.
    Expectation {
        /// The name of the rule set, whether it was asked for or is the current one.
        rules: &'static str,
        /// The options as text, equal if they ask the same.
        options: String,
    },
    /// The character's page.
    Page {
        /// The name of the rule set.
        rules: &'static str,
        /// The options as text.
        options: String,
        /// The language.
        lang: &'static str,
        /// The canonical address, which the links of the page repeat.
        address: String,
    },
}

impl ResponseQuery {
    /// Returns the media type of the response.
    const fn content_type(&self) -> &'static str {
        match self {
            Self::Equipment | Self::Expectation { .. } => JSON,
            Self::Page { .. } => HTML,
        }
    }
}

impl ResponseKey {
    /// The key of a response about a known character, judged by the stats of that content if any.
    #[must_use]
    pub fn new(
        question: ResponseQuery,
        known: &Aged<EquippedCharacter>,
        stats: Option<ContentHash>,
    ) -> Self {
        Self {
            question,
            provenance: Provenance::of(known),
            document: known.value.snapshot.document.hash(),
            stats,
        }
    }

    /// Bytes of its texts.
    fn text_bytes(&self) -> usize {
        let summary = &self.provenance.summary;
        let question = match &self.question {
            ResponseQuery::Equipment => 0,
            ResponseQuery::Expectation { options, .. } => options.len(),
            ResponseQuery::Page {
                options, address, ..
            } => options.len() + address.len(),
        };
        let warnings = self.provenance.warnings.iter();
        let warnings: usize = warnings
            .map(|warning| size_of_val(warning) + warning.detail.len())
            .sum();
        question + summary.name.len() + summary.world.len() + summary.class.len() + warnings
    }
}

/// The body of a finished response in every coding, and the key it is kept under.
#[derive(Debug)]
pub struct CachedBody {
    key: SharedKey,
    representations: Representations,
}

/// Head of a response beside its representation, and the validity of the answer.
#[derive(Debug)]
pub struct Standing {
    /// The route that answered, for the metrics.
    pub route: &'static str,
    /// Validity of the answer; none where it holds for this request only.
    pub validity: Option<AnswerValidity>,
    /// Headers for caches.
    pub policy: CachePolicy,
    /// Adds the headers that the route adds to every response.
    pub complete: fn(&mut HeaderMap),
}

impl CachedBody {
    fn answer(
        &self,
        request: &HttpRequest,
        cache_policy: &CachePolicy,
    ) -> Result<HttpResponse, Problem> {
        self.representations.answer(request, cache_policy)
    }

    /// The response to this request in this coding.
    pub(crate) fn answer_in(
        &self,
        coding: Coding,
        request: &HttpRequest,
        cache_policy: &CachePolicy,
    ) -> HttpResponse {
        self.representations
            .answer_in(coding, request, cache_policy)
    }
}

/// Keeps finished responses, as many as fit, and has each made by one of those who ask for it.
#[derive(Debug, Clone)]
pub struct ResponseCache(Arc<CacheState>);

#[derive(Debug)]
struct CacheState {
    kept: ByteCache<SharedKey, Arc<CachedBody>>,
    lines: RequestLines,
    hasher: RandomState,
    under_way: InFlightResponses,
    made: Counter,
    bytes: Gauge,
}

impl ResponseCache {
    /// None yet; at most so many bytes of them.
    pub fn new(bytes: u64, clock: Arc<dyn Clock>, jitter: Jitter, metrics: &Metrics) -> Self {
        let of_lines = bytes / LINES_SHARE;
        let (of_bodies, body_clock) = (bytes - of_lines, Arc::clone(&clock));
        Self(Arc::new(CacheState {
            kept: ByteCache::new(of_bodies, TYPICAL_BYTES, body_clock, jitter.clone()),
            lines: RequestLines::new(of_lines, clock, jitter),
            hasher: RandomState::new(),
            under_way: InFlightResponses::default(),
            made: metrics.counter(
                "maple_finished_responses_made_total",
                "Responses worked out and coded; all others were sent as they were kept.",
            ),
            bytes: metrics.gauge(
                "maple_finished_responses_bytes",
                "Memory taken by finished responses, in all codings, and by the request lines that \
                 lead to them.",
            ),
        }))
    }

    /// Counters of the lookups.
    pub fn lookups(&self) -> Arc<Lookups> {
        self.0.kept.lookups()
    }

    /// The response for this key, made now if it is not kept.
    ///
    /// `make` is given the key and writes the body; it is one of the calculations of this client
    /// that [`LoadShedder`] bounds, or of another client that asks for the same response. Once
    /// begun it goes on when all who asked have left, so that the next one finds what it made.
    ///
    /// # Errors
    ///
    /// [`ProblemKind::Overloaded`](crate::ProblemKind::Overloaded) when too many
    /// calculations wait already, [`ProblemKind::TooManyRequests`](crate::ProblemKind) when
    /// this client has its share of them; an internal one when it cannot be brought to its end.
    pub async fn get(
        &self,
        key: ResponseKey,
        client: Option<ClientAddress>,
        bulkhead: &LoadShedder,
        make: impl FnOnce(&ResponseKey) -> Result<Vec<u8>, UnreadableDocument> + Send + 'static,
    ) -> Result<Arc<CachedBody>, Problem> {
        let key = SharedKey::new(key, &self.0.hasher);
        if let Some(kept) = self.0.kept.get(&key) {
            return Ok(kept);
        }
        let (shared, wanted) = (Arc::clone(&self.0), key.clone());
        let make = move || shared.make(&wanted, make).map_err(Problem::internal);
        let under_way = &self.0.under_way;
        under_way.run(key, client, bulkhead, make).await
    }

    /// Answers a request with this body. Requests like it are answered so from now on before the
    /// routes are asked, for as long as the answer stands, where it is the answer to a GET.
    ///
    /// # Errors
    ///
    /// [`ProblemKind::NotAcceptable`](crate::ProblemKind::NotAcceptable) when the client refuses
    /// every coding.
    pub fn answer(
        &self,
        request: &HttpRequest,
        body: &CachedBody,
        standing: Standing,
    ) -> Result<HttpResponse, Problem> {
        let mut response = body.answer(request, &standing.policy)?;
        (standing.complete)(response.headers_mut());
        self.stands_for(request, body, standing);
        Ok(response)
    }

    fn stands_for(&self, request: &HttpRequest, body: &CachedBody, standing: Standing) {
        let line = request.uri().path_and_query();
        let transport = request.app_data::<web::Data<Transport>>();
        let (&Method::GET, Some(validity), Some(line), Some(transport)) =
            (request.method(), standing.validity, line, transport)
        else {
            return;
        };
        let response = CachedResponse {
            key: body.key.clone(),
            validity,
            policy: standing.policy,
            route: standing.route,
            complete: standing.complete,
        };
        let variant = transport.site.variant(request);
        self.0.lines.put(variant, line.as_str(), response);
        self.0.tell_bytes();
    }

    /// The answer to a request line, the age of the data in it, and the time.
    pub(crate) fn standing(
        &self,
        variant: &str,
        line: &str,
    ) -> Option<(Arc<CachedResponse>, Duration, Timestamp)> {
        self.0.lines.get(variant, line)
    }

    /// The body of this response, if it is still kept.
    pub(crate) fn body(
        &self,
        response: &CachedResponse,
        now: Timestamp,
    ) -> Option<Arc<CachedBody>> {
        self.0.kept.get_at(&response.key, now)
    }
}

impl CacheState {
    fn make(
        &self,
        key: &SharedKey,
        make: impl FnOnce(&ResponseKey) -> Result<Vec<u8>, UnreadableDocument>,
    ) -> Result<Arc<CachedBody>, UnreadableDocument> {
        // A lookup that missed before the last one was kept, and joined after it had completed, is here too.
        if let Some(kept) = self.kept.get(key) {
            return Ok(kept);
        }
        let content_type = key.key().question.content_type();
        let representations = Representations::of(content_type, make(key.key())?);
        let overhead = size_of::<ResponseKey>() + size_of::<CachedBody>();
        let bytes = representations.bytes() + key.key().text_bytes() + overhead;
        let made = Arc::new(CachedBody {
            key: key.clone(),
            representations,
        });
        // What is asked for later than this is asked for as stale, which is another key.
        self.kept
            .put(key.clone(), Arc::clone(&made), bytes, FRESH_FOR);
        self.made.inc();
        self.tell_bytes();
        Ok(made)
    }

    fn tell_bytes(&self) {
        let bytes = self.kept.bytes() + self.lines.bytes();
        self.bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use futures_util::FutureExt;
    use futures_util::future::join_all;
    use jiff::Timestamp;
    use kernel::ManualClock;

    use super::*;
    use crate::bulkhead::Limits;
    use crate::problem::ProblemKind;
    use api::responses::{CharacterSummary, DataAge, FreshnessWord};

    const ROOM: u64 = 1024 * 1024;

    fn key(name: &str) -> ResponseKey {
        ResponseKey {
            question: ResponseQuery::Equipment,
            provenance: Provenance {
                summary: CharacterSummary {
                    name: name.to_owned(),
                    world: "스카니아".to_owned(),
                    class: "에반".to_owned(),
                    level: Some(285),
                },
                data: DataAge {
                    freshness: FreshnessWord::Fresh,
                    fetched_at: Timestamp::UNIX_EPOCH,
                    age_seconds: None,
                    source: "test",
                },
                warnings: Vec::new(),
            },
            document: ContentHash::of(name.as_bytes()),
            stats: None,
        }
    }

    fn none_yet(waiting_calculations: usize) -> (ResponseCache, LoadShedder) {
        on_processors(1, waiting_calculations)
    }

    fn on_processors(
        processors: usize,
        waiting_calculations: usize,
    ) -> (ResponseCache, LoadShedder) {
        let clock = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
        let metrics = Metrics::new();
        let limits = Limits {
            waiting_calculations,
            ..Limits::default()
        };
        let processors = NonZeroUsize::new(processors).unwrap();
        let bulkhead = LoadShedder::new(limits, processors, Duration::from_mins(1), &metrics);
        let finished = ResponseCache::new(ROOM, clock, Jitter::from_seed(3), &metrics);
        (finished, bulkhead)
    }

    #[actix_web::test]
    async fn thousand_concurrent_requests_share_one_computation() {
        let (finished, bulkhead) = none_yet(0);
        let made = Arc::new(AtomicUsize::new(0));
        let asked = (0..1_000).map(|_| {
            let made = Arc::clone(&made);
            finished.get(key("아델"), None, &bulkhead, move |_| {
                made.fetch_add(1, Ordering::SeqCst);
                Ok(b"{}".to_vec())
            })
        });
        let answers = join_all(asked).await;
        let first = answers[0].as_ref().unwrap();
        for answer in &answers {
            assert!(Arc::ptr_eq(answer.as_ref().unwrap(), first));
        }
        assert_eq!(made.load(Ordering::SeqCst), 1);
        assert_eq!(finished.0.made.get(), 1);
    }

    #[actix_web::test]
    async fn response_beyond_the_capacity_is_refused_and_not_kept() {
        let (finished, bulkhead) = none_yet(0);
        let place = bulkhead.calculation(None).unwrap();
        let make = |_: &ResponseKey| Ok(b"{}".to_vec());
        let refused = finished
            .get(key("아델"), None, &bulkhead, make)
            .await
            .unwrap_err();
        assert_eq!(refused.kind(), ProblemKind::Overloaded);
        drop(place);
        finished
            .get(key("아델"), None, &bulkhead, make)
            .await
            .unwrap();
    }

    #[actix_web::test]
    async fn panic_is_an_internal_problem_and_the_next_request_succeeds() {
        let (finished, bulkhead) = none_yet(1);
        let panics = |_: &ResponseKey| panic!("on purpose");
        let failed = finished.get(key("아델"), None, &bulkhead, panics).await;
        assert_eq!(failed.unwrap_err().kind(), ProblemKind::Internal);
        let make = |_: &ResponseKey| Ok(b"{}".to_vec());
        finished
            .get(key("아델"), None, &bulkhead, make)
            .await
            .unwrap();
    }

    /// A client that asks for much has its share of the places, and another client that asks for
    /// one of its responses does not wait for its turn.
    #[actix_web::test]
    async fn client_with_many_questions_holds_up_no_other() {
        let (finished, bulkhead) = on_processors(2, 14);
        let client = |address: [u8; 4]| Some(ClientAddress::of_peer(address.into()));
        let (flood, other) = (client([10, 0, 0, 1]), client([10, 0, 0, 2]));
        let make = |_: &ResponseKey| Ok(b"{}".to_vec());
        // One client runs on half of the processors.
        let running = bulkhead.enter(flood).unwrap().start().await.unwrap();
        let first = finished.get(key("0"), flood, &bulkhead, make);
        let mut first = std::pin::pin!(first);
        assert!(first.as_mut().now_or_never().is_none());
        let beyond = finished.get(key("1"), flood, &bulkhead, make).await;
        assert_eq!(beyond.unwrap_err().kind(), ProblemKind::TooManyRequests);
        let joined = finished.get(key("0"), other, &bulkhead, make).await;
        assert!(Arc::ptr_eq(&joined.unwrap(), &first.await.unwrap()));
        assert_eq!(finished.0.made.get(), 1);
        drop(running);
    }

    /// A caller that leaves takes its turn along, and leaves nothing behind.
    #[actix_web::test]
    async fn callers_that_leave_free_their_places() {
        let (finished, bulkhead) = none_yet(3);
        let running = bulkhead.enter(None).unwrap().start().await.unwrap();
        let make = |_: &ResponseKey| Ok(b"{}".to_vec());
        for _ in 0..20 {
            let asked = finished.get(key("아델"), None, &bulkhead, make);
            assert!(asked.now_or_never().is_none());
        }
        assert_eq!(
            format!("{:?}", finished.0.under_way),
            "InFlightResponses { under_way: 0 }"
        );
        drop(running);
        finished
            .get(key("아델"), None, &bulkhead, make)
            .await
            .unwrap();
    }

    #[actix_web::test]
    async fn bytes_of_all_codings_are_bounded() {
        let (finished, bulkhead) = none_yet(1);
        for n in 0..200 {
            let make = move |_: &ResponseKey| Ok(n.to_string().repeat(20_000).into_bytes());
            let name = n.to_string();
            finished
                .get(key(&name), None, &bulkhead, make)
                .await
                .unwrap();
            assert!(finished.0.kept.bytes() <= ROOM);
        }
        let shared = |n: &u32| SharedKey::new(key(&n.to_string()), &finished.0.hasher);
        let kept = |n: &u32| finished.0.kept.get(&shared(n)).is_some();
        let kept = (0..200).filter(kept).count();
        assert!((1..60).contains(&kept), "{kept} of 200 are kept");
    }
}
