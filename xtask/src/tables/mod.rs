//! `cargo xtask tables`: builds the data files of `cube-probability` from the published tables.

mod potential;
mod star_force;
mod star_stats;

use std::path::{Path, PathBuf};

/// Location of the published tables.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The folder that holds `data/*.csv`.
    #[arg(long)]
    shared: PathBuf,
}

/// Writes every data file anew.
pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let out = root.join("crates/cube-probability/data");
    potential::build(&options.shared, &out)?;
    star_force::build(&options.shared, &out)?;
    star_stats::build(&options.shared, &out)?;
    println!("wrote {}", out.display());
    Ok(())
}
