//! Giving points, granting them, and looking at what was given.

use std::sync::Arc;

use jiff::Timestamp;
use kernel::{Clock, Ids, MemberId};
use tokio::sync::Notify;
use tracing::info;

use crate::in_flight::InFlight;
use crate::{
    Account, Amount, Audit, Cause, Developer, Developers, Donation, DonationId, DonationLedger,
    DonationMade, IdempotencyKey, InvalidAmount, InvalidNote, LedgerError, MemberDirectory, Note,
    Posting, PostingId, Side, failpoint,
};

/// The most donations on one page.
pub const MAX_PAGE: u32 = 100;

/// Moves points, each request once.
#[derive(Debug)]
pub struct Donations {
    ledger: Arc<dyn DonationLedger>,
    developers: Developers,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    /// Notified after each commit, so that the message leaves at once.
    committed: Arc<Notify>,
    in_flight: InFlight,
    /// Those who may be granted points; anybody without.
    members: Option<Arc<dyn MemberDirectory>>,
}

/// A member's wish to give points.
#[derive(Debug, Clone)]
pub struct DonationRequest {
    /// Member who donates.
    pub from: MemberId,
    /// The developer to receive.
    pub to: MemberId,
    /// Number of points.
    pub amount: u64,
    /// Note of the giver.
    pub note: Option<String>,
    /// The giver's name for this request.
    pub key: IdempotencyKey,
}

/// The answer to a request to give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The donation.
    pub donation: Donation,
    /// Whether it was given earlier, under the same key.
    pub is_replay: bool,
}

/// Reason for which a donation was refused. Nothing has changed, except where
/// [`DonateError::Ledger`] says that it is unknown.
#[derive(Debug, thiserror::Error)]
pub enum DonateError {
    /// The number of points cannot be given.
    #[error(transparent)]
    Amount(#[from] InvalidAmount),
    /// The note cannot be kept.
    #[error(transparent)]
    Note(#[from] InvalidNote),
    /// Giver and receiver are the same.
    #[error("points cannot be given to oneself")]
    ToOneself,
    /// The receiver is no developer.
    #[error("there is no developer {0}")]
    UnknownDeveloper(MemberId),
    /// The giver has fewer points.
    #[error("the balance of {balance} points is short of {amount}")]
    ShortBalance {
        /// Balance of the giver, in points.
        balance: i64,
        /// Requested amount, in points.
        amount: i64,
    },
    /// The key stands for another donation of this giver.
    #[error("the idempotency key was used for another donation")]
    KeyReused,
    /// Another copy of the request is being answered now.
    #[error("a request with this idempotency key is being answered")]
    InFlight,
    /// The ledger failed. When the commit failed, the outcome is unknown; the same request sent
    /// again returns it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Reason for which a grant was refused.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// The number of points cannot be granted.
    #[error(transparent)]
    Amount(#[from] InvalidAmount),
    /// The operator or the reason is missing.
    #[error("a grant needs an operator and a reason")]
    Unexplained,
    /// Nobody with this id has ever logged in.
    #[error("there is no member {0}")]
    UnknownMember(MemberId),
    /// The ledger failed. When the commit failed, the account's postings show the outcome.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Some of a member's donations, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The donations.
    pub donations: Vec<Donation>,
    /// Start of the next page, if there is one.
    pub next: Option<DonationId>,
}

/// Validated values of a donation request.
struct ValidatedDonation {
    from: MemberId,
    to: MemberId,
    amount: Amount,
    note: Option<Note>,
}

impl Donations {
    /// Donations in `ledger`; `committed` is notified when a message waits in the outbox.
    pub fn new(
        ledger: Arc<dyn DonationLedger>,
        developers: Developers,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        committed: Arc<Notify>,
    ) -> Self {
        Self {
            ledger,
            developers,
            clock,
            ids,
            committed,
            in_flight: InFlight::default(),
            members: None,
        }
    }

    /// The same, with grants for these members only.
    #[must_use]
    pub fn granting_to(mut self, members: Arc<dyn MemberDirectory>) -> Self {
        self.members = Some(members);
        self
    }

    /// Gives points, once per giver and key however often it is asked. A refusal is not kept: the
    /// key is still free then.
    ///
    /// # Errors
    ///
    /// [`DonateError`] says why not.
    pub async fn donate(&self, request: DonationRequest) -> Result<Receipt, DonateError> {
        let gift = ValidatedDonation::try_from(&request)?;
        let key = &request.key;
        let _place = self
            .in_flight
            .enter(gift.from, key)
            .ok_or(DonateError::InFlight)?;
        // A replay needs no lock, and is answered even if the receiver has ceased to be a
        // developer.
        if let Some(first) = self.ledger.donation_by_key(gift.from, key).await? {
            return gift.replay(first);
        }
        let developer = self.developers.get(&gift.to);
        let developer = developer.ok_or(DonateError::UnknownDeveloper(gift.to))?;
        self.transfer(&gift, key, developer).await
    }

    /// Grants points to a member.
    ///
    /// Asking twice grants twice: an operator who got no answer looks at the postings first.
    ///
    /// # Errors
    ///
    /// [`GrantError`] says why not.
    pub async fn grant(
        &self,
        to: MemberId,
        amount: u64,
        by: &str,
        reason: &str,
    ) -> Result<Posting, GrantError> {
        let amount = Amount::try_from(amount)?;
        if by.trim().is_empty() || reason.trim().is_empty() {
            return Err(GrantError::Unexplained);
        }
        if let Some(members) = &self.members
            && !members.exists(to).await?
        {
            return Err(GrantError::UnknownMember(to));
        }
        let posting = Posting {
            id: PostingId::new(self.ids.next()),
            from: Account::Issued,
            to: Account::Member(to),
            amount,
            cause: Cause::Grant {
                by: by.to_owned(),
                reason: reason.to_owned(),
            },
            at: self.now(),
        };
        let mut unit = self.ledger.begin([posting.from, posting.to]).await?;
        unit.post(&posting).await?;
        unit.commit().await?;
        info!(posting = %posting.id, member = %to, points = amount.points(), by, reason, "points granted");
        Ok(posting)
    }

    /// A member's balance, in points.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] when the ledger fails.
    pub async fn balance(&self, member: MemberId) -> Result<i64, LedgerError> {
        self.ledger.balance(Account::Member(member)).await
    }

    /// A donation, when `viewer` gave or received it; to anyone else it is not there.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] when the ledger fails.
    pub async fn find(
        &self,
        viewer: MemberId,
        id: DonationId,
    ) -> Result<Option<Donation>, LedgerError> {
        let donation = self.ledger.donation(id).await?;
        Ok(donation.filter(|donation| [donation.from, donation.to].contains(&viewer)))
    }

    /// A page of what `viewer` gave, or received, from `before` on: the newest first, `size` of
    /// them and [`MAX_PAGE`] at most.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] when the ledger fails.
    pub async fn page(
        &self,
        viewer: MemberId,
        side: Side,
        before: Option<DonationId>,
        size: u32,
    ) -> Result<Page, LedgerError> {
        let size = size.clamp(1, MAX_PAGE);
        // One more than is shown tells whether there is a next page.
        let mut donations = self
            .ledger
            .donations(viewer, side, before, size + 1)
            .await?;
        let has_more = donations.len() > size as usize;
        donations.truncate(size as usize);
        let next = donations
            .last()
            .filter(|_| has_more)
            .map(|donation| donation.id);
        Ok(Page { donations, next })
    }

    /// The latest postings of an account, the newest first, `size` of them and [`MAX_PAGE`] at most.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] when the ledger fails.
    pub async fn postings(&self, account: Account, size: u32) -> Result<Vec<Posting>, LedgerError> {
        self.ledger.postings(account, size.clamp(1, MAX_PAGE)).await
    }

    /// Audits the ledger.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] when the ledger fails.
    pub async fn audit(&self) -> Result<Audit, LedgerError> {
        self.ledger.audit().await
    }

    /// The present in whole microseconds, which is what ledgers keep: the first answer to a request
    /// is the one that its copies get.
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.clock.now().as_microsecond())
            .expect("the present is in the range of timestamps")
    }

    /// Moves the points with everything that belongs to it, or nothing.
    async fn transfer(
        &self,
        gift: &ValidatedDonation,
        key: &IdempotencyKey,
        developer: &Developer,
    ) -> Result<Receipt, DonateError> {
        let giver = Account::Member(gift.from);
        let mut unit = self.ledger.begin([giver, Account::Member(gift.to)]).await?;
        failpoint::reached("donation-locked");
        // A copy on another instance may have been first while this one waited for the lock.
        if let Some(first) = unit.donation_by_key(gift.from, key).await? {
            return gift.replay(first);
        }
        let (balance, amount) = (unit.balance(giver).await?, gift.amount.points());
        if balance < amount {
            return Err(DonateError::ShortBalance { balance, amount });
        }
        let donation = gift.donation(DonationId::new(self.ids.next()), self.now());
        failpoint::reached("donation-decided");
        unit.post(&Posting::from(&donation)).await?;
        failpoint::reached("donation-posted");
        unit.record(&donation, key).await?;
        failpoint::reached("donation-recorded");
        let event = DonationMade::new(&donation, developer);
        unit.enqueue(&event.message()).await?;
        failpoint::reached("donation-enqueued");
        unit.commit().await?;
        failpoint::reached("donation-committed");
        self.committed.notify_one();
        Ok(Receipt {
            donation,
            is_replay: false,
        })
    }
}

impl TryFrom<&DonationRequest> for ValidatedDonation {
    type Error = DonateError;

    fn try_from(request: &DonationRequest) -> Result<Self, DonateError> {
        let gift = Self {
            from: request.from,
            to: request.to,
            amount: Amount::try_from(request.amount)?,
            note: request.note.clone().map(Note::try_from).transpose()?,
        };
        if gift.from == gift.to {
            return Err(DonateError::ToOneself);
        }
        Ok(gift)
    }
}

impl ValidatedDonation {
    /// The answer when `first` was made under the same key.
    fn replay(&self, first: Donation) -> Result<Receipt, DonateError> {
        // The donation holds all that a request can ask for, so it tells as well as a fingerprint.
        if self.donation(first.id, first.at) != first {
            return Err(DonateError::KeyReused);
        }
        Ok(Receipt {
            donation: first,
            is_replay: true,
        })
    }

    fn donation(&self, id: DonationId, at: Timestamp) -> Donation {
        Donation {
            id,
            from: self.from,
            to: self.to,
            amount: self.amount,
            note: self.note.clone(),
            at,
        }
    }
}
