//! Donation messages: what the outbox holds, told to the developers.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use donation::DonationMade;
use outbox::{Delivery, Message, Outcome};

use crate::text::plain;
use crate::{Embed, Field, PostError, Webhook};

const GREEN: u32 = 0x2E_CC71;

/// Minimum of other pauses; with a pause of zero a relay would retry in a busy loop.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);

/// Brings donation messages to Discord.
#[derive(Debug)]
pub struct DonationNotices {
    webhook: Arc<Webhook>,
}

impl DonationNotices {
    /// Over this webhook.
    pub fn new(webhook: Arc<Webhook>) -> Self {
        Self { webhook }
    }
}

#[async_trait]
impl Delivery for DonationNotices {
    async fn deliver(&self, message: &Message) -> Outcome {
        let donation = match DonationMade::read(message) {
            Ok(donation) => donation,
            Err(error) => {
                let cause = error.source().map(|cause| format!(": {cause}"));
                return Outcome::Rejected {
                    reason: format!("{error}{}", cause.unwrap_or_default()),
                };
            }
        };
        match self.webhook.post(&embed(message, &donation)).await {
            Ok(()) => Outcome::Delivered,
            Err(error) => outcome(&error),
        }
    }
}

/// Returns the outcome of a failed attempt for the message. A webhook that is gone is a fault of
/// the configuration and not of the message, which therefore is tried again.
fn outcome(error: &PostError) -> Outcome {
    let reason = error.to_string();
    match error {
        PostError::Paused { for_at_least, .. } => Outcome::Paused {
            for_at_least: SHORTEST_PAUSE.max(*for_at_least),
        },
        PostError::Failed { .. } | PostError::Gone { .. } => Outcome::Retry { reason },
        PostError::Refused { .. } => Outcome::Rejected { reason },
        PostError::Unknown { .. } => Outcome::Unknown { reason },
    }
}

fn embed(message: &Message, donation: &DonationMade) -> Embed {
    let points = donation.amount.points();
    let unit = if points == 1 { "point" } else { "points" };
    let giver = donation.from.to_string();
    let note = donation.note.as_ref().map(|note| plain(note.as_str()));
    Embed {
        title: format!("{points} {unit} given"),
        description: format!(
            "**{}** was given {points} {unit} by member `{}`.",
            plain(&donation.developer),
            // Enough to tell members apart; an operator finds the whole of it by the event.
            &giver[giver.len() - 8..],
        ),
        colour: GREEN,
        fields: vec![Field {
            name: "Message",
            value: note.unwrap_or_default(),
        }],
        footer: format!("event {}", message.id),
        at: donation.at,
    }
}

#[cfg(test)]
mod tests {
    use donation::{Amount, DonationId, Note};
    use jiff::Timestamp;
    use kernel::MemberId;

    use super::*;

    #[test]
    fn donation_notice_carries_its_event_without_the_writers_formatting() {
        let donation = DonationMade {
            donation: DonationId::new(7),
            from: MemberId::new(0xabc_0000_0001),
            to: MemberId::new(2),
            developer: "*긱델*".to_owned(),
            amount: Amount::try_from(300).unwrap(),
            note: Some(Note::try_from("@everyone **thanks**".to_owned()).unwrap()),
            at: Timestamp::UNIX_EPOCH,
        };
        let message = Message::from(donation.message());
        let embed = embed(&message, &donation);
        assert_eq!(embed.title, "300 points given");
        assert_eq!(
            embed.description,
            r"**\*긱델\*** was given 300 points by member `00000001`."
        );
        assert_eq!(embed.fields[0].value, r"\@everyone \*\*thanks\*\*");
        assert_eq!(embed.footer, "event 00000000000000000000000000000007");
    }

    #[test]
    fn outcome_follows_from_whether_the_message_may_have_arrived() {
        let reason = || "why".to_owned();
        let paused = |millis| PostError::Paused {
            for_at_least: Duration::from_millis(millis),
            why: crate::gate::PauseReason::Busy,
        };
        for (error, expected) in [
            (
                paused(0),
                Outcome::Paused {
                    for_at_least: SHORTEST_PAUSE,
                },
            ),
            (
                PostError::Failed { reason: reason() },
                Outcome::Retry {
                    reason: "Discord failed: why".to_owned(),
                },
            ),
            (
                PostError::Gone { reason: reason() },
                Outcome::Retry {
                    reason: "the webhook refuses all requests: why".to_owned(),
                },
            ),
            (
                PostError::Refused { reason: reason() },
                Outcome::Rejected {
                    reason: "Discord refuses the message: why".to_owned(),
                },
            ),
            (
                PostError::Unknown { reason: reason() },
                Outcome::Unknown {
                    reason: "the outcome of the delivery is unknown: why".to_owned(),
                },
            ),
        ] {
            assert_eq!(outcome(&error), expected);
        }
    }
}
