//! Problem details (RFC 9457): kinds, fields at fault and the body.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::Serialize;
use utoipa::ToSchema;

/// The media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Path below which the kinds of problem are explained; a kind's URI is this and its slug.
pub const PROBLEMS_PATH: &str = "/problems";

macro_rules! problem_kinds {
    ($($(#[doc = $meaning:literal])+ $kind:ident = $slug:literal, $status:literal, $title:literal;)+) => {
        /// Kind of a problem, for programs. Its URI never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ProblemKind { $($(#[doc = $meaning])+ $kind),+ }

        impl ProblemKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// The last part of the kind's URI.
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$kind => $slug),+ }
            }

            /// HTTP status of such a problem.
            pub const fn status(self) -> u16 {
                match self { $(Self::$kind => $status),+ }
            }

            /// The kind in a few words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$kind => $title),+ }
            }

            /// Meaning of the kind, in a sentence or two.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$kind => concat!($($meaning),+).trim_ascii_start()),+ }
            }
        }
    };
}

problem_kinds! {
    /// The request is not one this API defines: broken JSON, an unknown field, a bad name.
    BadRequest = "bad-request", 400, "Bad request";
    /// The access token, refresh token or admin token is missing, wrong, or expired. Log in again.
    Unauthorized = "unauthorized", 401, "Authentication required";
    /// Nexon rejects the API key, or its owner has no MapleStory character.
    WrongKey = "wrong-key", 401, "Invalid Nexon API key";
    /// The member is authenticated but not allowed to do this.
    Forbidden = "forbidden", 403, "Forbidden";
    /// The Nexon API key is good, but its owner has not permitted it to read this.
    KeyWithoutRight = "key-without-right", 403, "Nexon API key without this right";
    /// No resource has this path.
    NotFound = "not-found", 404, "Not found";
    /// The game has no character of this name.
    UnknownCharacter = "unknown-character", 404, "Unknown character";
    /// Points can be given to developers, and no developer has this id.
    UnknownDeveloper = "unknown-developer", 404, "Unknown developer";
    /// Points are granted to members, and nobody with this id has ever logged in.
    UnknownMember = "unknown-member", 404, "Unknown member";
    /// The giver has fewer points than are to be given; `balance` and `amount` tell how many.
    ShortBalance = "short-balance", 409, "Insufficient points";
    /// A copy of this request, by its idempotency key, is being answered now. Send it again to get the same answer.
    InFlight = "request-in-flight", 409, "Request in progress";
    /// The resource does not take this method; `Allow` lists those it takes.
    MethodNotAllowed = "method-not-allowed", 405, "Method not allowed";
    /// `Accept` or `Accept-Encoding` excludes every representation of this resource.
    NotAcceptable = "not-acceptable", 406, "Not acceptable";
    /// The head or the body of the request did not arrive in time.
    RequestTimeout = "request-timeout", 408, "Request timeout";
    /// The body is larger than any this API takes.
    BodyTooLarge = "body-too-large", 413, "Content too large";
    /// The body is not `application/json`, or in another coding than gzip or zstd.
    UnsupportedMediaType = "unsupported-media-type", 415, "Unsupported media type";
    /// The text of a goal is not valid at the given column.
    InvalidGoal = "invalid-goal", 422, "Invalid goal";
    /// The request is well-formed, but a value is outside the game's rules.
    InvalidValue = "invalid-value", 422, "Invalid value";
    /// The idempotency key stands for a request with another body.
    KeyReused = "idempotency-key-reused", 422, "Idempotency key reused";
    /// The fields of the request's head are larger than this service takes.
    HeadTooLarge = "head-too-large", 431, "Request header fields too large";
    /// The call quota of the Nexon API is exhausted, and no copy is stored.
    QuotaExceeded = "quota-exceeded", 429, "Nexon API quota exhausted";
    /// Too many log-ins were tried from one address; `Retry-After` says when the next one may be.
    TooManyAttempts = "too-many-attempts", 429, "Too many log-in attempts";
    /// Too many requests in the current window; `Retry-After` gives the wait, `RateLimit` the limit.
    TooManyRequests = "too-many-requests", 429, "Too many requests";
    /// The Nexon API sent a document that cannot be read. Stored data is unchanged.
    UpstreamInvalid = "upstream-invalid", 502, "Invalid Nexon API response";
    /// The Nexon API does not answer, and no copy is stored.
    UpstreamUnavailable = "upstream-unavailable", 503, "Nexon API unavailable";
    /// The service has more requests than it can answer in time.
    Overloaded = "overloaded", 503, "Server overloaded";
    /// The database cannot be read or written now.
    StoreUnavailable = "store-unavailable", 503, "Storage unavailable";
    /// Other requests hold the same accounts. Nothing has changed; send the request again.
    Busy = "busy", 503, "Server busy";
    /// The service failed; the log has the cause under the request id.
    Internal = "internal", 500, "Internal server error";
}

impl ProblemKind {
    /// The URI that names this kind.
    pub fn uri(self) -> String {
        format!("{PROBLEMS_PATH}/{}", self.slug())
    }

    /// The kind for an error response that names none.
    pub fn of_status(status: u16) -> Self {
        let own = [Self::BadRequest, Self::Internal, Self::NotFound];
        own.iter()
            .chain(Self::ALL)
            .copied()
            .find(|kind| kind.status() == status)
            .unwrap_or(if (400..500).contains(&status) {
                Self::BadRequest
            } else {
                Self::Internal
            })
    }
}

/// Problem details (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDetails<'p> {
    /// The kind of problem: a stable URI, relative to this service, that explains it.
    #[serde(rename = "type")]
    #[schema(example = "/problems/unknown-character")]
    pub uri: String,
    /// The kind in a few words.
    pub title: &'p str,
    /// The status of the response.
    #[schema(example = 404, minimum = 400, maximum = 599)]
    pub status: u16,
    /// This occurrence of the problem.
    pub detail: &'p str,
    /// The id under which the log tells more.
    #[schema(example = "4bf92f35")]
    pub request_id: &'p str,
    /// The parts of the request that are at fault.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub errors: &'p [FieldError],
    /// Figures that belong to the kind of problem, such as `balance` and `amount`.
    #[serde(flatten)]
    pub figures: &'p BTreeMap<&'static str, i64>,
    /// Place at which the next request goes on with the work that was not finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<&'p str>,
}

/// One part of a request that is at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Place in the JSON body (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/from/grade")]
    pointer: Option<String>,
    /// Parameter of the path or the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "preset")]
    parameter: Option<String>,
    /// Place in the text of a goal, in characters counted from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    /// The error, and the values expected.
    pub detail: String,
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
    fn kinds_have_distinct_uris() {
        let uris: HashSet<_> = ProblemKind::ALL.iter().map(|kind| kind.uri()).collect();
        assert_eq!(uris.len(), ProblemKind::ALL.len());
    }

    #[test]
    fn unlisted_statuses_map_to_a_kind_of_their_class() {
        let kind = |status| ProblemKind::of_status(status);
        assert_eq!(kind(404), ProblemKind::NotFound);
        assert_eq!(kind(413), ProblemKind::BodyTooLarge);
        assert_eq!(kind(418), ProblemKind::BadRequest);
        assert_eq!(kind(505), ProblemKind::Internal);
    }
}
