//! Around every request: its id, its measures, its problem if it has one.
//!
//! A request that goes well writes no log line: at thousands a second the lines would cost more
//! than the answers. Failures of ours and slow requests are logged; every request is counted and
//! timed, and at the level `debug` every refusal is written too.

use std::time::Duration;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName,
    HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use kernel::{Correlation, chain};
use percent_encoding::percent_decode_str;
use telemetry::{Counter, Counters, Histogram, Histograms, Metrics};
use tokio::time::Instant;
use tracing::{Instrument, Span, debug, error, info, warn};

use super::problem::{Problem, ProblemKind};
use super::request_id::{RequestId, RequestIds, X_REQUEST_ID};
use super::spans;
use crate::client_address::{ClientAddress, TrustedProxies};
use crate::transport::Transport;

/// A request that takes longer is logged.
pub const SLOW: Duration = Duration::from_secs(1);

/// The route of a request that no route takes.
const UNMATCHED: &str = "unmatched";

/// The statuses that are counted from zero; any other appears when it is first given.
const STATUSES: [&str; 15] = [
    "200", "304", "400", "401", "403", "404", "405", "406", "413", "415", "422", "429", "500",
    "502", "503",
];

/// The statuses of bytes that are no request, of a head that does not arrive, and of one too large.
const MALFORMED: [&str; 3] = ["400", "408", "431"];
/// Time after which a request that was given up is worth another try.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// An answer is data: it is not sniffed, framed or kept, and loads nothing, unless its route says
/// otherwise.
const SECURITY_HEADERS: [(HeaderName, HeaderValue); 4] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

const SECONDS: [f64; 14] = [
    0.000_5, 0.001, 0.002, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
];

/// The bounds of the semantic conventions for `http.server.request.duration`.
const CONVENTIONAL_SECONDS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// Ids of requests, and their metrics.
#[derive(Debug)]
pub struct RequestMetrics {
    pub(super) ids: RequestIds,
    requests: Counters<2>,
    seconds: Histograms<1>,
    durations: Histograms<3>,
    malformed: Counters<1>,
    is_access_logged: bool,
}

impl RequestMetrics {
    /// Counts requests to these routes from zero.
    pub fn new(ids: RequestIds, metrics: &Metrics, routes: &[&str]) -> Self {
        let routes = || routes.iter().copied().chain([UNMATCHED]);
        Self {
            ids,
            requests: metrics.counters(
                "maple_http_requests_total",
                "Requests answered, by route and status.",
                ["route", "status"],
                routes().flat_map(|route| STATUSES.map(|status| [route, status])),
            ),
            seconds: metrics.histograms(
                "maple_http_request_duration_seconds",
                "Time from a request's head to its response's head, by route.",
                &SECONDS,
                ["route"],
                routes().map(|route| [route]),
            ),
            durations: metrics.histograms(
                "http_server_request_duration_seconds",
                "Time from a request's head to its response's head, by the semantic conventions.",
                &CONVENTIONAL_SECONDS,
                [
                    "http_request_method",
                    "http_route",
                    "http_response_status_code",
                ],
                [["GET", UNMATCHED, "404"]],
            ),
            malformed: metrics.counters(
                "maple_http_malformed_requests_total",
                "Requests refused before they could be parsed, by status.",
                ["status"],
                MALFORMED.map(|status| [status]),
            ),
            is_access_logged: false,
        }
    }

    /// Logs every request, if asked to.
    #[must_use]
    pub fn with_access_log(self, is_access_logged: bool) -> Self {
        Self {
            is_access_logged,
            ..self
        }
    }
}

/// Answers one request: gives it an id, lets the route work, and turns whatever error comes back
/// into a problem.
pub(super) async fn observe<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let transport = request
        .app_data::<web::Data<Transport>>()
        .expect("every app is made with its transport")
        .clone();
    let id = request.extensions_mut().remove::<RequestId>();
    let ids = &transport.request_metrics.ids;
    let id = id.unwrap_or_else(|| ids.for_request(request.headers()));
    let correlation = Correlation {
        request_id: Some(id.shared()),
        trace: id.trace(),
    };
    let answer = async move {
        let span = spans::of_request(&request, &id);
        let recorded = span.clone();
        let answer = answer(request, next, id, &transport, recorded);
        answer.instrument(span).await
    };
    correlation.scope(answer).await
}

/// Lets the route work and completes its response.
async fn answer<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
    id: RequestId,
    transport: &Transport,
    span: Span,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let is_stopping = transport.shutdown.stopping.is_cancelled();
    let start = Instant::now();
    // Services turn their errors into responses themselves; none comes back as `Err`.
    let response = next.call(request).await?;
    let mut response = with_problem(response, &id, transport);
    complete(response.headers_mut(), &id);
    if is_stopping {
        // The client's next request is another process's.
        let head = response.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    transport
        .request_metrics
        .record(&response, start.elapsed(), transport.trusted_proxies);
    spans::record(&span, &response);
    Ok(response)
}

/// Lets a request in if there is room for it. Whether the service lives is answered anyway: it
/// costs nothing, and a service with too much to do is not to be restarted.
pub(super) async fn admit<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let transport = request.app_data::<web::Data<Transport>>();
    let transport = transport.expect("every app is made with its transport");
    let transport = transport.clone();
    if transport.site.is_health(request.path()) {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    if percent_decode_str(request.uri().path())
        .decode_utf8()
        .is_err()
    {
        let problem = Problem::new(ProblemKind::BadRequest, "the path is not UTF-8");
        return Ok(request.error_response(problem).map_into_right_body());
    }
    match transport.bulkhead.request() {
        Ok(_permit) => Ok(next.call(request).await?.map_into_left_body()),
        Err(problem) => Ok(request.error_response(problem).map_into_right_body()),
    }
}

/// Middleware of routes whose answers depend on the database or Redis: a request that they do not
/// answer within the deadline is refused, and its work is given up.
///
/// # Errors
///
/// Those of the route; a refusal is a response.
pub async fn within_deadline<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let transport = request.app_data::<web::Data<Transport>>();
    let transport = transport.expect("every app is made with its transport");
    let deadline = transport.deadline;
    let parts = request.request().clone();
    let Ok(answered) = tokio::time::timeout(deadline, next.call(request)).await else {
        let detail = format!("no answer within {} ms", deadline.as_millis());
        let problem = Problem::new(ProblemKind::StoreUnavailable, detail).retry_after(RETRY_AFTER);
        let response = HttpResponse::from_error(problem).map_into_right_body();
        return Ok(ServiceResponse::new(parts, response));
    };
    Ok(answered?.map_into_left_body())
}

/// Adds the headers that every response has: its id, and those that it does not set itself.
pub(super) fn complete(headers: &mut HeaderMap, id: &RequestId) {
    headers.insert(X_REQUEST_ID, id.header_value());
    for (name, value) in SECURITY_HEADERS {
        if !headers.contains_key(&name) {
            headers.insert(name, value);
        }
    }
}

impl RequestMetrics {
    /// Counts a request that could not be parsed, and returns the response to it.
    pub(super) fn malformed(&self, status: StatusCode) -> HttpResponse {
        self.malformed.with([status.as_str()]).inc();
        let detail = match status {
            StatusCode::BAD_REQUEST => "the bytes are no request of HTTP/1.1",
            StatusCode::REQUEST_TIMEOUT => "the head of the request did not arrive in time",
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "the head of the request is too large",
            _ => "the request could not be read",
        };
        let id = self.ids.for_request(&HeaderMap::new());
        let mut response = Problem::of_status(status, detail).response(&id);
        complete(response.headers_mut(), &id);
        response
    }

    fn record<B>(&self, response: &ServiceResponse<B>, took: Duration, proxies: TrustedProxies) {
        let pattern = response.request().match_pattern();
        let route = pattern.as_deref().unwrap_or(UNMATCHED);
        let status = response.status();
        let method = spans::method(response.request().method());
        self.measures(route, method, status).record(took);
        self.log(response.request(), route, status, took, proxies);
    }

    /// The metrics of a route's responses with this status.
    pub(super) fn measures(&self, route: &str, method: &str, status: StatusCode) -> Measures {
        Measures {
            requests: self.requests.with([route, status.as_str()]),
            seconds: self.seconds.with([route]),
            durations: self.durations.with([method, route, status.as_str()]),
        }
    }

    /// Whether a request that took so long is logged.
    pub(super) fn is_logged(&self, took: Duration) -> bool {
        self.is_access_logged || took >= SLOW
    }

    /// Logs a request, if it is to be logged.
    pub(super) fn log(
        &self,
        request: &HttpRequest,
        route: &str,
        status: StatusCode,
        took: Duration,
        proxies: TrustedProxies,
    ) {
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let status = status.as_u16();
        if self.is_access_logged {
            let method = spans::method(request.method());
            let client = ClientAddress::of(request, proxies).to_string();
            info!(target: "access", method, route, status, took_ms, client, "request");
        }
        if took >= SLOW {
            warn!(route, status, took_ms, "request was slow");
        }
    }
}

/// Metrics of the responses of one route with one status, looked up.
#[derive(Debug, Clone)]
pub(super) struct Measures {
    requests: Counter,
    seconds: Histogram,
    durations: Histogram,
}

impl Measures {
    /// Counts a response that took so long.
    pub(super) fn record(&self, took: Duration) {
        self.requests.inc();
        let seconds = took.as_secs_f64();
        self.seconds.observe(seconds);
        self.durations.observe(seconds);
    }
}

fn with_problem<B: MessageBody>(
    response: ServiceResponse<B>,
    id: &RequestId,
    transport: &Transport,
) -> ServiceResponse<EitherBody<B>> {
    match problem_response(&response, id, transport) {
        Some(problem) => response.into_response(problem).map_into_right_body(),
        None => response.map_into_left_body(),
    }
}

fn problem_response<B>(
    response: &ServiceResponse<B>,
    id: &RequestId,
    transport: &Transport,
) -> Option<HttpResponse> {
    let written = |problem: &Problem| {
        let details = problem.response(id);
        let site = &transport.site;
        site.problem_response(response.request(), details, problem, id)
    };
    if let Some(error) = response.response().error() {
        if let Some(problem) = error.as_error::<Problem>() {
            log_problem(problem);
            return Some(written(problem));
        }
        let problem = Problem::of_status(response.status(), error.to_string());
        log_problem(&problem);
        return Some(written(&problem));
    }
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_error || has_own_body(response) {
        return None;
    }
    let allow = response.headers().get(ALLOW);
    let detail = match allow.and_then(|methods| methods.to_str().ok()) {
        Some(methods) => format!("this resource takes {methods}"),
        None => format!("{} is not answered here", response.request().path()),
    };
    let mut rewritten = written(&Problem::of_status(status, detail));
    if let Some(methods) = allow {
        rewritten.headers_mut().insert(ALLOW, methods.clone());
    }
    Some(rewritten)
}

/// Whether a route wrote the body of its error response itself, as readiness does.
fn has_own_body<B>(response: &ServiceResponse<B>) -> bool {
    let content_type = response.headers().get(CONTENT_TYPE);
    content_type.is_some_and(|media_type| {
        let own: [&[u8]; 2] = [b"application/", b"text/html"];
        own.iter().any(|own| media_type.as_bytes().starts_with(own))
    })
}

/// Logs a problem that a client is answered with, once.
pub fn log_problem(problem: &Problem) {
    let shown = || chain(problem);
    match problem.kind() {
        ProblemKind::Internal => error!(problem = shown(), "request failed"),
        ProblemKind::UpstreamInvalid | ProblemKind::UpstreamUnavailable => {
            warn!(
                problem = shown(),
                "upstream left a request without an answer"
            );
        }
        ProblemKind::StoreUnavailable => {
            warn!(problem = shown(), "store left a request without an answer");
        }
        _ => debug!(problem = shown(), "request was refused"),
    }
}
