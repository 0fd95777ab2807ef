//! Meaning of the error responses of the Nexon Open API.
//!
//! An error response has an HTTP status and, from Nexon itself, a code: `{"error":{"name":"OPENAPI00007",
//! "message":"..."}}`. The code decides; the status only where there is no code that we know.

use std::time::Duration;

use equipment::UpstreamError;
use reqwest::StatusCode;
use serde::Deserialize;

use crate::json;

/// The longest message taken over from the upstream, in characters.
const MAX_MESSAGE_CHARS: usize = 200;

/// An error response as it was received.
pub(crate) struct ErrorResponse<'a> {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: &'a [u8],
}

/// Fault according to the upstream.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// The identifier is not known (`OPENAPI00003`).
    UnknownIdentifier(UpstreamError),
    /// A parameter is missing or not acceptable (`OPENAPI00004`).
    InvalidParameter(UpstreamError),
    /// The key is not one (`OPENAPI00005`).
    Key(UpstreamError),
    /// The key is not one for this (`OPENAPI00002`).
    NoPermission(UpstreamError),
    /// Anything else.
    Other(UpstreamError),
}

/// The error, where the code that the upstream gave does not matter.
impl From<ApiError> for UpstreamError {
    fn from(api_error: ApiError) -> Self {
        match api_error {
            ApiError::UnknownIdentifier(error)
            | ApiError::InvalidParameter(error)
            | ApiError::Key(error)
            | ApiError::NoPermission(error)
            | ApiError::Other(error) => error,
        }
    }
}

#[derive(Deserialize)]
struct Envelope {
    error: NamedError,
}

#[derive(Deserialize)]
struct NamedError {
    name: String,
    #[serde(default)]
    message: String,
}

impl ErrorResponse<'_> {
    /// Tells what the error response means. `secret` is blotted out of whatever the upstream echoes.
    pub(crate) fn api_error(&self, secret: &str) -> ApiError {
        let named = json::read::<Envelope>(self.body).ok();
        let reason = match &named {
            Some(Envelope { error }) => {
                let NamedError { name, message } = error;
                let told = printable(&format!("{name}: {message}"), secret);
                format!("{told} (HTTP {})", self.status.as_u16())
            }
            None => format!("HTTP {} without an error code", self.status.as_u16()),
        };
        match named.as_ref().map_or("", |named| named.error.name.as_str()) {
            "OPENAPI00003" => ApiError::UnknownIdentifier(UpstreamError::Refused { reason }),
            "OPENAPI00004" => ApiError::InvalidParameter(UpstreamError::Refused { reason }),
            "OPENAPI00001" => ApiError::Other(UpstreamError::Failed { reason }),
            "OPENAPI00002" => ApiError::NoPermission(UpstreamError::Refused { reason }),
            "OPENAPI00005" => ApiError::Key(UpstreamError::Refused { reason }),
            "OPENAPI00006" => ApiError::Other(UpstreamError::Refused { reason }),
            "OPENAPI00007" => ApiError::Other(self.quota_exceeded()),
            "OPENAPI00009" | "OPENAPI00010" | "OPENAPI00011" => {
                ApiError::Other(UpstreamError::NotAvailable { reason })
            }
            _ => ApiError::Other(self.by_status(reason)),
        }
    }

    fn by_status(&self, reason: String) -> UpstreamError {
        match self.status {
            StatusCode::TOO_MANY_REQUESTS => self.quota_exceeded(),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => UpstreamError::Refused { reason },
            _ => UpstreamError::Failed { reason },
        }
    }

    fn quota_exceeded(&self) -> UpstreamError {
        UpstreamError::QuotaExceeded {
            retry_after: self.retry_after,
        }
    }
}

/// The text without the secret, without control characters, and not too long.
fn printable(text: &str, secret: &str) -> String {
    let text = if secret.is_empty() {
        text.to_owned()
    } else {
        text.replace(secret, "[redacted]")
    };
    text.chars()
        .map(|char| if char.is_control() { ' ' } else { char })
        .take(MAX_MESSAGE_CHARS)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(status: u16, body: &str) -> String {
        let error_response = ErrorResponse {
            status: StatusCode::from_u16(status).unwrap(),
            retry_after: Some(Duration::from_secs(7)),
            body: body.as_bytes(),
        };
        match error_response.api_error("the-key") {
            ApiError::UnknownIdentifier(_) => "unknown identifier".to_owned(),
            ApiError::InvalidParameter(error) => format!("invalid parameter; {error}"),
            ApiError::Key(error) => format!("key; {error}"),
            ApiError::NoPermission(error) => format!("no permission; {error}"),
            ApiError::Other(error) => error.to_string(),
        }
    }

    fn named(status: u16, name: &str) -> String {
        meaning(
            status,
            &format!(r#"{{"error":{{"name":"{name}","message":"why"}}}}"#),
        )
    }

    #[test]
    fn code_decides_before_the_status() {
        for (status, name, expected) in [
            (
                500,
                "OPENAPI00001",
                "upstream failed: OPENAPI00001: why (HTTP 500)",
            ),
            (
                403,
                "OPENAPI00002",
                "no permission; upstream refuses this service: OPENAPI00002: why (HTTP 403)",
            ),
            (400, "OPENAPI00003", "unknown identifier"),
            (
                400,
                "OPENAPI00004",
                "invalid parameter; upstream refuses this service: OPENAPI00004: why (HTTP 400)",
            ),
            (
                400,
                "OPENAPI00005",
                "key; upstream refuses this service: OPENAPI00005: why (HTTP 400)",
            ),
            (
                400,
                "OPENAPI00006",
                "upstream refuses this service: OPENAPI00006: why (HTTP 400)",
            ),
            (429, "OPENAPI00007", "upstream call quota is used up"),
            (
                400,
                "OPENAPI00009",
                "upstream is not available now: OPENAPI00009: why (HTTP 400)",
            ),
            (
                400,
                "OPENAPI00010",
                "upstream is not available now: OPENAPI00010: why (HTTP 400)",
            ),
            (
                503,
                "OPENAPI00011",
                "upstream is not available now: OPENAPI00011: why (HTTP 503)",
            ),
            // Named in one list only, without a meaning: the status decides.
            (
                400,
                "OPENAPI00012",
                "upstream failed: OPENAPI00012: why (HTTP 400)",
            ),
            (429, "OPENAPI00012", "upstream call quota is used up"),
        ] {
            assert_eq!(named(status, name), expected);
        }
    }

    #[test]
    fn status_decides_without_a_code() {
        for (status, body, expected) in [
            (
                502,
                "<html>",
                "upstream failed: HTTP 502 without an error code",
            ),
            (302, "", "upstream failed: HTTP 302 without an error code"),
            (404, "{}", "upstream failed: HTTP 404 without an error code"),
            (
                403,
                "no",
                "upstream refuses this service: HTTP 403 without an error code",
            ),
            (
                401,
                "",
                "upstream refuses this service: HTTP 401 without an error code",
            ),
            (429, "slow down", "upstream call quota is used up"),
        ] {
            assert_eq!(meaning(status, body), expected);
        }
    }

    #[test]
    fn message_is_made_fit_to_print() {
        let body = |message: &str| {
            let envelope =
                serde_json::json!({"error": {"name": "OPENAPI00001", "message": message}});
            meaning(500, &envelope.to_string())
        };
        assert_eq!(
            body("key the-key\r\nis bad"),
            "upstream failed: OPENAPI00001: key [redacted]  is bad (HTTP 500)"
        );
        assert!(body(&"가".repeat(100_000)).chars().count() < 260);
    }
}
