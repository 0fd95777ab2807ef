//! Builds the stats that stars give from the collected table.
//!
//! One line per kind of gain and lowest item level, with the gains of star 1, 2, 3, ...

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

const HEADER: &str = "\
# Stats that stars give, built by `cargo xtask tables`. Do not edit.
# <kind> <lowest item level> <gain of star 1> <of star 2> ...
";

/// A row of the collected table.
#[derive(Deserialize)]
struct StarRow {
    kind: String,
    level_min: u16,
    star: usize,
    gain: u32,
}

/// Writes `star_stats.txt` into `out` from `starforce_stats.csv` in `shared/data`.
pub(super) fn build(shared: &Path, out: &Path) -> anyhow::Result<()> {
    let source = shared.join("data/starforce_stats.csv");
    let mut reader =
        csv::Reader::from_path(&source).with_context(|| format!("reading {}", source.display()))?;
    let mut gains: BTreeMap<(String, u16), Vec<u32>> = BTreeMap::new();
    for row in reader.deserialize() {
        let row: StarRow =
            row.with_context(|| format!("unexpected row in {}", source.display()))?;
        let stars = gains.entry((row.kind, row.level_min)).or_default();
        stars.push(row.gain);
        ensure!(stars.len() == row.star, "star {} is out of order", row.star);
    }
    let mut text = String::from(HEADER);
    for ((kind, level), stars) in gains {
        write!(text, "{kind} {level}")?;
        for gain in stars {
            write!(text, " {gain}")?;
        }
        text.push('\n');
    }
    let target = out.join("star_stats.txt");
    fs::write(&target, text).with_context(|| format!("writing {}", target.display()))
}
