//! Faults on demand: what the sandbox does instead of answering.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The paths of the Nexon Open API that the sandbox answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Endpoint {
    /// `/maplestory/v1/id`
    Id,
    /// `/maplestory/v1/character/basic`
    Basic,
    /// `/maplestory/v1/character/item-equipment`
    ItemEquipment,
    /// `/maplestory/v1/character/list`
    CharacterList,
    /// `/maplestory/v1/character/stat`
    Stat,
    /// `/maplestory/v1/character/hyper-stat`
    HyperStat,
    /// `/maplestory/v1/character/ability`
    Ability,
    /// `/maplestory/v1/character/symbol-equipment`
    SymbolEquipment,
    /// `/maplestory/v1/character/set-effect`
    SetEffect,
    /// `/maplestory/v1/user/union-raider`
    UnionRaider,
    /// `/maplestory/v1/character/link-skill`
    LinkSkill,
    /// `/maplestory/v1/history/cube`
    HistoryCube,
    /// `/maplestory/v1/history/potential`
    HistoryPotential,
    /// `/maplestory/v1/history/starforce`
    HistoryStarforce,
    /// `/maplestory/v1/history/soul-potential`
    HistorySoulPotential,
}

impl Endpoint {
    /// The histories of a key's owner.
    pub const HISTORIES: [Self; 4] = [
        Self::HistoryCube,
        Self::HistoryPotential,
        Self::HistoryStarforce,
        Self::HistorySoulPotential,
    ];
}

/// Kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// No answer for as long as the client stays.
    Hang,
    /// 500, `OPENAPI00001`.
    InternalError,
    /// 502 with a page of HTML, as a proxy in between would send.
    BadGateway,
    /// 429, `OPENAPI00007`.
    QuotaExceeded {
        /// The `Retry-After` header; none is sent without it.
        retry_after_seconds: Option<u64>,
    },
    /// 400, `OPENAPI00005`: the key is refused.
    RefusedKey,
    /// 403, `OPENAPI00002`: the key is good, but not for this.
    NoPermission,
    /// 400, `OPENAPI00009`: data being prepared.
    Preparing,
    /// 400, `OPENAPI00010`: the game is under maintenance.
    GameMaintenance,
    /// 503, `OPENAPI00011`: the API is under maintenance.
    ApiMaintenance,
    /// The right answer, cut off in the middle together with the connection.
    CutBody,
    /// The right answer up to its middle, as if it were whole: not JSON.
    BadJson,
    /// A small body that inflates to a gibibyte.
    GzipBomb,
    /// 400, `OPENAPI00003`: the identifier is not known.
    UnknownIdentifier,
    /// 400, `OPENAPI00004`: a parameter is not acceptable.
    InvalidParameter,
    /// The right answer but for odd fields: the first item of each list has an unknown word as its
    /// scroll flag, the second no stars; the first stat, the first effect of each list and the first
    /// row of a history are missing; the first character of an account has no name.
    OddFields,
    /// The right answer behind a UTF-8 byte order mark.
    ByteOrderMark,
}

/// Rule that selects requests and their fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// The path concerned; every path when there is none.
    #[serde(default)]
    pub endpoint: Option<Endpoint>,
    /// Number of requests the rule applies to before it is used up; unlimited by default.
    #[serde(default)]
    pub times: Option<u32>,
    /// Delay before the response or the fault, in milliseconds.
    #[serde(default)]
    pub latency_ms: u64,
    /// Fault of the request; only the delay by default.
    #[serde(default)]
    pub fault: Option<Fault>,
}

impl FaultRule {
    /// Every request meets this fault.
    pub const fn always(fault: Fault) -> Self {
        Self {
            endpoint: None,
            times: None,
            latency_ms: 0,
            fault: Some(fault),
        }
    }

    /// Every answer comes this much later.
    pub const fn slow(latency_ms: u64) -> Self {
        Self {
            endpoint: None,
            times: None,
            latency_ms,
            fault: None,
        }
    }

    /// The same for one path only.
    #[must_use]
    pub const fn on(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = Some(endpoint);
        self
    }

    /// The same for the next requests only.
    #[must_use]
    pub const fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    fn concerns(&self, endpoint: Endpoint) -> bool {
        self.times != Some(0) && self.endpoint.is_none_or(|concerned| concerned == endpoint)
    }
}

/// Delay and fault of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct InjectedFault {
    pub(crate) latency: Duration,
    pub(crate) fault: Option<Fault>,
}

/// The rule that concerns a request first, used once.
pub(crate) fn next_outcome(rules: &mut [FaultRule], endpoint: Endpoint) -> InjectedFault {
    let Some(rule) = rules.iter_mut().find(|rule| rule.concerns(endpoint)) else {
        return InjectedFault::default();
    };
    if let Some(times) = &mut rule.times {
        *times -= 1;
    }
    InjectedFault {
        latency: Duration::from_millis(rule.latency_ms),
        fault: rule.fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_matching_rule_applies_until_it_is_used_up() {
        let mut rules = [
            FaultRule::always(Fault::Hang).on(Endpoint::Basic),
            FaultRule::always(Fault::InternalError).times(2),
            FaultRule::slow(50).on(Endpoint::Id),
        ];
        let mut next = |endpoint| {
            let outcome = next_outcome(&mut rules, endpoint);
            (outcome.fault, outcome.latency.as_millis())
        };
        assert_eq!(next(Endpoint::Basic), (Some(Fault::Hang), 0));
        assert_eq!(next(Endpoint::Id), (Some(Fault::InternalError), 0));
        assert_eq!(
            next(Endpoint::ItemEquipment),
            (Some(Fault::InternalError), 0)
        );
        assert_eq!(next(Endpoint::Id), (None, 50));
        assert_eq!(next(Endpoint::ItemEquipment), (None, 0));
        assert_eq!(next(Endpoint::Basic), (Some(Fault::Hang), 0));
    }

    #[test]
    fn rules_are_written_as_json() {
        let rules: Vec<FaultRule> = serde_json::from_str(
            r#"[{"fault":"bad_json","endpoint":"item-equipment","times":2},
                {"fault":{"quota_exceeded":{"retry_after_seconds":3}},"latency_ms":5},
                {"latency_ms":200}]"#,
        )
        .unwrap();
        let quota = Fault::QuotaExceeded {
            retry_after_seconds: Some(3),
        };
        let expected = [
            FaultRule::always(Fault::BadJson)
                .on(Endpoint::ItemEquipment)
                .times(2),
            FaultRule {
                latency_ms: 5,
                ..FaultRule::always(quota)
            },
            FaultRule::slow(200),
        ];
        assert_eq!(rules, expected);
        assert!(serde_json::from_str::<FaultRule>(r#"{"falt":"hang"}"#).is_err());
    }
}
