//! Fences: which holder of a lock may still write here.

use async_trait::async_trait;
use kernel::{Fence, FenceError, FenceToken, Fences, StaleFence};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::transaction::Transaction;
use crate::{Database, sql};

/// The newest fencing token of each lock.
///
/// A unit of work that writes under a lock checks its fence in its own transaction. The
/// check locks the token until the transaction ends, so a later holder's token is given either
/// before the check, which then refuses, or after the write is committed.
#[derive(Debug, Clone)]
pub struct FenceTokens {
    database: Database,
}

#[derive(Debug, FromQueryResult)]
struct TokenRow {
    token: i64,
}

impl FenceTokens {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }
}

/// The lock whose token [`probe`] raises; nobody takes it.
const PROBE: &str = "write-probe";

/// Writes a row that means nothing.
pub(crate) async fn probe(transaction: &Transaction) -> Result<(), DbErr> {
    next(transaction, PROBE).await.map(|_| ())
}

/// The next token of a lock.
async fn next(transaction: &Transaction, name: &str) -> Result<FenceToken, DbErr> {
    let keep = sql::or_keep(transaction.get_database_backend(), "name");
    let open = format!("INSERT INTO fence (name, token) VALUES (?, 0){keep}");
    sql::execute(transaction, &open, [name.into()]).await?;
    let raise = "UPDATE fence SET token = token + 1 WHERE name = ?";
    sql::execute(transaction, raise, [name.into()]).await?;
    newest(transaction, name).await
}

#[async_trait]
impl Fences for FenceTokens {
    async fn raise(&self, name: &str) -> Result<FenceToken, FenceError> {
        let raised = self.database.write(async |tx| next(tx, name).await);
        raised.await.map_err(|error| FenceError(Box::new(error)))
    }
}

/// Checks a fence at the begin of a protected write, in its transaction: refuses the write if there
/// is a later holder, and keeps later ones away until the transaction ends.
pub(crate) async fn check(
    transaction: &Transaction,
    fence: &Fence,
) -> Result<Result<(), StaleFence>, DbErr> {
    let newest = newest(transaction, &fence.name).await?;
    Ok(if newest == fence.token {
        Ok(())
    } else {
        let fence = fence.clone();
        Err(StaleFence { fence, newest })
    })
}

/// The newest token of a lock, locked.
async fn newest(transaction: &Transaction, name: &str) -> Result<FenceToken, DbErr> {
    let lock = sql::for_update(transaction.get_database_backend());
    let text = format!("SELECT token FROM fence WHERE name = ?{lock}");
    let row = sql::one::<TokenRow>(transaction, &text, [name.into()]).await?;
    let token = row.map_or(0, |row| row.token);
    Ok(FenceToken::new(token.unsigned_abs()))
}
