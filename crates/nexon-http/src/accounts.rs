//! Whose a member's own key is: `/maplestory/v1/character/list`.
//!
//! What stands here has no key of this service, so the two cannot be taken for each other. A key
//! lives in the call that presents it, is blotted out of whatever the upstream echoes, and is
//! wiped when the call ends.

use std::time::Duration;

use async_trait::async_trait;
use equipment::{InvalidDocument, UpstreamError};
use kernel::{CharacterName, Ocid};
use members::{AccountId, Accounts, AccountsError, GameAccount, NexonKey, OwnCharacter};
use resilience::{CircuitBreaker, InvalidSettings, Jitter};
use serde::Deserialize;

use crate::api_error::ApiError;
use crate::caller::{Caller, ClientError, Endpoint, Key};
use crate::guard::Guard;
use crate::{GuardSettings, json};

/// Asks the Nexon Open API whose a key is, with patience, retries and a breaker.
///
/// The quota of these calls is the key's own, so ours is not asked. What an upstream says about
/// one key (refused, used up) says nothing about the upstream: it never opens the breaker.
#[derive(Debug)]
pub struct NexonAccounts {
    caller: Caller,
    guard: Guard,
}

/// Why accounts cannot be asked about.
#[derive(Debug, thiserror::Error)]
pub enum NexonAccountsError {
    /// The client cannot be made.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A setting is out of its range.
    #[error(transparent)]
    Settings(#[from] InvalidSettings),
}

/// What is wrong with a key rather than with the upstream.
#[derive(Debug)]
enum KeyTrouble {
    Refused,
    NoAccount,
    Exhausted { retry_after: Option<Duration> },
}

impl NexonAccounts {
    /// Makes a client; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`NexonAccountsError`] when the endpoint or a setting cannot be used.
    pub fn new(
        endpoint: &Endpoint,
        settings: GuardSettings,
        jitter: Jitter,
    ) -> Result<Self, NexonAccountsError> {
        Ok(Self {
            caller: Caller::new(endpoint)?,
            guard: Guard::new("accounts", settings, None, jitter)?,
        })
    }

    /// The breaker, for metrics. A clone is the same breaker.
    pub fn breaker(&self) -> CircuitBreaker {
        self.guard.breaker()
    }

    async fn call(&self, key: &Key) -> Result<Result<GameAccount, KeyTrouble>, UpstreamError> {
        match self.caller.ask("character/list", &[], key).await {
            Ok(body) => Ok(read_account(&body)?.ok_or(KeyTrouble::NoAccount)),
            Err(ApiError::Key(_)) => Ok(Err(KeyTrouble::Refused)),
            Err(ApiError::Other(UpstreamError::QuotaExceeded { retry_after })) => {
                Ok(Err(KeyTrouble::Exhausted { retry_after }))
            }
            Err(api_error) => Err(api_error.into()),
        }
    }
}

#[async_trait]
impl Accounts for NexonAccounts {
    async fn find(&self, key: &NexonKey) -> Result<GameAccount, AccountsError> {
        let key = Key::new(key.expose().into()).map_err(|_| AccountsError::KeyRefused)?;
        match self.guard.ask(|| self.call(&key)).await {
            Ok(Ok(account)) => Ok(account),
            Ok(Err(KeyTrouble::Refused)) => Err(AccountsError::KeyRefused),
            Ok(Err(KeyTrouble::NoAccount)) => Err(AccountsError::NoAccount),
            Ok(Err(KeyTrouble::Exhausted { retry_after })) => {
                Err(AccountsError::KeyExhausted { retry_after })
            }
            Err(error) => Err(AccountsError::Unavailable {
                retry_after: error.retry_after(),
                source: Box::new(error),
            }),
        }
    }
}

#[derive(Deserialize)]
struct WireList {
    #[serde(default)]
    account_list: Option<Vec<WireAccount>>,
}

#[derive(Deserialize)]
struct WireAccount {
    account_id: String,
    #[serde(default)]
    character_list: Option<Vec<WireCharacter>>,
}

#[derive(Deserialize)]
struct WireCharacter {
    ocid: String,
    character_name: String,
    world_name: String,
    character_class: String,
    character_level: u16,
}

/// The owner's account: of several the one with characters whose id comes first in the order of
/// its bytes, so that the order in which they are listed does not matter. The characters of all of
/// them are the owner's. None when no account is listed.
fn read_account(body: &[u8]) -> Result<Option<GameAccount>, InvalidDocument> {
    // What the problem is may quote the document, which is nobody's business in a log.
    let list: WireList = json::read(body).map_err(|error| InvalidDocument {
        problem: "not what is expected there".to_owned(),
        ..error
    })?;
    let mut accounts = list.account_list.unwrap_or_default();
    accounts.sort_by(|a, b| (is_empty(a), &a.account_id).cmp(&(is_empty(b), &b.account_id)));
    let Some(first) = accounts.first() else {
        return Ok(None);
    };
    let id = AccountId::new(first.account_id.clone());
    let characters = accounts
        .into_iter()
        .flat_map(|account| account.character_list.unwrap_or_default())
        .map(read_character);
    Ok(Some(GameAccount {
        id,
        characters: characters.collect::<Result<_, _>>()?,
    }))
}

fn is_empty(account: &WireAccount) -> bool {
    account.character_list.as_ref().is_none_or(Vec::is_empty)
}

fn read_character(wire: WireCharacter) -> Result<OwnCharacter, InvalidDocument> {
    let name: Result<CharacterName, _> = wire.character_name.parse();
    Ok(OwnCharacter {
        ocid: Ocid::new(wire.ocid),
        name: name.map_err(|error| InvalidDocument {
            path: "account_list[].character_list[].character_name".to_owned(),
            problem: error.to_string(),
        })?,
        world: wire.world_name,
        class: wire.character_class,
        level: wire.character_level,
    })
}
