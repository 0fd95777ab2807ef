//! Builds the star force figures of `cube-probability` from the collected tables.
//!
//! The published decimals become integers: chances in parts per million, exponents in tenths.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};

/// The rule sets of rates that the library carries. `gms_pre_savior` is left out: it is another
/// region's table, and no attempt costs of its time are known.
const RATES: [&str; 4] = [
    "kms_2026-03-19",
    "kms_2025-03-20",
    "kms_before_2025-03-20",
    "superior",
];

/// The rule sets of attempt costs that the library carries.
const COSTS: [&str; 2] = ["kms_current", "kms_before_2025-03-20"];

/// Writes `star_force.txt` into `out` from the `starforce_*.csv` files in `shared/data`.
pub(super) fn build(shared: &Path, out: &Path) -> anyhow::Result<()> {
    let data = shared.join("data");
    let mut text = String::from(
        "# Star force figures, built by `cargo xtask tables`. Do not edit.\n\
         # rates <rules> <star> <success> <keep> <drop> <destroy>, in parts per million\n\
         # cost <rules> <star> <exponent in tenths> <divisor>\n\
         # max <kind> <level from> <level to> <stars>\n\
         # copies <trace star> <spare items of a full restore>\n\
         # fee <item level> <trace star> <meso of a full restore>\n",
    );
    rates(&Rows::read(&data.join("starforce_rates.csv"))?, &mut text)?;
    costs(&Rows::read(&data.join("starforce_cost.csv"))?, &mut text)?;
    stars(&Rows::read(&data.join("starforce_max.csv"))?, &mut text)?;
    restores(&Rows::read(&data.join("starforce_restore.csv"))?, &mut text)?;
    let target = out.join("star_force.txt");
    fs::write(&target, text).with_context(|| format!("writing {}", target.display()))
}

fn rates(rows: &Rows, text: &mut String) -> anyhow::Result<()> {
    for rules in RATES {
        for row in rows.of_rule(rules)? {
            let parts: Vec<u64> = ["success", "keep", "drop", "destroy"]
                .iter()
                .map(|column| scaled(rows.field(row, column)?, 6))
                .collect::<anyhow::Result<_>>()?;
            ensure!(
                parts.iter().sum::<u64>() == 1_000_000,
                "the chances of {rules} at star {} do not add up to one",
                rows.field(row, "star")?
            );
            writeln!(
                text,
                "rates {rules} {} {} {} {} {}",
                rows.field(row, "star")?,
                parts[0],
                parts[1],
                parts[2],
                parts[3]
            )?;
        }
    }
    Ok(())
}

fn costs(rows: &Rows, text: &mut String) -> anyhow::Result<()> {
    for rules in COSTS {
        for row in rows.of_rule(rules)? {
            writeln!(
                text,
                "cost {rules} {} {} {}",
                rows.field(row, "star")?,
                scaled(rows.field(row, "exponent")?, 1)?,
                rows.field(row, "divisor")?
            )?;
        }
    }
    Ok(())
}

fn stars(rows: &Rows, text: &mut String) -> anyhow::Result<()> {
    for row in &rows.rows {
        writeln!(
            text,
            "max {} {} {} {}",
            rows.field(row, "item_kind")?,
            rows.field(row, "level_min")?,
            rows.field(row, "level_max")?,
            rows.field(row, "max_star")?
        )?;
    }
    Ok(())
}

/// The spare items of a full restore depend on the star alone, its fee on the level too.
fn restores(rows: &Rows, text: &mut String) -> anyhow::Result<()> {
    let mut copies = BTreeMap::new();
    let mut fees = String::new();
    for row in &rows.rows {
        let star: u8 = rows.field(row, "trace_star")?.parse()?;
        let needed = rows.field(row, "copies")?;
        if let Some(before) = copies.insert(star, needed) {
            ensure!(
                before == needed,
                "star {star} needs {before} copies at one level and {needed} at another"
            );
        }
        writeln!(
            fees,
            "fee {} {star} {}",
            rows.field(row, "level")?,
            rows.field(row, "restore_meso")?
        )?;
    }
    for (star, needed) in copies {
        writeln!(text, "copies {star} {needed}")?;
    }
    text.push_str(&fees);
    Ok(())
}

/// A decimal number without its decimal point, at `places` places; more places are an error.
fn scaled(decimal: &str, places: usize) -> anyhow::Result<u64> {
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    let fraction = fraction.trim_end_matches('0');
    ensure!(
        fraction.len() <= places,
        "`{decimal}` has more than {places} decimal places"
    );
    format!("{whole}{fraction:0<places$}")
        .parse()
        .with_context(|| format!("`{decimal}` is not a decimal number"))
}

/// A table with named columns. Only the last columns of these tables, free text, are ever quoted,
/// and they are not read.
struct Rows {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Rows {
    fn read(path: &Path) -> anyhow::Result<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let mut lines = text
            .lines()
            .map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
        let Some(columns) = lines.next() else {
            bail!("{} is empty", path.display());
        };
        Ok(Self {
            columns,
            rows: lines.collect(),
        })
    }

    fn field<'r>(&self, row: &'r [String], column: &str) -> anyhow::Result<&'r str> {
        self.columns
            .iter()
            .position(|name| name == column)
            .and_then(|index| row.get(index))
            .map(String::as_str)
            .with_context(|| format!("a row without the column `{column}`"))
    }

    /// The rows of one rule set in the order of their stars, which must be 0, 1, 2, ...
    fn of_rule(&self, rules: &str) -> anyhow::Result<Vec<&Vec<String>>> {
        let mut found = Vec::new();
        for row in &self.rows {
            if self.field(row, "rule")? == rules {
                ensure!(
                    self.field(row, "star")?.parse() == Ok(found.len()),
                    "the stars of {rules} are not in order"
                );
                found.push(row);
            }
        }
        ensure!(!found.is_empty(), "no rows of {rules}");
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::scaled;

    #[test]
    fn decimals_lose_their_point_and_nothing_else() {
        assert_eq!(scaled("0.716125", 6).unwrap(), 716_125);
        assert_eq!(scaled("1", 6).unwrap(), 1_000_000);
        assert_eq!(scaled("2.7", 1).unwrap(), 27);
        assert!(scaled("0.1234567", 6).is_err());
        assert!(scaled("often", 6).is_err());
    }
}
