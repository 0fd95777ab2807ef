//! One call over HTTP: the address, the key in its header, and what every answer can be.

use std::error::Error;
use std::time::Duration;

use equipment::{InvalidDocument, MAX_DOCUMENT_BYTES, UpstreamError};
use kernel::trace::TRACEPARENT;
use reqwest::header::{HeaderValue, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, Response, Url, redirect};
use secrecy::{ExposeSecret, SecretString};
use tracing::{Instrument, Span, field, info_span};

use crate::api_error::{ApiError, ErrorResponse};
use crate::body::{BodyError, read_bounded};
use crate::connections::{Connections, Settings};

/// The header that carries the key.
const KEY_HEADER: &str = "x-nxopen-api-key";

/// The longest error response that is read, in bytes; Nexon's have about a hundred.
const MAX_REFUSAL_BYTES: usize = 64 * 1024;

/// Address of the upstream and timeouts of a call.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Scheme, host and perhaps a path, such as [`NEXON_BASE_URL`](crate::NEXON_BASE_URL).
    pub base_url: String,
    /// Timeout of making a connection.
    pub connect_timeout: Duration,
    /// Timeout of a call, from its start to the last byte of its answer.
    pub timeout: Duration,
}

/// Reason for which a client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The base URL is not one.
    #[error("the upstream's base URL must be an absolute http or https URL without query or user")]
    BaseUrl,
    /// The key cannot be sent.
    #[error("the API key must not be empty and must be of printable ASCII characters")]
    ApiKey,
    /// The HTTP client cannot be set up, for want of root certificates for example.
    #[error("the HTTP client cannot be set up")]
    Http(#[source] reqwest::Error),
}

/// A key in the form that is sent, and in the form that is searched for in answers.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    header: HeaderValue,
    text: SecretString,
}

impl Key {
    pub(crate) fn new(text: SecretString) -> Result<Self, ClientError> {
        let mut header =
            HeaderValue::from_str(text.expose_secret()).map_err(|_| ClientError::ApiKey)?;
        if header.is_empty() || header.to_str().is_err() {
            return Err(ClientError::ApiKey);
        }
        header.set_sensitive(true);
        Ok(Self { header, text })
    }
}

/// Calls the upstream with the key of the caller. Holds no key itself.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    connections: Connections,
    base_url: Url,
    connect_timeout: Duration,
    timeout: Duration,
}

impl Caller {
    pub(crate) fn new(endpoint: &Endpoint) -> Result<Self, ClientError> {
        let base_url = parse_base_url(&endpoint.base_url)?;
        // An error means that the process has a provider already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let settings = Settings {
            connect_timeout: endpoint.connect_timeout,
            timeout: endpoint.timeout,
            is_tls: base_url.scheme() == "https",
        };
        let connections = Connections::new(settings, client_builder);
        Ok(Self {
            connections: connections.map_err(ClientError::Http)?,
            base_url,
            connect_timeout: endpoint.connect_timeout,
            timeout: endpoint.timeout,
        })
    }

    /// The answer's body, or what the upstream finds wrong.
    pub(crate) async fn ask(
        &self,
        path: &str,
        query: &[(&str, &str)],
        key: &Key,
    ) -> Result<Vec<u8>, ApiError> {
        let mut url = self.base_url.clone();
        url.path_segments_mut()
            .expect("the base URL is checked to have a path")
            .pop_if_empty()
            .extend(["maplestory", "v1"])
            .extend(path.split('/'));
        let span = self.span(path);
        let asked = async {
            // Within the span: the upstream's spans are its children.
            let trace = kernel::trace::current();
            let request = |client: &Client| {
                let request = client.get(url.clone()).query(query);
                let request = request.header(KEY_HEADER, &key.header);
                match trace {
                    Some(trace) => request.header(TRACEPARENT, trace.to_string()),
                    None => request,
                }
            };
            let response = self.connections.send(request).await;
            let response =
                response.map_err(|error| ApiError::Other(self.transport_error(error)))?;
            let status = response.status();
            let span = Span::current();
            span.record("http.response.status_code", i64::from(status.as_u16()));
            if status.is_success() {
                self.accepted_body(response).await.map_err(ApiError::Other)
            } else {
                span.record("error.type", status.as_str());
                Err(self.error_response(response, key).await)
            }
        };
        let asked = asked.instrument(span.clone()).await;
        if let Err(error) = &asked {
            span.record("otel.status_code", "ERROR");
            if let ApiError::Other(error) = error {
                span.record("error.type", error_type(error));
            }
        }
        asked
    }

    /// A span by the semantic conventions for HTTP clients. Values of the query are left out: they
    /// name a character.
    fn span(&self, path: &str) -> Span {
        info_span!(
            "upstream call",
            otel.name = %format_args!("GET /maplestory/v1/{path}"),
            otel.kind = "client",
            otel.status_code = field::Empty,
            http.request.method = "GET",
            http.response.status_code = field::Empty,
            error.type = field::Empty,
            server.address = self.base_url.host_str(),
            server.port = self.base_url.port_or_known_default(),
            url.template = %format_args!("/maplestory/v1/{path}"),
        )
    }

    async fn accepted_body(&self, response: Response) -> Result<Vec<u8>, UpstreamError> {
        read_bounded(response, MAX_DOCUMENT_BYTES)
            .await
            .map_err(|error| match error {
                BodyError::Transport(error) => self.transport_error(error),
                BodyError::TooLarge => UpstreamError::Unusable(InvalidDocument {
                    path: format!("byte {MAX_DOCUMENT_BYTES}"),
                    problem: "the document does not end here, where the limit is".to_owned(),
                }),
            })
    }

    async fn error_response(&self, response: Response, key: &Key) -> ApiError {
        let status = response.status();
        let retry_after = retry_after(&response);
        let body = match read_bounded(response, MAX_REFUSAL_BYTES).await {
            Ok(body) => body,
            Err(BodyError::TooLarge) => Vec::new(),
            Err(BodyError::Transport(error)) => {
                return ApiError::Other(self.transport_error(error));
            }
        };
        let error_response = ErrorResponse {
            status,
            retry_after,
            body: &body,
        };
        error_response.api_error(key.text.expose_secret())
    }

    fn transport_error(&self, error: reqwest::Error) -> UpstreamError {
        match (error.is_timeout(), error.is_connect()) {
            (true, true) => UpstreamError::TimedOut {
                after: self.connect_timeout,
            },
            (true, false) => UpstreamError::TimedOut {
                after: self.timeout,
            },
            // The URL names a character, which is nobody's business in a log.
            (false, _) => UpstreamError::Failed {
                reason: chain(&error.without_url()),
            },
        }
    }
}

fn parse_base_url(text: &str) -> Result<Url, ClientError> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .filter(|url| url.username().is_empty() && url.password().is_none())
        .filter(|url| url.query().is_none() && url.fragment().is_none())
        .ok_or(ClientError::BaseUrl)
}

fn client_builder(settings: &Settings) -> ClientBuilder {
    let builder = Client::builder()
        .user_agent(concat!("maple-expectation/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(settings.connect_timeout)
        .timeout(settings.timeout);
    if settings.is_tls {
        builder.https_only(true)
    } else {
        // Plain HTTP, as to a sandbox, needs no root certificates, and a machine may have none.
        builder.tls_certs_only([])
    }
}

/// Kind of a failure, as spans name it.
fn error_type(error: &UpstreamError) -> &'static str {
    match error {
        UpstreamError::TimedOut { .. } => "timeout",
        UpstreamError::Failed { .. } => "connection",
        _ => "_OTHER",
    }
}

/// `Retry-After` in seconds. The form with a date is not read: Nexon is not known to send it.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    Some(Duration::from_secs(seconds.trim().parse().ok()?))
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
