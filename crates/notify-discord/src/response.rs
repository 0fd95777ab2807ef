//! Interpretation of Discord's responses.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde::Deserialize;
use serde_json::Number;

/// A whole `retry_after` above this, without any header to compare it to, is in milliseconds:
/// seconds come with a fraction, and milliseconds, from older versions of the interface, without.
const WHOLE_SECONDS_AT_MOST: f64 = 300.0;

/// Pause after a 429 that states none: such responses come from the network in front of Discord.
const UNSPECIFIED: Duration = Duration::from_mins(1);

/// Upper bound on a pause; a longer one would be a mistake on either side.
const LONGEST: Duration = Duration::from_hours(24);

/// Upper bound on the part of Discord's own text that is repeated, in characters.
const MAX_REASON_CHARS: usize = 200;

/// Response of Discord, reduced to the parts that are used.
#[derive(Debug)]
pub(crate) struct DiscordResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// The pause a 429 asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RateLimit {
    pub(crate) pause: Duration,
    /// Whether the pause holds for all webhooks.
    pub(crate) global: bool,
    /// Whether other clients of the webhook caused it; Discord does not count such a refusal as
    /// invalid.
    pub(crate) shared: bool,
}

#[derive(Deserialize, Default)]
struct ErrorBody {
    #[serde(default)]
    retry_after: Option<Number>,
    #[serde(default)]
    global: bool,
    #[serde(default)]
    code: Option<i64>,
    #[serde(default)]
    message: Option<String>,
}

impl DiscordResponse {
    /// Returns the pause that a 429 asks for.
    pub(crate) fn rate_limit(&self) -> RateLimit {
        let told = self.told();
        let scope = self.text("x-ratelimit-scope");
        let header = self.number(RETRY_AFTER.as_str());
        let reset_after = self.number("x-ratelimit-reset-after");
        let is_whole = told.retry_after.as_ref().is_some_and(Number::is_u64);
        let body = told.retry_after.as_ref().and_then(Number::as_f64);
        let body = body.filter(|&value| value >= 0.0);
        let in_body = body.map(|value| seconds(value, is_whole, reset_after.or(header)));
        let in_header = header.map(|value| seconds(value, false, reset_after));
        let longest = [in_body, in_header, reset_after]
            .into_iter()
            .flatten()
            .reduce(f64::max);
        RateLimit {
            pause: longest.map_or(UNSPECIFIED, duration),
            global: told.global || self.text("x-ratelimit-global").is_some_and(|t| t == "true"),
            shared: scope.is_some_and(|scope| scope == "shared"),
        }
    }

    /// Returns the time for which the rate-limit bucket stays empty, if this request emptied it.
    pub(crate) fn bucket_empty_for(&self) -> Option<Duration> {
        (self.number("x-ratelimit-remaining")? < 1.0)
            .then(|| self.number("x-ratelimit-reset-after"))?
            .map(duration)
    }

    /// The status, and Discord's own words where there are any.
    pub(crate) fn reason(&self) -> String {
        let status = self.status.as_u16();
        let told = self.told();
        match (told.code, told.message) {
            (None, None) => format!("HTTP {status}"),
            (code, message) => {
                let code = code
                    .map(|code| format!(", code {code}"))
                    .unwrap_or_default();
                let message: String = message
                    .unwrap_or_default()
                    .chars()
                    .map(|char| if char.is_control() { ' ' } else { char })
                    .take(MAX_REASON_CHARS)
                    .collect();
                format!("HTTP {status}{code}: {message}")
            }
        }
    }

    fn told(&self) -> ErrorBody {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    fn text(&self, header: &str) -> Option<&str> {
        self.headers.get(header)?.to_str().ok()
    }

    fn number(&self, header: &str) -> Option<f64> {
        let number: f64 = self.text(header)?.trim().parse().ok()?;
        (number.is_finite() && number >= 0.0).then_some(number)
    }
}

/// A pause in seconds, whether it was given in seconds or in milliseconds. `known` is the same
/// pause in seconds, from another place.
fn seconds(value: f64, is_whole: bool, known: Option<f64>) -> f64 {
    let in_millis = value / 1_000.0;
    let is_millis = match known {
        Some(known) => (in_millis - known).abs() < (value - known).abs(),
        None => is_whole && value > WHOLE_SECONDS_AT_MOST,
    };
    if is_millis { in_millis } else { value }
}

fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).map_or(LONGEST, |pause| pause.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> DiscordResponse {
        DiscordResponse {
            status: StatusCode::from_u16(status).unwrap(),
            headers: headers
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect(),
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn pause_is_read_in_either_unit_from_body_or_header() {
        for (headers, body, millis) in [
            (&[][..], r#"{"retry_after":0.529}"#, 529),
            (&[], r#"{"retry_after":64.57,"global":false}"#, 64_570),
            (&[], r#"{"retry_after":1500}"#, 1_500),
            (&[], r#"{"retry_after":30}"#, 30_000),
            (&[], r#"{"retry_after":1500.5}"#, 1_500_500),
            (&[("retry-after", "2")], r#"{"retry_after":1337}"#, 2_000),
            (&[("retry-after", "65")], r#"{"retry_after":64.57}"#, 65_000),
            (
                &[("retry-after", "1337")],
                r#"{"retry_after":1337}"#,
                1_337_000,
            ),
            (
                &[
                    ("retry-after", "1337"),
                    ("x-ratelimit-reset-after", "1.337"),
                ],
                r#"{"retry_after":1337}"#,
                1_337,
            ),
            (
                &[("x-ratelimit-reset-after", "1.5")],
                r#"{"retry_after":300}"#,
                1_500,
            ),
            (
                &[("x-ratelimit-reset-after", "300")],
                r#"{"retry_after":300}"#,
                300_000,
            ),
            (&[("retry-after", "12")], "<html>", 12_000),
            (&[], "", 60_000),
            (&[("retry-after", "-1")], r#"{"retry_after":null}"#, 60_000),
            (&[("retry-after", "1e300")], "", 86_400_000),
        ] {
            let limit = answer(429, headers, body).rate_limit();
            assert_eq!(limit.pause.as_millis(), millis, "{headers:?} {body}");
        }
    }

    #[test]
    fn scope_of_a_limit_is_read_from_body_or_header() {
        let global = |headers: &[_], body| answer(429, headers, body).rate_limit().global;
        assert!(global(&[], r#"{"global":true,"retry_after":1}"#));
        assert!(global(&[("x-ratelimit-global", "true")], ""));
        assert!(!global(
            &[("x-ratelimit-scope", "user")],
            r#"{"global":false}"#
        ));
        let shared = answer(429, &[("x-ratelimit-scope", "shared")], "").rate_limit();
        assert!(shared.shared);
    }

    #[test]
    fn empty_bucket_gives_the_time_until_its_reset() {
        let empty = |remaining, after| {
            let headers = [
                ("x-ratelimit-remaining", remaining),
                ("x-ratelimit-reset-after", after),
            ];
            answer(200, &headers, "").bucket_empty_for()
        };
        assert_eq!(empty("0", "1.25"), Some(Duration::from_millis(1_250)));
        assert_eq!(empty("1", "1.25"), None);
        assert_eq!(empty("0", "soon"), None);
    }

    #[test]
    fn reason_is_short_and_printable() {
        for (body, expected) in [
            (
                r#"{"code":50006,"message":"Cannot send an\nempty message"}"#,
                "HTTP 400, code 50006: Cannot send an empty message",
            ),
            (r#"{"message":"no"}"#, "HTTP 400: no"),
            ("<html>", "HTTP 400"),
        ] {
            assert_eq!(answer(400, &[], body).reason(), expected);
        }
        let long = format!(r#"{{"message":"{}"}}"#, "가".repeat(10_000));
        assert!(answer(400, &[], &long).reason().chars().count() < 220);
    }
}
