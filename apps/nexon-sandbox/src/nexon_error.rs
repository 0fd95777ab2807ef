//! Error responses, in the form and words of the Nexon Open API.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use serde_json::json;

/// Error with which Nexon would refuse a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NexonError {
    InternalError,
    NoPermission,
    UnknownIdentifier,
    InvalidParameter,
    InvalidKey,
    InvalidPath,
    QuotaExceeded { retry_after_seconds: Option<u64> },
    Preparing,
    GameMaintenance,
    ApiMaintenance,
}

impl NexonError {
    pub(crate) fn response(self) -> HttpResponse {
        let (status, name, message) = self.words();
        let mut response = HttpResponse::build(status);
        if let Self::QuotaExceeded {
            retry_after_seconds: Some(seconds),
        } = self
        {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        response.json(json!({"error": {"name": name, "message": message}}))
    }

    const fn words(self) -> (StatusCode, &'static str, &'static str) {
        const BAD: StatusCode = StatusCode::BAD_REQUEST;
        match self {
            Self::InternalError => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "OPENAPI00001",
                "Internal server error",
            ),
            Self::NoPermission => (
                StatusCode::FORBIDDEN,
                "OPENAPI00002",
                "You don't have permission",
            ),
            Self::UnknownIdentifier => (BAD, "OPENAPI00003", "Please input valid id"),
            Self::InvalidParameter => (BAD, "OPENAPI00004", "Please input valid parameter"),
            Self::InvalidKey => (BAD, "OPENAPI00005", "Please input valid api key"),
            Self::InvalidPath => (BAD, "OPENAPI00006", "Please input valid path"),
            Self::QuotaExceeded { .. } => (
                StatusCode::TOO_MANY_REQUESTS,
                "OPENAPI00007",
                "API call limit exceeded",
            ),
            Self::Preparing => (BAD, "OPENAPI00009", "Data being prepared"),
            Self::GameMaintenance => (BAD, "OPENAPI00010", "Game is under maintenance"),
            Self::ApiMaintenance => (
                StatusCode::SERVICE_UNAVAILABLE,
                "OPENAPI00011",
                "API is under maintenance",
            ),
        }
    }
}
