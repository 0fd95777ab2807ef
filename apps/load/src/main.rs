//! Load and measurements of real server processes: `cargo xtask load`, `cargo xtask bench
//! instructions`, `cargo xtask bench costs`, `cargo xtask bench --instances` and `cargo xtask dict train`.
//!
//! The servers are processes of the program `maple-expectation`, which must be built beside this
//! one and for the same profile.

mod baseline;
mod costs;
mod dictionary;
mod documents;
mod expected;
mod figures;
mod instances;
mod instructions;
mod process;
mod scenarios;

use std::path::PathBuf;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Load and measurements of real server processes.
#[derive(Debug, Parser)]
enum Command {
    /// Measures promises that are kept under load: throughput, CPU, memory, outages, overload.
    Scenarios(scenarios::Options),
    /// Measures one, two and three instances over one MariaDB and one Redis.
    Instances(instances::Options),
    /// Measures what each kind of answer costs, for `cargo xtask capacity`.
    Costs(costs::Options),
    /// Counts the instructions of an answer, against a bare handler's.
    Instructions(instructions::Options),
    /// Trains the next dictionary for stored documents.
    Dictionary(dictionary::Options),
    /// Serves the bodies in this folder without the service, to compare with.
    #[command(hide = true)]
    Baseline {
        /// Folder with a file for each content coding.
        folder: PathBuf,
    },
}

fn main() -> anyhow::Result<()> {
    match Command::parse() {
        Command::Scenarios(options) => scenarios::run(&options),
        Command::Instances(options) => instances::run(&options),
        Command::Costs(options) => costs::run(&options),
        Command::Instructions(options) => instructions::run(&options),
        Command::Dictionary(options) => dictionary::run(&options),
        Command::Baseline { folder } => baseline::serve(&folder),
    }
}
