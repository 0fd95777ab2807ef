//! The command line.
#![deny(
    clippy::print_stdout,
    reason = "`stdout` ends quietly when its reader has left"
)]

mod amount;
mod calculations;
mod check_config;
mod compare;
mod completion;
mod expectation;
mod failure;
mod flame;
mod generate;
mod luck;
mod luck_report;
mod operator;
mod report;
mod serve;
mod star_arguments;
mod stdout;
mod table;
mod upgrades;
mod welcome;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use pages::Lang;
use process::Role;
use telemetry::{LogFormat, Metrics, Traces};

use crate::config::{Config, Sources};
use crate::{openapi, traces, wiring};
use failure::Failure;

/// Costs of a MapleStory (KMS) character's gear, made again or improved, over REST and on the
/// command line.
#[derive(Debug, Parser)]
#[command(name = "maple-expectation", version, after_help = EXIT_CODES)]
struct Cli {
    /// A TOML file with configuration; the environment (MAPLE__...) wins over it.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The language of tables and warnings: `ko` or `en`; that of the locale without.
    #[arg(long, global = true, value_name = "LANG", value_parser = language)]
    lang: Option<Lang>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer over HTTP, and do the work that goes on beside it (the default).
    Serve {
        /// Answer only; `work` in other processes does the rest.
        #[arg(long)]
        no_workers: bool,
    },
    /// Do the work that goes on beside the answers, and answer operators only.
    Work,
    /// Tell what a character's gear would cost to make again.
    Expectation(expectation::Arguments),
    /// Tell what it costs to bring a character's gear to a named target.
    Completion(completion::Arguments),
    /// Rank the upgrades of a character's gear, and tell the best set for a budget.
    Upgrades(upgrades::Arguments),
    /// Tell how lucky the owner of a Nexon key was with cubes, resets and stars.
    Luck(luck::Arguments),
    /// Tell the odds of a goal on one item, and what it costs.
    Odds(calculations::OddsArguments),
    /// Compare every method for one goal, and tell the cheapest mix of them.
    Compare(compare::Arguments),
    /// Tell the odds of a score by 환생의 불꽃.
    Flame(flame::Arguments),
    /// Tell what star force takes.
    StarForce(calculations::StarForceArguments),
    /// Tell what several items cost together.
    Plan(calculations::PlanArguments),
    /// Check the configuration, print it without secrets, and connect to each part it names.
    CheckConfig {
        /// Connect to nothing.
        #[arg(long)]
        offline: bool,
    },
    /// Bring the database to this version's schema.
    Migrate,
    #[command(flatten)]
    Operator(operator::Command),
    /// Print the OpenAPI document.
    #[command(hide = true)]
    Openapi,
    /// Write the manual pages and the completions of shells into a folder, for packages.
    #[command(hide = true)]
    Generate {
        /// An existing folder.
        folder: PathBuf,
    },
}

/// Our own lines, and of the libraries' only what went wrong.
const SERVICE_LOG: &str = "info,actix_http=off,actix_server=warn,sea_orm_migration=warn,sqlx=warn";

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed: the log on standard error tells why
  2  bad input: arguments, configuration, or a document (the byte or path is named)
  3  there is no such character
  4  the upstream gives no answer and nothing is stored";

/// Runs the command given by the arguments of this process.
pub fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) | Err(Failure::ReaderLeft) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            failure.exit_code()
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    let config = || Config::load(&Sources::from_process(cli.config));
    let lang = cli.lang.unwrap_or_else(language_of_locale);
    let command = cli.command.unwrap_or(Command::Serve { no_workers: false });
    match command {
        Command::Openapi => stdout::text(openapi::json()),
        Command::Generate { folder } => {
            generate::run(Cli::command(), &folder).map_err(anyhow::Error::from)?;
            Ok(())
        }
        Command::Odds(arguments) => calculations::odds(&arguments, lang),
        Command::StarForce(arguments) => calculations::star_force(&arguments, lang),
        Command::Compare(arguments) => compare::run(&arguments, lang),
        Command::Flame(arguments) => flame::run(&arguments, lang),
        Command::Plan(arguments) => calculations::plan(&arguments, lang),
        Command::CheckConfig { offline } => block_on(check_config::run(&config()?, !offline)),
        Command::Serve { no_workers: false } => run_service(&config()?, Role::ServeAndWork),
        Command::Serve { no_workers: true } => run_service(&config()?, Role::Serve),
        Command::Work => run_service(&config()?, Role::Work),
        Command::Expectation(arguments) => asking(&config()?, async |config| {
            expectation::run(config, &arguments, lang).await
        }),
        Command::Completion(arguments) => asking(&config()?, async |config| {
            completion::run(config, &arguments, lang).await
        }),
        Command::Upgrades(arguments) => asking(&config()?, async |config| {
            upgrades::run(config, &arguments, lang).await
        }),
        Command::Luck(arguments) => asking(&config()?, async |config| {
            luck::run(config, &arguments, lang).await
        }),
        Command::Migrate => {
            let config = config()?;
            start_log(&config, SERVICE_LOG, None)?;
            block_on(migrate(&config))
        }
        Command::Operator(command) => asking(&config()?, async |config| {
            operator::run(config, &command).await
        }),
    }
}

/// Reads the name of a language.
fn language(name: &str) -> Result<Lang, String> {
    Lang::named(name).ok_or_else(|| "expected `ko` or `en`".to_owned())
}

/// Language of the locale, by the order of POSIX (Base Definitions, section 8.2).
#[expect(
    clippy::disallowed_methods,
    reason = "the locale belongs to the terminal and is no configuration"
)]
fn language_of_locale() -> Lang {
    let locales = ["LC_ALL", "LC_MESSAGES", "LANG"].map(std::env::var);
    Lang::of_locales(locales.iter().flatten().map(String::as_str))
}

/// Runs a command that answers one question, with nothing but errors in the log.
fn asking(
    config: &Config,
    command: impl AsyncFnOnce(&Config) -> Result<(), Failure>,
) -> Result<(), Failure> {
    start_log(config, "error", None)?;
    block_on(command(config))
}

fn run_service(config: &Config, role: Role) -> Result<(), Failure> {
    config.check_for_serving()?;
    block_on(async {
        let metrics = Metrics::new();
        let traces = traces::start(config, &metrics)?;
        start_log(config, SERVICE_LOG, traces.as_ref())?;
        let served = serve::run(config, role, &metrics).await;
        if let Some(traces) = traces {
            traces.shutdown().await;
        }
        served
    })
}

async fn migrate(config: &Config) -> Result<(), Failure> {
    let database = wiring::open_database(config).await?;
    let migrated = database.migrate().await.map_err(anyhow::Error::from)?;
    database.close().await.map_err(anyhow::Error::from)?;
    match migrated.applied.as_slice() {
        [] => stdout::line("nothing to do: the schema is up to date"),
        applied => stdout::line(format_args!("applied {}", applied.join(", "))),
    }
}

fn start_log(config: &Config, default: &str, traces: Option<&Traces>) -> Result<(), Failure> {
    let filter = config.log.as_deref().unwrap_or(default);
    let format = config.log_format.unwrap_or_else(LogFormat::for_stderr);
    let subscriber = telemetry::subscriber(filter, format, std::io::stderr, traces::WORK, traces);
    let subscriber = subscriber.map_err(anyhow::Error::from)?;
    telemetry::install(subscriber).map_err(anyhow::Error::from)?;
    Ok(())
}

fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Runtime::new()
        .map_err(anyhow::Error::from)?
        .block_on(work)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The commands that a text names, up to the first word that is none.
    fn named(text: &str) -> impl Iterator<Item = Vec<&str>> {
        let calls = text.split("`maple-expectation ").skip(1);
        calls.map(|call| {
            let call = call.split('`').next().unwrap_or_default();
            let is_command =
                |word: &&str| word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
            let words = call.split_whitespace().take_while(is_command);
            words.filter(|word| !word.starts_with('-')).collect()
        })
    }

    #[test]
    fn operators_read_of_commands_that_there_are() {
        let mut calls = 0;
        let pages = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operations");
        for entry in std::fs::read_dir(pages).unwrap() {
            let page = entry.unwrap().path();
            let text = std::fs::read_to_string(&page).unwrap();
            for call in named(&text) {
                let mut command = Cli::command();
                for word in &call {
                    if !command.has_subcommands() {
                        break;
                    }
                    let found = command.find_subcommand(word).cloned();
                    command = found.unwrap_or_else(|| panic!("{page:?}: there is no {call:?}"));
                }
                calls += 1;
            }
        }
        assert!(calls > 10, "only {calls} calls were found");
    }
}
