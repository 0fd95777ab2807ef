//! Which tick of a scheduled job was begun last, by whom, and what came of it.

use jiff::Timestamp;
use kernel::Fence;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};

use crate::entity::job_run::{self, Column, Entity};
use crate::newest::is_duplicate;
use crate::transaction::Transaction;
use crate::{Database, Error, FenceRefusal, fences};

/// The latest run of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRun {
    /// Which tick it was begun for.
    pub tick: i64,
    /// Which instance began it.
    pub instance: String,
    /// When it was begun.
    pub started_at: Timestamp,
    /// When it ended and whether it succeeded; none while it runs, or when its instance died.
    pub ended: Option<(Timestamp, bool)>,
    /// What it did, or why it failed.
    pub report: Option<String>,
}

/// Scheduled jobs in this database: each tick of a job is begun once, and by nobody after whom
/// another has taken the job's lock.
#[derive(Debug, Clone)]
pub struct JobRuns {
    database: Database,
}

impl JobRuns {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }

    /// Takes a tick of a job for an instance that holds the job's lock. Of all who try for the same
    /// tick, or an earlier one, one is told `true`.
    ///
    /// # Errors
    ///
    /// [`FenceRefusal::Stale`] when another has taken the lock since; then nothing was taken.
    /// [`FenceRefusal::Failed`]; then it may have been.
    pub async fn begin(
        &self,
        job: &str,
        tick: i64,
        instance: &str,
        at: Timestamp,
        fence: &Fence,
    ) -> Result<bool, FenceRefusal> {
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
                return Ok(Err(stale));
            }
            take(row, tick, tx).await.map(Ok)
        });
        Ok(begun.await??)
    }

    /// Writes down what came of a run, unless a later tick was begun since. Whether it was
    /// written.
    ///
    /// # Errors
    ///
    /// [`FenceRefusal`]: of a holder that was overtaken nothing is written.
    pub async fn end(
        &self,
        job: &str,
        tick: i64,
        at: Timestamp,
        report: Result<&str, &str>,
        fence: &Fence,
    ) -> Result<bool, FenceRefusal> {
        let text: String = report
            .unwrap_or_else(|failure| failure)
            .chars()
            .take(1_000)
            .collect();
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
            Ok(Ok(update.exec(tx).await?.rows_affected > 0))
        });
        Ok(ended.await??)
    }

    /// The latest run of a job.
    ///
    /// # Errors
    ///
    /// [`Error::Statement`], [`Error::TimedOut`], or [`Error::Row`].
    pub async fn latest(&self, job: &str) -> Result<Option<JobRun>, Error> {
        let row = Entity::find_by_id(job).one(self.database.connection());
        let row = self.database.within(row).await?;
        row.map(JobRun::try_from).transpose()
    }
}

/// Whether the row is now that of this tick; it stays when it is of this one or a later one. No two
/// do this at once, since the fence is locked.
async fn take(
    row: job_run::ActiveModel,
    tick: i64,
    transaction: &Transaction,
) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .set(job_run::ActiveModel {
            job: NotSet,
            ..row.clone()
        })
        .filter(Column::Job.eq(row.job.clone().unwrap()))
        .filter(Column::Tick.lt(tick));
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

impl TryFrom<job_run::Model> for JobRun {
    type Error = Error;

    fn try_from(row: job_run::Model) -> Result<Self, Error> {
        let instant = |micros| {
            Timestamp::from_microsecond(micros).map_err(|error| Error::Row {
                table: "job_run",
                problem: error.to_string(),
            })
        };
        let ended = row.ended_at_us.zip(row.succeeded);
        Ok(Self {
            tick: row.tick,
            instance: row.instance,
            started_at: instant(row.started_at_us)?,
            ended: ended
                .map(|(at, succeeded)| Ok::<_, Error>((instant(at)?, succeeded)))
                .transpose()?,
            report: row.report,
        })
    }
}
