//! `maple-expectation check-config`: whether the configuration is right, and each part it names
//! is there.

use std::fmt::{self, Display};
use std::time::Duration;

use anyhow::Context;
use coordination_redis::Redis;
use equipment::CharacterDirectory;
use kernel::CharacterName;
use nexon_http::NexonClient;
use resilience::Jitter;

use super::failure::Failure;
use super::stdout;
use crate::config::Config;
use crate::wiring;

/// How long Redis may take to answer for the first time.
const PATIENCE: Duration = Duration::from_secs(5);

/// A part of the service that is somewhere else.
struct Part {
    name: &'static str,
    /// What is there; an error when it is not of use.
    found: anyhow::Result<String>,
}

impl Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name;
        match &self.found {
            Ok(found) => write!(f, "{name:<10} ok      {found}"),
            Err(error) => write!(f, "{name:<10} failed  {}", in_words(error)),
        }
    }
}

/// Prints the configuration without secrets, then connects to each part and tells of it in a
/// line.
pub(super) async fn run(config: &Config, connect: bool) -> Result<(), Failure> {
    stdout::line(config.redacted())?;
    config.check_for_serving()?;
    if !connect {
        return Ok(());
    }
    let parts = [
        part("database", database(config).await),
        part("redis", redis(config).await),
        part("nexon", nexon(config).await),
        part("discord", Ok(discord(config))),
    ];
    stdout::line("")?;
    for part in &parts {
        stdout::line(part)?;
    }
    let failed: Vec<_> = parts.iter().filter(|part| part.found.is_err()).collect();
    if failed.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = failed.iter().map(|part| part.name).collect();
    Err(Failure::Other(anyhow::anyhow!(
        "not of use: {}",
        names.join(", ")
    )))
}

fn part(name: &'static str, found: anyhow::Result<String>) -> Part {
    Part { name, found }
}

async fn database(config: &Config) -> anyhow::Result<String> {
    let database = wiring::open_database(config).await?;
    database.ping().await?;
    database.close().await?;
    Ok(format!("{} answers", config.database()))
}

/// Asks for one character, which costs one call of the quota: nothing less tells whether the key
/// is taken.
async fn nexon(config: &Config) -> anyhow::Result<String> {
    if config.nexon.api_key.is_none() {
        return Ok("a sandbox in the same process (nexon.api_key is not set)".to_owned());
    }
    let client = NexonClient::new(wiring::upstream(&config.nexon, None))?;
    let anybody: CharacterName = "아델".parse().context("the name is valid")?;
    client.resolve(&anybody).await?;
    Ok(format!("{} takes the key", config.nexon.base_url))
}

/// Asks how memory is made room for as well: a lock or a like that is evicted is gone.
async fn redis(config: &Config) -> anyhow::Result<String> {
    let (Some(url), Some(shown)) = (&config.redis_url, config.redis()) else {
        return Ok("this instance keeps everything to itself (redis.url is not set)".to_owned());
    };
    let settings = coordination_redis::Settings::new(url.clone());
    let redis = Redis::connect(&settings, Jitter::from_seed(0), || {})?;
    let connected = tokio::time::timeout(PATIENCE, redis.connected()).await;
    if connected.is_err() {
        let degradation = redis.trouble().unwrap_or("it is silent".to_owned());
        anyhow::bail!(
            "no use of it within {} s: {degradation}",
            PATIENCE.as_secs()
        );
    }
    let policy = redis.eviction_policy().await?;
    redis.close().await;
    anyhow::ensure!(
        policy == "noeviction",
        "it answers, but its maxmemory-policy is {policy} and must be noeviction"
    );
    Ok(format!("{shown} answers, and evicts nothing"))
}

/// An error and its causes. Some say what their causes say; once is enough.
fn in_words(error: &anyhow::Error) -> String {
    let mut words = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if words.is_empty() {
            words = cause;
        } else if !words.ends_with(&cause) {
            words = format!("{words}: {cause}");
        }
    }
    words
}

/// The address was checked with the configuration, and nothing is posted.
fn discord(config: &Config) -> String {
    match &config.notices.webhook {
        Some(_) => "the address has the shape of a webhook; nothing was posted".to_owned(),
        None => "notices go to the log (discord.webhook_url is not set)".to_owned(),
    }
}
