//! Points that members give to developers, moved once per request.
//!
//! # What is promised
//!
//! Points are never created or lost: each movement is a [`Posting`] of two entries that add up to
//! zero, and [`DonationLedger::audit`] checks that balances equal the sums of the entries. A donation,
//! its posting and its message in the outbox are written in one unit of work and carry the same
//! 128 bits as their id; there is never one without the others.
//!
//! A request is named by its giver's [`IdempotencyKey`]. The first one that succeeds is the
//! answer to all of its copies, on whatever instance they arrive; another request under the same
//! key is refused.
//!
//! # How
//!
//! [`DonationLedger::begin`] locks both accounts before anything is read, so copies of a request
//! follow one another and the second one finds the first one's donation.

mod donations;
mod event;
mod failpoint;
mod in_flight;
mod ledger;
mod model;
mod ports;
#[cfg(feature = "testkit")]
pub mod testkit;

pub use donations::{DonateError, DonationRequest, Donations, GrantError, MAX_PAGE, Page, Receipt};
pub use event::{DonationMade, UnreadableNotice};
pub use ledger::{Account, Audit, Cause, Flaw, Posting, PostingId};
pub use model::{
    Amount, Donation, DonationId, IdempotencyKey, InvalidAmount, InvalidIdempotencyKey,
    InvalidNote, MAX_AMOUNT, MAX_KEY_BYTES, MAX_NOTE_CHARS, Note,
};
pub use ports::{
    Developer, Developers, DonationLedger, DonationUnit, LedgerError, MemberDirectory, Side,
};
