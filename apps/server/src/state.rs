//! State of the routes.

use std::error::Error;
use std::fmt::Debug;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use async_trait::async_trait;
use donation::Donations;
use equipment::{Characters, Evaluator};
use http_server::{LoadShedder, response_cache::ResponseCache};
use kernel::{Clock, MemberId};
use likes::Likes;
use members::Sessions;
use outbox::DeadLetters;
use process::Lifecycle;
use telemetry::{Counter, Counters, Gauge, Metrics};
use tokio::sync::Semaphore;

use crate::access::{
    AdminToken, ClientAddress, ClientFetches, FetchLimits, RatePolicy, TrustedProxies,
};
use crate::http::CharacterCachePolicy;
use crate::luck::LuckReports;
use schedule::Schedule;

/// Everything the routes need, made once by the wiring.
#[derive(Debug)]
pub struct AppState {
    /// Characters and their equipment.
    pub characters: Characters,
    /// Limits on the characters that a client may have fetched; none where the upstream has no
    /// quota.
    pub client_fetches: Option<Arc<FetchLimits>>,
    /// Points that members give.
    pub donations: Arc<Donations>,
    /// Messages that wait for delivery, for operators.
    pub dead_letters: DeadLetters,
    /// Likes of characters.
    pub likes: Arc<Likes>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Sessions of members.
    pub sessions: Arc<Sessions>,
    /// Rate limit of log-ins, for each client.
    pub attempts: RatePolicy<ClientAddress>,
    /// Rate limit of likes, for each member.
    pub like_attempts: RatePolicy<MemberId>,
    /// Rate limit of donations, for each member.
    pub donation_attempts: RatePolicy<MemberId>,
    /// Rate limit of luck reports, for each client.
    pub luck_attempts: RatePolicy<ClientAddress>,
    /// Luck reports that are being read.
    pub luck: Arc<LuckReports>,
    /// Outcomes of log-ins.
    pub log_ins: Counters<1>,
    /// Token that operators have to present; without one administration is off.
    pub admin_token: Option<AdminToken>,
    /// Proxies of ours before the service.
    pub trusted_proxies: TrustedProxies,
    /// Upper bound on the connections of one address; a share of all without.
    pub connections_per_address: Option<NonZeroUsize>,
    /// Connections closed because their address had too many.
    pub refused_connections: Counter,
    /// Source of characters, as responses name it: `nexon` or `sandbox`.
    pub source: &'static str,
    /// Bounds on concurrent work.
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
    /// Cache headers of responses about characters.
    pub cache_policy: CharacterCachePolicy,
    /// Scheduled jobs.
    pub schedule: Arc<Schedule>,
    /// Dependencies that readiness checks.
    pub health_checks: Vec<Box<dyn HealthCheck>>,
    /// The metrics of this process.
    pub metrics: Metrics,
    /// End of the process.
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
    /// Name in readiness, such as `database`.
    fn name(&self) -> &'static str;

    /// Whether requests should go elsewhere while it does not answer.
    fn is_needed(&self) -> bool {
        true
    }

    /// Checks that it answers now.
    ///
    /// # Errors
    ///
    /// Why it does not.
    async fn check(&self) -> Result<(), Box<dyn Error + Send + Sync>>;
}
