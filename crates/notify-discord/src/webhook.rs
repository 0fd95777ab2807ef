//! The webhook: one way to Discord for all that has something to say.

use std::sync::Arc;
use std::time::Duration;

use kernel::Clock;
use outbox::{Lane, Turn};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response, StatusCode, redirect};
use tokio::time::{Instant, sleep};

use crate::gate::{GONE, Gate, PauseReason};
use crate::response::DiscordResponse;
use crate::{Embed, WebhookUrl};

/// Upper bound on the response body that is read, in bytes; the message is echoed in it.
const MAX_ANSWER_BYTES: usize = 64 * 1_024;

/// Interval at which the lane is tried while another process holds it.
const LANE_POLL: Duration = Duration::from_millis(20);

/// Pause of a message that found the webhook busy.
const BUSY: Duration = Duration::from_millis(500);

/// Sends messages to one webhook, one at a time.
///
/// One at a time, because a message that is sent while a 429 to another is on its way would fall
/// into the pause that the 429 begins. Discord accepts only a few messages per second from a
/// webhook, so the throughput is the same. With a [`Lane`] this holds for all processes together,
/// and a pause is kept even by a process that started after it was asked for.
#[derive(Debug)]
pub struct Webhook {
    http: Client,
    url: WebhookUrl,
    timeout: Duration,
    gate: Gate,
    turn: tokio::sync::Mutex<()>,
    lane: Option<(Arc<dyn Lane>, Arc<dyn Clock>)>,
}

/// The HTTP client cannot be set up, for want of root certificates for example.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up")]
pub struct WebhookError(#[source] reqwest::Error);

/// Reason for which a message was not posted, or its outcome is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// Nothing may be sent now; or it was, and Discord said so. The message is not there.
    #[error("sending is paused for {} ms: {why}", .for_at_least.as_millis())]
    Paused {
        /// Minimum time before the next message.
        for_at_least: Duration,
        /// Reason of the pause.
        why: PauseReason,
    },
    /// Discord cannot be reached, or failed. The message is not there.
    #[error("Discord failed: {reason}")]
    Failed {
        /// Cause of the failure.
        reason: String,
    },
    /// The webhook was deleted or its secret changed: no message arrives until someone mends the
    /// configuration.
    #[error("the webhook refuses all requests: {reason}")]
    Gone {
        /// Discord's description of the failure.
        reason: String,
    },
    /// Discord does not take this message, now or later.
    #[error("Discord refuses the message: {reason}")]
    Refused {
        /// Discord's description of the failure.
        reason: String,
    },
    /// The answer was lost: the message may be there.
    #[error("the outcome of the delivery is unknown: {reason}")]
    Unknown {
        /// Cause of the failure.
        reason: String,
    },
}

impl Webhook {
    /// The way to this webhook; nothing is sent yet. A request may take as long as `timeout`, and a
    /// message waits as long for its turn.
    ///
    /// # Errors
    ///
    /// [`WebhookError`] when there can be no HTTP client.
    pub fn new(url: WebhookUrl, timeout: Duration) -> Result<Self, WebhookError> {
        Ok(Self {
            http: http_client(&url, timeout).map_err(WebhookError)?,
            url,
            timeout,
            gate: Gate::default(),
            turn: tokio::sync::Mutex::default(),
            lane: None,
        })
    }

    /// The same, in turn with other processes.
    #[must_use]
    pub fn sharing(mut self, lane: Arc<dyn Lane>, clock: Arc<dyn Clock>) -> Self {
        self.lane = Some((lane, clock));
        self
    }

    /// The longest that [`Webhook::post`] takes.
    pub fn patience(&self) -> Duration {
        2 * self.timeout
    }

    /// Posts a message; when this returns well Discord has stored it.
    ///
    /// # Errors
    ///
    /// [`PostError`], which tells whether the message may have been posted nevertheless.
    pub async fn post(&self, embed: &Embed) -> Result<(), PostError> {
        let deadline = Instant::now() + self.timeout;
        let Ok(_turn) = tokio::time::timeout_at(deadline, self.turn.lock()).await else {
            return Err(busy());
        };
        self.check()?;
        let turn = self.take_lane(deadline).await?;
        let posted = self.send(embed.to_json()).await;
        self.leave_lane(turn).await;
        posted
    }

    fn check(&self) -> Result<(), PostError> {
        let closed = |(for_at_least, why)| PostError::Paused { for_at_least, why };
        self.gate.check().map_err(closed)
    }

    /// Waits for this process's turn, unless nobody may send for longer than this one would wait.
    /// A lane that fails keeps nobody from sending: alerts go out when the database is down.
    async fn take_lane(&self, deadline: Instant) -> Result<Option<Turn>, PostError> {
        let Some((lane, clock)) = &self.lane else {
            return Ok(None);
        };
        loop {
            let now = clock.now();
            // As long as a request may take, so that a process that is killed leaves its pause.
            let taken = lane.take(now, later(now, 2 * self.timeout)).await;
            let (free_at, asked_for) = match taken {
                Ok(outbox::LaneState::Acquired(turn)) => return Ok(Some(turn)),
                Ok(outbox::LaneState::Busy { free_at, asked_for }) => (free_at, asked_for),
                Err(error) => {
                    tracing::warn!(
                        error = kernel::chain(&error),
                        "sending to Discord without knowing of the other instances"
                    );
                    return Ok(None);
                }
            };
            if asked_for {
                let rest = Duration::try_from(free_at.duration_since(now)).unwrap_or_default();
                self.gate.close_for(rest, PauseReason::RateLimited);
                self.check()?;
            }
            if Instant::now() + LANE_POLL >= deadline {
                return Err(busy());
            }
            sleep(LANE_POLL).await;
        }
    }

    /// Lets others have their turn, when the pause that this request brought is over.
    async fn leave_lane(&self, turn: Option<Turn>) {
        let (Some(turn), Some((lane, clock))) = (turn, &self.lane) else {
            return;
        };
        let pause = self.gate.check().err().map(|(pause, _)| pause);
        let now = clock.now();
        let free_at = later(now, pause.unwrap_or_default());
        if let Err(error) = lane.leave(turn, free_at, pause.is_some()).await {
            tracing::warn!(
                error = kernel::chain(&error),
                "other instances wait for their turn at Discord longer than they need to"
            );
        }
    }

    async fn send(&self, body: Vec<u8>) -> Result<(), PostError> {
        let request = self
            .http
            .post(self.url.expose().clone())
            .header(CONTENT_TYPE, "application/json")
            .body(body);
        match request.send().await {
            Ok(response) => self.judge(&read(response).await),
            Err(error) if error.is_connect() || error.is_builder() => Err(PostError::Failed {
                reason: self.chain(error),
            }),
            Err(error) if error.is_timeout() => Err(PostError::Unknown {
                reason: format!("no answer within {} ms", self.timeout.as_millis()),
            }),
            Err(error) => Err(PostError::Unknown {
                reason: self.chain(error),
            }),
        }
    }

    /// Interprets a response for the message, and for the messages that follow.
    fn judge(&self, answer: &DiscordResponse) -> Result<(), PostError> {
        if let Some(pause) = answer.bucket_empty_for() {
            self.gate.close_for(pause, PauseReason::BucketEmpty);
        }
        let reason = || self.url.blot_out(&answer.reason());
        match answer.status {
            status if status.is_success() => Ok(()),
            StatusCode::TOO_MANY_REQUESTS => Err(self.rate_limited(answer)),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => {
                self.gate.count_invalid();
                self.gate.close_for(GONE, PauseReason::Gone);
                Err(PostError::Gone { reason: reason() })
            }
            // A gateway in front of Discord got no response from it; Discord may have the message.
            StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => {
                Err(PostError::Unknown { reason: reason() })
            }
            StatusCode::REQUEST_TIMEOUT => Err(PostError::Failed { reason: reason() }),
            status if status.is_client_error() => Err(PostError::Refused { reason: reason() }),
            // Also a redirect, which is not followed: the address would go elsewhere.
            _ => Err(PostError::Failed { reason: reason() }),
        }
    }

    fn rate_limited(&self, answer: &DiscordResponse) -> PostError {
        let limit = answer.rate_limit();
        let why = if limit.global {
            PauseReason::GloballyRateLimited
        } else {
            PauseReason::RateLimited
        };
        if !limit.shared {
            self.gate.count_invalid();
        }
        self.gate.close_for(limit.pause, why);
        tracing::warn!(pause_ms = limit.pause.as_millis(), "{why}");
        PostError::Paused {
            for_at_least: limit.pause,
            why,
        }
    }

    /// The error with its causes, without the address.
    fn chain(&self, error: reqwest::Error) -> String {
        self.url.blot_out(&kernel::chain(&error.without_url()))
    }
}

fn busy() -> PostError {
    PostError::Paused {
        for_at_least: BUSY,
        why: PauseReason::Busy,
    }
}

fn later(now: jiff::Timestamp, wait: Duration) -> jiff::Timestamp {
    now.checked_add(wait).unwrap_or(jiff::Timestamp::MAX)
}

/// The answer with as much of its body as came. The status alone says that a message was stored,
/// so a body that is cut off takes nothing back.
async fn read(mut response: Response) -> DiscordResponse {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            break;
        }
        body.extend_from_slice(&chunk);
    }
    DiscordResponse {
        status: response.status(),
        headers: response.headers().clone(),
        body,
    }
}

fn http_client(url: &WebhookUrl, timeout: Duration) -> Result<Client, reqwest::Error> {
    // An error means that the process has a provider already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .user_agent(concat!("maple-expectation/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .no_proxy()
        .timeout(timeout);
    let builder = match url.expose().scheme() {
        // Plain HTTP, as to a stand-in, needs no root certificates, and a machine may have none.
        "http" => builder.tls_certs_only([]),
        _ => builder.https_only(true),
    };
    builder.build()
}
