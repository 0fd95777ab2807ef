//! Jobs that read a player's histories and answer line by line.

use std::sync::Arc;
use std::time::Duration;

use api::luck::{LuckErrorLine, LuckLine, LuckReportResponse};
use bytes::Bytes;
use histories::{Histories, HistoryError, LuckJob, LuckPlan};
use members::NexonKey;
use process::Lifecycle;
use resilience::{Bulkhead, BulkheadError, BulkheadSettings, RunPermit};
use serde::Serialize;
use telemetry::{Counters, Gauge, Metrics};
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{Instant, interval_at};

use crate::access::ClientAddress;
use crate::http::{Problem, ProblemKind, json, log_problem};

/// Jobs at once. One client has an eighth of them, at least one.
const MAX_JOBS: usize = 16;

/// Upper bound on the time of one job. At 5 calls a second it is enough for 90 days of four
/// histories, ten times over.
const JOB_TIME: Duration = Duration::from_mins(10);

/// Longest time without a line, so that no proxy takes a job for dead.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// Wait before another try where nobody named one.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// Outcomes of jobs, as the metric names them.
const OUTCOMES: [&str; 6] = ["done", "refused", "failed", "left", "late", "stopped"];

/// Reads histories with keys of their owners, a bounded number at once.
#[derive(Debug)]
pub struct LuckReports {
    histories: Arc<dyn Histories>,
    places: Bulkhead<ClientAddress>,
    outcomes: Counters<1>,
    running: Gauge,
}

/// A job whose first page was read.
#[derive(Debug)]
pub(crate) struct StartedJob {
    job: LuckJob,
    has_more: bool,
    permit: JobPermit,
}

/// Right to one job, and its counting.
#[derive(Debug)]
struct JobPermit {
    _place: RunPermit<ClientAddress>,
    outcomes: Counters<1>,
    running: Gauge,
}

/// A line on its way to the client.
#[derive(Debug)]
pub(crate) struct LuckText {
    pub(crate) text: Bytes,
    pub(crate) is_last: bool,
}

/// End of a job before its report.
#[derive(Debug)]
enum JobEnd {
    /// The client has left.
    Left,
    Late,
    Stopped,
    Failed(HistoryError),
}

impl LuckReports {
    /// Reports from these histories.
    pub fn new(histories: Arc<dyn Histories>, metrics: &Metrics) -> Self {
        let most = std::num::NonZeroUsize::new(MAX_JOBS).expect("is above zero");
        let settings = BulkheadSettings {
            running: most,
            waiting: 0,
            max_wait: Duration::ZERO,
        };
        Self {
            histories,
            places: Bulkhead::new(settings),
            outcomes: metrics.counters(
                "maple_luck_reports_total",
                "Luck reports by their outcome: done; refused before the first line; failed, late \
                 or stopped after it; left by the client.",
                ["outcome"],
                OUTCOMES.map(|outcome| [outcome]),
            ),
            running: metrics.gauge("maple_luck_jobs", "Luck reports that are being read."),
        }
    }

    /// Reads the first page, so that a key that is refused is answered with a status.
    ///
    /// # Errors
    ///
    /// Problems of the key and of the upstream; [`ProblemKind::Overloaded`] and
    /// [`ProblemKind::TooManyRequests`] where too many jobs run.
    pub(crate) async fn start(
        &self,
        client: ClientAddress,
        key: NexonKey,
        plan: LuckPlan,
    ) -> Result<StartedJob, Problem> {
        let permit = self.permit(client).await?;
        let opened = self.histories.open(&key);
        drop(key);
        let mut job = LuckJob::new(opened.map_err(Problem::from)?, plan);
        match job.step().await {
            Ok(has_more) => Ok(StartedJob {
                job,
                has_more,
                permit,
            }),
            Err(error) => {
                permit.count("refused");
                Err(with_cursor(error.into(), &job))
            }
        }
    }

    async fn permit(&self, client: ClientAddress) -> Result<JobPermit, Problem> {
        let place = self.places.enter(Some(client));
        let place = match place {
            // There are as many places as may run, so that none is waited for.
            Ok(place) => place.start().await,
            Err(error) => Err(error),
        };
        let place = place.map_err(|error| match error {
            BulkheadError::ClientShare => {
                let detail = "too many luck reports of yours are being read";
                Problem::new(ProblemKind::TooManyRequests, detail).retry_after(RETRY_AFTER)
            }
            BulkheadError::Full | BulkheadError::TimedOut(_) => {
                let detail = "too many luck reports at once";
                Problem::new(ProblemKind::Overloaded, detail).retry_after(RETRY_AFTER)
            }
        })?;
        self.running.inc();
        Ok(JobPermit {
            _place: place,
            outcomes: self.outcomes.clone(),
            running: self.running.clone(),
        })
    }
}

impl JobPermit {
    fn count(&self, outcome: &str) {
        self.outcomes.with([outcome]).inc();
    }
}

impl Drop for JobPermit {
    fn drop(&mut self) {
        self.running.dec();
    }
}

impl StartedJob {
    /// Reads to the end and sends each line; the last one is a report or an error.
    pub(crate) async fn run(
        mut self,
        lines: UnboundedSender<LuckText>,
        life: Lifecycle,
        request_id: String,
    ) {
        let ended = self.read(&lines, &life).await;
        let outcome = match &ended {
            Ok(()) => "done",
            Err(JobEnd::Left) => "left",
            Err(JobEnd::Late) => "late",
            Err(JobEnd::Stopped) => "stopped",
            Err(JobEnd::Failed(_)) => "failed",
        };
        self.permit.count(outcome);
        if matches!(ended, Err(JobEnd::Left)) {
            return;
        }
        let cursor = self.job.cursor().map(|cursor| cursor.to_string());
        let job = self.job;
        // Sums over thousands of attempts take milliseconds that other requests wait for.
        let report = actix_web::web::block(move || LuckReportResponse::from(job.report()));
        let Ok(report) = report.await else { return };
        let report = Box::new(report);
        let problem = match ended {
            Ok(()) | Err(JobEnd::Left) => {
                let _left = send(&lines, &LuckLine::Report(report), true);
                return;
            }
            Err(JobEnd::Late) => Problem::new(
                ProblemKind::Overloaded,
                "the histories were not read in time; the cursor goes on",
            ),
            Err(JobEnd::Stopped) => Problem::new(
                ProblemKind::Overloaded,
                "this instance stops; the cursor goes on with another one",
            )
            .retry_after(Duration::from_secs(1)),
            Err(JobEnd::Failed(error)) => error.into(),
        };
        let problem = match &cursor {
            Some(cursor) => problem.with_cursor(cursor),
            None => problem,
        };
        log_problem(&problem);
        let error = problem.details(&request_id);
        let line = LuckErrorLine {
            error,
            cursor,
            report,
        };
        let _left = send(&lines, &line, true);
    }

    async fn read(
        &mut self,
        lines: &UnboundedSender<LuckText>,
        life: &Lifecycle,
    ) -> Result<(), JobEnd> {
        let late = tokio::time::sleep(JOB_TIME);
        tokio::pin!(late);
        let mut days_done = -1;
        loop {
            let progress = self.job.progress();
            let line = LuckLine::Progress(progress.into());
            if progress.days_done != days_done {
                days_done = progress.days_done;
                send(lines, &line, false)?;
            }
            if !self.has_more {
                return Ok(());
            }
            let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
            let step = self.job.step();
            tokio::pin!(step);
            self.has_more = loop {
                tokio::select! {
                    step = &mut step => break step.map_err(JobEnd::Failed)?,
                    _ = heartbeat.tick() => send(lines, &line, false)?,
                    () = lines.closed() => return Err(JobEnd::Left),
                    () = life.stopping() => return Err(JobEnd::Stopped),
                    () = &mut late => return Err(JobEnd::Late),
                }
            };
        }
    }
}

fn send(
    lines: &UnboundedSender<LuckText>,
    line: &impl Serialize,
    is_last: bool,
) -> Result<(), JobEnd> {
    let mut text = json(line);
    text.push(b'\n');
    let text = LuckText {
        text: text.into(),
        is_last,
    };
    lines.send(text).map_err(|_| JobEnd::Left)
}

fn with_cursor(problem: Problem, job: &LuckJob) -> Problem {
    match job.cursor() {
        Some(cursor) => problem.with_cursor(&cursor.to_string()),
        None => problem,
    }
}
