//! The client: who a character is and what it wears, asked of the Nexon Open API.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use equipment::{
    Character, CharacterDirectory, Equipment, EquipmentSource, InvalidDocument, Ocid, StatsSource,
    UpstreamError,
};
use kernel::CharacterName;
use planning::{GivenStats, RecordedStats, StatSource};
use secrecy::SecretString;
use serde::Deserialize;

use crate::api_error::ApiError;
use crate::caller::{Caller, ClientError, Endpoint, Key};
use crate::found::Found;
use crate::{json, read_equipment, stats};

/// Address of the Nexon Open API.
pub const NEXON_BASE_URL: &str = "https://open.api.nexon.com";

/// The highest level of a character.
const MAX_LEVEL: i128 = 300;

/// Address and key of the upstream, and its timeouts.
#[derive(Debug, Clone)]
pub struct NexonSettings {
    /// Source of the data as answers name it: `nexon`, or `sandbox`.
    pub source: &'static str,
    /// Scheme, host and perhaps a path, such as [`NEXON_BASE_URL`].
    pub base_url: String,
    /// The application's key.
    pub api_key: SecretString,
    /// Timeout of making a connection.
    pub connect_timeout: Duration,
    /// Timeout of a call, from its start to the last byte of its answer.
    pub timeout: Duration,
}

/// Asks the Nexon Open API. One call each, never repeated: retries and breakers are its caller's.
///
/// Connections are kept and shared by clones. Redirects are not followed and proxies of the
/// environment not used, so that the key goes to the configured host only.
#[derive(Debug, Clone)]
pub struct NexonClient {
    caller: Caller,
    source: &'static str,
    key: Key,
}

impl NexonClient {
    /// Makes a client; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`ClientError`] when the settings cannot be used.
    pub fn new(settings: NexonSettings) -> Result<Self, ClientError> {
        let endpoint = Endpoint {
            base_url: settings.base_url,
            connect_timeout: settings.connect_timeout,
            timeout: settings.timeout,
        };
        Ok(Self {
            caller: Caller::new(&endpoint)?,
            source: settings.source,
            key: Key::new(settings.api_key)?,
        })
    }

    /// The answer's body, or what the upstream finds wrong.
    async fn ask(&self, path: &str, query: (&str, &str)) -> Result<Vec<u8>, ApiError> {
        self.caller.ask(path, &[query], &self.key).await
    }

    /// A document of a character; `None` when the identifier is not known.
    async fn document(&self, path: &str, ocid: &Ocid) -> Result<Option<Vec<u8>>, UpstreamError> {
        match self.ask(path, ("ocid", ocid.as_str())).await {
            Ok(body) => Ok(Some(body)),
            Err(ApiError::UnknownIdentifier(_) | ApiError::InvalidParameter(_)) => Ok(None),
            Err(api_error) => Err(api_error.into()),
        }
    }
}

#[async_trait]
impl CharacterDirectory for NexonClient {
    async fn resolve(&self, name: &CharacterName) -> Result<Option<Ocid>, UpstreamError> {
        match self.ask("id", ("character_name", name.as_str())).await {
            // An answer without an identifier names no character.
            Ok(body) => Ok(json::read::<WireId<'_>>(&body)?
                .ocid
                .into_text()
                .map(Ocid::new)),
            // Which of the two an unknown name or identifier gets is not documented.
            Err(ApiError::UnknownIdentifier(_) | ApiError::InvalidParameter(_)) => Ok(None),
            Err(api_error) => Err(api_error.into()),
        }
    }

    async fn describe(&self, ocid: &Ocid) -> Result<Option<Character>, UpstreamError> {
        match self.ask("character/basic", ("ocid", ocid.as_str())).await {
            Ok(body) => Ok(Some(read_character(ocid, &body)?)),
            Err(ApiError::UnknownIdentifier(_) | ApiError::InvalidParameter(_)) => Ok(None),
            Err(api_error) => Err(api_error.into()),
        }
    }
}

#[async_trait]
impl EquipmentSource for NexonClient {
    fn name(&self) -> &'static str {
        self.source
    }

    async fn fetch(&self, ocid: &Ocid) -> Result<Option<Bytes>, UpstreamError> {
        let query = ("ocid", ocid.as_str());
        match self.ask("character/item-equipment", query).await {
            Ok(body) => {
                read_equipment(&body)?;
                Ok(Some(body.into()))
            }
            Err(ApiError::UnknownIdentifier(_) | ApiError::InvalidParameter(_)) => Ok(None),
            Err(api_error) => Err(api_error.into()),
        }
    }

    fn read(&self, document: &[u8]) -> Result<Equipment, InvalidDocument> {
        read_equipment(document)
    }
}

#[async_trait]
impl StatsSource for NexonClient {
    async fn recorded(&self, ocid: &Ocid) -> Result<Option<RecordedStats>, UpstreamError> {
        let body = self.document("character/stat", ocid).await?;
        body.map(|body| stats::read_recorded(&body)).transpose()
    }

    async fn given(
        &self,
        ocid: &Ocid,
        source: StatSource,
    ) -> Result<Option<GivenStats>, UpstreamError> {
        let body = self.document(stats::path_of(source), ocid).await?;
        body.map(|body| stats::read_given(source, &body))
            .transpose()
    }
}

#[derive(Deserialize)]
struct WireId<'a> {
    #[serde(borrow)]
    ocid: Found<'a>,
}

#[derive(Deserialize)]
struct WireCharacter<'a> {
    #[serde(borrow)]
    character_name: Found<'a>,
    #[serde(borrow, default)]
    world_name: Found<'a>,
    #[serde(borrow, default)]
    character_class: Found<'a>,
    #[serde(borrow, default)]
    character_level: Found<'a>,
}

/// Reads who a character is. Without a name it is nobody that could be asked for; the rest may be
/// missing.
fn read_character(ocid: &Ocid, body: &[u8]) -> Result<Character, UpstreamError> {
    let wire: WireCharacter<'_> = json::read(body)?;
    let name = wire.character_name.into_text().unwrap_or_default().parse();
    let name = name.map_err(|error: kernel::InvalidName| {
        UpstreamError::Unusable(InvalidDocument {
            path: "character_name".to_owned(),
            problem: error.to_string(),
        })
    })?;
    Ok(Character {
        ocid: ocid.clone(),
        name,
        world: wire.world_name.into_text().unwrap_or_default(),
        class: wire.character_class.into_text().unwrap_or_default(),
        level: level(&wire.character_level),
    })
}

/// The character's level, and 0 for what is none.
pub(crate) fn level(found: &Found<'_>) -> u16 {
    found.whole_in(1, MAX_LEVEL).unwrap_or(0)
}
