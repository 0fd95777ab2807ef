//! Why Redis did not do what was asked.

use std::time::Duration;

/// Why Redis did not do what was asked. No variant shows the server's address, which may hold a
/// password.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The address is not one of a server this service can use.
    #[error("the Redis address cannot be used: {reason}")]
    Address {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The server is away, did not answer in time, or refused. What was asked may have been done.
    #[error("Redis failed")]
    Command(#[source] fred::error::Error),
    /// The server is not asked now, because it has failed too often of late.
    #[error("Redis is left alone after its failures, for {} ms more", .retry_after.as_millis())]
    Suspended {
        /// When it may be asked again.
        retry_after: Duration,
    },
    /// The server came to it after it was given up, and did nothing.
    #[error("Redis came to it too late")]
    Late,
    /// What the server keeps is not what this version writes.
    #[error("what Redis keeps as {key} cannot be read: {problem}")]
    Garbled {
        /// The key.
        key: String,
        /// What cannot be read.
        problem: &'static str,
    },
}

impl From<fred::error::Error> for Error {
    fn from(error: fred::error::Error) -> Self {
        Self::Command(error)
    }
}
