//! Errors as clients see them: RFC 9457 problem details.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::{self, Display};
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_ENCODING, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
pub(super) use api::problem::{FieldError, ProblemKind};
use api::problem::{PROBLEM_JSON, ProblemDetails};

use super::rate_limit::RateLimit;
use super::request_id::RequestId;

/// Upper bound on the faults that one answer lists: its size does not follow the request's.
const MAX_ERRORS: usize = 20;

/// Challenge in every response 401 (RFC 6750).
const CHALLENGE: &str = r#"Bearer realm="maple-expectation""#;

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
    /// Boxed, because few problems have any.
    next: Option<Box<NextRequest>>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// Terms of the client's next request.
#[derive(Debug, Clone, Default)]
struct NextRequest {
    /// Place at which it goes on.
    cursor: Option<String>,
    rate_limit: Option<RateLimit>,
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
            next: None,
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
        Self::new(ProblemKind::of_status(status.as_u16()), detail)
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

    /// Adds the place at which the next request goes on.
    #[must_use]
    pub fn with_cursor(mut self, cursor: &str) -> Self {
        self.next.get_or_insert_default().cursor = Some(cursor.to_owned());
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
        self.next.get_or_insert_default().rate_limit = Some(limit);
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

    /// Place at which the next request goes on.
    pub fn cursor(&self) -> Option<&str> {
        self.next.as_ref()?.cursor.as_deref()
    }

    /// The response for the request with this id.
    pub(super) fn response(&self, id: &RequestId) -> HttpResponse {
        let mut response = self.head();
        response.insert_header((CONTENT_TYPE, PROBLEM_JSON));
        response.body(self.body(id))
    }

    /// Status and headers of the response, without those of the body.
    pub fn head(&self) -> HttpResponseBuilder {
        let mut response = HttpResponse::build(self.status_code());
        if self.status_code() == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, CHALLENGE));
        }
        if let Some(after) = self.retry_after {
            let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
            response.insert_header((RETRY_AFTER, seconds.max(1).to_string()));
        }
        if let Some(codings) = self.accepted_codings {
            response.insert_header((ACCEPT_ENCODING, codings));
        }
        if let Some(limit) = self.next.as_ref().and_then(|next| next.rate_limit) {
            response = limit.tell(response);
        }
        response
    }

    /// The problem details as a value, for an answer that carries several.
    pub fn details(&self, request_id: &str) -> serde_json::Value {
        serde_json::to_value(self.described(request_id)).expect("problem details are plain data")
    }

    fn body(&self, id: &RequestId) -> String {
        let details = self.described(id.shown());
        serde_json::to_string(&details).expect("problem details are plain data")
    }

    fn described<'p>(&'p self, request_id: &'p str) -> ProblemDetails<'p> {
        ProblemDetails {
            uri: self.kind.uri(),
            title: self.kind.title(),
            status: self.kind.status(),
            detail: &self.detail,
            request_id,
            errors: &self.errors[..self.errors.len().min(MAX_ERRORS)],
            figures: self.figures.as_deref().unwrap_or(&NO_FIGURES),
            cursor: self.cursor(),
        }
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
        StatusCode::from_u16(self.kind.status()).expect("every kind has a status of HTTP")
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}
