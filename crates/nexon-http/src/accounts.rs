//! Owner of a member's own key: `/maplestory/v1/character/list`.
//!
//! This module has no key of the service, so the two cannot be confused. A key
//! lives in the call that presents it, is blotted out of whatever the upstream echoes, and is
//! wiped when the call ends.

use std::time::Duration;

use async_trait::async_trait;
use equipment::{InvalidDocument, UpstreamError};
use kernel::Ocid;
use members::{AccountId, Accounts, AccountsError, GameAccount, NexonKey, OwnCharacter};
use resilience::{CircuitBreaker, InvalidSettings, Jitter};
use serde::Deserialize;

use crate::api_error::ApiError;
use crate::caller::{Caller, ClientError, Endpoint, Key};
use crate::client::level;
use crate::found::Found;
use crate::guard::Guard;
use crate::lenient::{List, Object};
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

/// Reason for which accounts cannot be looked up.
#[derive(Debug, thiserror::Error)]
pub enum NexonAccountsError {
    /// The client cannot be made.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A setting is out of its range.
    #[error(transparent)]
    Settings(#[from] InvalidSettings),
}

/// Fault of a key rather than of the upstream.
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
            Err(ApiError::Key(_) | ApiError::NoPermission(_)) => Ok(Err(KeyTrouble::Refused)),
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
struct WireList<'a> {
    #[serde(borrow, default)]
    account_list: Option<Vec<Object<WireAccount<'a>>>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireAccount<'a> {
    #[serde(borrow)]
    account_id: Found<'a>,
    #[serde(borrow)]
    character_list: List<WireCharacter<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireCharacter<'a> {
    #[serde(borrow)]
    ocid: Found<'a>,
    #[serde(borrow)]
    character_name: Found<'a>,
    #[serde(borrow)]
    world_name: Found<'a>,
    #[serde(borrow)]
    character_class: Found<'a>,
    #[serde(borrow)]
    character_level: Found<'a>,
}

/// The owner's account: of several the one with characters whose id comes first in the order of
/// its bytes, so that the order in which they are listed does not matter. The characters of all of
/// them are the owner's. None when no account is listed.
///
/// An entry that cannot be used is left out: an account without an id, a character without an
/// identifier or with a name that no character can have.
fn read_account(body: &[u8]) -> Result<Option<GameAccount>, InvalidDocument> {
    // What the problem is may quote the document, which is nobody's business in a log.
    let list: WireList<'_> = json::read(body).map_err(|error| InvalidDocument {
        problem: "not what is expected there".to_owned(),
        ..error
    })?;
    let accounts = list.account_list.unwrap_or_default().into_iter();
    let mut accounts: Vec<_> = accounts.filter_map(|Object(wire)| account(wire)).collect();
    accounts.sort_by(|(a, a_own), (b, b_own)| (a_own.is_empty(), a).cmp(&(b_own.is_empty(), b)));
    let Some((first, _)) = accounts.first() else {
        return Ok(None);
    };
    Ok(Some(GameAccount {
        id: AccountId::new(first.clone()),
        characters: accounts.into_iter().flat_map(|(_, own)| own).collect(),
    }))
}

fn account(wire: WireAccount<'_>) -> Option<(String, Vec<OwnCharacter>)> {
    let id = match wire.account_id {
        Found::Whole(number) => number.to_string(),
        id => id.into_text()?,
    };
    let own = wire.character_list.0.into_iter();
    let own = own.filter_map(|Object(wire)| character(wire));
    Some((id, own.collect()))
}

fn character(wire: WireCharacter<'_>) -> Option<OwnCharacter> {
    Some(OwnCharacter {
        ocid: Ocid::new(wire.ocid.into_text()?),
        name: wire.character_name.into_text()?.parse().ok()?,
        world: wire.world_name.into_text().unwrap_or_default(),
        class: wire.character_class.into_text().unwrap_or_default(),
        level: level(&wire.character_level),
    })
}
