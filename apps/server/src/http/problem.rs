//! Errors as clients see them: RFC 9457 problem details.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::{self, Display};
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_ENCODING, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use super::rate_limit::RateLimit;
use super::request_id::RequestId;

/// The media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Where the kinds of problem are explained; a kind's URI is this and its slug.
pub const PROBLEMS_PATH: &str = "/problems";

/// How to say who one is (RFC 6750), in every answer 401.
const CHALLENGE: &str = r#"Bearer realm="maple-expectation""#;

macro_rules! problem_kinds {
    ($($(#[doc = $meaning:literal])+ $kind:ident = $slug:literal, $status:ident, $title:literal;)+) => {
        /// What went wrong, for programs. The URIs never change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ProblemKind { $($(#[doc = $meaning])+ $kind),+ }

        impl ProblemKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// The last part of the kind's URI.
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$kind => $slug),+ }
            }

            /// The status such a problem is answered with.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$kind => StatusCode::$status),+ }
            }

            /// The kind in a few words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$kind => $title),+ }
            }

            /// What the kind stands for, in a sentence or two.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$kind => concat!($($meaning),+).trim_ascii_start()),+ }
            }
        }
    };
}

problem_kinds! {
    /// The request is not one this API defines: broken JSON, an unknown field, a bad name.
    BadRequest = "bad-request", BAD_REQUEST, "The request cannot be read";
    /// The access token, refresh token or admin token is missing, wrong, or good no more. Log in again.
    Unauthorized = "unauthorized", UNAUTHORIZED, "Who you are is not known";
    /// Nexon does not take the key, or its owner does not play this game.
    WrongKey = "wrong-key", UNAUTHORIZED, "The Nexon key is not good";
    /// Who you are is known, and may not do this.
    Forbidden = "forbidden", FORBIDDEN, "You may not do this";
    /// No resource has this path.
    NotFound = "not-found", NOT_FOUND, "There is no such resource";
    /// The upstream knows no character of this name.
    UnknownCharacter = "unknown-character", NOT_FOUND, "There is no such character";
    /// Points can be given to developers, and no developer has this id.
    UnknownDeveloper = "unknown-developer", NOT_FOUND, "There is no such developer";
    /// The giver has fewer points than are to be given; `balance` and `amount` tell how many.
    ShortBalance = "short-balance", CONFLICT, "There are not enough points";
    /// A copy of this request, by its idempotency key, is being answered now. Send it again to get the same answer.
    InFlight = "request-in-flight", CONFLICT, "The same request is being answered";
    /// The resource does not take this method; `Allow` lists those it takes.
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, "The resource does not take this method";
    /// The client refuses every form in which the answer can be given.
    NotAcceptable = "not-acceptable", NOT_ACCEPTABLE, "The answer has no form the client accepts";
    /// The body did not arrive in time.
    RequestTimeout = "request-timeout", REQUEST_TIMEOUT, "The request did not arrive in time";
    /// The body is larger than any this API takes.
    BodyTooLarge = "body-too-large", PAYLOAD_TOO_LARGE, "The body is too large";
    /// The body is not `application/json`, or in another coding than gzip or zstd.
    UnsupportedMediaType = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, "The body is in no form that is read here";
    /// The text of a goal makes no sense at the column named.
    InvalidGoal = "invalid-goal", UNPROCESSABLE_ENTITY, "The goal cannot be understood";
    /// The request can be read, but asks for what the game does not have.
    InvalidValue = "invalid-value", UNPROCESSABLE_ENTITY, "A value is out of its range";
    /// The idempotency key stands for a request with another body.
    KeyReused = "idempotency-key-reused", UNPROCESSABLE_ENTITY, "The key was used for another request";
    /// The upstream's call quota is used up and nothing is stored.
    QuotaExceeded = "quota-exceeded", TOO_MANY_REQUESTS, "The upstream's quota is used up";
    /// Too many log-ins were tried from one address; `Retry-After` says when the next one may be.
    TooManyAttempts = "too-many-attempts", TOO_MANY_REQUESTS, "Too many attempts";
    /// You have asked for this too often of late; `Retry-After` says when you may again, `RateLimit` how often.
    TooManyRequests = "too-many-requests", TOO_MANY_REQUESTS, "Too many requests";
    /// The upstream sent what cannot be read. What was stored stays as it was.
    UpstreamInvalid = "upstream-invalid", BAD_GATEWAY, "The upstream sent an invalid document";
    /// The upstream gives no answer and nothing is stored.
    UpstreamUnavailable = "upstream-unavailable", SERVICE_UNAVAILABLE, "The upstream gives no answer";
    /// More is asked than this service can answer in time.
    Overloaded = "overloaded", SERVICE_UNAVAILABLE, "The service has too much to do";
    /// What is kept for members cannot be read or written now.
    StoreUnavailable = "store-unavailable", SERVICE_UNAVAILABLE, "The store gives no answer";
    /// Others use the same accounts and have done so for too long. Nothing has changed; send the request again.
    Busy = "busy", SERVICE_UNAVAILABLE, "Others are before you";
    /// Our own fault.
    Internal = "internal", INTERNAL_SERVER_ERROR, "The service failed";
}

impl ProblemKind {
    /// The URI that names this kind.
    pub fn uri(self) -> String {
        format!("{PROBLEMS_PATH}/{}", self.slug())
    }

    /// The kind for an error response that names none.
    fn of_status(status: StatusCode) -> Self {
        let own = [Self::BadRequest, Self::Internal, Self::NotFound];
        own.iter()
            .chain(Self::ALL)
            .copied()
            .find(|kind| kind.status() == status)
            .unwrap_or(if status.is_client_error() {
                Self::BadRequest
            } else {
                Self::Internal
            })
    }
}

/// Figures by their names.
type Figures = BTreeMap<&'static str, i64>;

static NO_FIGURES: Figures = BTreeMap::new();

/// An error on its way to the client.
#[derive(Debug, Clone)]
pub struct Problem {
    kind: ProblemKind,
    detail: String,
    errors: Vec<FieldError>,
    /// Boxed, because few problems have any and every result has room for a problem.
    figures: Option<Box<Figures>>,
    retry_after: Option<Duration>,
    accepted_codings: Option<&'static str>,
    /// Boxed, because few problems have one.
    rate_limit: Option<Box<RateLimit>>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl Problem {
    /// A problem of this kind; `detail` tells people what happened this time.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            figures: None,
            retry_after: None,
            accepted_codings: None,
            rate_limit: None,
            source: None,
        }
    }

    /// Something failed that the client can do nothing about; the log has the cause.
    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(
            ProblemKind::Internal,
            "the log tells more under this request id",
        )
        .caused_by(source)
    }

    /// The problem an error response stands for that was not made by us.
    pub(super) fn of_status(status: StatusCode, detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::of_status(status), detail)
    }

    /// Names the part of the request that is at fault.
    #[must_use]
    pub fn with_error(mut self, error: FieldError) -> Self {
        self.errors.push(error);
        self
    }

    /// Names the parts of the request that are at fault.
    #[must_use]
    pub fn with_errors(mut self, errors: impl IntoIterator<Item = FieldError>) -> Self {
        self.errors.extend(errors);
        self
    }

    /// Adds a figure that belongs to this kind of problem.
    #[must_use]
    pub fn with_figure(mut self, name: &'static str, figure: i64) -> Self {
        self.figures.get_or_insert_default().insert(name, figure);
        self
    }

    /// Says when it is worth trying again.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// Says in which codings a body is accepted.
    #[must_use]
    pub fn accepting(mut self, codings: &'static str) -> Self {
        self.accepted_codings = Some(codings);
        self
    }

    /// Says how often it may be asked for.
    #[must_use]
    pub fn limited(mut self, limit: RateLimit) -> Self {
        self.rate_limit = Some(Box::new(limit));
        self
    }

    /// Keeps the cause for the log; the client does not see it.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// The kind of problem.
    pub fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// The response for the request with this id.
    pub(super) fn response(&self, id: &RequestId) -> HttpResponse {
        let mut response = HttpResponse::build(self.kind.status());
        response.insert_header((CONTENT_TYPE, PROBLEM_JSON));
        if self.kind.status() == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, CHALLENGE));
        }
        if let Some(after) = self.retry_after {
            let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
            response.insert_header((RETRY_AFTER, seconds.max(1).to_string()));
        }
        if let Some(codings) = self.accepted_codings {
            response.insert_header((ACCEPT_ENCODING, codings));
        }
        if let Some(limit) = self.rate_limit.as_deref() {
            response = limit.tell(response);
        }
        response.body(self.body(id))
    }

    fn body(&self, id: &RequestId) -> String {
        let details = ProblemDetails {
            uri: self.kind.uri(),
            title: self.kind.title(),
            status: self.kind.status().as_u16(),
            detail: &self.detail,
            request_id: id.shown(),
            errors: &self.errors,
            figures: self.figures.as_deref().unwrap_or(&NO_FIGURES),
        };
        serde_json::to_string(&details).expect("problem details are plain data")
    }
}

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.slug(), self.detail)
    }
}

impl Error for Problem {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// The body is written where the request id is known; see `http::answer`.
impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.kind.status()
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.kind.status())
    }
}

/// Problem details (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDetails<'p> {
    /// The kind of problem: a stable URI, relative to this service, that explains it.
    #[serde(rename = "type")]
    #[schema(example = "/problems/unknown-character")]
    uri: String,
    /// The kind in a few words.
    title: &'p str,
    /// The status of the response.
    #[schema(example = 404, minimum = 400, maximum = 599)]
    status: u16,
    /// What happened this time.
    detail: &'p str,
    /// The id under which the log tells more.
    #[schema(example = "4bf92f35")]
    request_id: &'p str,
    /// The parts of the request that are at fault.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'p [FieldError],
    /// Figures that belong to the kind of problem, such as `balance` and `amount`.
    #[serde(flatten)]
    figures: &'p BTreeMap<&'static str, i64>,
}

/// One part of a request that is at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where in the JSON body (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/from/grade")]
    pointer: Option<String>,
    /// Which parameter of the path or the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "preset")]
    parameter: Option<String>,
    /// Where in the text of a goal, in characters counted from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    /// What is wrong, and what was expected.
    detail: String,
}

impl FieldError {
    /// At a JSON pointer into the body.
    pub fn at(pointer: impl Into<String>, detail: impl Display) -> Self {
        Self {
            pointer: Some(pointer.into()),
            parameter: None,
            column: None,
            detail: detail.to_string(),
        }
    }

    /// In a parameter of the path or the query; an empty name stands for none in particular.
    pub fn of_parameter(name: impl Into<String>, detail: impl Display) -> Self {
        Self {
            pointer: None,
            parameter: Some(name.into()).filter(|name| !name.is_empty()),
            column: None,
            detail: detail.to_string(),
        }
    }

    /// At this character of the text, counted from one.
    #[must_use]
    pub fn in_column(mut self, column: usize) -> Self {
        self.column = Some(column);
        self
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_kind_has_its_own_uri() {
        let uris: HashSet<_> = ProblemKind::ALL.iter().map(|kind| kind.uri()).collect();
        assert_eq!(uris.len(), ProblemKind::ALL.len());
    }

    #[test]
    fn a_status_without_a_kind_is_the_clients_fault_or_ours() {
        let kind = |status| ProblemKind::of_status(status);
        assert_eq!(kind(StatusCode::NOT_FOUND), ProblemKind::NotFound);
        assert_eq!(
            kind(StatusCode::PAYLOAD_TOO_LARGE),
            ProblemKind::BodyTooLarge
        );
        assert_eq!(kind(StatusCode::IM_A_TEAPOT), ProblemKind::BadRequest);
        assert_eq!(
            kind(StatusCode::HTTP_VERSION_NOT_SUPPORTED),
            ProblemKind::Internal
        );
    }
}
