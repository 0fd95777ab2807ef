//! The ledger of donations: accounts, postings of two entries, donations.

mod audit;
mod rows;
mod unit;

use async_trait::async_trait;
use donation::{
    Account, Audit, Donation, DonationId, DonationLedger, DonationUnit, IdempotencyKey,
    LedgerError, Posting, Side,
};
use kernel::MemberId;
use sea_orm::{ConnectionTrait, DbErr};

use crate::{Database, Error, sql, value};
use rows::{BalanceRow, DonationRow, PostingRow};
use unit::Unit;

/// The ledger of donations.
#[derive(Debug, Clone)]
pub struct Ledger {
    database: Database,
}

const BY_ID: &str = "SELECT id, giver, receiver, amount, note, made_at_us FROM donation \
     WHERE id = ?";
const BY_KEY: &str = "SELECT id, giver, receiver, amount, note, made_at_us FROM donation \
     WHERE giver = ? AND idempotency_key = ?";
const GIVEN: &str = "SELECT id, giver, receiver, amount, note, made_at_us FROM donation \
     WHERE giver = ? AND id < ? ORDER BY id DESC LIMIT ?";
const RECEIVED: &str = "SELECT id, giver, receiver, amount, note, made_at_us FROM donation \
     WHERE receiver = ? AND id < ? ORDER BY id DESC LIMIT ?";

/// Above every id of 16 bytes, since a longer text of bytes comes after its beginning.
const ABOVE_ALL_IDS: [u8; 17] = [0xFF; 17];

const BALANCE: &str = "SELECT account, balance FROM point_account WHERE account = ?";

/// The two entries of a posting are told apart by their signs.
const POSTINGS: &str = "SELECT posting.id, posting.cause, posting.granted_by, posting.reason, \
     posting.made_at_us, taken.account AS from_account, given.account AS to_account, given.points \
     FROM ledger_entry own \
     JOIN posting ON posting.id = own.posting_id \
     JOIN ledger_entry taken ON taken.posting_id = posting.id AND taken.points < 0 \
     JOIN ledger_entry given ON given.posting_id = posting.id AND given.points > 0 \
     WHERE own.account = ? ORDER BY own.posting_id DESC LIMIT ?";

impl Ledger {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl DonationLedger for Ledger {
    async fn begin(&self, accounts: [Account; 2]) -> Result<Box<dyn DonationUnit>, LedgerError> {
        if accounts[0] == accounts[1] {
            return Err(refused("lock accounts", "both are the same"));
        }
        let unit = Unit::begin(&self.database, accounts).await;
        Ok(Box::new(unit.map_err(failed_to("lock accounts"))?))
    }

    async fn balance(&self, account: Account) -> Result<i64, LedgerError> {
        let balance = balance(self.database.connection(), account);
        let balance = self.database.within(balance).await;
        balance.map_err(failed_to("read a balance"))
    }

    async fn donation_by_key(
        &self,
        from: MemberId,
        key: &IdempotencyKey,
    ) -> Result<Option<Donation>, LedgerError> {
        let found = by_key(self.database.connection(), from, key);
        let found = self.database.within(found).await;
        found
            .and_then(read_donation)
            .map_err(failed_to("read a donation"))
    }

    async fn donation(&self, id: DonationId) -> Result<Option<Donation>, LedgerError> {
        let found = sql::one(self.database.connection(), BY_ID, [value::id(id)]);
        let found = self.database.within(found).await;
        found
            .and_then(read_donation)
            .map_err(failed_to("read a donation"))
    }

    async fn donations(
        &self,
        member: MemberId,
        side: Side,
        before: Option<DonationId>,
        limit: u32,
    ) -> Result<Vec<Donation>, LedgerError> {
        let text = match side {
            Side::Given => GIVEN,
            Side::Received => RECEIVED,
        };
        let before = before.map_or_else(|| ABOVE_ALL_IDS.to_vec().into(), value::id);
        let values = [value::id(member), before, limit.into()];
        let rows = sql::all::<DonationRow>(self.database.connection(), text, values);
        let rows = self.database.within(rows).await;
        rows.and_then(|rows| rows.into_iter().map(Donation::try_from).collect())
            .map_err(failed_to("list donations"))
    }

    async fn postings(&self, account: Account, limit: u32) -> Result<Vec<Posting>, LedgerError> {
        let values = [rows::account(account), limit.into()];
        let rows = sql::all::<PostingRow>(self.database.connection(), POSTINGS, values);
        let rows = self.database.within(rows).await;
        rows.and_then(|rows| rows.into_iter().map(Posting::try_from).collect())
            .map_err(failed_to("list postings"))
    }

    async fn audit(&self) -> Result<Audit, LedgerError> {
        audit::audit(&self.database)
            .await
            .map_err(failed_to("check the accounts"))
    }
}

async fn balance(connection: &impl ConnectionTrait, account: Account) -> Result<i64, DbErr> {
    let row: Option<BalanceRow> = sql::one(connection, BALANCE, [rows::account(account)]).await?;
    Ok(row.map_or(0, |row| row.balance))
}

async fn by_key(
    connection: &impl ConnectionTrait,
    from: MemberId,
    key: &IdempotencyKey,
) -> Result<Option<DonationRow>, DbErr> {
    sql::one(connection, BY_KEY, [value::id(from), key.as_str().into()]).await
}

fn read_donation(row: Option<DonationRow>) -> Result<Option<Donation>, Error> {
    row.map(Donation::try_from).transpose()
}

fn failed_to(action: &'static str) -> impl Fn(Error) -> LedgerError {
    move |error| {
        if error.is_contention() {
            return LedgerError::Busy;
        }
        LedgerError::Failed {
            action,
            source: Box::new(error),
        }
    }
}

fn refused(action: &'static str, why: &'static str) -> LedgerError {
    LedgerError::Failed {
        action,
        source: why.into(),
    }
}
