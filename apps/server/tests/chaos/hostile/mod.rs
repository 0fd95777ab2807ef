//! Floods of every kind at once, from a few addresses, while a well-behaved client goes on.
//!
//! `cargo xtask chaos hostile` runs it for a minute and compares latencies; the short form only
//! asks that no request of the well-behaved client fails.

mod flood;
mod visitor;

use tokio::task::JoinSet;

use crate::instance::Instance;
use crate::scale::Scale;
use flood::Flood;
use visitor::Visitor;

/// Addresses of the floods; the visitor has 127.0.0.1.
const ATTACKERS: [&str; 3] = ["127.0.0.2", "127.0.0.3", "127.0.0.4"];

/// Connections that one address may hold.
const CONNECTIONS: usize = 100;

/// Upper bound on the visitor's 99th percentile under attack, in parts of the quiet one.
const FACTOR: f64 = 3.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_clients_cost_a_visitor_no_request() {
    let scale = Scale::from_environment();
    let connections = CONNECTIONS.to_string();
    let settings = [
        (
            "MAPLE__HTTP__MAX_CONNECTIONS_PER_ADDRESS",
            connections.as_str(),
        ),
        ("MAPLE__HTTP__MAX_REQUESTS", "256"),
        ("MAPLE__SESSIONS__ATTEMPTS_PER_MINUTE", "60"),
        // The long form's visitor likes without a pause, which is its own limit and no flood's.
        ("MAPLE__MEMBERS__LIKES_PER_MINUTE", "1000000"),
    ];
    let instance = Instance::start(&settings).await;
    let visitor = Visitor::new(instance.public).await;
    let (rounds, floods) = (scale.pick(15, 600), scale.pick(2, 1_000));
    let quiet = visitor.visits(rounds).await;

    let mut attack = JoinSet::new();
    for address in ATTACKERS {
        for flood in Flood::ALL {
            attack.spawn(flood.run(address, instance.public));
        }
    }
    // Each flood has begun when it has been answered.
    flood::answered(ATTACKERS.len() * floods).await;
    let hostile = visitor.visits(rounds).await;
    attack.shutdown().await;

    assert_eq!(quiet.failures(), [""; 0]);
    assert_eq!(hostile.failures(), [""; 0], "{}", flood::summary());
    let malformed = "maple_http_malformed_requests_total{status=\"400\"}";
    let malformed = instance.metric(malformed).await;
    assert!(malformed > 0.0, "requests that are no HTTP are counted");
    assert!(!instance.service.log().contains("ERROR"), "and not logged");
    let ready = instance.dependency("database").await;
    assert_eq!(ready, "ok");
    for kind in visitor::KINDS {
        scale.row(
            "hostile",
            format!("{kind}, p50 and p99 quiet, then under attack"),
            format!(
                "{:?} {:?}, {:?} {:?}",
                quiet.at(kind, 0.5),
                quiet.at(kind, 0.99),
                hostile.at(kind, 0.5),
                hostile.at(kind, 0.99)
            ),
        );
    }
    let (before, during) = (quiet.of_all(0.99), hostile.of_all(0.99));
    let ratio = during.as_secs_f64() / before.as_secs_f64();
    scale.row(
        "hostile",
        format!("all requests of the visitor, p99 {before:?}, then {during:?}"),
        format!("{ratio:.2} times; {}", flood::summary()),
    );
    if scale.is_long() {
        assert!(
            ratio <= FACTOR,
            "the 99th percentile is {ratio:.2} times the quiet one"
        );
    }
}
