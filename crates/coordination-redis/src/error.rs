//! Errors of Redis commands.

use std::time::Duration;

/// Reason for which a Redis command failed. No variant shows the server's address, which may hold a
/// password.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The address is not one of a server this service can use.
    #[error("the Redis address cannot be used: {reason}")]
    Address {
        /// Fault in the address.
        reason: &'static str,
    },
    /// The server is unreachable, timed out, or refused. The command may have been executed.
    #[error("Redis failed")]
    Command(#[source] fred::error::Error),
    /// The circuit breaker is open: the server failed too often recently.
    #[error("the circuit breaker to Redis is open for another {} ms", .retry_after.as_millis())]
    Suspended {
        /// Earliest time of a retry.
        retry_after: Duration,
    },
    /// The server came to it after it was given up, and did nothing.
    #[error("Redis received the command after its deadline")]
    Late,
    /// The stored value is not in this version's format.
    #[error("the value of {key} in Redis cannot be read: {problem}")]
    Garbled {
        /// The key.
        key: String,
        /// Fault in the value.
        problem: &'static str,
    },
}

impl From<fred::error::Error> for Error {
    fn from(error: fred::error::Error) -> Self {
        Self::Command(error)
    }
}
