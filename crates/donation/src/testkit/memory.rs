//! The ledger in memory, as strict as the database.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use kernel::MemberId;
use outbox::NewMessage;
use outbox::testkit::{MemoryOutbox, OutboxUnderTest};
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::OwnedMutexGuard;

use crate::{
    Account, Audit, Donation, DonationId, DonationLedger, DonationUnit, Flaw, IdempotencyKey,
    LedgerError, Posting, PostingId, Side,
};

/// The ledger in memory. Units of work follow one another, whatever accounts they are over.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    /// Held by the open unit.
    turn: Arc<tokio::sync::Mutex<()>>,
    committed: Arc<Mutex<State>>,
    outbox: Arc<MemoryOutbox>,
}

#[derive(Debug, Clone, Default)]
struct State {
    balances: BTreeMap<Account, i64>,
    postings: BTreeMap<PostingId, Posting>,
    donations: BTreeMap<DonationId, (IdempotencyKey, Donation)>,
}

#[derive(Debug)]
struct MemoryUnit {
    accounts: [Account; 2],
    staged: State,
    messages: Vec<NewMessage>,
    committed: Arc<Mutex<State>>,
    outbox: Arc<MemoryOutbox>,
    _turn: OwnedMutexGuard<()>,
}

impl MemoryLedger {
    /// A ledger whose messages go to `outbox`.
    pub fn new(outbox: Arc<MemoryOutbox>) -> Self {
        Self {
            outbox,
            ..Self::default()
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.committed)
    }
}

#[async_trait]
impl DonationLedger for MemoryLedger {
    async fn begin(&self, accounts: [Account; 2]) -> Result<Box<dyn DonationUnit>, LedgerError> {
        if accounts[0] == accounts[1] {
            return refuse("lock accounts", "both are the same");
        }
        // Others come in between here, as they do over a network.
        tokio::task::yield_now().await;
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let mut staged = self.state().clone();
        for account in accounts {
            staged.balances.entry(account).or_default();
        }
        Ok(Box::new(MemoryUnit {
            accounts,
            staged,
            messages: Vec::new(),
            committed: Arc::clone(&self.committed),
            outbox: Arc::clone(&self.outbox),
            _turn: turn,
        }))
    }

    async fn balance(&self, account: Account) -> Result<i64, LedgerError> {
        Ok(self.state().balance(account))
    }

    async fn donation_by_key(
        &self,
        from: MemberId,
        key: &IdempotencyKey,
    ) -> Result<Option<Donation>, LedgerError> {
        Ok(self.state().by_key(from, key))
    }

    async fn donation(&self, id: DonationId) -> Result<Option<Donation>, LedgerError> {
        let state = self.state();
        Ok(state.donations.get(&id).map(|(_, found)| found.clone()))
    }

    async fn donations(
        &self,
        member: MemberId,
        side: Side,
        before: Option<DonationId>,
        limit: u32,
    ) -> Result<Vec<Donation>, LedgerError> {
        let state = self.state();
        let all = state.donations.values().rev().map(|(_, donation)| donation);
        let of_member = all.filter(|donation| match side {
            Side::Given => donation.from == member,
            Side::Received => donation.to == member,
        });
        let below = of_member.filter(|donation| before.is_none_or(|before| donation.id < before));
        Ok(below.take(limit as usize).cloned().collect())
    }

    async fn postings(&self, account: Account, limit: u32) -> Result<Vec<Posting>, LedgerError> {
        let state = self.state();
        let all = state.postings.values().rev();
        let of_account = all.filter(|posting| [posting.from, posting.to].contains(&account));
        Ok(of_account.take(limit as usize).cloned().collect())
    }

    async fn audit(&self) -> Result<Audit, LedgerError> {
        Ok(self.state().audit())
    }
}

#[async_trait]
impl DonationUnit for MemoryUnit {
    async fn balance(&mut self, account: Account) -> Result<i64, LedgerError> {
        if !self.accounts.contains(&account) {
            return refuse("read a balance", "the account is not locked");
        }
        Ok(self.staged.balance(account))
    }

    async fn donation_by_key(
        &mut self,
        from: MemberId,
        key: &IdempotencyKey,
    ) -> Result<Option<Donation>, LedgerError> {
        Ok(self.staged.by_key(from, key))
    }

    async fn post(&mut self, posting: &Posting) -> Result<(), LedgerError> {
        let refused = |why| refuse("post points", why);
        if self.staged.postings.contains_key(&posting.id) {
            return refused("the id is taken");
        }
        let after = posting
            .entries()
            .map(|(account, points)| (account, self.staged.balance(account) + points));
        if after
            .iter()
            .any(|(account, _)| !self.accounts.contains(account))
        {
            return refused("an account is not locked");
        }
        let is_overdrawn = |&(account, balance)| account != Account::Issued && balance < 0;
        if after.iter().any(is_overdrawn) {
            return refused("the balance would fall below zero");
        }
        self.staged.balances.extend(after);
        self.staged.postings.insert(posting.id, posting.clone());
        Ok(())
    }

    async fn record(
        &mut self,
        donation: &Donation,
        key: &IdempotencyKey,
    ) -> Result<(), LedgerError> {
        if self.staged.donations.contains_key(&donation.id) {
            return refuse("record a donation", "the id is taken");
        }
        if self.staged.by_key(donation.from, key).is_some() {
            return refuse("record a donation", "the key is taken");
        }
        let row = (key.clone(), donation.clone());
        self.staged.donations.insert(donation.id, row);
        Ok(())
    }

    async fn enqueue(&mut self, message: &NewMessage) -> Result<(), LedgerError> {
        self.messages.push(message.clone());
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Result<(), LedgerError> {
        tokio::task::yield_now().await;
        for message in &self.messages {
            self.outbox.insert(message.clone()).await;
        }
        *lock(&self.committed) = self.staged;
        Ok(())
    }
}

impl State {
    fn balance(&self, account: Account) -> i64 {
        self.balances.get(&account).copied().unwrap_or(0)
    }

    fn by_key(&self, from: MemberId, key: &IdempotencyKey) -> Option<Donation> {
        let mut all = self.donations.values();
        let (_, found) = all.find(|(used, donation)| donation.from == from && used == key)?;
        Some(found.clone())
    }

    fn audit(&self) -> Audit {
        let mut sums: BTreeMap<Account, i64> = BTreeMap::new();
        for (account, points) in self.postings.values().flat_map(Posting::entries) {
            *sums.entry(account).or_default() += points;
        }
        let accounts: std::collections::BTreeSet<_> =
            self.balances.keys().chain(sums.keys()).copied().collect();
        let mut flaws = Vec::new();
        for account in &accounts {
            let (account, balance) = (*account, self.balance(*account));
            let entries = sums.get(&account).copied().unwrap_or(0);
            if balance != entries {
                flaws.push(Flaw::Balance {
                    account,
                    balance,
                    entries,
                });
            }
            if let (Account::Member(member), true) = (account, balance < 0) {
                flaws.push(Flaw::Overdrawn { member, balance });
            }
        }
        flaws.extend(self.strays().map(|posting| Flaw::Stray { posting }));
        Audit {
            accounts: accounts.len() as u64,
            entries: 2 * self.postings.len() as u64,
            sum: sums.values().sum(),
            flaws,
        }
    }

    /// Donations without posting and postings of no donation. (A posting here is always balanced:
    /// its two entries are made from one number.)
    fn strays(&self) -> impl Iterator<Item = PostingId> {
        let ids = self.donations.keys().map(|id| PostingId::new(id.bits()));
        let without_posting = ids.filter(|id| !self.postings.contains_key(id));
        let of_donations = self
            .postings
            .values()
            .filter(|posting| posting.cause == crate::Cause::Donation)
            .map(|posting| posting.id);
        let without_donation =
            of_donations.filter(|id| !self.donations.contains_key(&DonationId::new(id.bits())));
        without_posting.chain(without_donation)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock()
}

fn refuse<T>(action: &'static str, why: &str) -> Result<T, LedgerError> {
    Err(LedgerError::Failed {
        action,
        source: why.into(),
    })
}
