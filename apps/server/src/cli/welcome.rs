//! Greeting of a person who starts the service by hand.

use std::net::SocketAddr;

use crate::config::Config;

/// Addresses on which the service listens.
pub(super) struct Addresses {
    /// None of a process that only works.
    pub(super) public: Option<SocketAddr>,
    pub(super) admin: SocketAddr,
}

/// The address, the mode, what is not kept, and what to try.
pub(super) fn text(config: &Config, addresses: &Addresses, source: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let admin = addresses.admin;
    let Some(public) = addresses.public else {
        return format!("maple-expectation {version} works\n  metrics      http://{admin}/metrics");
    };
    let url = format!("http://{public}");
    let database = config.database();
    let (mode, upstream) = if source == "sandbox" {
        (
            "embedded",
            "a sandbox in this process makes characters up; MAPLE__NEXON__API_KEY asks Nexon",
        )
    } else {
        ("production", "the Nexon Open API")
    };
    format!(
        "maple-expectation {version} answers on {url}
  mode         {mode}
  characters   {upstream}
  database     {database}
  not durable  metrics and log; the last writes before a power failure
  metrics      http://{admin}/metrics
  documents    {url}/docs/

Try:
  curl '{url}/api/v1/characters/아델/expectation'
  curl '{url}/api/v1/characters/긱델/equipment'
  curl -H 'Content-Type: application/json' '{url}/api/v1/calculations/potential' \\
    -d '{{\"method\":\"meso_potential\",\"part\":\"hat\",\"item_level\":250,\
\"from\":{{\"grade\":\"rare\"}},\"goal\":\"cooldown_seconds >= 4\"}}'"
    )
}
