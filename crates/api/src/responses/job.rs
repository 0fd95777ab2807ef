//! Scheduled jobs, as operators see them.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use schedule::{JobStatus, LastRun, RunOn};

/// Every scheduled job.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Jobs)]
pub struct JobsResponse {
    /// The jobs.
    pub jobs: Vec<JobResponse>,
}

/// A scheduled job.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobResponse {
    /// Its name in metrics and in the log.
    #[schema(example = "purge_snapshots")]
    pub name: &'static str,
    /// Instances that run it: `every_instance` for itself, or `one_instance` in each tick for all.
    #[schema(example = "one_instance")]
    #[serde(rename = "place")]
    pub run_on: &'static str,
    /// The length of a tick in seconds; none for a job that is done once, after the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every_seconds: Option<f64>,
    /// Time of its next run; in the past when no instance has begun it yet. None for a job that runs
    /// once and has run, and while its last run is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_due: Option<Timestamp>,
    /// Its latest run: on any instance if one does it for all, else on this one. None when there
    /// was none, or it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_run: Option<JobRunResponse>,
    /// Reason for which the last run is not known; none when it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
}

/// A run of a scheduled job.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobRun)]
pub struct JobRunResponse {
    /// Instance that began it.
    pub instance: String,
    /// Time of its begin.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// Time of its end; none while it has not ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Its outcome: `done`, `failed`, or `unfinished` while it runs and when its instance died.
    #[schema(example = "done")]
    pub outcome: &'static str,
    /// Its work, or the reason of its failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
}

impl From<JobStatus> for JobResponse {
    fn from(status: JobStatus) -> Self {
        let (last_run, unknown) = match status.latest {
            Ok(run) => (run.map(JobRunResponse::from), None),
            Err(error) => (None, Some(error.to_string())),
        };
        Self {
            name: status.name,
            run_on: match status.plan.run_on {
                RunOn::EveryInstance => "every_instance",
                RunOn::OneInstance => "one_instance",
            },
            every_seconds: status.plan.every.map(|every| every.as_secs_f64()),
            next_due: status.next_due,
            last_run,
            unknown,
        }
    }
}

impl From<LastRun> for JobRunResponse {
    fn from(run: LastRun) -> Self {
        Self {
            instance: run.instance,
            started_at: run.started_at,
            ended_at: run.ended.map(|(at, _)| at),
            outcome: match run.ended {
                Some((_, true)) => "done",
                Some((_, false)) => "failed",
                None => "unfinished",
            },
            report: run.report,
        }
    }
}
