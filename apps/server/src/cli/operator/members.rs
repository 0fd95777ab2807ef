//! `maple-expectation members`: who members are, and the end of their sessions.

use anyhow::Context;
use clap::Subcommand;
use kernel::MemberId;
use members::{AccountId, SessionStore};

use crate::cli::failure::Failure;
use crate::cli::stdout;
use crate::config::Config;
use crate::wiring;

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
    sessions: &dyn SessionStore,
    command: &MembersCommand,
) -> Result<(), Failure> {
    if let MembersCommand::Revoke { id } = command {
        let ended = sessions.end_all(*id).await;
        let ended = ended.context("the sessions cannot be ended")?;
        stdout::line(format_args!("ended {ended} sessions"))?;
    }
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
