//! The rows of the ledger, and what they stand for.

use donation::{Account, Amount, Cause, Donation, Note, Posting};
use sea_orm::{FromQueryResult, Value};

use crate::Error;
use crate::value::{self, instant, read_id};

/// Stored form of a posting's cause.
const DONATION: &str = "donation";
const GRANT: &str = "grant";

#[derive(Debug, FromQueryResult)]
pub(super) struct BalanceRow {
    pub(super) account: Vec<u8>,
    pub(super) balance: i64,
}

#[derive(Debug, FromQueryResult)]
pub(super) struct DonationRow {
    id: Vec<u8>,
    giver: Vec<u8>,
    receiver: Vec<u8>,
    amount: i64,
    note: Option<String>,
    made_at_us: i64,
}

#[derive(Debug, FromQueryResult)]
pub(super) struct PostingRow {
    id: Vec<u8>,
    cause: String,
    granted_by: Option<String>,
    reason: Option<String>,
    made_at_us: i64,
    from_account: Vec<u8>,
    to_account: Vec<u8>,
    points: i64,
}

/// An account as its column holds it.
pub(super) fn account(account: Account) -> Value {
    match account {
        Account::Issued => Vec::<u8>::new().into(),
        Account::Member(member) => value::id(member),
    }
}

/// The account in a column.
pub(super) fn read_account(bytes: &[u8]) -> Result<Account, String> {
    if bytes.is_empty() {
        return Ok(Account::Issued);
    }
    read_id(bytes).map(Account::Member)
}

/// A cause as its three columns hold it: what, by whom, for what.
pub(super) fn cause(cause: &Cause) -> [Value; 3] {
    match cause {
        Cause::Donation => [
            DONATION.into(),
            None::<String>.into(),
            None::<String>.into(),
        ],
        Cause::Grant { by, reason } => [GRANT.into(), by.as_str().into(), reason.as_str().into()],
    }
}

impl TryFrom<DonationRow> for Donation {
    type Error = Error;

    fn try_from(row: DonationRow) -> Result<Self, Error> {
        row.read().map_err(|problem| Error::Row {
            table: "donation",
            problem,
        })
    }
}

impl DonationRow {
    fn read(self) -> Result<Donation, String> {
        Ok(Donation {
            id: read_id(&self.id)?,
            from: read_id(&self.giver)?,
            to: read_id(&self.receiver)?,
            amount: amount(self.amount)?,
            note: self
                .note
                .map(Note::try_from)
                .transpose()
                .map_err(|error| error.to_string())?,
            at: instant(self.made_at_us)?,
        })
    }
}

impl TryFrom<PostingRow> for Posting {
    type Error = Error;

    fn try_from(row: PostingRow) -> Result<Self, Error> {
        row.read().map_err(|problem| Error::Row {
            table: "posting",
            problem,
        })
    }
}

impl PostingRow {
    fn read(self) -> Result<Posting, String> {
        let cause = match (self.cause.as_str(), self.granted_by, self.reason) {
            (DONATION, None, None) => Cause::Donation,
            (GRANT, Some(by), Some(reason)) => Cause::Grant { by, reason },
            (other, ..) => return Err(format!("its cause is {other}")),
        };
        Ok(Posting {
            id: read_id(&self.id)?,
            from: read_account(&self.from_account)?,
            to: read_account(&self.to_account)?,
            amount: amount(self.points)?,
            cause,
            at: instant(self.made_at_us)?,
        })
    }
}

fn amount(points: i64) -> Result<Amount, String> {
    u64::try_from(points)
        .ok()
        .and_then(|points| Amount::try_from(points).ok())
        .ok_or_else(|| format!("{points} points cannot move"))
}
