//! Metrics of scheduled jobs.

use jiff::Timestamp;
use schedule::RunObserver;
use telemetry::{Counters, Gauges, Metrics};

/// Metrics of scheduled jobs on this instance.
#[derive(Debug, Clone)]
pub struct JobMetrics {
    runs: Counters<2>,
    succeeded_at: Gauges<1>,
}

impl JobMetrics {
    /// Metrics for jobs of these names, from zero.
    pub fn new(metrics: &Metrics, jobs: &[&str]) -> Self {
        let known = jobs
            .iter()
            .flat_map(|&job| ["done", "failed"].map(|outcome| [job, outcome]));
        Self {
            runs: metrics.counters(
                "maple_job_runs_total",
                "Runs of scheduled jobs on this instance, by outcome.",
                ["job", "outcome"],
                known,
            ),
            succeeded_at: metrics.gauges(
                "maple_job_last_success_timestamp_seconds",
                "Time of the last success of a scheduled job on this instance, in seconds since 1970; 0 for never.",
                ["job"],
                jobs.iter().map(|&job| [job]),
            ),
        }
    }
}

impl RunObserver for JobMetrics {
    fn ended(&self, job: &'static str, succeeded: bool, at: Timestamp) {
        let outcome = if succeeded { "done" } else { "failed" };
        self.runs.with([job, outcome]).inc();
        if succeeded {
            self.succeeded_at.with([job]).set(at.as_second());
        }
    }
}
