//! Port of donations, the ledger with its unit of work; and the developers.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Debug;

use async_trait::async_trait;
use kernel::MemberId;
use outbox::NewMessage;

use crate::{Account, Audit, Donation, DonationId, IdempotencyKey, Posting};

/// Directory of members: everybody who has logged in once.
#[async_trait]
pub trait MemberDirectory: Debug + Send + Sync {
    /// Whether a member has this id.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] when the store fails.
    async fn exists(&self, id: MemberId) -> Result<bool, LedgerError>;
}

/// Keeps accounts, postings and donations.
#[async_trait]
pub trait DonationLedger: Debug + Send + Sync {
    /// Begins a unit of work over two different accounts, opening with a balance of zero the ones
    /// that are not there.
    ///
    /// Both accounts MUST be locked when this returns, in the order of [`Account`] so that units
    /// never wait for each other in a circle: until the unit ends no other unit over either of
    /// them begins. An account that was opened MAY stay when the unit is dropped.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] when the accounts cannot be locked; then nothing is.
    async fn begin(&self, accounts: [Account; 2]) -> Result<Box<dyn DonationUnit>, LedgerError>;

    /// An account's balance in points; zero for one that is not there.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] when the store fails.
    async fn balance(&self, account: Account) -> Result<i64, LedgerError>;

    /// The donation that `from` made under `key`.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] when the store fails.
    async fn donation_by_key(
        &self,
        from: MemberId,
        key: &IdempotencyKey,
    ) -> Result<Option<Donation>, LedgerError>;

    /// The donation with this id.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] when the store fails.
    async fn donation(&self, id: DonationId) -> Result<Option<Donation>, LedgerError>;

    /// Up to `limit` donations that `member` gave or received, by falling id, below `before`.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] when the store fails.
    async fn donations(
        &self,
        member: MemberId,
        side: Side,
        before: Option<DonationId>,
        limit: u32,
    ) -> Result<Vec<Donation>, LedgerError>;

    /// Up to `limit` postings that touch an account, by falling id.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] when the store fails.
    async fn postings(&self, account: Account, limit: u32) -> Result<Vec<Posting>, LedgerError>;

    /// Audits the ledger as of one instant.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] when the store fails.
    async fn audit(&self) -> Result<Audit, LedgerError>;
}

/// Changes that stand or fall together. Dropping it undoes them and frees the accounts.
#[async_trait]
pub trait DonationUnit: Debug + Send {
    /// The balance of one of the unit's accounts, in points, with this unit's own postings.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] when the store fails, or the account is not one of the unit's.
    async fn balance(&mut self, account: Account) -> Result<i64, LedgerError>;

    /// The donation that `from` made under `key`. MUST see every donation committed before the
    /// accounts were locked.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] when the store fails.
    async fn donation_by_key(
        &mut self,
        from: MemberId,
        key: &IdempotencyKey,
    ) -> Result<Option<Donation>, LedgerError>;

    /// Writes both entries of a posting between the unit's accounts and moves their balances.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] when the store fails. MUST fail when a member's balance would fall below
    /// zero, when the posting's id is taken, and for an account that is not one of the unit's.
    async fn post(&mut self, posting: &Posting) -> Result<(), LedgerError>;

    /// Records a donation under its giver's key.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] when the store fails. MUST fail when the giver used the key before, and
    /// when the donation's id is taken.
    async fn record(
        &mut self,
        donation: &Donation,
        key: &IdempotencyKey,
    ) -> Result<(), LedgerError>;

    /// Puts a message into the outbox.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] when the store fails.
    async fn enqueue(&mut self, message: &NewMessage) -> Result<(), LedgerError>;

    /// Makes the changes durable and seen by all.
    ///
    /// # Errors
    ///
    /// [`LedgerError`]; then all of the changes stand or none, and it is not known which.
    async fn commit(self: Box<Self>) -> Result<(), LedgerError>;
}

/// The member's part in a donation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The member gave.
    Given,
    /// The member received.
    Received,
}

/// The ledger failed.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The accounts were in use for too long, or the store gave this unit up for another's sake.
    /// Nothing has changed; the request may be sent again.
    #[error("the accounts are in use")]
    Busy,
    /// The store fails.
    #[error("the ledger failed to {action}")]
    Failed {
        /// Attempted action, such as `post points`.
        action: &'static str,
        /// Error of the store.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

/// Someone who may be given points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Developer {
    /// Id of the member.
    pub id: MemberId,
    /// The name shown to people.
    pub name: String,
}

/// The developers by id, as configured.
pub type Developers = BTreeMap<MemberId, Developer>;
