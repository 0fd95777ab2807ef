//! Checks of answers: the same JSON once it is decoded, but for the age of its data, which
//! a body tells to the whole minute.

use std::io::Read;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use bytes::Bytes;
use flate2::read::GzDecoder;
use http_body_util::Full;
use hyper::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use testkit::load::{Load, LoadResponse, Request, Schedule, Verdict};

/// Nobody waits longer for an answer.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A coding that a client asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Zstd,
    Gzip,
    Identity,
}

impl Coding {
    pub(crate) const ALL: [Self; 3] = [Self::Zstd, Self::Gzip, Self::Identity];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }

    pub(crate) fn decode(self, body: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        match self {
            Self::Zstd => plain = zstd::decode_all(body)?,
            Self::Gzip => {
                GzDecoder::new(body).read_to_end(&mut plain)?;
            }
            Self::Identity => plain.extend_from_slice(body),
        }
        Ok(plain)
    }
}

/// A GET of this path in this coding.
pub(crate) fn get(path: &str, coding: Coding) -> Request {
    let request = hyper::Request::get(path).header(ACCEPT_ENCODING, coding.name());
    request
        .body(Full::default())
        .expect("paths and codings are literals")
}

/// A POST of this JSON.
pub(crate) fn post(path: &str, json: &'static str) -> Request {
    let request = hyper::Request::post(path)
        .header(ACCEPT_ENCODING, Coding::Identity.name())
        .header(CONTENT_TYPE, "application/json");
    request
        .body(Full::from(json))
        .expect("paths and bodies are literals")
}

/// The answer to one request.
pub(crate) async fn ask(address: SocketAddr, request: Request) -> anyhow::Result<LoadResponse> {
    let load = Load {
        servers: vec![address],
        schedule: Schedule::at_once(1),
        connections: 1,
        patience: PATIENCE,
    };
    let answered = Arc::new(Mutex::new(None));
    let kept = Arc::clone(&answered);
    let keep = move |answer: &LoadResponse| {
        *kept.lock() = Some(answer.clone());
        Verdict::Served
    };
    load.run(move |_| request.clone(), keep).await.checked()?;
    let answer = answered.lock().take();
    answer.context("no answer")
}

/// The right answer to a request.
#[derive(Debug)]
pub(crate) struct Expected {
    coding: Coding,
    content: [u8; 32],
    /// Bodies that were decoded and found right; another like them need not be decoded again.
    right: Mutex<Vec<Bytes>>,
}

impl Expected {
    /// Every answer in this coding has to have this content, whatever its age.
    pub(crate) fn new(coding: Coding, content: &[u8]) -> Arc<Self> {
        Arc::new(Self {
            coding,
            content: hash(content).expect("what was learnt is JSON"),
            right: Mutex::default(),
        })
    }

    /// Judges that it is 200, in the coding asked for, and that its decoded body has the right content.
    pub(crate) fn judge(&self, answer: &LoadResponse) -> Verdict {
        if answer.status != 200 {
            return Verdict::Wrong(format!("status {}", answer.status));
        }
        let coding = answer.headers.get(CONTENT_ENCODING);
        let coding = coding.map_or(Coding::Identity.name().as_bytes(), |coding| {
            coding.as_bytes()
        });
        if coding != self.coding.name().as_bytes() {
            let coding = String::from_utf8_lossy(coding);
            return Verdict::Wrong(format!(
                "{coding} where {} was asked for",
                self.coding.name()
            ));
        }
        let mut right = self.right.lock();
        if right.contains(&answer.body) {
            return Verdict::Served;
        }
        let Ok(decoded) = self.coding.decode(&answer.body) else {
            return Verdict::Wrong("the body cannot be decoded".to_owned());
        };
        if hash(&decoded) != Some(self.content) {
            return Verdict::Wrong(format!("another body: {}", beginning(&decoded)));
        }
        right.push(answer.body.clone());
        Verdict::Served
    }
}

impl Expected {
    /// Judges that it is the one or the other.
    pub(crate) fn judge_either(&self, other: &Self, answer: &LoadResponse) -> Verdict {
        match self.judge(answer) {
            Verdict::Served => Verdict::Served,
            _ => other.judge(answer),
        }
    }
}

/// Returns the answer of a path, decoded, after it was asked for twice: once to be made, once to be
/// kept.
pub(crate) async fn learn(address: SocketAddr, path: &str) -> anyhow::Result<Vec<u8>> {
    let first = ask(address, get(path, Coding::Identity)).await?;
    ensure!(first.status == 200, "{path}: {}", describe(&first));
    let second = ask(address, get(path, Coding::Identity)).await?;
    ensure!(
        hash(&first.body) == hash(&second.body),
        "{path} does not stay the same"
    );
    Ok(second.body.to_vec())
}

/// The hash of a JSON document, however its fields are ordered.
fn hash(json: &[u8]) -> Option<[u8; 32]> {
    let value: serde_json::Value = serde_json::from_slice(json).ok()?;
    Some(Sha256::digest(value.to_string()).into())
}

/// Judges that the server says in due form that it does not serve this now: 429 or 503, a problem,
/// and when to come back.
pub(crate) fn judge_refusal(answer: &LoadResponse) -> Verdict {
    let has_form = answer.headers.contains_key(RETRY_AFTER)
        && answer
            .headers
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind == "application/problem+json");
    match answer.status.as_u16() {
        429 | 503 if has_form => Verdict::Refused,
        _ => Verdict::Wrong(describe(answer)),
    }
}

fn describe(answer: &LoadResponse) -> String {
    format!("{}: {}", answer.status, beginning(&answer.body))
}

/// As much of a body as people care to read.
fn beginning(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(200).collect()
}
