//! The project's own commands. `cargo xtask --help` lists them.

mod bench;
mod capacity;
mod chaos;
mod check;
mod clients;
mod deploy;
mod dict;
mod dist;
mod explain;
mod fuzz;
mod load;
mod operator;
mod screenshots;
mod smoke;
mod tables;
mod tidy;
mod types;

use clap::{Parser, Subcommand};
use xshell::Shell;

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Everything that must hold before a change lands: format, lints, tidy, docs and all tests.
    Test,
    /// Checks of the continuous integration: `test`, then the library as it would be published.
    Ci,
    /// Checks the rules of docs/architecture.md and CONTRIBUTING.md: layers, confined technology,
    /// sources, docs, language.
    Tidy,
    /// Writes docs/api/openapi.json anew from the code.
    Openapi,
    /// Measures the promises of docs/performance.md with optimised builds.
    Bench(bench::Options),
    /// Runs the tests that kill, freeze and starve real processes, in their long form; prints a
    /// table row for each.
    Chaos(chaos::Options),
    /// Puts load on servers of its own and prints what docs/performance.md and
    /// docs/reliability.md promise: throughput, CPU, memory, outages, overload, sizes.
    Load(load::Options),
    /// The files of deploy/.
    #[command(subcommand)]
    Deploy(deploy::Command),
    /// Tries a running deployment from outside; without an address, a process of its own, with
    /// drills of backup and restore.
    Smoke(smoke::Options),
    /// Checks the OpenAPI documents with an independent validator, and asks a process of the
    /// command's own for all that they describe and exclude, with Schemathesis.
    Fuzz(fuzz::Options),
    /// Makes a release: the stripped program, archive, checksums, licences, bill of materials.
    Dist,
    /// Compression dictionaries for stored documents.
    #[command(subcommand)]
    Dict(dict::Command),
    /// Grants points, and lists their movements: `maple-expectation points`.
    #[command(disable_help_flag = true)]
    Points(operator::Options),
    /// Checks the ledger: `maple-expectation ledger`.
    #[command(disable_help_flag = true)]
    Ledger(operator::Options),
    /// Lists undelivered messages, and disposes of dead letters: `maple-expectation outbox`.
    #[command(disable_help_flag = true)]
    Outbox(operator::Options),
    /// Checks the counts of likes: `maple-expectation likes`.
    #[command(disable_help_flag = true)]
    Likes(operator::Options),
    /// Lists members, and ends their sessions: `maple-expectation members`.
    #[command(disable_help_flag = true)]
    Members(operator::Options),
    /// Shows the plan and the time of each hot query with and without its index, and writes the
    /// rows of docs/performance.md.
    Explain(explain::Options),
    /// Takes the pictures of the main pages in docs/images.
    Screenshots {
        /// The service to take them of; without it one is built.
        #[arg(long)]
        program: Option<std::path::PathBuf>,
    },
    /// Checks the pages' scripts, and a TypeScript client, against the types of the API.
    Types,
    /// Computes from measured unit costs what so many people need, and what gives out first.
    Capacity(capacity::Options),
    /// Generates clients in Python and Go from the OpenAPI document, and compiles them.
    Clients,
    /// Builds the data files of `cube-probability` from the published tables.
    Tables(tables::Options),
}

fn main() -> anyhow::Result<()> {
    let command = Cli::parse().command;
    let shell = Shell::new()?;
    shell.change_dir(root());
    match command {
        Command::Test => check::test(&shell),
        Command::Ci => check::ci(&shell),
        Command::Tidy => tidy::run(root()),
        Command::Openapi => openapi(&shell),
        Command::Bench(options) => bench::run(&shell, &options),
        Command::Chaos(options) => chaos::run(&shell, &options),
        Command::Load(options) => load::run(&shell, &options),
        Command::Deploy(command) => deploy::run(&shell, &command),
        Command::Smoke(options) => smoke::run(&shell, &options),
        Command::Fuzz(options) => fuzz::run(&shell, &options),
        Command::Dist => dist::run(&shell),
        Command::Dict(command) => dict::run(&shell, &command),
        Command::Points(options) => operator::run(&shell, "points", &options),
        Command::Ledger(options) => operator::run(&shell, "ledger", &options),
        Command::Outbox(options) => operator::run(&shell, "outbox", &options),
        Command::Likes(options) => operator::run(&shell, "likes", &options),
        Command::Members(options) => operator::run(&shell, "members", &options),
        Command::Explain(options) => explain::run(&shell, &options),
        Command::Screenshots { program } => screenshots::run(&shell, program),
        Command::Types => types::check(&shell),
        Command::Capacity(options) => {
            capacity::run(&options);
            Ok(())
        }
        Command::Clients => clients::check(&shell),
        Command::Tables(options) => tables::run(root(), &options),
    }
}

fn openapi(shell: &Shell) -> anyhow::Result<()> {
    let document = xshell::cmd!(shell, "cargo run --quiet --package server -- openapi").read()?;
    // `read` takes the last line feed off.
    shell.write_file("docs/api/openapi.json", document + "\n")?;
    Ok(())
}

/// The folder that cargo builds into.
fn target_directory(shell: &Shell) -> anyhow::Result<std::path::PathBuf> {
    let metadata = cargo_metadata::MetadataCommand::new()
        .current_dir(shell.current_dir())
        .no_deps()
        .exec()?;
    Ok(metadata.target_directory.into_std_path_buf())
}

/// The folder of the workspace.
fn root() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("this package lies one level below the workspace")
}
