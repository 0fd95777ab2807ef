//! Random walks over random breakers: each step is compared with the [`Model`], permits never
//! exceed their limit, and from wherever a walk has come the breaker can be closed again.

use std::cell::Cell;
use std::num::NonZeroU32;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRunner};
use resilience::Permit;
use tokio::time::Instant;

use super::model::{Model, State};
use super::*;

/// One thing that can happen.
#[derive(Debug, Clone, Copy)]
enum Step {
    Call,
    /// The call that is this far down the list of those under way ends; `None` is cancelled.
    End(usize, Option<Outcome>),
    Pass(Duration),
    /// The upstream is well from now on: the breaker must close.
    Recover,
}

struct Walk {
    breaker: CircuitBreaker,
    settings: BreakerSettings,
    model: Model,
    under_way: Vec<(Permit, u64, Instant)>,
}

impl Walk {
    fn new(settings: BreakerSettings) -> Self {
        Self {
            breaker: breaker(settings.clone()),
            model: Model::new(settings.clone()),
            settings,
            under_way: Vec::new(),
        }
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Call => {
                self.call();
            }
            Step::End(place, outcome) if !self.under_way.is_empty() => {
                self.end(place % self.under_way.len(), outcome);
            }
            Step::End(..) => {}
            Step::Pass(time) => advance(time).await,
            Step::Recover => self.recover().await,
        }
        self.compare();
    }

    fn call(&mut self) -> bool {
        let now = Instant::now();
        let permit = self.breaker.try_acquire();
        assert_eq!(permit.is_ok(), self.model.admits(now));
        let admitted = permit.is_ok();
        if let Ok(permit) = permit {
            self.under_way.push((permit, self.model.generation, now));
        }
        admitted
    }

    fn end(&mut self, place: usize, outcome: Option<Outcome>) {
        let (permit, generation, started) = self.under_way.swap_remove(place);
        match outcome {
            Some(outcome) => permit.record(outcome),
            None => drop(permit),
        }
        let now = Instant::now();
        self.model.ends(generation, started, outcome, now);
    }

    /// Every new call succeeds at once, while those under way hang for ever. In each round either
    /// the time to wait passes or a probe succeeds, so few rounds are enough.
    async fn recover(&mut self) {
        let rounds = self.settings.probes_to_close.get() + 2;
        for _ in 0..rounds {
            self.compare();
            if self.breaker.state() == BreakerState::Closed {
                return;
            }
            if self.call() {
                self.end(self.under_way.len() - 1, Some(Outcome::Success));
            } else {
                self.compare();
                advance(self.breaker.check().unwrap_err().retry_after).await;
                // Giving up stray probes takes a call to notice, and starts another wait.
                if self.breaker.state() == BreakerState::HalfOpen {
                    assert!(!self.call());
                    self.compare();
                    advance(self.breaker.check().unwrap_err().retry_after).await;
                }
            }
        }
        self.compare();
        assert_eq!(self.breaker.state(), BreakerState::Closed);
    }

    fn compare(&mut self) {
        let status = self.breaker.status();
        assert_eq!(status.generation, self.model.generation);
        match (status.state, &mut self.model.state) {
            (BreakerState::Closed, State::Closed) => {}
            (BreakerState::HalfOpen, State::HalfOpen) => {
                let generation = status.generation;
                let probes = self.under_way.iter().filter(|call| call.1 == generation);
                assert!(probes.count() <= self.settings.probe_limit.get() as usize);
            }
            (BreakerState::Open { until, .. }, State::Open { until: expected }) => {
                *expected = until;
                let open_time = until - status.since;
                let (shortest, longest) = self.model.open_time();
                assert!((shortest..=longest).contains(&open_time));
            }
            (state, expected) => panic!("{state:?} instead of {expected:?}"),
        }
        let expected = self.model.counts(Instant::now());
        assert_eq!(self.breaker.counts(), expected);
    }
}

fn millis(range: std::ops::RangeInclusive<u64>) -> impl Strategy<Value = Duration> {
    range.prop_map(Duration::from_millis)
}

fn few(range: std::ops::RangeInclusive<u32>) -> impl Strategy<Value = NonZeroU32> {
    range.prop_map(|few| NonZeroU32::new(few).unwrap())
}

fn settings() -> impl Strategy<Value = BreakerSettings> {
    let opens = (
        millis(1..=2_000),
        (1_u32..=30).prop_flat_map(|calls| (1..=calls, Just(calls))),
        0.01..=1.0_f64,
        proptest::option::of(few(1..=6)),
    );
    let closes = (
        millis(1..=500),
        1_u32..=10,
        0.0..=1.0_f64,
        few(1..=4),
        few(1..=4),
        millis(1..=2_000),
    );
    (opens, closes).prop_map(|(opens, closes)| BreakerSettings {
        window: opens.0,
        window_calls: opens.1.1,
        minimum_calls: opens.1.0,
        failure_rate: opens.2,
        consecutive_failures: opens.3,
        open_time: Backoff::new(closes.0, closes.0 * closes.1).unwrap(),
        open_jitter: closes.2,
        probe_limit: closes.3,
        probes_to_close: closes.4,
        probe_timeout: closes.5,
    })
}

fn step() -> impl Strategy<Value = Step> {
    let outcome = prop_oneof![
        4 => Just(Some(Outcome::Success)),
        3 => Just(Some(Outcome::Failure)),
        1 => Just(Some(Outcome::Ignored)),
        2 => Just(None),
    ];
    prop_oneof![
        80 => Just(Step::Call),
        80 => (0_usize..8, outcome).prop_map(|(place, outcome)| Step::End(place, outcome)),
        30 => millis(0..=100).prop_map(Step::Pass),
        8 => millis(0..=3_000).prop_map(Step::Pass),
        1 => Just(Step::Recover),
    ]
}

/// Takes at least `walks * 3_000` steps.
fn walk(walks: u32) {
    let transitions = Cell::new(0);
    let mut runner = TestRunner::new(ProptestConfig {
        cases: walks,
        failure_persistence: None,
        // The default generator is slow without optimisation.
        rng_algorithm: RngAlgorithm::XorShift,
        ..ProptestConfig::default()
    });
    let result = runner.run(
        &(settings(), vec(step(), 3_000..4_000)),
        |(settings, steps)| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap();
            runtime.block_on(async {
                let mut walk = Walk::new(settings);
                for step in steps {
                    walk.take(step).await;
                }
                walk.take(Step::Recover).await;
                transitions.set(transitions.get() + walk.breaker.status().generation);
            });
            Ok(())
        },
    );
    if let Err(error) = result {
        panic!("{error}");
    }
    // The walks led somewhere: on average through the states many times each.
    assert!(transitions.get() > 50 * u64::from(walks), "{transitions:?}");
}

#[test]
fn in_a_million_steps() {
    walk(334);
}

/// `cargo test --release -p resilience --test it breaker:: -- --ignored`
#[test]
#[ignore = "takes minutes; the million above runs always"]
fn in_a_hundred_million_steps() {
    walk(33_400);
}
