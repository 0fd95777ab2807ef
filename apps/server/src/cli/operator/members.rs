//! `maple-expectation members`: who members are, and the end of their sessions.

use std::time::Duration;

use anyhow::Context;
use clap::Subcommand;
use coordination_redis::{Redis, RedisSessions, Settings};
use kernel::MemberId;
use members::{AccountId, Revocation, SessionStore, SharedSessions};
use resilience::Jitter;

use crate::cli::failure::Failure;
use crate::cli::stdout;
use crate::config::Config;
use crate::wiring;

/// Time in which Redis must answer for the first time.
const REDIS_PATIENCE: Duration = Duration::from_secs(5);

/// Commands about members.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum MembersCommand {
    /// List the configured developers (members.developers).
    Developers,
    /// Tell the id of the member whose game account's id is given on standard input. A member
    /// reads their own at GET /api/v1/me.
    Id,
    /// End every session of a member; every server refuses them within a minute.
    Revoke {
        /// The member's id: 32 hexadecimal digits.
        id: MemberId,
    },
}

/// Runs a command that needs no database; whether it is one.
pub(super) fn run_without_database(
    config: &Config,
    command: &MembersCommand,
) -> Result<bool, Failure> {
    match command {
        MembersCommand::Developers => developers(config)?,
        MembersCommand::Id => stdout::line(id(config)?)?,
        MembersCommand::Revoke { .. } => return Ok(false),
    }
    Ok(true)
}

/// Runs a command on the sessions of the database.
pub(super) async fn run(
    config: &Config,
    sessions: &dyn SessionStore,
    command: &MembersCommand,
) -> Result<(), Failure> {
    let MembersCommand::Revoke { id } = command else {
        return Ok(());
    };
    let redis = config.redis_url.clone().map(|url| {
        let connected = Redis::connect(&Settings::new(url), Jitter::from_seed(0), || {});
        connected.context("cannot use Redis (redis.url)")
    });
    let redis = redis.transpose()?;
    if let Some(redis) = &redis {
        // Where it does not answer, the revocation says that it was not told.
        let _late = tokio::time::timeout(REDIS_PATIENCE, redis.connected()).await;
    }
    let shared = redis.clone().map(RedisSessions::new);
    let shared = shared.as_ref().map(|shared| shared as &dyn SharedSessions);
    let revoked = members::revoke_all(sessions, shared, *id).await;
    if let Some(redis) = redis {
        redis.close().await;
    }
    let Revocation { ended, told } = revoked.context("the sessions cannot be ended")?;
    stdout::line(format_args!("ended {ended} sessions"))?;
    told.context(
        "Redis was not told: servers refuse the sessions within a minute, or when this command is \
         repeated",
    )?;
    Ok(())
}

fn developers(config: &Config) -> Result<(), Failure> {
    let developers = &config.members.developers;
    if developers.is_empty() {
        stdout::line("no developers: members.developers is not set")?;
    }
    for developer in developers.values() {
        stdout::line(format_args!("{}  {}", developer.id, developer.name))?;
    }
    Ok(())
}

fn id(config: &Config) -> Result<MemberId, Failure> {
    // A secret made up here would give ids that no other server knows.
    config.check_for_serving()?;
    let given = std::io::read_to_string(std::io::stdin()).context("cannot read standard input")?;
    let account = given.trim();
    if account.is_empty() || account.contains(char::is_whitespace) {
        let expected = "expected the id of one game account on standard input";
        return Err(Failure::BadInput(expected.to_owned()));
    }
    let identities = wiring::members::identities(config)?;
    Ok(identities.member(&AccountId::new(account)))
}
