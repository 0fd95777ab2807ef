//! Operator alerts and donation messages over a Discord webhook.
//!
//! [`Webhook`] sends, and knows when not to: both uses share one, so that a pause that Discord
//! asks for is kept by both. [`DonationNotices`] brings the outbox's donation messages,
//! [`DiscordAlerts`] the operators' alerts.
//!
//! # What is promised
//!
//! *At least once.* Discord knows no idempotency key. When the answer to a request is lost (the
//! process was killed, the connection was cut, nothing came in time) the message may be there, and
//! is sent again; every copy carries the same event id in its footer. Such an attempt is
//! [`Outcome::Unknown`](outbox::Outcome::Unknown) and is recorded as that.
//!
//! *Within the limits.* Nothing is sent while Discord wants nothing: after a 429, when a bucket is
//! used up, and long before so many requests were refused that Discord would ban the address.
//!
//! *No words put into anybody's mouth.* Text by users is shown as it was written: no formatting,
//! no links, and nobody is mentioned.
//!
//! The webhook's address is a secret, for anyone who has it can post: it is in no error and no log.

mod alerts;
mod embed;
mod gate;
mod notices;
mod response;
mod text;
mod url;
mod webhook;

pub use alerts::DiscordAlerts;
pub use embed::{Embed, Field};
pub use notices::DonationNotices;
pub use url::{InvalidWebhookUrl, WebhookUrl};
pub use webhook::{PostError, Webhook, WebhookError};
