//! Where Redis is, and how long its answers may take.

use std::time::Duration;

use secrecy::SecretString;

/// Where Redis is, and how long its answers may take.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `redis://user:password@host:port/database`, or `rediss://` for TLS.
    pub url: SecretString,
    /// What every key begins with, so that services can share a server.
    pub prefix: String,
    /// How long one command may take.
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
