//! Event of a donation, as written to the outbox.

use jiff::Timestamp;
use kernel::MemberId;
use outbox::{DamagedMessage, EventId, Message, NewMessage};
use serde::{Deserialize, Serialize};

use crate::{Amount, Developer, Donation, DonationId, Note};

/// A donation was made. The event carries the donation's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DonationMade {
    /// Id of the donation.
    pub donation: DonationId,
    /// Member who donated.
    pub from: MemberId,
    /// The developer who received.
    pub to: MemberId,
    /// The developer's name at the time.
    pub developer: String,
    /// Number of points.
    pub amount: Amount,
    /// Note of the giver.
    pub note: Option<Note>,
    /// Time of the donation.
    pub at: Timestamp,
}

impl DonationMade {
    /// The topic of its messages.
    pub const TOPIC: &str = "donation";

    /// The version of its payload. A change that old readers cannot take raises it.
    pub const VERSION: u16 = 1;

    /// Makes the event of `donation`, given to `developer`.
    pub fn new(donation: &Donation, developer: &Developer) -> Self {
        Self {
            donation: donation.id,
            from: donation.from,
            to: donation.to,
            developer: developer.name.clone(),
            amount: donation.amount,
            note: donation.note.clone(),
            at: donation.at,
        }
    }

    /// Reads the event out of a message, after checking what kind of message it is and that it is
    /// what was written.
    ///
    /// # Errors
    ///
    /// [`UnreadableNotice`] when it is not; trying again does not help.
    pub fn read(message: &Message) -> Result<Self, UnreadableNotice> {
        if message.topic != Self::TOPIC {
            return Err(UnreadableNotice::Topic(message.topic.clone()));
        }
        if message.version != Self::VERSION {
            return Err(UnreadableNotice::Version(message.version));
        }
        Ok(message.read()?)
    }

    /// The event as a message for the outbox.
    pub fn message(&self) -> NewMessage {
        let id = EventId::new(self.donation.bits());
        NewMessage::new(id, Self::TOPIC, Self::VERSION, self, self.at)
            .expect("a structure of texts and numbers can be written as JSON")
    }
}

/// Reason for which a message cannot be read as a donation event.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableNotice {
    /// The message has a different topic.
    #[error("the topic `{0}` is not supported: only donations are")]
    Topic(String),
    /// A newer or older program wrote it.
    #[error("version {0} of the donation event is not supported: only version {known} is", known = DonationMade::VERSION)]
    Version(u16),
    /// It is not what was written.
    #[error(transparent)]
    Damaged(#[from] DamagedMessage),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payload_of_version_1_stays_readable() {
        let event = DonationMade {
            donation: DonationId::new(7),
            from: MemberId::new(1),
            to: MemberId::new(2),
            developer: "메이플".to_owned(),
            amount: Amount::try_from(300).unwrap(),
            note: Some(Note::try_from("thanks".to_owned()).unwrap()),
            at: Timestamp::UNIX_EPOCH,
        };
        let message = Message::from(event.message());
        assert_eq!(
            message.payload,
            r#"{"donation":"00000000000000000000000000000007","from":"00000000000000000000000000000001","to":"00000000000000000000000000000002","developer":"메이플","amount":300,"note":"thanks","at":"1970-01-01T00:00:00Z"}"#
        );
        assert_eq!(DonationMade::read(&message).unwrap(), event);
        assert_eq!(message.id.bits(), event.donation.bits());
    }

    #[test]
    fn unreadable_messages_are_refused_with_the_reason() {
        let written = NewMessage::new(EventId::new(1), "donation", 1, &1, Timestamp::UNIX_EPOCH);
        let message = Message::from(written.unwrap());
        let other = |change: fn(&mut Message)| {
            let mut message = message.clone();
            change(&mut message);
            DonationMade::read(&message).unwrap_err().to_string()
        };
        for (change, expected) in [
            (
                (|message: &mut Message| message.topic = "alert".to_owned()) as fn(&mut Message),
                "the topic `alert` is not supported: only donations are",
            ),
            (
                |message| message.version = 2,
                "version 2 of the donation event is not supported: only version 1 is",
            ),
            (
                |message| message.payload = "2".to_owned(),
                "the content does not fit its hash",
            ),
            (|_| {}, "the payload of `donation` version 1 cannot be read"),
        ] {
            assert_eq!(other(change), expected);
        }
    }
}
