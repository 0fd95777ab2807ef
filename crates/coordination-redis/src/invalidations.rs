//! Messages between instances: released locks and new snapshots.

use std::sync::Arc;

use equipment::{ContentHash, Ocid, SharedChange, SnapshotVersion};
use fred::clients::SubscriberClient;
use fred::interfaces::PubsubInterface;
use fred::types::{Message, config::Server};
use jiff::Timestamp;
use tokio::sync::broadcast::{Receiver, Sender, error::RecvError};
use tokio::sync::watch;
use tracing::warn;

use crate::connection::MESSAGES;

/// Sends what is heard to those who listen in this process. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Invalidations(Arc<Channels>);

#[derive(Debug)]
struct Channels {
    freed_channel: String,
    changes_channel: String,
    /// The name of a lock; none when any may be free.
    freed: Sender<Option<Arc<str>>>,
    changes: Sender<SharedChange>,
    /// Whether messages have ever been heard.
    is_heard: watch::Sender<bool>,
}

impl Invalidations {
    pub(crate) fn new(prefix: &str) -> Self {
        Self(Arc::new(Channels {
            freed_channel: format!("{prefix}lock-freed"),
            changes_channel: format!("{prefix}snapshot-changed"),
            freed: Sender::new(MESSAGES),
            changes: Sender::new(MESSAGES),
            is_heard: watch::Sender::new(false),
        }))
    }

    /// Returns the channel on which released locks are announced by name.
    pub(crate) fn freed_channel(&self) -> &str {
        &self.0.freed_channel
    }

    /// Returns the channel on which new snapshots are announced by [version](encode_version).
    pub(crate) fn changes_channel(&self) -> &str {
        &self.0.changes_channel
    }

    /// The locks that become free from now on.
    pub(crate) fn freed(&self) -> Receiver<Option<Arc<str>>> {
        self.0.freed.subscribe()
    }

    /// The snapshots that become known from now on.
    pub(crate) fn changes(&self) -> Receiver<SharedChange> {
        self.0.changes.subscribe()
    }

    /// Returns once messages are heard.
    pub(crate) async fn heard(&self) {
        let mut is_heard = self.0.is_heard.subscribe();
        let heard = is_heard.wait_for(|heard| *heard).await;
        heard.expect("the sender is ours");
    }

    /// Subscribes anew whenever the connection is new.
    pub(crate) async fn subscribe(self, client: SubscriberClient, mut connected: Receiver<Server>) {
        let channels = vec![self.0.freed_channel.clone(), self.0.changes_channel.clone()];
        loop {
            if let Err(RecvError::Closed) = connected.recv().await {
                return;
            }
            match client.subscribe(channels.clone()).await {
                Ok(()) => {
                    // Messages sent while the subscription was down are lost.
                    self.missed();
                    self.0.is_heard.send_replace(true);
                }
                Err(error) => {
                    warn!(error = error.details(), "cannot listen to other instances");
                    // The next connection is another chance.
                    let _ = fred::interfaces::ClientLike::force_reconnection(&client).await;
                }
            }
        }
    }

    /// Hands messages on until the connection is closed.
    pub(crate) async fn forward(self, mut messages: Receiver<Message>) {
        loop {
            match messages.recv().await {
                Ok(message) => self.hear(&message),
                Err(RecvError::Lagged(_)) => self.missed(),
                Err(RecvError::Closed) => return,
            }
        }
    }

    fn hear(&self, message: &Message) {
        let Some(text) = message.value.as_str() else {
            return;
        };
        // An error means that there are no receivers.
        if *message.channel == *self.0.freed_channel {
            let _ = self.0.freed.send(Some(Arc::from(&*text)));
        } else if let Some(version) = decode_version(&text) {
            let _ = self.0.changes.send(SharedChange::Put(version));
        }
    }

    fn missed(&self) {
        let _ = self.0.freed.send(None);
        let _ = self.0.changes.send(SharedChange::Missed);
    }
}

/// A version as a message: microseconds, hash, identifier.
pub(crate) fn encode_version(version: &SnapshotVersion) -> String {
    let micros = version.fetched_at.as_microsecond();
    format!("{micros} {} {}", version.hash, version.ocid.as_str())
}

fn decode_version(text: &str) -> Option<SnapshotVersion> {
    let mut parts = text.splitn(3, ' ');
    let (micros, hash, ocid) = (parts.next()?, parts.next()?, parts.next()?);
    Some(SnapshotVersion {
        ocid: Ocid::new(ocid),
        fetched_at: Timestamp::from_microsecond(micros.parse().ok()?).ok()?,
        hash: decode_hash(hash)?,
    })
}

fn decode_hash(text: &str) -> Option<ContentHash> {
    let mut bytes = [0; 32];
    if text.len() != 2 * bytes.len() || !text.is_ascii() {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(ContentHash::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_survives_encoding() {
        let version = SnapshotVersion {
            ocid: Ocid::new("1f 2e"),
            fetched_at: Timestamp::from_microsecond(1_760_000_000_123_456).unwrap(),
            hash: ContentHash::of(b"worn"),
        };
        assert_eq!(decode_version(&encode_version(&version)), Some(version));
        for text in ["", "1 2", "1 zz 3", "x y z"] {
            assert_eq!(decode_version(text), None);
        }
    }
}
