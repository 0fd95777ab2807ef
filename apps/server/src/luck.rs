//! Jobs that read a player's histories, event by event.

use std::sync::Arc;
use std::time::Duration;

use api::luck::{LuckReportResponse, ProgressResponse};
use histories::{Histories, HistoryError, LuckJob, LuckPlan};
use members::NexonKey;
use process::Lifecycle;
use resilience::{Bulkhead, BulkheadError, BulkheadSettings, RunPermit};
use telemetry::{Counters, Gauge, Metrics};
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{Instant, interval_at};

use crate::access::ClientAddress;
use crate::http::{Problem, ProblemKind, log_problem};

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

/// Event of a job on its way to the client.
#[derive(Debug)]
pub(crate) enum LuckEvent {
    /// Days read so far; repeated while nothing new is known.
    Progress(ProgressResponse),
    /// Report of everything asked for. The last event.
    Report(Box<LuckReportResponse>),
    /// Problem that ended the job, and the report of the rows read before it. The last event.
    Ended {
        problem: Problem,
        /// Place at which the next request goes on.
        cursor: Option<String>,
        report: Box<LuckReportResponse>,
    },
    /// Failure of this service. The last event.
    Broken(Problem),
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

impl LuckEvent {
    /// Whether no event follows.
    pub(crate) const fn is_last(&self) -> bool {
        !matches!(self, Self::Progress(_))
    }
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
    /// Reads to the end and sends each event; the last one has the report.
    pub(crate) async fn run(mut self, events: UnboundedSender<LuckEvent>, life: Lifecycle) {
        let ended = self.read(&events, &life).await;
        let outcome = match &ended {
            Ok(()) => "done",
            Err(JobEnd::Left) => "left",
            Err(JobEnd::Late) => "late",
            Err(JobEnd::Stopped) => "stopped",
            Err(JobEnd::Failed(_)) => "failed",
        };
        self.permit.count(outcome);
        let problem = match ended {
            Err(JobEnd::Left) => return,
            Ok(()) => None,
            Err(end) => Some(Problem::from(end)),
        };
        let cursor = self.job.cursor().map(|cursor| cursor.to_string());
        let job = self.job;
        // Sums over thousands of attempts take milliseconds that other requests wait for.
        let report = actix_web::web::block(move || LuckReportResponse::from(job.report()));
        let Ok(report) = report.await else { return };
        let report = Box::new(report);
        let event = match problem {
            None => LuckEvent::Report(report),
            Some(problem) => {
                let problem = match &cursor {
                    Some(cursor) => problem.with_cursor(cursor),
                    None => problem,
                };
                log_problem(&problem);
                LuckEvent::Ended {
                    problem,
                    cursor,
                    report,
                }
            }
        };
        let _left = send(&events, event);
    }

    async fn read(
        &mut self,
        events: &UnboundedSender<LuckEvent>,
        life: &Lifecycle,
    ) -> Result<(), JobEnd> {
        let late = tokio::time::sleep(JOB_TIME);
        tokio::pin!(late);
        let mut days_done = -1;
        loop {
            let progress = ProgressResponse::from(self.job.progress());
            if progress.days_done != days_done {
                days_done = progress.days_done;
                send(events, LuckEvent::Progress(progress))?;
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
                    _ = heartbeat.tick() => send(events, LuckEvent::Progress(progress))?,
                    () = events.closed() => return Err(JobEnd::Left),
                    () = life.stopping() => return Err(JobEnd::Stopped),
                    () = &mut late => return Err(JobEnd::Late),
                }
            };
        }
    }
}

fn send(events: &UnboundedSender<LuckEvent>, event: LuckEvent) -> Result<(), JobEnd> {
    events.send(event).map_err(|_| JobEnd::Left)
}

fn with_cursor(problem: Problem, job: &LuckJob) -> Problem {
    match job.cursor() {
        Some(cursor) => problem.with_cursor(&cursor.to_string()),
        None => problem,
    }
}

impl From<JobEnd> for Problem {
    fn from(end: JobEnd) -> Self {
        match end {
            JobEnd::Late => Self::new(
                ProblemKind::Overloaded,
                "the histories were not read in time; the cursor goes on",
            ),
            JobEnd::Left | JobEnd::Stopped => Self::new(
                ProblemKind::Overloaded,
                "this instance stops; the cursor goes on with another one",
            )
            .retry_after(Duration::from_secs(1)),
            JobEnd::Failed(error) => error.into(),
        }
    }
}
