//! Audit of the ledger, as it stands at one instant.

use donation::{Audit, Flaw};
use sea_orm::{DbErr, FromQueryResult};

use super::rows::{BalanceRow, read_account};
use crate::transaction::Transaction;
use crate::value::read_id;
use crate::{Database, Error, sql};

/// Sums are `DECIMAL` on MariaDB and MySQL; SQLite takes the unknown type for a number.
const TOTALS: &str = "SELECT \
     (SELECT COUNT(*) FROM point_account) AS accounts, \
     (SELECT COUNT(*) FROM ledger_entry) AS entries, \
     (SELECT CAST(COALESCE(SUM(points), 0) AS SIGNED) FROM ledger_entry) AS points";

const WRONG_BALANCES: &str = "SELECT account, balance, entries FROM \
     (SELECT point_account.account, point_account.balance, \
     CAST(COALESCE(SUM(ledger_entry.points), 0) AS SIGNED) AS entries \
     FROM point_account LEFT JOIN ledger_entry ON ledger_entry.account = point_account.account \
     GROUP BY point_account.account, point_account.balance) kept WHERE balance <> entries \
     UNION ALL \
     SELECT ledger_entry.account, 0 AS balance, CAST(SUM(ledger_entry.points) AS SIGNED) AS entries \
     FROM ledger_entry LEFT JOIN point_account ON point_account.account = ledger_entry.account \
     WHERE point_account.account IS NULL GROUP BY ledger_entry.account \
     ORDER BY account";

/// The account that grants come from has no bytes.
const OVERDRAWN: &str = "SELECT account, balance FROM point_account \
     WHERE balance < 0 AND LENGTH(account) > 0 ORDER BY account";

const UNBALANCED: &str = "SELECT posting_id AS id, CAST(SUM(points) AS SIGNED) AS points \
     FROM ledger_entry GROUP BY posting_id HAVING SUM(points) <> 0 ORDER BY posting_id";

/// Donations without a posting that takes the same points from the giver and gives them to the
/// receiver, and postings of donations that are not there.
const STRAYS: &str = "SELECT donation.id AS id, 0 AS points FROM donation \
     LEFT JOIN posting ON posting.id = donation.id AND posting.cause = 'donation' \
     LEFT JOIN ledger_entry taken ON taken.posting_id = posting.id \
     AND taken.account = donation.giver AND taken.points = -donation.amount \
     LEFT JOIN ledger_entry given ON given.posting_id = posting.id \
     AND given.account = donation.receiver AND given.points = donation.amount \
     WHERE taken.points IS NULL OR given.points IS NULL \
     UNION ALL \
     SELECT posting.id AS id, 0 AS points FROM posting LEFT JOIN donation ON donation.id = posting.id \
     WHERE posting.cause = 'donation' AND donation.id IS NULL \
     ORDER BY id";

#[derive(Debug, FromQueryResult)]
struct TotalsRow {
    accounts: i64,
    entries: i64,
    points: i64,
}

#[derive(Debug, FromQueryResult)]
struct WrongBalanceRow {
    account: Vec<u8>,
    balance: i64,
    entries: i64,
}

#[derive(Debug, FromQueryResult)]
struct PostingSumRow {
    id: Vec<u8>,
    points: i64,
}

/// Everything that is found, before it is understood.
struct Findings {
    totals: Option<TotalsRow>,
    wrong_balances: Vec<WrongBalanceRow>,
    overdrawn: Vec<BalanceRow>,
    unbalanced: Vec<PostingSumRow>,
    strays: Vec<PostingSumRow>,
}

pub(super) async fn audit(database: &Database) -> Result<Audit, Error> {
    let findings = database.read(find).await?;
    findings.read().map_err(|problem| Error::Row {
        table: "ledger_entry",
        problem,
    })
}

async fn find(transaction: &Transaction) -> Result<Findings, DbErr> {
    Ok(Findings {
        totals: sql::one(transaction, TOTALS, []).await?,
        wrong_balances: sql::all(transaction, WRONG_BALANCES, []).await?,
        overdrawn: sql::all(transaction, OVERDRAWN, []).await?,
        unbalanced: sql::all(transaction, UNBALANCED, []).await?,
        strays: sql::all(transaction, STRAYS, []).await?,
    })
}

impl Findings {
    fn read(self) -> Result<Audit, String> {
        let totals = self.totals.ok_or("nothing was counted")?;
        let mut flaws = Vec::new();
        for row in self.wrong_balances {
            flaws.push(Flaw::Balance {
                account: read_account(&row.account)?,
                balance: row.balance,
                entries: row.entries,
            });
        }
        for row in self.overdrawn {
            flaws.push(Flaw::Overdrawn {
                member: read_id(&row.account)?,
                balance: row.balance,
            });
        }
        for row in self.unbalanced {
            flaws.push(Flaw::Unbalanced {
                posting: read_id(&row.id)?,
                sum: row.points,
            });
        }
        for row in self.strays {
            flaws.push(Flaw::Stray {
                posting: read_id(&row.id)?,
            });
        }
        Ok(Audit {
            accounts: totals.accounts.unsigned_abs(),
            entries: totals.entries.unsigned_abs(),
            sum: totals.points,
            flaws,
        })
    }
}
