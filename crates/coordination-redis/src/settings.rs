//! Settings of the connection to Redis.

use std::time::Duration;

use secrecy::SecretString;

/// Settings of the connection to Redis.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `redis://user:password@host:port/database`, or `rediss://` for TLS.
    pub url: SecretString,
    /// Prefix of every key, so that services can share a server.
    pub prefix: String,
    /// Timeout of one command.
    pub command_timeout: Duration,
}

impl Settings {
    /// Keys that begin with `maple:`, and half a second for a command.
    pub fn new(url: impl Into<SecretString>) -> Self {
        Self {
            url: url.into(),
            prefix: "maple:".to_owned(),
            command_timeout: Duration::from_millis(500),
        }
    }
}
