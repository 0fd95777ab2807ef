//! Scheduled jobs: each tick once, on the right instance, and by nobody who was overtaken.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use api::responses::JobResponse;
use async_trait::async_trait;
use futures_util::FutureExt;
use jiff::Timestamp;
use kernel::{Clock, FallbackLock, Fence, Fenced, LocalLock, Lock, ManualClock, MemoryLock};
use port_metrics::JobMetrics;
use resilience::Jitter;
use schedule::{
    Coordination, Job, JobError, JobPlan, LastRun, MemoryTickStore, RunOn, Runner, RunnerParts,
    Schedule, Tick, TickStore, TickStoreError,
};
use telemetry::Metrics;
use testkit::TestDatabase;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

const MINUTE: Duration = Duration::from_mins(1);

/// A job that counts, and fails when told to.
#[derive(Debug)]
struct Counting {
    run_on: RunOn,
    runs: AtomicU32,
    fails_at: u32,
}

#[async_trait]
impl Job for Counting {
    fn name(&self) -> &'static str {
        "counting"
    }

    fn plan(&self) -> JobPlan {
        JobPlan {
            every: Some(MINUTE),
            run_on: self.run_on,
        }
    }

    async fn run(&self, _: &CancellationToken) -> Result<String, JobError> {
        let run = self.runs.fetch_add(1, Ordering::Relaxed) + 1;
        if run == self.fails_at {
            return Err("out of luck".into());
        }
        Ok(format!("run {run}"))
    }
}

/// Three instances of a job, and the time they share.
struct Instances {
    job: Arc<Counting>,
    runners: Vec<Runner>,
    clock: Arc<ManualClock>,
    metrics: Metrics,
}

impl Instances {
    fn new(job: Counting, coordination: &Coordination) -> Self {
        let (job, clock) = (Arc::new(job), clock());
        let metrics = Metrics::new();
        let job_metrics = JobMetrics::new(&metrics, &["counting"]);
        let runners = (0..3).map(|instance| {
            let parts = RunnerParts {
                instance: format!("instance-{instance}"),
                clock: clock.clone(),
                jitter: Jitter::from_seed(1),
                observer: Arc::new(job_metrics.clone()),
            };
            Runner::new(job.clone(), coordination.clone(), &parts)
        });
        Self {
            runners: runners.collect(),
            job,
            clock,
            metrics,
        }
    }

    /// Result of one tick on each instance.
    async fn tick(&self) -> Vec<Tick> {
        let stop = CancellationToken::new();
        let ticks = self.runners.iter().map(|runner| runner.tick(&stop));
        let ticks = futures_util::future::join_all(ticks).await;
        self.clock.advance(MINUTE);
        ticks
    }
}

/// Coordination by this lock and ticks in memory.
fn over(lock: Arc<dyn Lock>, ticks: &Arc<MemoryTickStore>) -> Coordination {
    Coordination {
        lock: Fenced::new(lock, ticks.clone()),
        ticks: ticks.clone(),
    }
}

fn counting(run_on: RunOn) -> Counting {
    Counting {
        run_on,
        runs: AtomicU32::new(0),
        fails_at: 0,
    }
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2026-11-26T12:00:30Z".parse().unwrap()))
}

#[tokio::test]
async fn one_instance_does_each_tick_whatever_keeps_the_ticks() {
    let database = TestDatabase::sqlite();
    let open = database.open().await;
    let shared = Coordination {
        lock: Fenced::new(Arc::new(LocalLock::default()), Arc::new(open.fences())),
        ticks: Arc::new(open.job_runs()),
    };
    for coordination in [shared, Coordination::alone()] {
        let instances = Instances::new(counting(RunOn::OneInstance), &coordination);
        for tick in 1..=5 {
            let came_to = instances.tick().await;
            let done = came_to.iter().filter(|tick| **tick == Tick::Done).count();
            assert_eq!(done, 1, "{came_to:?}");
            assert_eq!(instances.job.runs.load(Ordering::Relaxed), tick);
        }
    }
}

#[tokio::test]
async fn tick_is_done_once_however_often_it_is_asked_for() {
    let instances = Instances::new(counting(RunOn::EveryInstance), &Coordination::alone());
    let stop = CancellationToken::new();
    let runner = &instances.runners[0];
    let mut came_to = Vec::new();
    for wait in [0, 29, 1, 0] {
        instances.clock.advance(Duration::from_secs(wait));
        came_to.push(runner.tick(&stop).await);
    }
    assert_eq!(came_to, [Tick::Done, Tick::Taken, Tick::Done, Tick::Taken]);
}

#[tokio::test]
async fn instance_that_is_still_at_an_earlier_tick_keeps_others_away() {
    let lock = LocalLock::default();
    let held = lock.acquire("job:counting", Duration::ZERO).await.unwrap();
    let runner = Runner::new(
        Arc::new(counting(RunOn::OneInstance)),
        over(Arc::new(lock.clone()), &Arc::default()),
        &RunnerParts {
            instance: "instance-1".to_owned(),
            clock: clock(),
            jitter: Jitter::from_seed(1),
            observer: Arc::new(JobMetrics::new(&Metrics::new(), &["counting"])),
        },
    );
    let stop = CancellationToken::new();
    assert_eq!(runner.tick(&stop).await, Tick::Taken);
    drop(held);
    assert_eq!(runner.tick(&stop).await, Tick::Done);
}

/// Ticks as an instance sees them that is stopped for a while before it asks for one.
#[derive(Debug)]
struct Stopped {
    ticks: Arc<MemoryTickStore>,
    goes_on: Notify,
}

#[async_trait]
impl TickStore for Stopped {
    async fn begin(
        &self,
        job: &str,
        tick: i64,
        instance: &str,
        at: Timestamp,
        fence: &Fence,
    ) -> Result<bool, TickStoreError> {
        self.goes_on.notified().await;
        self.ticks.begin(job, tick, instance, at, fence).await
    }

    async fn end(
        &self,
        _: &str,
        _: i64,
        _: Timestamp,
        _: Result<&str, &str>,
        _: &Fence,
    ) -> Result<(), TickStoreError> {
        unreachable!("it has begun nothing")
    }

    async fn latest(&self, job: &str) -> Result<Option<LastRun>, TickStoreError> {
        self.ticks.latest(job).await
    }
}

/// The clock of the one that was overtaken is ahead, so that its tick is the later one.
#[tokio::test]
async fn instance_that_was_overtaken_begins_nothing() {
    let (redis, ticks) = (MemoryLock::default(), Arc::<MemoryTickStore>::default());
    let lock = FallbackLock::new(Arc::new(redis.clone()), Arc::new(LocalLock::default()));
    let coordination = over(Arc::new(lock), &ticks);
    let stopped = Arc::new(Stopped {
        ticks: ticks.clone(),
        goes_on: Notify::new(),
    });
    let early = Coordination {
        ticks: stopped.clone(),
        ..coordination.clone()
    };
    let ahead = Instances::new(counting(RunOn::OneInstance), &early);
    ahead.clock.advance(MINUTE);
    let stop = CancellationToken::new();
    let mut overtaken = Box::pin(ahead.runners[0].tick(&stop));
    assert!((&mut overtaken).now_or_never().is_none(), "it has the lock");

    redis.set_away(true);
    let others = Instances::new(counting(RunOn::OneInstance), &coordination);
    assert_eq!(others.runners[1].tick(&stop).await, Tick::Done);
    stopped.goes_on.notify_one();
    assert_eq!(overtaken.await, Tick::Taken);
    assert_eq!(ahead.job.runs.load(Ordering::Relaxed), 0);
    let latest = ticks.latest("counting").await.unwrap().unwrap();
    assert_eq!(latest.instance, "instance-1");
}

#[tokio::test]
async fn job_whose_last_run_cannot_be_read_is_unknown_and_not_never_done() {
    let database = TestDatabase::sqlite();
    let open = database.open().await;
    let job: Arc<dyn Job> = Arc::new(counting(RunOn::OneInstance));
    let coordination = Coordination {
        lock: Fenced::new(Arc::new(LocalLock::default()), Arc::new(open.fences())),
        ticks: Arc::new(open.job_runs()),
    };
    let schedule = Schedule::new(vec![job], &coordination);
    let now = clock().now();
    let known = schedule.status(now).await.pop().unwrap();
    assert!(matches!(known.latest, Ok(None)));
    assert_eq!(known.next_due, known.plan.begins(known.plan.tick(now)));
    open.close().await.unwrap();
    let answer = JobResponse::from(schedule.status(now).await.pop().unwrap());
    let unknown = "the ticks of scheduled jobs cannot be used";
    assert_eq!(answer.unknown.as_deref(), Some(unknown));
    assert!(answer.next_due.is_none() && answer.last_run.is_none());
}

#[tokio::test]
async fn failure_is_reported_and_the_next_tick_tries_again() {
    let job = Counting {
        fails_at: 1,
        ..counting(RunOn::OneInstance)
    };
    let coordination = Coordination::alone();
    let ticks = &coordination.ticks;
    let instances = Instances::new(job, &coordination);
    assert!(instances.tick().await.contains(&Tick::Failed));
    let latest = ticks.latest("counting").await.unwrap().unwrap();
    assert_eq!(latest.report.as_deref(), Some("out of luck"));
    assert_eq!(latest.ended.map(|(_, succeeded)| succeeded), Some(false));

    assert!(instances.tick().await.contains(&Tick::Done));
    let latest = ticks.latest("counting").await.unwrap().unwrap();
    assert_eq!(latest.report.as_deref(), Some("run 2"));
    let metrics = instances.metrics.text();
    for line in [
        r#"maple_job_runs_total{job="counting",outcome="done"} 1"#,
        r#"maple_job_runs_total{job="counting",outcome="failed"} 1"#,
        r#"maple_job_last_success_timestamp_seconds{job="counting"} 1795694490"#,
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
}

#[tokio::test(start_paused = true)]
async fn runner_goes_on_until_its_token_is_cancelled() {
    let mut instances = Instances::new(counting(RunOn::OneInstance), &Coordination::alone());
    let (runner, stop) = (instances.runners.remove(0), CancellationToken::new());
    let work = async {
        for run in 1..=3 {
            while instances.job.runs.load(Ordering::Relaxed) < run {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            instances.clock.advance(MINUTE);
        }
        stop.cancel();
    };
    tokio::join!(runner.run(stop.clone()), work);
    assert_eq!(instances.job.runs.load(Ordering::Relaxed), 3);
}
