//! Receivers and times of notices and alerts.

use std::time::Duration;

use notify_discord::WebhookUrl;
use outbox::RetrySchedule;
use secrecy::SecretString;

use super::parse;
use super::reader::Reader;
use alerts::Thresholds;

/// A day and a half: no wait is longer.
const MAX_RETRY_MILLIS: u64 = 36 * 60 * 60 * 1_000;

/// Delivery of notices and alerts.
#[derive(Debug)]
pub struct Notices {
    /// The webhook; the log without one.
    pub webhook: Option<WebhookUrl>,
    /// Longest time of one request to Discord.
    pub discord_timeout: Duration,
    /// Time between two looks at the outbox when nothing wakes the relay.
    pub poll_every: Duration,
    /// Waits before the attempts to deliver a message.
    pub schedule: RetrySchedule,
    /// Time for which messages are kept that were delivered or discarded.
    pub keep_for: Duration,
    /// Time between two evaluations of the rules of alerts.
    pub watch_every: Duration,
    /// Thresholds of incidents.
    pub thresholds: Thresholds,
    /// The page with a chapter for each incident, as alerts name it.
    pub runbook: String,
}

impl Notices {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let webhook = reader.secret("discord.webhook_url", webhook_url);
        let stand_in = reader.secret("discord.test_url", test_url);
        let webhook = stand_in
            .and_then(|url| WebhookUrl::for_tests(&url).ok())
            .or_else(|| webhook.and_then(|url| WebhookUrl::discord(&url).ok()));
        let defaults = Thresholds::default();
        Self {
            webhook,
            discord_timeout: reader.millis("discord.timeout_ms", 5_000),
            poll_every: reader.millis("outbox.poll_ms", 5_000),
            schedule: reader.required(
                "outbox.retry_ms",
                schedule,
                RetrySchedule::default(),
                |schedule| parse::quoted(&millis(schedule)),
            ),
            keep_for: Duration::from_hours(
                24 * u64::from(reader.number::<u16>("outbox.keep_days", 30)),
            ),
            watch_every: reader.millis("alerts.every_ms", 10_000),
            thresholds: Thresholds {
                likes_pending: reader.number("alerts.likes_pending", defaults.likes_pending),
                outbox_age: Duration::from_secs(
                    reader
                        .number::<u32>("alerts.outbox_age_seconds", 600)
                        .into(),
                ),
            },
            runbook: reader.required(
                "alerts.runbook",
                runbook,
                "docs/operations/runbook.md".to_owned(),
                |page| parse::quoted(page),
            ),
        }
    }
}

fn webhook_url(text: &str) -> Result<SecretString, String> {
    let url = SecretString::from(text);
    let checked = WebhookUrl::discord(&url).map(|_| url);
    checked.map_err(|error| error.to_string())
}

fn test_url(text: &str) -> Result<SecretString, String> {
    let url = SecretString::from(text);
    let checked = WebhookUrl::for_tests(&url).map(|_| url);
    checked.map_err(|error| error.to_string())
}

fn schedule(text: &str) -> Result<RetrySchedule, String> {
    let waits = text.split(',').map(|wait| match wait.trim().parse() {
        Ok(millis @ 0..=MAX_RETRY_MILLIS) => Some(Duration::from_millis(millis)),
        _ => None,
    });
    waits
        .collect::<Option<Vec<_>>>()
        .and_then(RetrySchedule::new)
        .ok_or_else(|| {
            format!("`{text}`: expected 1 to 100 waits from 0 to {MAX_RETRY_MILLIS} milliseconds, with commas between")
        })
}

fn millis(schedule: &RetrySchedule) -> String {
    let waits = schedule.waits().iter();
    let waits: Vec<_> = waits.map(|wait| wait.as_millis().to_string()).collect();
    waits.join(",")
}

/// A path or an address; it stands in a message unchanged.
fn runbook(text: &str) -> Result<String, String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err("expected a path or an address without blanks".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedule_round_trips() {
        let text = "0,5000,30000,300000,1800000,7200000,18000000,36000000";
        assert_eq!(schedule(text), Ok(RetrySchedule::default()));
        assert_eq!(millis(&RetrySchedule::default()), text);
        for text in ["", "5,", "-1", "999999999999", "soon"] {
            assert!(schedule(text).is_err(), "{text}");
        }
    }
}
