//! Which tick of a scheduled job was begun last, by whom, and what came of it.

use jiff::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};

use crate::entity::job_run::{self, Column, Entity};
use crate::newest::is_duplicate;
use crate::{Database, Error};

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

/// Scheduled jobs in this database: each tick of a job is begun once.
#[derive(Debug, Clone)]
pub struct JobRuns {
    database: Database,
}

impl JobRuns {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }

    /// Takes a tick of a job for an instance. Of all who try for the same tick, or an earlier one,
    /// one is told `true`.
    ///
    /// # Errors
    ///
    /// [`Error::Statement`] or [`Error::TimedOut`]; then it may have been taken.
    pub async fn begin(
        &self,
        job: &str,
        tick: i64,
        instance: &str,
        at: Timestamp,
    ) -> Result<bool, Error> {
        let row = job_run::ActiveModel {
            job: Set(job.to_owned()),
            tick: Set(tick),
            instance: Set(instance.to_owned()),
            started_at_us: Set(at.as_microsecond()),
            ended_at_us: Set(None),
            succeeded: Set(None),
            report: Set(None),
        };
        self.database.within(self.take(row, tick)).await
    }

    async fn take(&self, row: job_run::ActiveModel, tick: i64) -> Result<bool, DbErr> {
        let connection = self.database.connection();
        let update = Entity::update_many()
            .set(job_run::ActiveModel {
                job: NotSet,
                ..row.clone()
            })
            .filter(Column::Job.eq(row.job.clone().unwrap()))
            .filter(Column::Tick.lt(tick));
        if update.clone().exec(connection).await?.rows_affected > 0 {
            return Ok(true);
        }
        match Entity::insert(row).exec_without_returning(connection).await {
            Ok(_) => Ok(true),
            Err(error) if is_duplicate(&error) => {
                // The row that was in the way may be of an earlier tick, and new.
                Ok(update.exec(connection).await?.rows_affected > 0)
            }
            Err(error) => Err(error),
        }
    }

    /// Writes down what came of a run, unless a later tick was begun since. Whether it was
    /// written.
    ///
    /// # Errors
    ///
    /// [`Error::Statement`] or [`Error::TimedOut`].
    pub async fn end(
        &self,
        job: &str,
        tick: i64,
        at: Timestamp,
        report: Result<&str, &str>,
    ) -> Result<bool, Error> {
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
        let updated = update.exec(self.database.connection());
        Ok(self.database.within(updated).await?.rows_affected > 0)
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
