//! The books: accounts, postings of two entries each, and what a check of them finds.

use jiff::Timestamp;
use kernel::{Id, MemberId};

use crate::{Amount, Donation};

/// Whose points they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Where granted points come from; its balance is what was ever granted, below zero.
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
    /// Whose points they were.
    pub from: Account,
    /// Whose points they are then.
    pub to: Account,
    /// How many.
    pub amount: Amount,
    /// Why they moved.
    pub cause: Cause,
    /// When.
    pub at: Timestamp,
}

/// Why points moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// A member gave them; the donation has the posting's id.
    Donation,
    /// An operator granted them.
    Grant {
        /// Which operator.
        by: String,
        /// What for.
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

/// What a check of the books found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audit {
    /// How many accounts there are.
    pub accounts: u64,
    /// How many entries there are.
    pub entries: u64,
    /// The sum of all entries, in points; zero in right books.
    pub sum: i64,
    /// What is wrong.
    pub flaws: Vec<Flaw>,
}

/// Something wrong in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// An account's balance is not the sum of its entries.
    Balance {
        /// Which account.
        account: Account,
        /// The balance kept, in points.
        balance: i64,
        /// The sum of its entries, in points.
        entries: i64,
    },
    /// A member's balance is below zero.
    Overdrawn {
        /// Which member.
        member: MemberId,
        /// The balance kept, in points.
        balance: i64,
    },
    /// A posting's entries do not add up to zero.
    Unbalanced {
        /// Which posting.
        posting: PostingId,
        /// What they add up to, in points.
        sum: i64,
    },
    /// A donation without its posting, or a donation's posting without the donation.
    Stray {
        /// The id that the other should have.
        posting: PostingId,
    },
}

impl Audit {
    /// Whether the books are right.
    pub fn is_clean(&self) -> bool {
        self.sum == 0 && self.flaws.is_empty()
    }
}
