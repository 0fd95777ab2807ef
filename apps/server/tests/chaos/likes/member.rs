//! A member who likes over HTTP, and writes down what they were told.

use std::sync::Arc;
use std::time::Duration;

use kernel::MemberId;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{CHARACTERS, Servers, name};
use crate::scale::Scale;

/// Wait of a member who was not answered.
const PAUSE: Duration = Duration::from_millis(20);

/// Like of a member and a character, as far as the member was answered.
#[derive(Debug, Clone, Copy, Default)]
struct Told {
    /// Like that was acknowledged last.
    liked: bool,
    /// Whether something was asked for since, and not acknowledged.
    is_open: bool,
}

/// A member with their part of the ledger.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) id: MemberId,
    key: String,
    token: String,
    told: Vec<Told>,
    pub(super) acknowledged: usize,
    pub(super) unanswered: usize,
    dice: SmallRng,
}

impl Member {
    pub(super) async fn log_in(number: usize, servers: &Servers, scale: Scale) -> Self {
        let seed = scale.seed.wrapping_mul(1_000) + number as u64;
        let mut member = Self {
            id: MemberId::new(0),
            key: format!("sandbox-member-{number}"),
            token: String::new(),
            told: vec![Told::default(); CHARACTERS],
            acknowledged: 0,
            unanswered: 0,
            dice: SmallRng::seed_from_u64(seed),
        };
        while !member.try_log_in(servers).await {
            tokio::time::sleep(PAUSE).await;
        }
        member
    }

    async fn try_log_in(&mut self, servers: &Servers) -> bool {
        let url = format!("http://{}/api/v1/sessions", servers.any(&mut self.dice));
        let body = json!({"nexon_api_key": self.key});
        let Ok(answer) = servers.client.post(url).json(&body).send().await else {
            return false;
        };
        if answer.status() != StatusCode::CREATED {
            return false;
        }
        let Ok(session) = answer.json::<Value>().await else {
            return false;
        };
        let field = |name: &str| session[name].as_str().unwrap().to_owned();
        self.id = field("member_id").parse().unwrap();
        self.token = field("access_token");
        true
    }

    /// Likes and unlikes until `stop`, and then until nothing is open.
    pub(super) async fn like(mut self, servers: Arc<Servers>, stop: CancellationToken) -> Self {
        while !stop.is_cancelled() {
            let character = self.dice.random_range(0..CHARACTERS);
            self.change(character, &servers).await;
        }
        for character in 0..CHARACTERS {
            while self.told[character].is_open {
                self.change(character, &servers).await;
            }
        }
        self
    }

    /// Whether this member likes a character, which is known.
    pub(super) fn likes(&self, character: usize) -> bool {
        assert!(!self.told[character].is_open);
        self.told[character].liked
    }

    async fn change(&mut self, character: usize, servers: &Servers) {
        let told = self.told[character];
        // After one that failed, the member may want either: it is not known which stands.
        let liked = if told.is_open {
            self.dice.random()
        } else {
            !told.liked
        };
        self.told[character].is_open = true;
        if self.ask(character, liked, servers).await {
            self.acknowledged += 1;
            self.told[character] = Told {
                liked,
                is_open: false,
            };
        } else {
            self.unanswered += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Whether it was acknowledged.
    async fn ask(&mut self, character: usize, liked: bool, servers: &Servers) -> bool {
        let address = servers.any(&mut self.dice);
        let url = format!(
            "http://{address}/api/v1/characters/{}/like",
            name(character)
        );
        let method = if liked { Method::PUT } else { Method::DELETE };
        let request = servers.client.request(method, url).bearer_auth(&self.token);
        let Ok(answer) = request.send().await else {
            return false;
        };
        match answer.status() {
            StatusCode::OK => {}
            // The session's time is over.
            StatusCode::UNAUTHORIZED => {
                self.try_log_in(servers).await;
                return false;
            }
            StatusCode::SERVICE_UNAVAILABLE => return false,
            status => panic!("{status}: {}", answer.text().await.unwrap_or_default()),
        }
        // The head alone acknowledges nothing.
        let Ok(body) = answer.json::<Value>().await else {
            return false;
        };
        assert_eq!(body["liked"], liked, "{body}");
        true
    }
}
