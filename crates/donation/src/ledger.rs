//! Double-entry ledger of points: accounts, postings of two entries each, and audits.

use jiff::Timestamp;
use kernel::{Id, MemberId};

use crate::{Amount, Donation};

/// Owner of a balance of points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Source of granted points; its balance is the negative of all points ever granted.
    Issued,
    /// A member's own; its balance is never below zero.
    Member(MemberId),
}

/// The identity of a posting.
pub type PostingId = Id<Posting>;

/// A movement of points: the same number is taken from one account and put to another, so that
/// its two entries add up to zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// Its identity.
    pub id: PostingId,
    /// Account that the points leave.
    pub from: Account,
    /// Account that the points enter.
    pub to: Account,
    /// Number of points.
    pub amount: Amount,
    /// Cause of the posting.
    pub cause: Cause,
    /// Time of the posting.
    pub at: Timestamp,
}

/// Cause of a posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// A member gave them; the donation has the posting's id.
    Donation,
    /// An operator granted them.
    Grant {
        /// Operator who granted the points.
        by: String,
        /// Reason that the operator stated.
        reason: String,
    },
}

impl Posting {
    /// The two entries: an account and what is added to its balance.
    pub fn entries(&self) -> [(Account, i64); 2] {
        let points = self.amount.points();
        [(self.from, -points), (self.to, points)]
    }
}

impl From<&Donation> for Posting {
    fn from(donation: &Donation) -> Self {
        Self {
            id: PostingId::new(donation.id.bits()),
            from: Account::Member(donation.from),
            to: Account::Member(donation.to),
            amount: donation.amount,
            cause: Cause::Donation,
            at: donation.at,
        }
    }
}

/// Result of an audit of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audit {
    /// Number of accounts.
    pub accounts: u64,
    /// Number of entries.
    pub entries: u64,
    /// Sum of all entries, in points; zero in a sound ledger.
    pub sum: i64,
    /// Inconsistencies found.
    pub flaws: Vec<Flaw>,
}

/// An inconsistency in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// An account's balance is not the sum of its entries.
    Balance {
        /// Account concerned.
        account: Account,
        /// The balance kept, in points.
        balance: i64,
        /// The sum of its entries, in points.
        entries: i64,
    },
    /// A member's balance is below zero.
    Overdrawn {
        /// Member concerned.
        member: MemberId,
        /// The balance kept, in points.
        balance: i64,
    },
    /// A posting's entries do not add up to zero.
    Unbalanced {
        /// Posting concerned.
        posting: PostingId,
        /// Sum of the posting's entries, in points; zero in a sound ledger.
        sum: i64,
    },
    /// A donation without its posting, or a donation's posting without the donation.
    Stray {
        /// The id that the other should have.
        posting: PostingId,
    },
}

impl Audit {
    /// Whether the ledger is sound.
    pub fn is_clean(&self) -> bool {
        self.sum == 0 && self.flaws.is_empty()
    }
}
