//! The quota that instances share.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use coordination_redis::RedisQuota;
use futures_util::future::join_all;
use resilience::{Deadline, QuotaError, QuotaGate, QuotaSettings, quota_contract};
use testkit::Server;
use tokio::time::Instant;

use crate::world::{Instance, PATIENT, ids, prefix, tell, until};

const SECOND: Duration = Duration::from_secs(1);

fn settings(per_second: u32, per_day: u32) -> QuotaSettings {
    QuotaSettings {
        per_second: NonZeroU32::new(per_second).unwrap(),
        per_day: NonZeroU32::new(per_day).unwrap(),
        queue: 100,
        // The test itself is the upstream, and on a busy machine it is far away.
        transit: Duration::from_secs(5),
    }
}

fn gate(instance: &Instance, settings: QuotaSettings) -> RedisQuota {
    // A place where it is not midnight for hours, whenever this runs.
    let east = kernel::Clock::now(&kernel::SystemClock).as_second() % 86_400;
    let east = Duration::from_secs(86_400 + 43_200 - u64::try_from(east).unwrap());
    RedisQuota::new(instance.redis.clone(), ids(), settings, east).unwrap()
}

fn patient() -> Deadline {
    Deadline::within(PATIENT)
}

#[tokio::test]
async fn redis_keeps_the_contract() {
    let make = async |settings| {
        let instance = Instance::sharing(&prefix()).await;
        let gate = gate(&instance, settings);
        // The first answer of a new Redis is to wait, because it knows of no past.
        gate.acquire(patient()).await.unwrap().unused();
        Arc::new(gate) as Arc<dyn QuotaGate>
    };
    quota_contract::check_all(make).await;
}

#[tokio::test]
async fn quota_holds_across_three_instances() {
    let prefix = prefix();
    let instances = join_all((0..3).map(|_| Instance::sharing(&prefix))).await;
    let gates: Vec<_> = instances
        .iter()
        .map(|it| gate(it, settings(5, 18)))
        .collect();
    let calls = (0..30).map(async |number: usize| {
        let permit = gates[number % 3].acquire(patient()).await;
        permit.map(|permit| {
            let seen = Instant::now();
            drop(permit);
            seen
        })
    });
    let calls = join_all(calls).await;
    let (made, refused): (Vec<_>, Vec<_>) = calls.into_iter().partition(Result::is_ok);
    let mut made: Vec<_> = made.into_iter().map(Result::unwrap).collect();
    assert_eq!(made.len(), 18, "what the day allows");
    assert!(
        refused
            .iter()
            .all(|r| matches!(r, Err(QuotaError::DayExhausted { .. })))
    );
    made.sort();
    for six in made.windows(6) {
        let apart = six[5] - six[0];
        assert!(apart >= SECOND, "six calls within {apart:?}");
    }
}

#[tokio::test]
async fn permits_returned_by_all_instances_are_left_for_the_day() {
    let prefix = prefix();
    let [one, other] = [
        Instance::sharing(&prefix).await,
        Instance::sharing(&prefix).await,
    ];
    let [one, other] = [&one, &other].map(|instance| gate(instance, settings(100, 3)));
    let first = one.acquire(patient()).await.unwrap();
    // This instance has seen the call of the other one before it was returned.
    let second = other.acquire(patient()).await.unwrap();
    first.unused();
    second.unused();
    for _ in 0..3 {
        let made = async || other.acquire(patient()).await.is_ok();
        until(made).await;
    }
    let spent = other.acquire(patient()).await;
    assert!(
        matches!(spent, Err(QuotaError::DayExhausted { .. })),
        "{spent:?}"
    );
}

#[tokio::test]
async fn emptied_redis_learns_the_usage_and_waits_out_the_last_second() {
    let server = Server::redis().unwrap();
    let gate = gate(&Instance::on(&server).await, settings(2, 5));
    let mut last = Instant::now();
    for _ in 0..4 {
        drop(gate.acquire(patient()).await.unwrap());
        last = Instant::now();
    }
    assert_eq!(tell(server.address(), "FLUSHALL"), "+OK");
    let flushed = Instant::now();
    drop(gate.acquire(patient()).await.expect("the fifth"));
    assert!(last.elapsed() >= SECOND && flushed.elapsed() >= SECOND);
    let spent = gate.acquire(patient()).await;
    assert!(
        matches!(spent, Err(QuotaError::DayExhausted { .. })),
        "{spent:?}"
    );
}

#[tokio::test]
async fn calls_are_refused_while_the_usage_is_unknown() {
    let mut server = Server::redis().unwrap();
    let gate = gate(&Instance::on(&server).await, settings(5, 100));
    drop(gate.acquire(patient()).await.unwrap());
    server.kill();
    let unknown = async || matches!(gate.acquire(patient()).await, Err(QuotaError::Unknown));
    until(unknown).await;
    server.restart().unwrap();
    until(async || gate.acquire(patient()).await.is_ok()).await;
}
