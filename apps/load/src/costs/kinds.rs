//! Kinds of requests whose costs are measured, and the members who send them.

use std::fmt::{self, Display};

use anyhow::{Context, ensure};
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH,
};
use hyper::http::request::Builder;
use serde_json::{Value, json};
use testkit::load::{LoadResponse, Request};

use crate::expected::{Coding, ask, get};
use crate::process::ServerProcess;

/// Receiver of points.
pub(super) const DEVELOPER: &str = "000000000000000000000000000000de=load";

/// Token of the measured process's operators.
pub(super) const ADMIN_TOKEN: &str = "load-generators-token-of-some-length";

/// Characters that are known, and members.
const KNOWN: usize = 30;
const MEMBERS: usize = 20;

/// Kind of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The expectation of a known character, in zstd.
    Cached,
    /// The same, where the client has it.
    NotModified,
    /// The page of a known character, in zstd.
    Page,
    /// The expectation of a character that nobody has asked for.
    Cold,
    /// The equipment of a character that nobody has asked for.
    Stored,
    /// A like, or its end.
    Like,
    /// A point given.
    Donation,
}

impl Kind {
    /// Kinds of the table; of the storage there is another one.
    pub(super) const ALL: [Self; 6] = [
        Self::Cached,
        Self::NotModified,
        Self::Page,
        Self::Cold,
        Self::Like,
        Self::Donation,
    ];

    /// Factor by which fewer of them make a measurement as long.
    pub(super) const fn dearer(self) -> usize {
        match self {
            Self::Cached | Self::NotModified => 1,
            Self::Page => 2,
            Self::Like => 5,
            Self::Donation => 20,
            Self::Stored | Self::Cold => 100,
        }
    }

    /// The status of the right answer.
    pub(super) const fn status(self) -> u16 {
        match self {
            Self::NotModified => 304,
            Self::Donation => 201,
            _ => 200,
        }
    }

    /// Whether the body is one of this kind.
    pub(super) fn is_right(self, answer: &LoadResponse) -> bool {
        let json = || serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        match self {
            Self::NotModified => answer.body.is_empty(),
            Self::Cached | Self::Cold | Self::Page => {
                let plain = Coding::Zstd.decode(&answer.body).unwrap_or_default();
                let is_page = plain.starts_with(b"<!");
                is_page == (self == Self::Page) && plain.len() > 10_000
            }
            Self::Stored => json()["presets"].is_array(),
            Self::Like => json()["count"].is_u64(),
            Self::Donation => json()["id"].is_string(),
        }
    }
}

impl Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cached => "cached expectation, zstd",
            Self::NotModified => "cached expectation, 304",
            Self::Page => "cached page of a character, zstd",
            Self::Cold => "expectation of a new character",
            Self::Stored => "equipment of a new character",
            Self::Like => "like, or its end",
            Self::Donation => "donation",
        })
    }
}

/// Members who are logged in and have points, and what they know.
pub(super) struct Members {
    tokens: Vec<HeaderValue>,
    /// Tags of the known characters' expectations.
    tags: Vec<HeaderValue>,
}

impl Members {
    /// Logs them in, grants them points, and makes the known characters known.
    pub(super) async fn log_in(service: &ServerProcess) -> anyhow::Result<Self> {
        let mut tokens = Vec::new();
        for member in 0..MEMBERS {
            let key = json!({"nexon_api_key": format!("sandbox-member-load-{member}")});
            let request = hyper::Request::post("/api/v1/sessions");
            let session = answered(service.address, posted(request, &key)?, 201).await?;
            let text = |field: &str| {
                let text = session[field].as_str().map(str::to_owned);
                text.with_context(|| format!("a session has no {field}"))
            };
            tokens.push(format!("Bearer {}", text("access_token")?).try_into()?);
            let grant = json!({
                "to": text("member_id")?, "amount": 1_000_000, "by": "load", "reason": "load",
            });
            let request = hyper::Request::post("/api/v1/admin/points/grants")
                .header(AUTHORIZATION, format!("Bearer {ADMIN_TOKEN}"));
            let admin = service.admin.context("the service has no admin listener")?;
            answered(admin, posted(request, &grant)?, 201).await?;
        }
        let mut tags = Vec::new();
        for character in 0..KNOWN {
            ask(service.address, get(&page(character), Coding::Zstd)).await?;
            let known = ask(service.address, get(&expectation(character), Coding::Zstd)).await?;
            let tag = known.headers.get(ETAG);
            tags.push(tag.context("an answer has no tag")?.clone());
        }
        Ok(Self { tokens, tags })
    }

    /// The request of this kind and number; none has the number of another.
    pub(super) fn request(&self, kind: Kind, number: usize) -> Request {
        let character = number % KNOWN;
        match kind {
            Kind::Cached => get(&expectation(character), Coding::Zstd),
            Kind::NotModified => {
                let mut request = get(&expectation(character), Coding::Zstd);
                let tag = self.tags[character].clone();
                request.headers_mut().insert(IF_NONE_MATCH, tag);
                request
            }
            Kind::Page => get(&page(character), Coding::Zstd),
            Kind::Cold => get(
                &format!("/api/v1/characters/far{number}/expectation"),
                Coding::Zstd,
            ),
            Kind::Stored => {
                let path = format!("/api/v1/characters/far{number}/equipment");
                get(&path, Coding::Identity)
            }
            Kind::Like => self.like(number),
            Kind::Donation => self.donation(number),
        }
    }

    fn like(&self, number: usize) -> Request {
        let (round, place) = (number / (KNOWN * MEMBERS), number % (KNOWN * MEMBERS));
        let method = if round.is_multiple_of(2) {
            "PUT"
        } else {
            "DELETE"
        };
        let path = format!("/api/v1/characters/known{}/like", place % KNOWN);
        let request = hyper::Request::builder().method(method).uri(path);
        let request = request.header(AUTHORIZATION, &self.tokens[place / KNOWN]);
        request
            .body(Full::new(Bytes::new()))
            .expect("paths and tokens are plain")
    }

    fn donation(&self, number: usize) -> Request {
        let (to, _) = DEVELOPER.split_once('=').expect("the name follows the id");
        let request = hyper::Request::post("/api/v1/donations")
            .header(AUTHORIZATION, &self.tokens[number % MEMBERS])
            .header("Idempotency-Key", format!("load-{number}"));
        posted(request, &json!({"to": to, "amount": 1})).expect("the request is plain")
    }
}

fn expectation(character: usize) -> String {
    format!("/api/v1/characters/known{character}/expectation")
}

fn page(character: usize) -> String {
    format!("/characters/known{character}")
}

fn posted(request: Builder, body: &Value) -> anyhow::Result<Request> {
    let request = request
        .header(CONTENT_TYPE, "application/json")
        .header(ACCEPT_ENCODING, Coding::Identity.name());
    Ok(request.body(Full::from(body.to_string()))?)
}

/// The answer to a request that is outside of what is measured.
async fn answered(
    server: std::net::SocketAddr,
    request: Request,
    status: u16,
) -> anyhow::Result<Value> {
    let answer = ask(server, request).await?;
    let body = String::from_utf8_lossy(&answer.body);
    ensure!(answer.status == status, "{}: {body}", answer.status);
    Ok(serde_json::from_slice(&answer.body)?)
}
