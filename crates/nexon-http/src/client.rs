//! The client: who a character is and what it wears, asked of the Nexon Open API.

use std::error::Error;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use equipment::{
    Character, CharacterDirectory, Equipment, EquipmentSource, InvalidDocument, MAX_DOCUMENT_BYTES,
    Ocid, UpstreamError,
};
use kernel::CharacterName;
use reqwest::header::{HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, Url, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::body::{BodyError, read_bounded};
use crate::fault::{Fault, Refusal};
use crate::{json, read_equipment};

/// Where the Nexon Open API lives.
pub const NEXON_BASE_URL: &str = "https://open.api.nexon.com";

/// The header that carries the key.
const KEY_HEADER: &str = "x-nxopen-api-key";

/// The longest refusal that is read, in bytes; Nexon's have about a hundred.
const MAX_REFUSAL_BYTES: usize = 64 * 1024;

/// How to reach the upstream.
#[derive(Debug, Clone)]
pub struct NexonSettings {
    /// Where answers say that the data come from: `nexon`, or `sandbox`.
    pub source: &'static str,
    /// Scheme, host and perhaps a path, such as [`NEXON_BASE_URL`].
    pub base_url: String,
    /// The application's key.
    pub api_key: SecretString,
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long a call may take from its start to the last byte of its answer.
    pub timeout: Duration,
}

/// Why a client cannot be made.
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

/// Asks the Nexon Open API. One call each, never repeated: retries and breakers are its caller's.
///
/// Connections are kept and shared by clones. Redirects are not followed and proxies of the
/// environment not used, so that the key goes to the configured host only.
#[derive(Debug, Clone)]
pub struct NexonClient {
    http: Client,
    settings: NexonSettings,
    base_url: Url,
    key_header: HeaderValue,
}

impl NexonClient {
    /// Makes a client; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`ClientError`] when the settings cannot be used.
    pub fn new(settings: NexonSettings) -> Result<Self, ClientError> {
        let base_url = parse_base_url(&settings.base_url)?;
        let key_header = key_header(&settings.api_key)?;
        let http = http_client(&settings, &base_url).map_err(ClientError::Http)?;
        Ok(Self {
            http,
            settings,
            base_url,
            key_header,
        })
    }

    /// The answer's body, or what the upstream finds wrong.
    async fn ask(&self, path: &str, query: (&str, &str)) -> Result<Vec<u8>, Fault> {
        let mut url = self.base_url.clone();
        url.path_segments_mut()
            .expect("the base URL is checked to have a path")
            .pop_if_empty()
            .extend(["maplestory", "v1"])
            .extend(path.split('/'));
        let response = self
            .http
            .get(url)
            .query(&[query])
            .header(KEY_HEADER, &self.key_header)
            .send()
            .await
            .map_err(|error| Fault::Other(self.transport_error(error)))?;
        if response.status().is_success() {
            self.accepted_body(response).await.map_err(Fault::Other)
        } else {
            Err(self.refusal(response).await)
        }
    }

    async fn accepted_body(&self, response: Response) -> Result<Vec<u8>, UpstreamError> {
        read_bounded(response, MAX_DOCUMENT_BYTES)
            .await
            .map_err(|error| match error {
                BodyError::Transport(error) => self.transport_error(error),
                BodyError::TooLarge => UpstreamError::Invalid(InvalidDocument {
                    place: format!("byte {MAX_DOCUMENT_BYTES}"),
                    problem: "the document does not end here, where the limit is".to_owned(),
                }),
            })
    }

    async fn refusal(&self, response: Response) -> Fault {
        let status = response.status();
        let retry_after = retry_after(&response);
        let body = match read_bounded(response, MAX_REFUSAL_BYTES).await {
            Ok(body) => body,
            Err(BodyError::TooLarge) => Vec::new(),
            Err(BodyError::Transport(error)) => return Fault::Other(self.transport_error(error)),
        };
        let refusal = Refusal {
            status,
            retry_after,
            body: &body,
        };
        refusal.fault(self.settings.api_key.expose_secret())
    }

    fn transport_error(&self, error: reqwest::Error) -> UpstreamError {
        let settings = &self.settings;
        match (error.is_timeout(), error.is_connect()) {
            (true, true) => UpstreamError::TimedOut {
                after: settings.connect_timeout,
            },
            (true, false) => UpstreamError::TimedOut {
                after: settings.timeout,
            },
            // The URL names a character, which is nobody's business in a log.
            (false, _) => UpstreamError::Failed {
                reason: chain(&error.without_url()),
            },
        }
    }
}

#[async_trait]
impl CharacterDirectory for NexonClient {
    async fn resolve(&self, name: &CharacterName) -> Result<Option<Ocid>, UpstreamError> {
        match self.ask("id", ("character_name", name.as_str())).await {
            Ok(body) => Ok(Some(Ocid::new(json::read::<WireId>(&body)?.ocid))),
            // Which of the two an unknown name gets is not documented.
            Err(Fault::UnknownIdentifier | Fault::InvalidParameter(_)) => Ok(None),
            Err(Fault::Other(error)) => Err(error),
        }
    }

    async fn describe(&self, ocid: &Ocid) -> Result<Option<Character>, UpstreamError> {
        match self.ask("character/basic", ("ocid", ocid.as_str())).await {
            Ok(body) => Ok(Some(read_character(ocid, &body)?)),
            Err(Fault::UnknownIdentifier) => Ok(None),
            Err(Fault::InvalidParameter(error) | Fault::Other(error)) => Err(error),
        }
    }
}

#[async_trait]
impl EquipmentSource for NexonClient {
    fn name(&self) -> &'static str {
        self.settings.source
    }

    async fn fetch(&self, ocid: &Ocid) -> Result<Option<Bytes>, UpstreamError> {
        let query = ("ocid", ocid.as_str());
        match self.ask("character/item-equipment", query).await {
            Ok(body) => {
                read_equipment(&body)?;
                Ok(Some(body.into()))
            }
            Err(Fault::UnknownIdentifier) => Ok(None),
            Err(Fault::InvalidParameter(error) | Fault::Other(error)) => Err(error),
        }
    }

    fn read(&self, document: &[u8]) -> Result<Equipment, InvalidDocument> {
        read_equipment(document)
    }
}

#[derive(Deserialize)]
struct WireId {
    ocid: String,
}

#[derive(Deserialize)]
struct WireCharacter {
    character_name: String,
    world_name: String,
    character_class: String,
    character_level: u16,
}

fn read_character(ocid: &Ocid, body: &[u8]) -> Result<Character, InvalidDocument> {
    let wire: WireCharacter = json::read(body)?;
    let name = wire
        .character_name
        .parse()
        .map_err(|error: kernel::InvalidName| InvalidDocument {
            place: "character_name".to_owned(),
            problem: error.to_string(),
        })?;
    Ok(Character {
        ocid: ocid.clone(),
        name,
        world: wire.world_name,
        class: wire.character_class,
        level: wire.character_level,
    })
}

fn parse_base_url(text: &str) -> Result<Url, ClientError> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .filter(|url| url.username().is_empty() && url.password().is_none())
        .filter(|url| url.query().is_none() && url.fragment().is_none())
        .ok_or(ClientError::BaseUrl)
}

fn key_header(key: &SecretString) -> Result<HeaderValue, ClientError> {
    let mut header = HeaderValue::from_str(key.expose_secret()).map_err(|_| ClientError::ApiKey)?;
    if header.is_empty() || header.to_str().is_err() {
        return Err(ClientError::ApiKey);
    }
    header.set_sensitive(true);
    Ok(header)
}

fn http_client(settings: &NexonSettings, base_url: &Url) -> Result<Client, reqwest::Error> {
    // An error means that the process has a provider already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .user_agent(concat!("maple-expectation/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(settings.connect_timeout)
        .timeout(settings.timeout);
    let builder = match base_url.scheme() {
        // Plain HTTP, as to a sandbox, needs no root certificates, and a machine may have none.
        "http" => builder.tls_certs_only([]),
        _ => builder.https_only(true),
    };
    builder.build()
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
