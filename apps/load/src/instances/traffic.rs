//! Requests of the traffic, and the right answers.
//!
//! Of a hundred requests one asks what a character wears whom nobody has asked for: that takes
//! turns in Redis, three calls of the upstream under the shared quota, and is written to Redis and
//! the database. Four like a character or take that back: that is written to Redis and brought to
//! the database. The others ask for the expectation of characters that are known.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, ensure};
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use parking_lot::Mutex;
use serde_json::{Value, json};
use testkit::load::{LoadResponse, Request, Verdict};

use super::world::{INSTANCES, World};
use crate::expected::{Coding, Expected, ask, get, learn};

/// Description of the traffic in the table.
pub(crate) const DESCRIPTION: &str = "95 % cached expectations of 30 characters in zstd, 4 % likes, 1 % equipment of characters nobody knows,";

const CHARACTERS: usize = 30;
const MEMBERS: usize = 20;

/// Requests of the traffic, and the right answers.
pub(crate) struct Traffic {
    known: Vec<Arc<Expected>>,
    tokens: Vec<String>,
    /// Equipment of characters that nobody knows.
    strangers: Mutex<HashMap<usize, Value>>,
    /// Server that knows it, and shares nothing with the instances.
    other: SocketAddr,
}

/// Subject of a request.
enum TrafficRequest {
    Known(usize),
    Stranger(usize),
    Like(Like),
}

struct Like {
    member: usize,
    character: usize,
    liked: bool,
}

impl TrafficRequest {
    /// Returns the subject of the request of this number.
    fn of(number: usize) -> Self {
        let (hundred, place) = (number / 100, number % 100);
        match place {
            0 => Self::Stranger(hundred),
            20 | 40 | 60 | 80 => Self::Like(Like {
                member: number / 20 % MEMBERS,
                character: hundred % CHARACTERS,
                liked: (hundred / CHARACTERS).is_multiple_of(2),
            }),
            _ => Self::Known(number % CHARACTERS),
        }
    }
}

impl Traffic {
    /// Makes the known characters known to every instance, which must answer the same, and logs
    /// members in.
    pub(crate) async fn prepare(world: &World) -> anyhow::Result<Self> {
        let instances = world.some(INSTANCES, 0);
        let mut known = Vec::new();
        for character in 0..CHARACTERS {
            let content = learn(instances[0], &expectation(character)).await?;
            let expected = Expected::new(Coding::Identity, &content);
            for instance in &instances {
                let path = expectation(character);
                let answer = ask(*instance, get(&path, Coding::Identity)).await?;
                let verdict = expected.judge(&answer);
                ensure!(verdict == Verdict::Served, "{path}: {verdict:?}");
            }
            known.push(Expected::new(Coding::Zstd, &content));
        }
        let mut tokens = Vec::new();
        for member in 0..MEMBERS {
            let key = json!({"nexon_api_key": format!("sandbox-member-load-{member}")});
            let request = hyper::Request::post("/api/v1/sessions")
                .header(CONTENT_TYPE, "application/json")
                .body(Full::from(key.to_string()))?;
            let answer = ask_anything(instances[0], request, 201).await?;
            let token = answer["access_token"].as_str();
            tokens.push(format!("Bearer {}", token.context("no token")?));
        }
        Ok(Self {
            known,
            tokens,
            strangers: Mutex::default(),
            other: world.other.address,
        })
    }

    /// Learns what is right to answer to the requests of these numbers.
    pub(crate) async fn learn(&self, numbers: std::ops::Range<usize>) -> anyhow::Result<()> {
        for number in numbers {
            if let TrafficRequest::Stranger(stranger) = TrafficRequest::of(number) {
                let request = get(&equipment(stranger), Coding::Identity);
                let mut answer = ask_anything(self.other, request, 200).await?;
                let presets = answer["presets"].take();
                ensure!(presets.is_array(), "{answer}");
                self.strangers().insert(stranger, presets);
            }
        }
        Ok(())
    }

    /// The request of this number.
    pub(crate) fn request(&self, number: usize) -> Request {
        match TrafficRequest::of(number) {
            TrafficRequest::Known(character) => get(&expectation(character), Coding::Zstd),
            TrafficRequest::Stranger(stranger) => get(&equipment(stranger), Coding::Identity),
            TrafficRequest::Like(like) => {
                let method = if like.liked { "PUT" } else { "DELETE" };
                let path = format!("/api/v1/characters/known{}/like", like.character);
                let request = hyper::Request::builder().method(method).uri(path);
                let request = request.header(AUTHORIZATION, &self.tokens[like.member]);
                request
                    .body(Full::new(Bytes::new()))
                    .expect("paths and tokens are plain")
            }
        }
    }

    /// Judges the answer to the request of this number.
    pub(crate) fn judge(&self, number: usize, answer: &LoadResponse) -> Verdict {
        let json = || serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        let is_right = match TrafficRequest::of(number) {
            TrafficRequest::Known(character) => return self.known[character].judge(answer),
            TrafficRequest::Stranger(stranger) => {
                let presets = self.strangers().remove(&stranger);
                presets.is_some_and(|presets| json()["presets"] == presets)
            }
            TrafficRequest::Like(like) => {
                let json = json();
                // A like that is durable does not wait long for its count.
                let count = &json["count"];
                let is_count =
                    count.is_null() || count.as_u64().is_some_and(|count| count <= MEMBERS as u64);
                json["liked"] == like.liked && is_count
            }
        };
        if is_right && answer.status == 200 {
            return Verdict::Served;
        }
        let body = String::from_utf8_lossy(&answer.body);
        Verdict::Wrong(format!("request {number}: {}: {body}", answer.status))
    }

    fn strangers(&self) -> parking_lot::MutexGuard<'_, HashMap<usize, Value>> {
        self.strangers.lock()
    }
}

fn expectation(character: usize) -> String {
    format!("/api/v1/characters/known{character}/expectation")
}

fn equipment(stranger: usize) -> String {
    format!("/api/v1/characters/far{stranger}/equipment")
}

/// The answer to a request that is outside of what is measured.
async fn ask_anything(server: SocketAddr, request: Request, status: u16) -> anyhow::Result<Value> {
    let answer = ask(server, request).await?;
    let body = String::from_utf8_lossy(&answer.body);
    ensure!(answer.status == status, "{}: {body}", answer.status);
    Ok(serde_json::from_slice(&answer.body)?)
}
