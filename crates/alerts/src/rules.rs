//! The rules: which value of which metric is an incident.

use std::time::Duration;

/// The breaker before the upstream, by `observed`.
const BREAKER: &str = "maple_upstream_breaker_state";
/// State of Redis by the check of the server: 1 while it takes no writes.
const REDIS_FAILING: &str = "maple_redis_failing";
/// Likes that were taken and are not written yet, by the like buffer.
const LIKES_PENDING: &str = "maple_likes_pending";
/// State of the database by the check of the server: 1 while it takes no writes.
const DATABASE_FAILING: &str = "maple_database_failing";
/// Distance of the machine's clock from the database's, by the server.
const CLOCK_OFFSET: &str = "maple_clock_offset_milliseconds";
/// Calls that wait for a connection to the database, by the pool.
const POOL_WAITERS: &str = "maple_db_pool_waiters";
/// Messages that were given up, by `notices`.
const DEAD_LETTERS: &str = "maple_outbox_dead";
/// The age of the oldest message that waits, by `notices`.
const OUTBOX_AGE: &str = "maple_outbox_oldest_age_seconds";

/// Incident of a breaker that is open before the upstream, which all instances share.
pub const UPSTREAM_OPEN: &str = "upstream-open";

/// Distance of two clocks that is an incident, in milliseconds.
const CLOCK_OFF_MILLIS: f64 = 2_000.0;

/// Condition under which a metric is an incident, and its texts. The incident is named like its chapter in
/// the runbook.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The name of the incident.
    pub incident: &'static str,
    /// The metric; one with labels counts as the sum over them.
    pub metric: &'static str,
    /// Reading that is compared.
    pub reading: Reading,
    /// More than this is an incident.
    pub raise_above: f64,
    /// At this, or less, it may be over.
    pub clear_at: f64,
    /// Whom it concerns.
    pub scope: Scope,
    /// The figure as a sentence.
    pub firing: fn(f64) -> String,
    /// Text of its resolution.
    pub resolved: &'static str,
}

/// Reading of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// The value itself.
    Level,
    /// By how much it has grown since the look before.
    Growth,
}

/// Whom a rule concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// This instance: each one judges for itself.
    Instance,
    /// All instances, because they depend on the same thing: each one judges for itself, the first
    /// that sees the incident reports its beginning, and the last its end.
    Shared,
    /// All instances: one of them judges for all.
    Service,
}

/// Configurable thresholds of incidents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// More likes than this wait to be written.
    pub likes_pending: u32,
    /// The oldest message has waited for longer than this.
    pub outbox_age: Duration,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            likes_pending: 1_000,
            outbox_age: Duration::from_mins(10),
        }
    }
}

/// Every rule there is.
pub fn rules(thresholds: &Thresholds) -> [Rule; 8] {
    let likes = f64::from(thresholds.likes_pending);
    let age = thresholds.outbox_age.as_secs_f64();
    let rule = |incident, metric, firing, resolved| Rule {
        incident,
        metric,
        reading: Reading::Level,
        raise_above: 0.0,
        clear_at: 0.0,
        scope: Scope::Instance,
        firing,
        resolved,
    };
    [
        Rule {
            // Half-open, 1, is neither: it is open until a call has succeeded.
            raise_above: 1.0,
            scope: Scope::Shared,
            ..rule(
                UPSTREAM_OPEN,
                BREAKER,
                |_| {
                    "the breaker before the upstream is open: characters are answered from what is stored".to_owned()
                },
                "the breaker before the upstream is closed",
            )
        },
        rule(
            "redis-unavailable",
            REDIS_FAILING,
            |_| {
                "Redis takes no writes: locks and likes move to the database, and nothing new is fetched".to_owned()
            },
            "Redis takes writes",
        ),
        Rule {
            raise_above: likes,
            clear_at: (likes / 2.0).floor(),
            ..rule(
                "likes-pending",
                LIKES_PENDING,
                |likes| format!("{likes} likes wait to be written"),
                "few likes wait to be written",
            )
        },
        rule(
            "database-unavailable",
            DATABASE_FAILING,
            |_| {
                "the database takes no writes: log-ins, donations and, without Redis, likes are refused".to_owned()
            },
            "the database takes writes",
        ),
        Rule {
            raise_above: CLOCK_OFF_MILLIS,
            clear_at: CLOCK_OFF_MILLIS / 2.0,
            ..rule(
                "clock-off",
                CLOCK_OFFSET,
                |millis| {
                    format!(
                        "this machine's clock and the database's are {millis} ms apart; the database's time is used"
                    )
                },
                "this machine's clock agrees with the database's",
            )
        },
        rule(
            "pool-waiters",
            POOL_WAITERS,
            |waiters| format!("{waiters} call(s) wait for a connection to the database"),
            "nobody waits for a connection to the database",
        ),
        Rule {
            scope: Scope::Service,
            ..rule(
                "dead-letters",
                DEAD_LETTERS,
                |dead| format!("{dead} message(s) were given up and wait for a decision"),
                "no message is given up",
            )
        },
        Rule {
            raise_above: age,
            clear_at: (age / 2.0).floor(),
            scope: Scope::Service,
            ..rule(
                "outbox-age",
                OUTBOX_AGE,
                |seconds| format!("the oldest message has waited for {seconds} s"),
                "messages leave in time",
            )
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incident_ends_well_below_where_it_begins_and_says_its_figure() {
        for rule in rules(&Thresholds::default()) {
            assert!(rule.clear_at <= rule.raise_above, "{}", rule.incident);
            let is_state = [BREAKER, DATABASE_FAILING, REDIS_FAILING].contains(&rule.metric);
            let said = (rule.firing)(4_321.0);
            assert!(is_state || said.contains("4321"), "{said}");
        }
    }

    #[test]
    fn incidents_have_names_of_their_own() {
        let mut names = rules(&Thresholds::default()).map(|rule| rule.incident);
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
