//! Ticks of scheduled jobs: the one begun last, its instance, and its outcome.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use kernel::Fence;
use schedule::{LastRun, TickStore, TickStoreError};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter};

use crate::entity::job_run::{self, Column, Entity};
use crate::newest::is_duplicate;
use crate::transaction::Transaction;
use crate::{Database, Error, fences, server_clock};

/// Upper bound on the kept part of a report, in characters.
const MAX_REPORT_CHARS: usize = 1_000;

/// Scheduled jobs in this database: each tick of a job is begun once, and by nobody after whom
/// another has taken the job's lock.
#[derive(Debug, Clone)]
pub struct JobRuns {
    database: Database,
    /// Distance from the database's clock beyond which a time is not believed; none where the
    /// database goes by this machine's clock.
    max_skew: Option<SignedDuration>,
}

impl JobRuns {
    pub(crate) fn new(database: Database) -> Self {
        Self {
            database,
            max_skew: None,
        }
    }

    /// Refuses ticks of an instance whose time is further from the database's than `max_skew`, and
    /// gives a tick out again that such an instance took in the future. Without an effect where
    /// the database goes by this machine's clock.
    #[must_use]
    pub fn within_skew(self, max_skew: SignedDuration) -> Self {
        Self {
            max_skew: self.database.has_own_clock().then_some(max_skew),
            ..self
        }
    }

    /// The latest time that an instance with a sound clock may have written down by now, if `at` is
    /// such a time.
    async fn latest_credible(
        &self,
        transaction: &Transaction,
        at: Timestamp,
    ) -> Result<Result<Timestamp, Error>, DbErr> {
        let Some(max_skew) = self.max_skew else {
            return Ok(Ok(Timestamp::MAX));
        };
        let now = server_clock::now(transaction).await?;
        let offset = at.duration_since(now);
        if offset.abs() > max_skew {
            return Ok(Err(Error::ClockOff { offset }));
        }
        let latest = now.saturating_add(max_skew);
        Ok(Ok(latest.expect("a signed duration is never a calendar's")))
    }
}

#[async_trait]
impl TickStore for JobRuns {
    async fn begin(
        &self,
        job: &str,
        tick: i64,
        instance: &str,
        at: Timestamp,
        fence: &Fence,
    ) -> Result<bool, TickStoreError> {
        let row = job_run::ActiveModel {
            job: Set(job.to_owned()),
            tick: Set(tick),
            instance: Set(instance.to_owned()),
            started_at_us: Set(at.as_microsecond()),
            ended_at_us: Set(None),
            succeeded: Set(None),
            report: Set(None),
        };
        let begun = self.database.write(async |tx| {
            if let Err(stale) = fences::check(tx, fence).await? {
                return Ok(Err(TickStoreError::from(stale)));
            }
            let latest = match self.latest_credible(tx, at).await? {
                Ok(latest) => latest,
                Err(off) => return Ok(Err(off.into())),
            };
            take(row, tick, latest, tx).await.map(Ok)
        });
        begun.await?
    }

    async fn end(
        &self,
        job: &str,
        tick: i64,
        at: Timestamp,
        report: Result<&str, &str>,
        fence: &Fence,
    ) -> Result<(), TickStoreError> {
        let text = report.unwrap_or_else(|failure| failure);
        let text = text.chars().take(MAX_REPORT_CHARS).collect();
        let update = Entity::update_many()
            .set(job_run::ActiveModel {
                ended_at_us: Set(Some(at.as_microsecond())),
                succeeded: Set(Some(report.is_ok())),
                report: Set(Some(text)),
                ..Default::default()
            })
            .filter(Column::Job.eq(job))
            .filter(Column::Tick.eq(tick));
        let ended = self.database.write(async |tx| {
            if let Err(stale) = fences::check(tx, fence).await? {
                return Ok(Err(stale));
            }
            update.exec(tx).await.map(|_| Ok(()))
        });
        Ok(ended.await??)
    }

    async fn latest(&self, job: &str) -> Result<Option<LastRun>, TickStoreError> {
        let row = Entity::find_by_id(job).one(self.database.connection());
        let row = self.database.within(row).await?;
        Ok(row.map(last_run).transpose()?)
    }
}

/// Whether the row is now that of this tick; it stays when it is of this one or a later one, unless
/// it was begun after `latest`. No two do this at once, since the fence is locked.
async fn take(
    row: job_run::ActiveModel,
    tick: i64,
    latest: Timestamp,
    transaction: &Transaction,
) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .set(job_run::ActiveModel {
            job: NotSet,
            ..row.clone()
        })
        .filter(Column::Job.eq(row.job.clone().unwrap()))
        .filter(
            Condition::any()
                .add(Column::Tick.lt(tick))
                .add(Column::StartedAtUs.gt(latest.as_microsecond())),
        );
    if update.exec(transaction).await?.rows_affected > 0 {
        return Ok(true);
    }
    match Entity::insert(row)
        .exec_without_returning(transaction)
        .await
    {
        Ok(_) => Ok(true),
        Err(error) if is_duplicate(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Run that a row holds.
fn last_run(row: job_run::Model) -> Result<LastRun, Error> {
    let instant = |micros| {
        Timestamp::from_microsecond(micros).map_err(|error| Error::Row {
            table: "job_run",
            problem: error.to_string(),
        })
    };
    let ended = row.ended_at_us.zip(row.succeeded);
    Ok(LastRun {
        tick: row.tick,
        instance: row.instance,
        started_at: instant(row.started_at_us)?,
        ended: ended
            .map(|(at, succeeded)| Ok::<_, Error>((instant(at)?, succeeded)))
            .transpose()?,
        report: row.report,
    })
}

impl From<Error> for TickStoreError {
    fn from(error: Error) -> Self {
        Self::Failed(Box::new(error))
    }
}
