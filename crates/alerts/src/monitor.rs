//! Evaluation of the rules at an interval: incidents begin, incidents are over.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use kernel::{Alert, AlertSink, AlertState, Lease, Lock, LockError, Streak};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::{Channels, MetricSource, Reading, Rule, Scope, SharedAlerts};

/// An incident is over when it was not there so many times in a row: what comes and goes is one.
const RESOLVE_AFTER: u32 = 3;

/// The lock of the watch over what all instances share.
const WATCH_LOCK: &str = "alerts-watch";

/// Evaluates the rules over the metrics of this process.
#[derive(Debug)]
pub struct RuleMonitor {
    metrics: Arc<dyn MetricSource>,
    channels: Channels,
    lock: WatchLock,
    /// Incidents of all instances; none where there is no other.
    shared: Option<Arc<SharedAlerts>>,
    rules: Mutex<Vec<RuleState>>,
}

/// Right to evaluate the rules that all instances share, held through a lock.
#[derive(Debug)]
pub struct WatchLock {
    lock: Arc<dyn Lock>,
    lease: Mutex<Option<Lease>>,
    unreachable: Streak,
}

impl WatchLock {
    /// By a lock that all instances ask for.
    pub fn new(lock: Arc<dyn Lock>) -> Self {
        Self {
            lock,
            lease: Mutex::default(),
            unreachable: Streak::default(),
        }
    }

    /// Whether it is this instance. When the keeper of the locks cannot be asked each instance
    /// watches by itself: an alert that comes several times is better than none.
    async fn is_ours(&self) -> bool {
        let mut lease = self.lease.lock().await;
        if lease.as_ref().is_some_and(|lease| !lease.is_lost()) {
            return true;
        }
        *lease = None;
        let asked = self.lock.acquire(WATCH_LOCK, Duration::ZERO).await;
        if !matches!(asked, Err(LockError::Unreachable(_)))
            && let Some(looks) = self.unreachable.succeeded()
        {
            tracing::info!(
                looks,
                "it is known again which instance evaluates the rules"
            );
        }
        match asked {
            Ok(taken) => {
                *lease = Some(taken);
                true
            }
            Err(LockError::Held { .. }) => false,
            Err(error @ LockError::Unreachable(_)) => {
                if self.unreachable.failed() {
                    tracing::warn!(
                        error = kernel::chain(&error),
                        "it is not known which instance evaluates the rules, so this one does"
                    );
                }
                true
            }
        }
    }
}

/// A rule and what is known of its incident.
#[derive(Debug)]
struct RuleState {
    rule: Rule,
    /// Value at the last tick; none before the first, from which no growth can be told.
    last: Option<f64>,
    is_open: bool,
    /// Number of ticks in a row without it.
    quiet: u32,
    /// Alerts that Discord has not taken yet.
    untold: VecDeque<Alert>,
}

impl RuleMonitor {
    /// A monitor of these rules that reports to the channels.
    pub fn new(
        metrics: Arc<dyn MetricSource>,
        rules: impl IntoIterator<Item = Rule>,
        channels: Channels,
        lock: WatchLock,
    ) -> Self {
        let watched = |rule| RuleState {
            rule,
            last: None,
            is_open: false,
            quiet: 0,
            untold: VecDeque::new(),
        };
        Self {
            metrics,
            channels,
            lock,
            shared: None,
            rules: Mutex::new(rules.into_iter().map(watched).collect()),
        }
    }

    /// Reports incidents of [`Scope::Shared`] once for all instances that see them.
    #[must_use]
    pub fn sharing(self, shared: Option<Arc<SharedAlerts>>) -> Self {
        Self { shared, ..self }
    }

    /// Evaluates at this interval until `stop`.
    pub async fn run(self, every: Duration, stop: CancellationToken) {
        while stop
            .run_until_cancelled(tokio::time::sleep(every))
            .await
            .is_some()
        {
            self.tick().await;
        }
    }

    /// Evaluates every rule once.
    pub async fn tick(&self) {
        let readings = self.metrics.read();
        let is_ours = self.lock.is_ours().await;
        for watched in self.rules.lock().await.iter_mut() {
            if watched.rule.scope == Scope::Service && !is_ours {
                watched.forget();
                continue;
            }
            // Nobody reads it yet; a test makes sure that every metric is there in the service.
            let Some(&value) = readings.get(watched.rule.metric) else {
                continue;
            };
            if let Some(alert) = watched.judge(value) {
                self.tell(watched, alert).await;
            }
            self.send(watched).await;
        }
    }

    async fn tell(&self, watched: &mut RuleState, alert: Alert) {
        if watched.rule.scope == Scope::Shared
            && let Some(shared) = &self.shared
            && !shared.is_reporter(&alert).await
        {
            return;
        }
        // The log takes everything.
        let _always_taken = self.channels.log.send(&alert).await;
        if self.channels.discord.is_none() {
            return;
        }
        let is_over = alert.state == AlertState::Resolved;
        if is_over && watched.untold.pop_back().is_some() {
            // It began and ended while Discord took nothing; the log has it.
            return;
        }
        watched.untold.push_back(alert);
    }

    /// Sends what Discord has not taken yet; what it does not take now, it may next time.
    async fn send(&self, watched: &mut RuleState) {
        let Some(discord) = &self.channels.discord else {
            return;
        };
        while let Some(alert) = watched.untold.front() {
            if let Err(error) = discord.send(alert).await {
                tracing::warn!(
                    incident = alert.incident,
                    error = kernel::chain(&error),
                    "an alert waits for Discord"
                );
                return;
            }
            watched.untold.pop_front();
        }
    }
}

impl RuleState {
    /// Somebody else watches now.
    fn forget(&mut self) {
        (self.is_open, self.quiet) = (false, 0);
        self.untold.clear();
    }

    /// Returns the alert that a value gives rise to.
    fn judge(&mut self, value: f64) -> Option<Alert> {
        let figure = match self.rule.reading {
            Reading::Level => value,
            Reading::Growth => value - self.last.unwrap_or(value),
        };
        self.last = Some(value);
        if !self.is_open {
            let begins = figure > self.rule.raise_above;
            self.is_open = begins;
            self.quiet = 0;
            return begins.then(|| self.alert(AlertState::Raised, (self.rule.firing)(figure)));
        }
        if figure > self.rule.clear_at {
            self.quiet = 0;
            return None;
        }
        self.quiet += 1;
        (self.quiet == RESOLVE_AFTER).then(|| {
            self.is_open = false;
            self.alert(AlertState::Resolved, self.rule.resolved.to_owned())
        })
    }

    fn alert(&self, state: AlertState, summary: String) -> Alert {
        Alert {
            incident: self.rule.incident,
            state,
            summary,
            // A metric does not know which request moved it.
            request_id: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};
    use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

    use super::*;
    use crate::{LogAlerts, SharedIncidents, SharedIncidentsError};
    use async_trait::async_trait;
    use kernel::{AlertError, LocalLock, RecordingAlertSink};

    /// A Discord that can be away.
    #[derive(Debug, Default)]
    struct Discord {
        told: RecordingAlertSink,
        is_away: AtomicBool,
    }

    impl Discord {
        fn told(&self) -> Vec<(&'static str, AlertState, String)> {
            let alerts = self.told.alerts().into_iter();
            alerts.map(|a| (a.incident, a.state, a.summary)).collect()
        }
    }

    #[async_trait]
    impl AlertSink for Discord {
        async fn send(&self, alert: &Alert) -> Result<(), AlertError> {
            if self.is_away.load(Ordering::Relaxed) {
                return Err(AlertError("away".into()));
            }
            self.told.send(alert).await
        }
    }

    /// Metrics with the one value `things`.
    #[derive(Debug, Default)]
    struct FakeMetrics(AtomicI64);

    impl FakeMetrics {
        fn set(&self, value: i64) {
            self.0.store(value, Ordering::Relaxed);
        }
    }

    impl MetricSource for FakeMetrics {
        fn read(&self) -> HashMap<String, f64> {
            let value = self.0.load(Ordering::Relaxed) as f64;
            HashMap::from([("things".to_owned(), value)])
        }
    }

    fn rule(reading: Reading, scope: Scope) -> Rule {
        Rule {
            incident: "things",
            metric: "things",
            reading,
            raise_above: 10.0,
            clear_at: 5.0,
            scope,
            firing: |things| format!("{things} things"),
            resolved: "few things",
        }
    }

    struct World {
        gauge: Arc<FakeMetrics>,
        discord: Arc<Discord>,
        watch: RuleMonitor,
    }

    fn world(rule: Rule, lock: &LocalLock) -> World {
        let gauge = Arc::new(FakeMetrics::default());
        let discord = Arc::new(Discord::default());
        let channels = Channels {
            log: LogAlerts {
                instance: "here".to_owned(),
                runbook: "runbook.md".to_owned(),
            },
            discord: Some(discord.clone()),
        };
        let lock = WatchLock::new(Arc::new(lock.clone()));
        World {
            gauge: Arc::clone(&gauge),
            discord,
            watch: RuleMonitor::new(gauge, [rule], channels, lock),
        }
    }

    impl World {
        async fn see(&self, values: impl IntoIterator<Item = i64>) {
            for value in values {
                self.gauge.set(value);
                self.watch.tick().await;
            }
        }
    }

    /// Instances that see the incident.
    #[derive(Debug, Default)]
    struct Board(Mutex<HashSet<&'static str>>);

    #[derive(Debug)]
    struct Seer(&'static str, Arc<Board>);

    #[async_trait]
    impl SharedIncidents for Seer {
        async fn see(&self, _: &'static str) -> Result<bool, SharedIncidentsError> {
            let mut seeing = self.1.0.lock().await;
            Ok(seeing.insert(self.0) && seeing.len() == 1)
        }

        async fn leave(&self, _: &'static str) -> Result<bool, SharedIncidentsError> {
            let mut seeing = self.1.0.lock().await;
            Ok(seeing.remove(self.0) && seeing.is_empty())
        }
    }

    fn began(figure: &str) -> (&'static str, AlertState, String) {
        ("things", AlertState::Raised, format!("{figure} things"))
    }

    fn resolved() -> (&'static str, AlertState, String) {
        ("things", AlertState::Resolved, "few things".to_owned())
    }

    #[tokio::test]
    async fn incident_is_reported_once_and_resolved_after_quiet_ticks() {
        let level = rule(Reading::Level, Scope::Instance);
        for (values, expected) in [
            (&[10, 10, 10][..], vec![]),
            (&[11, 50, 7, 11, 6], vec![began("11")]),
            // Below the end, but not long enough.
            (&[11, 5, 5, 6, 5, 5, 11], vec![began("11")]),
            (&[11, 5, 0, 5, 5], vec![began("11"), resolved()]),
            (
                &[11, 0, 0, 0, 12, 10],
                vec![began("11"), resolved(), began("12")],
            ),
        ] {
            let world = world(level, &LocalLock::default());
            world.see(values.iter().copied()).await;
            assert_eq!(world.discord.told(), expected, "{values:?}");
        }
    }

    #[tokio::test]
    async fn shared_incident_is_reported_by_the_first_and_over_with_the_last() {
        let (lock, board) = (LocalLock::default(), Arc::<Board>::default());
        let instances = ["one", "two", "three"].map(|name| {
            let mut world = world(rule(Reading::Level, Scope::Shared), &lock);
            let sink = Arc::<RecordingAlertSink>::default();
            let shared = Arc::new(Seer(name, Arc::clone(&board)));
            let shared = SharedAlerts::new(sink, shared, &["things"]);
            world.watch = world.watch.sharing(Some(Arc::new(shared)));
            world
        });
        for instance in &instances {
            instance.see([11]).await;
        }
        let told = || instances.each_ref().map(|it| it.discord.told());
        assert_eq!(told(), [vec![began("11")], vec![], vec![]]);
        let [one, two, three] = &instances;
        one.see([0, 0, 0]).await;
        three.see([0, 0, 0]).await;
        assert_eq!(told(), [vec![began("11")], vec![], vec![]]);
        two.see([0, 0, 0]).await;
        assert_eq!(told(), [vec![began("11")], vec![resolved()], vec![]]);
    }

    #[tokio::test]
    async fn growth_is_measured_between_two_ticks() {
        let world = world(
            rule(Reading::Growth, Scope::Instance),
            &LocalLock::default(),
        );
        world.see([9, 18, 40, 40, 41, 41]).await;
        assert_eq!(world.discord.told(), [began("22"), resolved()]);
    }

    #[tokio::test]
    async fn growth_before_the_first_tick_is_no_incident_and_growth_after_it_is() {
        let world = world(
            rule(Reading::Growth, Scope::Instance),
            &LocalLock::default(),
        );
        world.see([40]).await;
        assert_eq!(world.discord.told(), []);
        world.see([60]).await;
        assert_eq!(world.discord.told(), [began("20")]);
    }

    #[tokio::test]
    async fn alerts_refused_by_discord_are_sent_later_in_order() {
        let world = world(rule(Reading::Level, Scope::Instance), &LocalLock::default());
        world.see([11]).await;
        world.discord.is_away.store(true, Ordering::Relaxed);
        world.see([0, 0, 0]).await;
        assert_eq!(world.discord.told(), [began("11")]);
        // An incident that nobody was told of while it lasted is in the log alone.
        world.see([12]).await;
        world.discord.is_away.store(false, Ordering::Relaxed);
        world.see([12]).await;
        assert_eq!(world.discord.told(), [began("11"), resolved(), began("12")]);
    }

    #[tokio::test]
    async fn incident_resolved_before_delivery_is_not_sent() {
        let world = world(rule(Reading::Level, Scope::Instance), &LocalLock::default());
        world.discord.is_away.store(true, Ordering::Relaxed);
        world.see([11, 0, 0, 0]).await;
        world.discord.is_away.store(false, Ordering::Relaxed);
        world.see([0]).await;
        assert_eq!(world.discord.told(), []);
    }

    #[tokio::test]
    async fn service_rules_are_reported_by_one_instance_and_taken_over() {
        let lock = LocalLock::default();
        let shared = rule(Reading::Level, Scope::Service);
        let (one, two) = (world(shared, &lock), world(shared, &lock));
        one.see([11, 11]).await;
        two.see([11, 11]).await;
        assert_eq!(one.discord.told(), [began("11")]);
        assert_eq!(two.discord.told(), []);
        drop(one);
        two.see([12]).await;
        assert_eq!(two.discord.told(), [began("12")]);
    }

    #[tokio::test]
    async fn instance_rules_are_reported_by_each_instance() {
        let lock = LocalLock::default();
        let own = rule(Reading::Level, Scope::Instance);
        let (one, two) = (world(own, &lock), world(own, &lock));
        one.see([11]).await;
        two.see([12]).await;
        assert_eq!(one.discord.told(), [began("11")]);
        assert_eq!(two.discord.told(), [began("12")]);
    }
}
