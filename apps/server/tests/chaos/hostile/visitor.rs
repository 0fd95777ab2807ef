//! The well-behaved client: it reads, likes, logs in and calculates.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::instance::client;

/// Kinds of requests.
pub(super) const KINDS: [&str; 4] = ["read", "like", "calculate", "log in"];

/// Pause before each round: a visitor asks for less than its share of the processors.
const PAUSE: Duration = Duration::from_millis(50);

/// Requests of one round for each log-in.
const ROUNDS_PER_LOG_IN: usize = 15;

/// Characters that are known before the floods begin.
const NAMES: [&str; 4] = ["아델", "긱델", "Luminous", "에반왕"];

pub(super) struct Visitor {
    client: Client,
    server: SocketAddr,
    token: String,
}

/// Latencies by kind, and what failed.
#[derive(Default)]
pub(super) struct Visits {
    latencies: BTreeMap<&'static str, Vec<Duration>>,
    failures: Vec<String>,
}

impl Visitor {
    /// A visitor with a session, whose characters the service knows.
    pub(super) async fn new(server: SocketAddr) -> Self {
        let mut visitor = Self {
            client: client(),
            server,
            token: String::new(),
        };
        let session = visitor.log_in("sandbox-member-1").send().await.unwrap();
        let session: Value = session.json().await.unwrap();
        visitor.token = session["access_token"].as_str().unwrap().to_owned();
        for name in NAMES {
            let known = visitor.get(&format!("/api/v1/characters/{name}/expectation"));
            assert_eq!(known.send().await.unwrap().status(), 200, "{name}");
        }
        visitor
    }

    /// Rounds of requests, one after another, each after a pause.
    pub(super) async fn visits(&self, rounds: usize) -> Visits {
        let mut visits = Visits::default();
        for round in 0..rounds {
            tokio::time::sleep(PAUSE).await;
            let name = NAMES[round % NAMES.len()];
            let read = self.get(&format!("/api/v1/characters/{name}/expectation"));
            visits.time("read", read).await;
            let like = format!("/api/v1/characters/{name}/like");
            let like = if round % 2 == 0 {
                self.client.put(self.url(&like))
            } else {
                self.client.delete(self.url(&like))
            };
            if round % 4 < 2 {
                visits.time("like", like.bearer_auth(&self.token)).await;
            }
            visits.time("calculate", self.calculate(round)).await;
            if round % ROUNDS_PER_LOG_IN == 0 {
                // A member's oldest session ends when it has many: that which likes is another's.
                visits.time("log in", self.log_in("sandbox-member-2")).await;
            }
        }
        visits
    }

    fn calculate(&self, round: usize) -> RequestBuilder {
        let item = json!({"star_force": {
            "item_level": 200, "from": 0, "to": 22, "spare_item_meso": 1_000_000 + round,
        }});
        let plan = json!({"items": vec![item; 4]});
        let url = self.url("/api/v1/calculations/plan");
        self.client.post(url).json(&plan)
    }

    fn log_in(&self, key: &str) -> RequestBuilder {
        let key = json!({"nexon_api_key": key});
        self.client.post(self.url("/api/v1/sessions")).json(&key)
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server)
    }
}

impl Visits {
    async fn time(&mut self, kind: &'static str, request: RequestBuilder) {
        let begin = Instant::now();
        let failure = match request.send().await {
            Ok(response) if response.status().is_success() => response.bytes().await.err(),
            Ok(response) => {
                let status = response.status();
                let text = response.text().await.unwrap_or_default();
                self.failures.push(format!("{kind}: {status} {text}"));
                None
            }
            Err(error) => Some(error),
        };
        self.failures
            .extend(failure.map(|error| format!("{kind}: {error:?}")));
        self.latencies
            .entry(kind)
            .or_default()
            .push(begin.elapsed());
    }

    pub(super) fn failures(&self) -> Vec<&str> {
        self.failures.iter().map(String::as_str).collect()
    }

    /// A quantile of the latencies of one kind.
    pub(super) fn at(&self, kind: &str, quantile: f64) -> Duration {
        at(self.latencies[kind].clone(), quantile)
    }

    /// A quantile of all latencies.
    pub(super) fn of_all(&self, quantile: f64) -> Duration {
        at(
            self.latencies.values().flatten().copied().collect(),
            quantile,
        )
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a list"
)]
fn at(mut latencies: Vec<Duration>, quantile: f64) -> Duration {
    latencies.sort_unstable();
    let place = ((latencies.len() - 1) as f64 * quantile).round() as usize;
    latencies[place]
}
