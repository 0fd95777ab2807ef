//! Parts that the middleware of both listeners shares, and rules of paths that a service gives.

use std::fmt::Debug;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse};
use telemetry::Counter;
use tokio_util::sync::CancellationToken;

use crate::bulkhead::LoadShedder;
use crate::client_address::TrustedProxies;
use crate::middleware::RequestMetrics;
use crate::problem::Problem;
use crate::request_id::RequestId;
use crate::response_cache::ResponseCache;

/// Rules of a service's paths.
pub trait Site: Debug + Send + Sync {
    /// Returns whether a path tells how the service is; it is answered beyond the bound on
    /// requests too.
    fn is_health(&self, path: &str) -> bool;

    /// Returns the methods of a path that are open to pages of any origin, where this one is among
    /// them.
    fn open_methods(&self, path: &str, method: &str) -> Option<&'static str>;

    /// Returns what distinguishes the representations that one address has for different requests
    /// beside their content codings, such as a language; empty where there is one.
    fn variant(&self, request: &HttpRequest) -> &'static str;

    /// Completes the response of a problem: a page for a browser that asks for one, else
    /// `response`, which holds problem details.
    fn problem_response(
        &self,
        request: &HttpRequest,
        response: HttpResponse,
        problem: &Problem,
        id: &RequestId,
    ) -> HttpResponse;
}

/// Parts of the transport, in the data of both listeners' apps.
#[derive(Debug)]
pub struct Transport {
    /// Rules of the paths.
    pub site: Box<dyn Site>,
    /// Ids of requests, and their metrics.
    pub request_metrics: RequestMetrics,
    /// Bounds on concurrent work.
    pub bulkhead: Arc<LoadShedder>,
    /// Responses that are sent before a route is looked for.
    pub cached: ResponseCache,
    /// Time within which routes with [`within_deadline`](crate::within_deadline) respond.
    pub deadline: Duration,
    /// Proxies of ours before the service.
    pub trusted_proxies: TrustedProxies,
    /// Upper bound on the connections of one address; a share of all without.
    pub connections_per_address: Option<NonZeroUsize>,
    /// Connections closed because their address had too many.
    pub refused_connections: Counter,
    /// End of the servers.
    pub shutdown: Shutdown,
}

/// Signals by which servers end.
#[derive(Debug, Clone)]
pub struct Shutdown {
    /// Cancelled once no new requests are to be taken.
    pub stopping: CancellationToken,
    /// Cancelled once nothing is to be waited for.
    pub aborting: CancellationToken,
    /// Upper bound on the time that requests under way are given.
    pub grace: Duration,
}
