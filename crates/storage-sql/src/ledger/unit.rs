//! The unit of work: one transaction over two accounts.

use async_trait::async_trait;
use donation::{Account, Donation, DonationUnit, IdempotencyKey, LedgerError, Posting};
use kernel::MemberId;
use outbox::NewMessage;
use sea_orm::{ConnectionTrait, DbErr};

use super::rows;
use super::{balance, by_key, failed_to, read_donation, refused};
use crate::transaction::Transaction;
use crate::{Database, Error, failpoint, outbox as messages, sql, value};

#[derive(Debug)]
pub(super) struct Unit {
    accounts: [Account; 2],
    database: Database,
    transaction: Transaction,
}

const OPEN: &str = "INSERT INTO point_account (account, balance) VALUES (?, 0), (?, 0)";
const POST: &str =
    "INSERT INTO posting (id, cause, granted_by, reason, made_at_us) VALUES (?, ?, ?, ?, ?)";
const ENTER: &str =
    "INSERT INTO ledger_entry (posting_id, account, points) VALUES (?, ?, ?), (?, ?, ?)";
/// Atomic, and touches nothing where the balance would fall below the floor.
const MOVE: &str = "UPDATE point_account SET balance = balance + ? \
     WHERE account = ? AND balance + ? >= ?";
const RECORD: &str = "INSERT INTO donation \
     (id, giver, receiver, amount, note, idempotency_key, made_at_us) \
     VALUES (?, ?, ?, ?, ?, ?, ?)";

impl Unit {
    /// Opens and locks both accounts, in their order.
    pub(super) async fn begin(database: &Database, accounts: [Account; 2]) -> Result<Self, Error> {
        let mut in_order = accounts;
        in_order.sort();
        let begun = async {
            let transaction = Transaction::writing(database.connection()).await?;
            let keep = sql::or_keep(transaction.get_database_backend(), "account");
            let open = format!("{OPEN}{keep}");
            sql::execute(&transaction, &open, in_order.map(rows::account)).await?;
            Ok(transaction)
        };
        Ok(Self {
            accounts,
            transaction: database.within(begun).await?,
            database: database.clone(),
        })
    }

    async fn write(
        &self,
        action: &'static str,
        write: impl Future<Output = Result<(), DbErr>> + Send,
    ) -> Result<(), LedgerError> {
        let written = self.database.within(write).await;
        written.map_err(failed_to(action))
    }

    async fn write_posting(&self, posting: &Posting) -> Result<(), DbErr> {
        let [cause, by, reason] = rows::cause(&posting.cause);
        let id = value::id(posting.id);
        let posted = [id.clone(), cause, by, reason, value::micros(posting.at)];
        sql::execute(&self.transaction, POST, posted).await?;
        failpoint::reached("ledger-posting");
        let entries = posting
            .entries()
            .map(|(account, points)| [id.clone(), rows::account(account), points.into()]);
        sql::execute(&self.transaction, ENTER, entries.into_iter().flatten()).await?;
        failpoint::reached("ledger-entries");
        Ok(())
    }

    /// Whether the balance moved.
    async fn move_balance(&self, account: Account, points: i64) -> Result<bool, DbErr> {
        let floor = match account {
            Account::Issued => i64::MIN,
            Account::Member(_) => 0,
        };
        let values = [
            points.into(),
            rows::account(account),
            points.into(),
            floor.into(),
        ];
        Ok(sql::execute(&self.transaction, MOVE, values).await? == 1)
    }

    async fn write_donation(&self, donation: &Donation, key: &IdempotencyKey) -> Result<(), DbErr> {
        let note = donation.note.as_ref().map(|note| note.as_str().to_owned());
        let values = [
            value::id(donation.id),
            value::id(donation.from),
            value::id(donation.to),
            donation.amount.points().into(),
            note.into(),
            key.as_str().into(),
            value::micros(donation.at),
        ];
        sql::execute(&self.transaction, RECORD, values).await?;
        Ok(())
    }
}

#[async_trait]
impl DonationUnit for Unit {
    async fn balance(&mut self, account: Account) -> Result<i64, LedgerError> {
        const ACTION: &str = "read a balance";
        if !self.accounts.contains(&account) {
            return Err(refused(ACTION, "the account is not locked"));
        }
        let balance = balance(&self.transaction, account);
        self.database
            .within(balance)
            .await
            .map_err(failed_to(ACTION))
    }

    async fn donation_by_key(
        &mut self,
        from: MemberId,
        key: &IdempotencyKey,
    ) -> Result<Option<Donation>, LedgerError> {
        let found = by_key(&self.transaction, from, key);
        let found = self.database.within(found).await;
        found
            .and_then(read_donation)
            .map_err(failed_to("read a donation"))
    }

    async fn post(&mut self, posting: &Posting) -> Result<(), LedgerError> {
        const ACTION: &str = "post points";
        let entries = posting.entries();
        if entries
            .iter()
            .any(|(account, _)| !self.accounts.contains(account))
        {
            return Err(refused(ACTION, "an account is not locked"));
        }
        self.write(ACTION, self.write_posting(posting)).await?;
        for (account, points) in entries {
            let moved = self.move_balance(account, points);
            let moved = self.database.within(moved).await;
            if !moved.map_err(failed_to(ACTION))? {
                return Err(refused(ACTION, "the balance would fall below zero"));
            }
            failpoint::reached("ledger-balance");
        }
        Ok(())
    }

    async fn record(
        &mut self,
        donation: &Donation,
        key: &IdempotencyKey,
    ) -> Result<(), LedgerError> {
        let write = self.write_donation(donation, key);
        self.write("record a donation", write).await
    }

    async fn enqueue(&mut self, message: &NewMessage) -> Result<(), LedgerError> {
        let write = messages::insert(&self.transaction, message);
        self.write("put a message into the outbox", write).await
    }

    async fn commit(self: Box<Self>) -> Result<(), LedgerError> {
        let committed = self.transaction.commit();
        let committed = self.database.within(committed).await;
        committed.map_err(failed_to("commit"))
    }
}
