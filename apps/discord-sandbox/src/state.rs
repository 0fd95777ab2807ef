//! State shared by all workers of a fake Discord.

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::faults::{DiscordFault, DiscordRule, InjectedDiscordFault, next_outcome};
use crate::message;
use crate::record::{DiscordRecord, MessageStore, stored};
use crate::server::{Bucket, DiscordOptions};

#[derive(Debug)]
pub(crate) struct State {
    shared: Mutex<DiscordState>,
    bucket: Option<Bucket>,
    stopping: CancellationToken,
}

#[derive(Debug)]
struct DiscordState {
    record: MessageStore,
    rules: Vec<DiscordRule>,
    dice: ChaCha8Rng,
    /// Until when everything is answered with a 429.
    closed_until: Option<Instant>,
    /// Time of the bucket's reset, and the number of messages taken from it.
    bucket: Option<(Instant, u32)>,
}

/// Response decided before the message itself is read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Admission {
    /// It came too early.
    Closed { rest: Duration },
    /// It was one too many.
    BucketEmpty { rest: Duration },
    /// The message is read, unless a fault prevents it.
    Open {
        outcome: InjectedDiscordFault,
        bucket: Option<BucketState>,
    },
}

/// The bucket after a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BucketState {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    pub(crate) reset_after: Duration,
}

impl State {
    pub(crate) fn new(options: &DiscordOptions, stopping: CancellationToken) -> io::Result<Self> {
        let record = match &options.record_file {
            Some(path) => MessageStore::in_file(path)?,
            None => MessageStore::default(),
        };
        Ok(Self {
            shared: Mutex::new(DiscordState {
                record,
                rules: options.faults.clone(),
                dice: ChaCha8Rng::seed_from_u64(options.seed),
                closed_until: None,
                bucket: None,
            }),
            bucket: options.bucket,
            stopping,
        })
    }

    /// Counts a request and returns its admission.
    pub(crate) fn receive(&self, body: &str) -> Admission {
        let now = Instant::now();
        let mut shared = self.shared();
        let shared = &mut *shared;
        shared.record.numbers.requests += 1;
        if let Some(until) = shared.closed_until
            && now < until
        {
            shared.record.numbers.inside_window += 1;
            return Admission::Closed { rest: until - now };
        }
        let bucket = match self.bucket.map(|bucket| shared.draw(bucket, now)) {
            Some(Err(rest)) => {
                shared.pause(now + rest);
                return Admission::BucketEmpty { rest };
            }
            Some(Ok(state)) => Some(state),
            None => None,
        };
        let outcome = next_outcome(&mut shared.rules, body, &mut shared.dice);
        match outcome.fault {
            None | Some(DiscordFault::RateLimited { .. }) => {}
            Some(_) => shared.record.numbers.faults += 1,
        }
        Admission::Open { outcome, bucket }
    }

    /// Everything is answered with a 429 for this long.
    pub(crate) fn pause_for(&self, pause: Duration) {
        self.shared().pause(Instant::now() + pause);
    }

    /// Takes a message, or says what is wrong with it. Returns what the sender is answered.
    pub(crate) fn accept(&self, body: &str) -> Result<Value, String> {
        let mut shared = self.shared();
        let checked = serde_json::from_str(body)
            .map_err(|_| "The request body contains invalid JSON.".to_owned())
            .and_then(|message| message::check(&message).map(|()| message));
        let message = checked.inspect_err(|_| shared.record.numbers.invalid += 1)?;
        let answer = stored(shared.record.numbers.accepted + 1, &message);
        shared
            .record
            .accept(message)
            .map_err(|error| format!("the record cannot be written: {error}"))?;
        Ok(answer)
    }

    pub(crate) fn record(&self) -> DiscordRecord {
        self.shared().record.numbers
    }

    pub(crate) fn clear(&self) {
        self.shared().record.clear();
    }

    pub(crate) fn copies(&self) -> HashMap<String, u32> {
        self.shared().record.copies().clone()
    }

    pub(crate) fn messages(&self) -> Vec<Value> {
        self.shared().record.latest()
    }

    pub(crate) fn faults(&self) -> Vec<DiscordRule> {
        self.shared().rules.clone()
    }

    pub(crate) fn set_faults(&self, rules: Vec<DiscordRule>) {
        self.shared().rules = rules;
    }

    /// Waits until the fake stops.
    pub(crate) async fn stopping(&self) {
        self.stopping.cancelled().await;
    }

    /// Nothing that holds this lock can leave its value half changed.
    fn shared(&self) -> MutexGuard<'_, DiscordState> {
        self.shared.lock()
    }
}

impl DiscordState {
    fn pause(&mut self, until: Instant) {
        self.record.numbers.pauses += 1;
        self.closed_until = Some(until);
    }

    /// Takes one message from the bucket, or returns the time until its reset.
    fn draw(&mut self, bucket: Bucket, now: Instant) -> Result<BucketState, Duration> {
        let full = now + Duration::from_millis(bucket.per_ms);
        let (reset, taken) = self
            .bucket
            .filter(|&(reset, _)| now < reset)
            .unwrap_or((full, 0));
        if taken >= bucket.requests {
            return Err(reset - now);
        }
        self.bucket = Some((reset, taken + 1));
        Ok(BucketState {
            limit: bucket.requests,
            remaining: bucket.requests - taken - 1,
            reset_after: reset - now,
        })
    }
}
