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
use storage_sql::{Database, SchemaState};

use super::failure::Failure;
use super::stdout;
use crate::config::Config;
use crate::wiring;

/// Time within which Redis must answer for the first time.
const PATIENCE: Duration = Duration::from_secs(5);

/// A part of the service that is somewhere else.
struct Part {
    name: &'static str,
    /// The finding; an error when the part cannot be used.
    found: anyhow::Result<Finding>,
}

/// A part that can be used.
enum Finding {
    /// It is as it should be.
    Sound(String),
    /// The service starts with it, and an operator should know what it lacks.
    Lacking(String),
}

impl Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name;
        match &self.found {
            Ok(Finding::Sound(found)) => write!(f, "{name:<10} ok      {found}"),
            Ok(Finding::Lacking(lack)) => write!(f, "{name:<10} warning {lack}"),
            Err(error) => write!(f, "{name:<10} failed  {}", in_words(error)),
        }
    }
}

/// Prints the configuration without secrets, then connects to each part and reports it in a
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
        part("discord", Ok(Finding::Sound(discord(config)))),
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
        "cannot be used: {}",
        names.join(", ")
    )))
}

fn part(name: &'static str, found: anyhow::Result<Finding>) -> Part {
    Part { name, found }
}

/// Looks at the schema and writes a row that means nothing. A SQLite file that is not there is made
/// by the first start.
async fn database(config: &Config) -> anyhow::Result<Finding> {
    let shown = config.database();
    let database = match wiring::open_existing_database(config).await {
        Err(storage_sql::Error::NoFile { .. }) => {
            let text = format!("{shown} is not there yet; the first start makes it");
            return Ok(Finding::Sound(text));
        }
        opened => opened.map_err(with_advice)?,
    };
    let found = usable(&database).await;
    database.close().await?;
    let found = found.map_err(with_advice)?;
    Ok(match found {
        SchemaState::Ready => Finding::Sound(format!("{shown} answers, and takes a write")),
        SchemaState::Never => anyhow::bail!(
            "{shown} answers, but was never migrated: run `maple-expectation migrate`"
        ),
        SchemaState::Behind(missing) => Finding::Lacking(format!(
            "{shown} takes a write, but lacks {} migration(s), the first of them {}: run \
             `maple-expectation migrate`, or let a user start who may change tables",
            missing.len(),
            missing[0],
        )),
    })
}

/// State of the schema of a database that takes writes.
async fn usable(database: &Database) -> Result<SchemaState, storage_sql::Error> {
    let state = database.schema().await?;
    if state != SchemaState::Never {
        database.probe_write().await?;
    }
    Ok(state)
}

/// An error, headed by its advice where it has any.
fn with_advice(error: storage_sql::Error) -> anyhow::Error {
    match error.advice() {
        Some(advice) => anyhow::Error::new(error).context(advice),
        None => error.into(),
    }
}

/// Asks for one character, which costs one call of the quota: nothing less tells whether the key
/// is taken.
async fn nexon(config: &Config) -> anyhow::Result<Finding> {
    if config.nexon.api_key.is_none() {
        let text = "a sandbox in the same process (nexon.api_key is not set)";
        return Ok(Finding::Sound(text.to_owned()));
    }
    let client = NexonClient::new(wiring::upstream(&config.nexon, None))?;
    let anybody: CharacterName = "아델".parse().context("the name is valid")?;
    client.resolve(&anybody).await?;
    let text = format!("{} takes the key", config.nexon.base_url);
    Ok(Finding::Sound(text))
}

/// Writes a key, and asks how memory is made room for and what is kept on disk: a lock or a like
/// that is evicted is gone, and a like that is in memory only goes with the process.
async fn redis(config: &Config) -> anyhow::Result<Finding> {
    let (Some(url), Some(shown)) = (&config.redis_url, config.redis()) else {
        let text = "this instance keeps everything to itself (redis.url is not set)";
        return Ok(Finding::Sound(text.to_owned()));
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
    redis.probe_write().await.context("it takes no write")?;
    let policy = redis.eviction_policy().await?;
    anyhow::ensure!(
        policy == "noeviction",
        "it answers, but its maxmemory-policy is {policy} and must be noeviction"
    );
    let is_kept = redis.is_append_only().await?;
    let fsync = redis.append_fsync().await;
    redis.close().await;
    Ok(match fsync.as_deref() {
        _ if !is_kept => Finding::Lacking(format!(
            "{shown} takes a write, but has no append-only file: its end loses acknowledged likes \
             that wait in it; set appendonly yes and appendfsync always"
        )),
        Some("always") | None => Finding::Sound(format!(
            "{shown} takes a write, evicts nothing, and keeps a file"
        )),
        Some(other) => Finding::Lacking(format!(
            "{shown} takes a write, but its appendfsync is {other}: a crash of its machine loses \
             acknowledged likes of the last moments; set appendfsync always"
        )),
    })
}

/// An error and its causes.
fn in_words(error: &anyhow::Error) -> String {
    kernel::chain(error.as_ref())
}

/// The address was checked with the configuration, and nothing is posted.
fn discord(config: &Config) -> String {
    match &config.notices.webhook {
        Some(_) => "the address has the shape of a webhook; nothing was posted".to_owned(),
        None => "notices go to the log (discord.webhook_url is not set)".to_owned(),
    }
}
