//! Accounts that were written down beforehand, by key.

use std::collections::BTreeMap;

use async_trait::async_trait;
use parking_lot::{Mutex, MutexGuard};

use crate::{Accounts, AccountsError, GameAccount, NexonKey};

/// Accounts that were written down beforehand, by key; every other key is refused.
#[derive(Debug, Default)]
pub struct FakeAccounts(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    by_key: BTreeMap<String, GameAccount>,
    is_down: bool,
}

impl FakeAccounts {
    /// From now on this key belongs to this account.
    pub fn put(&self, key: &str, account: GameAccount) {
        self.state().by_key.insert(key.to_owned(), account);
    }

    /// Whether the game gives no answer.
    pub fn set_down(&self, is_down: bool) {
        self.state().is_down = is_down;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock()
    }
}

#[async_trait]
impl Accounts for FakeAccounts {
    async fn find(&self, key: &NexonKey) -> Result<GameAccount, AccountsError> {
        let state = self.state();
        if state.is_down {
            return Err(AccountsError::Unavailable {
                retry_after: None,
                source: "down".into(),
            });
        }
        let account = state.by_key.get(key.expose());
        account.cloned().ok_or(AccountsError::KeyRefused)
    }
}
