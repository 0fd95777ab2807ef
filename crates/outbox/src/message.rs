//! Messages, typed by topic and version.

use jiff::Timestamp;
use kernel::Id;
use kernel::trace::{self, TraceContext};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// The identity of an event, the same on every copy of its message.
pub type EventId = Id<Message>;

/// A message to be written with the change it reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// The event's identity.
    pub id: EventId,
    /// Kind of event, such as `donation`.
    pub topic: String,
    /// The version of the payload's shape, from 1.
    pub version: u16,
    /// The payload as JSON.
    pub payload: String,
    /// Time of the event; the first delivery is due at once.
    pub created_at: Timestamp,
    /// Trace of the request that caused the event; none where traces are off.
    pub trace: Option<TraceContext>,
}

impl NewMessage {
    /// Writes an event down as a message.
    ///
    /// # Errors
    ///
    /// The payload's own error when it cannot be written as JSON.
    pub fn new(
        id: EventId,
        topic: &str,
        version: u16,
        payload: &impl Serialize,
        created_at: Timestamp,
    ) -> Result<Self, serde_json::Error> {
        let payload = serde_json::to_string(payload)?;
        Ok(Self {
            id,
            topic: topic.to_owned(),
            version,
            payload,
            created_at,
            trace: trace::current(),
        })
    }

    /// The SHA-256 over topic, version and payload, stored beside them.
    pub fn content_hash(&self) -> [u8; 32] {
        content_hash(&self.topic, self.version, &self.payload)
    }
}

/// A message as it was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The event's identity.
    pub id: EventId,
    /// Kind of event.
    pub topic: String,
    /// The version of the payload's shape.
    pub version: u16,
    /// The payload as JSON.
    pub payload: String,
    /// The hash stored with it.
    pub content_hash: [u8; 32],
    /// Time of the event.
    pub created_at: Timestamp,
    /// Trace of the request that caused the event; none of messages that were stored without one.
    pub trace: Option<TraceContext>,
}

/// A stored message that is not what was written, or not what the reader expects.
#[derive(Debug, thiserror::Error)]
pub enum DamagedMessage {
    /// The stored content does not fit the stored hash.
    #[error("the content does not fit its hash")]
    Hash,
    /// The payload is not of the expected shape.
    #[error("the payload of `{topic}` version {version} cannot be read")]
    Payload {
        /// The topic of the message.
        topic: String,
        /// The version of the message.
        version: u16,
        /// Fault in the payload.
        #[source]
        source: serde_json::Error,
    },
}

impl Message {
    /// Reads the payload, after checking that it is what was written.
    ///
    /// # Errors
    ///
    /// [`DamagedMessage`] when it is not, or not of this shape. Trying again does not help.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, DamagedMessage> {
        if content_hash(&self.topic, self.version, &self.payload) != self.content_hash {
            return Err(DamagedMessage::Hash);
        }
        serde_json::from_str(&self.payload).map_err(|source| DamagedMessage::Payload {
            topic: self.topic.clone(),
            version: self.version,
            source,
        })
    }
}

impl From<NewMessage> for Message {
    fn from(new: NewMessage) -> Self {
        Self {
            content_hash: new.content_hash(),
            id: new.id,
            topic: new.topic,
            version: new.version,
            payload: new.payload,
            created_at: new.created_at,
            trace: new.trace,
        }
    }
}

fn content_hash(topic: &str, version: u16, payload: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    // The length keeps the topic and what follows apart.
    hasher.update((topic.len() as u64).to_be_bytes());
    hasher.update(topic);
    hasher.update(version.to_be_bytes());
    hasher.update(payload);
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        NewMessage::new(
            EventId::new(7),
            "donation",
            1,
            &("a", 5),
            Timestamp::UNIX_EPOCH,
        )
        .unwrap()
        .into()
    }

    #[test]
    fn payload_is_read_back() {
        assert_eq!(
            message().read::<(String, u32)>().unwrap(),
            ("a".to_owned(), 5)
        );
    }

    #[test]
    fn changed_payload_is_detected() {
        let changed = Message {
            payload: "[\"a\",6]".to_owned(),
            ..message()
        };
        assert!(matches!(
            changed.read::<(String, u32)>(),
            Err(DamagedMessage::Hash)
        ));
    }

    #[test]
    fn shape_mismatch_names_topic_and_version() {
        let error = message().read::<u32>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "the payload of `donation` version 1 cannot be read"
        );
    }
}
