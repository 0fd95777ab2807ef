//! `cargo xtask explain`: measurement of each index, and its rows in docs/performance.md.

use anyhow::{Context, ensure};
use xshell::{Shell, cmd};

/// Options of the measurement.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The rows of each table.
    #[arg(long, default_value_t = 1_000_000)]
    rows: u64,
    /// A MariaDB that keeps the rows for the next run; a private one for this run without it.
    #[arg(long)]
    url: Option<String>,
}

const DOCUMENT: &str = "docs/performance.md";
const BEGIN: &str = "<!-- written by `cargo xtask explain` -->";
const END: &str = "<!-- end -->";

/// Runs the bench and, for the full number of rows, keeps what it prints.
pub(crate) fn run(shell: &Shell, options: &Options) -> anyhow::Result<()> {
    let rows = options.rows.to_string();
    let url = options.url.iter().flat_map(|url| ["--url", url.as_str()]);
    // The time is the server's; an optimised build would take minutes for nothing.
    let table = cmd!(
        shell,
        "cargo bench --profile dev --workspace --all-features --locked --bench explain -- --rows {rows} {url...}"
    )
    .read()?;
    println!("{table}");
    if options.rows == 1_000_000 {
        let document = shell.read_file(DOCUMENT)?;
        shell.write_file(DOCUMENT, with_rows(&document, &table)?)?;
    }
    Ok(())
}

/// The document with these rows in the place of those of an earlier run.
fn with_rows(document: &str, table: &str) -> anyhow::Result<String> {
    let (before, rest) = document
        .split_once(BEGIN)
        .context("the place for the rows is gone")?;
    let (_, after) = rest
        .split_once(END)
        .context("the end of the rows is gone")?;
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with('|')).collect();
    ensure!(rows.len() > 2, "nothing was measured:\n{table}");
    Ok(format!(
        "{before}{BEGIN}\n\n{}\n\n{END}{after}",
        rows.join("\n")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_rows_take_the_place_of_the_old() {
        let document = format!("a\n{BEGIN}\n| old |\n{END}\nz\n");
        let table = "| head |\n|---|\n| new |\n(medians)";
        let expected = format!("a\n{BEGIN}\n\n| head |\n|---|\n| new |\n\n{END}\nz\n");
        assert_eq!(with_rows(&document, table).unwrap(), expected);
        assert!(with_rows("a", table).is_err());
        assert!(with_rows(&document, "failed").is_err());
    }
}
