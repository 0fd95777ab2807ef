//! Spans of requests, by the semantic conventions for HTTP servers.
//!
//! The path is left out: it names a character. The route stands for it.

use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, Version};
use tracing::{Span, field, info_span};

use super::request_id::RequestId;

/// Returns the span of a request whose trace is recorded; no span else.
pub(super) fn of_request(request: &ServiceRequest, id: &RequestId) -> Span {
    let Some(trace) = id.trace().filter(|trace| trace.is_sampled) else {
        return Span::none();
    };
    let (method, route) = (method(request.method()), request.match_pattern());
    let name = match &route {
        Some(route) => format!("{method} {route}"),
        None => method.to_owned(),
    };
    let span = info_span!(
        "request",
        otel.name = name,
        otel.kind = "server",
        otel.status_code = field::Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = field::Empty,
        error.type = field::Empty,
        url.scheme = "http",
        network.protocol.version = version(request.version()),
        maple.request_id = id.shown(),
    );
    kernel::trace::child_of(trace, span)
}

/// Records the response. Only a failure of the server is an error of the span.
pub(super) fn record<B>(span: &Span, response: &ServiceResponse<B>) {
    if span.is_disabled() {
        return;
    }
    let status = response.status();
    span.record("http.response.status_code", i64::from(status.as_u16()));
    if status.is_server_error() {
        span.record("error.type", status.as_str());
        span.record("otel.status_code", "ERROR");
    }
}

/// Name of the method of reading.
pub(super) const GET: &str = "GET";

/// The method, where it is one of HTTP's own: a client may send any word.
pub(super) fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => GET,
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        Method::OPTIONS => "OPTIONS",
        Method::CONNECT => "CONNECT",
        Method::TRACE => "TRACE",
        _ => "_OTHER",
    }
}

fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_10 => "1.0",
        Version::HTTP_2 => "2",
        _ => "1.1",
    }
}
