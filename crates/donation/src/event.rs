//! What is told of a donation.

use jiff::Timestamp;
use kernel::MemberId;
use outbox::{EventId, NewMessage};
use serde::{Deserialize, Serialize};

use crate::{Amount, Developer, Donation, DonationId, Note};

/// A donation was made. The event carries the donation's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DonationMade {
    /// Which donation.
    pub donation: DonationId,
    /// Who gave.
    pub from: MemberId,
    /// The developer who received.
    pub to: MemberId,
    /// The developer's name at the time.
    pub developer: String,
    /// How many points.
    pub amount: Amount,
    /// What the giver had to say.
    pub note: Option<Note>,
    /// When.
    pub at: Timestamp,
}

impl DonationMade {
    /// The topic of its messages.
    pub const TOPIC: &str = "donation";

    /// The version of its payload. A change that old readers cannot take raises it.
    pub const VERSION: u16 = 1;

    /// Tells of `donation`, given to `developer`.
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

    /// The event as a message for the outbox.
    pub fn message(&self) -> NewMessage {
        let id = EventId::new(self.donation.bits());
        NewMessage::new(id, Self::TOPIC, Self::VERSION, self, self.at)
            .expect("a structure of texts and numbers can be written as JSON")
    }
}

#[cfg(test)]
mod tests {
    use outbox::Message;

    use super::*;

    #[test]
    fn the_payload_of_version_1_stays_readable() {
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
        assert_eq!(message.read::<DonationMade>().unwrap(), event);
        assert_eq!(message.id.bits(), event.donation.bits());
    }
}
