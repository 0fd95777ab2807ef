//! Time by the database's clock, which all instances share.

use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult};

use crate::sql;

#[derive(Debug, FromQueryResult)]
struct NowRow {
    now_us: i64,
}

/// The present by the clock of the server; of this machine on SQLite.
pub(crate) async fn now(connection: &impl ConnectionTrait) -> Result<Timestamp, DbErr> {
    let text = match connection.get_database_backend() {
        DbBackend::MySql => {
            "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) AS now_us"
        }
        _ => "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000 AS now_us",
    };
    let row = sql::one::<NowRow>(connection, text, []).await?;
    let now = row.map(|row| Timestamp::from_microsecond(row.now_us));
    let now = now.ok_or_else(|| DbErr::Custom("the server does not say the time".to_owned()))?;
    now.map_err(|error| DbErr::Custom(format!("the server's time is out of range: {error}")))
}
