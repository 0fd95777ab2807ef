//! The circuit breaker through its public face, on tokio's paused clock.

mod behaviour;
mod failsafe_traps;
mod model;
mod never_sticks;

use std::num::NonZeroU32;
use std::time::Duration;

use resilience::{Backoff, BreakerSettings, BreakerState, CircuitBreaker, Jitter, Outcome};
use tokio::time::advance;

const SECOND: Duration = Duration::from_secs(1);

/// Opens after two failures in a row, for exactly 10 s at first; one probe, one to close.
fn plain() -> BreakerSettings {
    BreakerSettings {
        consecutive_failures: NonZeroU32::new(2),
        open_time: Backoff::new(10 * SECOND, 60 * SECOND).unwrap(),
        open_jitter: 0.0,
        probe_limit: NonZeroU32::MIN,
        probes_to_close: NonZeroU32::MIN,
        ..BreakerSettings::default()
    }
}

fn breaker(settings: BreakerSettings) -> CircuitBreaker {
    CircuitBreaker::new("test", settings, Jitter::from_seed(1)).unwrap()
}

/// Makes a call that ends at once.
fn end(breaker: &CircuitBreaker, outcome: Outcome) {
    breaker.try_acquire().unwrap().record(outcome);
}

/// Makes as many calls as there are letters: `s`uccess, `f`ailure, `i`gnored.
fn play(breaker: &CircuitBreaker, calls: &str) {
    for call in calls.chars() {
        end(
            breaker,
            match call {
                's' => Outcome::Success,
                'f' => Outcome::Failure,
                'i' => Outcome::Ignored,
                other => panic!("no such call: {other}"),
            },
        );
    }
}

fn is_open(breaker: &CircuitBreaker) -> bool {
    matches!(breaker.state(), BreakerState::Open { .. })
}

/// A breaker that has just become ready to probe.
async fn ready_to_probe(settings: BreakerSettings) -> CircuitBreaker {
    let breaker = breaker(settings);
    play(&breaker, "ff");
    assert!(is_open(&breaker));
    advance(10 * SECOND).await;
    breaker
}
