//! What the routes answer from.

use std::error::Error;
use std::fmt::Debug;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use async_trait::async_trait;
use donation::Donations;
use equipment::{Characters, Evaluator};
use kernel::{Clock, MemberId};
use likes::Likes;
use members::Sessions;
use outbox::DeadLetters;
use telemetry::{Counter, Counters, Gauge, Metrics};
use tokio::sync::Semaphore;

use crate::access::{AdminToken, ClientAddress, ClientFetches, RatePolicy, TrustedProxies};
use crate::http::CharacterCachePolicy;
use crate::lifecycle::Lifecycle;
use crate::luck::LuckReports;
use http_server::LoadShedder;
use http_server::response_cache::ResponseCache;
use schedule::Schedule;

/// Everything the routes need, made once by the wiring.
#[derive(Debug)]
pub struct AppState {
    /// Who characters are and what they wear.
    pub characters: Characters,
    /// Limits on the characters that a client may have fetched; none where the upstream has no
    /// quota.
    pub client_fetches: Option<Arc<RatePolicy<ClientAddress>>>,
    /// Points that members give.
    pub donations: Arc<Donations>,
    /// Messages that wait for delivery, for operators.
    pub dead_letters: DeadLetters,
    /// Who likes which character.
    pub likes: Arc<Likes>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Who is logged in.
    pub sessions: Arc<Sessions>,
    /// How often a client may try to log in.
    pub attempts: RatePolicy<ClientAddress>,
    /// How often a member may like and unlike.
    pub like_attempts: RatePolicy<MemberId>,
    /// How often a member may ask to give points.
    pub donation_attempts: RatePolicy<MemberId>,
    /// How often a client may ask for a luck report.
    pub luck_attempts: RatePolicy<ClientAddress>,
    /// Luck reports that are being read.
    pub luck: Arc<LuckReports>,
    /// What came of log-ins.
    pub log_ins: Counters<1>,
    /// What operators have to present; without one nobody is an operator.
    pub admin_token: Option<AdminToken>,
    /// How many proxies of ours stand before the service.
    pub trusted_proxies: TrustedProxies,
    /// Upper bound on the connections of one address; a share of all without.
    pub connections_per_address: Option<NonZeroUsize>,
    /// Connections closed because their address had too many.
    pub refused_connections: Counter,
    /// Where characters come from, as answers name it: `nexon` or `sandbox`.
    pub source: &'static str,
    /// How much is taken on at once.
    pub bulkhead: Arc<LoadShedder>,
    /// Time within which a request of a member is answered.
    pub deadline: Duration,
    /// Works out what gear costs, and remembers.
    pub evaluator: Evaluator,
    /// Responses that need only be sent.
    pub finished: ResponseCache,
    /// The streams of expectations that clients are reading.
    pub open_streams: Gauge,
    /// Permits for chunks of documents that are made at the same time.
    pub chunk_permits: Arc<Semaphore>,
    /// How long answers about characters may be kept.
    pub cache_policy: CharacterCachePolicy,
    /// What is done now and then.
    pub schedule: Arc<Schedule>,
    /// What readiness depends on.
    pub health_checks: Vec<Box<dyn HealthCheck>>,
    /// The metrics of this process.
    pub metrics: Metrics,
    /// How the process ends.
    pub lifecycle: Lifecycle,
}

impl AppState {
    /// Characters for the client of this request, whose fetches are counted.
    pub fn characters_for(&self, request: &HttpRequest) -> Characters {
        let Some(limits) = &self.client_fetches else {
            return self.characters.clone();
        };
        let client = ClientAddress::of(request, self.trusted_proxies);
        let allowance = ClientFetches::of(limits, client);
        self.characters.on_behalf_of(Arc::new(allowance))
    }
}

/// Something outside of the process without which it cannot do its work, or not as well.
#[async_trait]
pub trait HealthCheck: Debug + Send + Sync {
    /// What readiness calls it, such as `database`.
    fn name(&self) -> &'static str;

    /// Whether requests should go elsewhere while it does not answer.
    fn is_needed(&self) -> bool {
        true
    }

    /// Whether it answers now.
    ///
    /// # Errors
    ///
    /// Why it does not.
    async fn check(&self) -> Result<(), Box<dyn Error + Send + Sync>>;
}
