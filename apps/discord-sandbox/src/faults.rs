//! Faults of the fake Discord: responses other than accepting a message.

use std::time::Duration;

use rand::Rng;
use serde::{Deserialize, Serialize};

/// Kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DiscordFault {
    /// 429, and until the pause is over everything else gets one too.
    RateLimited {
        /// Length of the pause, in milliseconds.
        retry_after_ms: u64,
        /// Form in which the response states the pause.
        #[serde(default)]
        unit: PauseUnit,
        /// Whether the pause holds everywhere.
        #[serde(default)]
        global: bool,
    },
    /// This status, without taking the message.
    Status(u16),
    /// No answer, without taking the message.
    Hang,
    /// No answer, after taking the message.
    HangAfterAccept,
    /// The connection is reset, without taking the message.
    Reset,
    /// The connection is cut, after taking the message.
    CutAfterAccept,
}

/// Form in which a 429 states its pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseUnit {
    /// In seconds with a fraction, as Discord does today, with its headers.
    #[default]
    Seconds,
    /// In whole milliseconds, as older versions did, with the header that is in seconds.
    Milliseconds,
    /// In whole milliseconds, without any header.
    MillisecondsOnly,
    /// In the `Retry-After` header only, in whole seconds, as the network in front of Discord does.
    HeaderOnly,
}

/// Rule that selects messages and their fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscordRule {
    /// Number of messages the rule applies to before it is used up; unlimited by default.
    #[serde(default)]
    pub times: Option<u32>,
    /// The share of messages it concerns, 0 to 1; all of them when there is none.
    #[serde(default)]
    pub chance: Option<f64>,
    /// Only messages that contain this text.
    #[serde(default)]
    pub containing: Option<String>,
    /// Delay before the response or the fault, in milliseconds.
    #[serde(default)]
    pub latency_ms: u64,
    /// Fault of the message; only the delay by default.
    #[serde(default)]
    pub fault: Option<DiscordFault>,
}

impl DiscordRule {
    /// Every message meets this fault.
    pub const fn always(fault: DiscordFault) -> Self {
        Self {
            times: None,
            chance: None,
            containing: None,
            latency_ms: 0,
            fault: Some(fault),
        }
    }

    /// The same for the next messages only.
    #[must_use]
    pub const fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// The same for a share of the messages, drawn by the fake's seed.
    #[must_use]
    pub const fn chance(mut self, chance: f64) -> Self {
        self.chance = Some(chance);
        self
    }

    /// The same for messages that contain this text only.
    #[must_use]
    pub fn containing(mut self, text: impl Into<String>) -> Self {
        self.containing = Some(text.into());
        self
    }

    fn concerns(&self, body: &str, dice: &mut impl Rng) -> bool {
        self.times != Some(0)
            && self
                .containing
                .as_ref()
                .is_none_or(|text| body.contains(text))
            && self
                .chance
                .is_none_or(|chance| dice.random_bool(chance.clamp(0.0, 1.0)))
    }
}

/// Delay and fault of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct InjectedDiscordFault {
    pub(crate) latency: Duration,
    pub(crate) fault: Option<DiscordFault>,
}

/// The rule that concerns a message first, used once.
pub(crate) fn next_outcome(
    rules: &mut [DiscordRule],
    body: &str,
    dice: &mut impl Rng,
) -> InjectedDiscordFault {
    let Some(rule) = rules.iter_mut().find(|rule| rule.concerns(body, dice)) else {
        return InjectedDiscordFault::default();
    };
    if let Some(times) = &mut rule.times {
        *times -= 1;
    }
    InjectedDiscordFault {
        latency: Duration::from_millis(rule.latency_ms),
        fault: rule.fault,
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn first_matching_rule_applies_until_it_is_used_up() {
        let mut rules = [
            DiscordRule::always(DiscordFault::Status(400)).containing("poison"),
            DiscordRule::always(DiscordFault::Reset).times(1),
            DiscordRule::always(DiscordFault::Hang).chance(0.0),
        ];
        let mut dice = ChaCha8Rng::seed_from_u64(1);
        let mut next = |body| next_outcome(&mut rules, body, &mut dice).fault;
        assert_eq!(next("a poison"), Some(DiscordFault::Status(400)));
        assert_eq!(next("a"), Some(DiscordFault::Reset));
        assert_eq!(next("a"), None);
        assert_eq!(next("poison"), Some(DiscordFault::Status(400)));
    }

    #[test]
    fn rules_are_written_as_json() {
        let rules: Vec<DiscordRule> = serde_json::from_str(
            r#"[{"fault":{"rate_limited":{"retry_after_ms":500,"unit":"milliseconds"}},"times":2},
                {"fault":"cut_after_accept","chance":0.5},{"fault":{"status":503}},{"latency_ms":9}]"#,
        )
        .unwrap();
        assert_eq!(
            rules[0].fault,
            Some(DiscordFault::RateLimited {
                retry_after_ms: 500,
                unit: PauseUnit::Milliseconds,
                global: false
            })
        );
        assert_eq!(rules[1].chance, Some(0.5));
        assert_eq!(rules[2].fault, Some(DiscordFault::Status(503)));
        assert!(serde_json::from_str::<DiscordRule>(r#"{"falt":"hang"}"#).is_err());
    }
}
