//! The tables of potentials: option pools, rates, pities and prices.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use cube_probability::{Grade, Part};
use serde::Deserialize;
use serde::de::DeserializeOwned;

const HEADER: &str =
    "# Built by `cargo xtask tables` from the published tables; not edited by hand.\n";

/// Writes `pools.txt` and `rates.txt`.
pub(crate) fn build(shared: &Path, out: &Path) -> anyhow::Result<()> {
    let data = shared.join("data");
    write(&out.join("pools.txt"), &pools(&data)?)?;
    write(&out.join("rates.txt"), &rates(&data)?)
}

/// The rows of one published table, with the columns of `T`.
fn read<T: DeserializeOwned>(data: &Path, table: &str) -> anyhow::Result<Vec<T>> {
    let path = data.join(table);
    let mut reader =
        csv::Reader::from_path(&path).with_context(|| format!("cannot read {}", path.display()))?;
    reader
        .deserialize()
        .collect::<Result<_, _>>()
        .with_context(|| format!("unexpected row in {}", path.display()))
}

fn write(path: &Path, body: &str) -> anyhow::Result<()> {
    std::fs::write(path, format!("{HEADER}{body}"))
        .with_context(|| format!("cannot write {}", path.display()))
}

fn part(korean: &str) -> anyhow::Result<Part> {
    Part::from_korean(korean).with_context(|| format!("unknown part {korean}"))
}

fn grade(korean: &str) -> anyhow::Result<Grade> {
    Grade::from_korean(korean).with_context(|| format!("unknown grade {korean}"))
}

#[derive(Deserialize)]
struct PoolRow {
    pool_id: String,
    option_text_ko: String,
    weight: u32,
    total_weight: u32,
}

#[derive(Deserialize)]
struct BandRow {
    family: String,
    part: String,
    level_min: u16,
    level_max: u16,
    pool_grade: String,
    pool_id: String,
}

/// Options, then pools of them by weight, then which pools an item of a part and level has.
fn pools(data: &Path) -> anyhow::Result<String> {
    let rows: Vec<PoolRow> = read(data, "potential_pools.csv")?;
    let mut option_numbers = BTreeMap::new();
    let mut pools: BTreeMap<&str, (u32, BTreeMap<u32, Vec<usize>>)> = BTreeMap::new();
    let mut text = String::new();
    for row in &rows {
        let next = option_numbers.len();
        let option = *option_numbers.entry(&row.option_text_ko).or_insert(next);
        if option == next {
            writeln!(text, "option {}", row.option_text_ko)?;
        }
        let (total, weights) = pools.entry(&row.pool_id).or_default();
        *total = row.total_weight;
        weights.entry(row.weight).or_default().push(option);
    }
    for (total, weights) in pools.values() {
        write!(text, "pool {total}")?;
        for (weight, options) in weights.iter().rev() {
            let options: Vec<_> = options.iter().map(ToString::to_string).collect();
            write!(text, " {weight}:{}", options.join(","))?;
        }
        writeln!(text)?;
    }
    let numbers: BTreeMap<&str, usize> = pools.keys().copied().zip(0..).collect();
    write_bands(data, &numbers, &mut text)?;
    Ok(text)
}

fn write_bands(
    data: &Path,
    pools: &BTreeMap<&str, usize>,
    text: &mut String,
) -> anyhow::Result<()> {
    let mut bands: BTreeMap<_, Vec<(usize, usize)>> = BTreeMap::new();
    for row in read::<BandRow>(data, "potential_pool_map.csv")? {
        let below = match row.pool_grade.as_str() {
            "노멀" => 0,
            korean => grade(korean)? as usize + 1,
        };
        let pool = *pools
            .get(row.pool_id.as_str())
            .with_context(|| format!("no pool {}", row.pool_id))?;
        let family = row.family.to_lowercase();
        let band = (family, part(&row.part)?, row.level_min, row.level_max);
        bands.entry(band).or_default().push((below, pool));
    }
    for ((family, part, min, max), mut grades) in bands {
        grades.sort_unstable();
        let found: Vec<usize> = grades.iter().map(|(grade, _)| *grade).collect();
        ensure!(
            found == [0, 1, 2, 3, 4],
            "{family} {part} {min}-{max} lacks a grade: {found:?}"
        );
        let pools: Vec<_> = grades.iter().map(|(_, pool)| pool.to_string()).collect();
        writeln!(text, "band {family} {part} {min} {max} {}", pools.join(" "))?;
    }
    Ok(())
}

fn rates(data: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    write_prime_rates(data, &mut text)?;
    write_rises(data, &mut text)?;
    write_prices(data, &mut text)?;
    write_line_limits(data, &mut text)?;
    Ok(text)
}

#[derive(Deserialize)]
struct PrimeRow {
    cube: String,
    family: String,
    grade: String,
    line: u8,
    prime_rate: String,
    lower_rate: String,
}

/// `prime <cube> <family> <grade> <line> <millionths>`
fn write_prime_rates(data: &Path, text: &mut String) -> anyhow::Result<()> {
    for row in read::<PrimeRow>(data, "prime_rates.csv")? {
        let prime = millionths(&row.prime_rate)?;
        ensure!(
            prime + millionths(&row.lower_rate)? == 1_000_000,
            "the rates of {} {} line {} do not sum to one",
            row.cube,
            row.grade,
            row.line
        );
        let (cube, family, line) = (row.cube, row.family.to_lowercase(), row.line);
        writeln!(
            text,
            "prime {cube} {family} {} {line} {prime}",
            grade(&row.grade)?
        )?;
    }
    Ok(())
}

/// A decimal with at most six places as whole millionths.
fn millionths(decimal: &str) -> anyhow::Result<u32> {
    let (whole, places) = decimal.split_once('.').unwrap_or((decimal, ""));
    ensure!(places.len() <= 6, "{decimal} has more than six places");
    Ok(format!("{whole}{places:0<6}").parse()?)
}

#[derive(Deserialize)]
struct RiseRow {
    method: String,
    from_grade: String,
    probability: String,
    validity: String,
}

#[derive(Deserialize)]
struct PityRow {
    method: String,
    from_grade: String,
    failures_before_guarantee: Option<u32>,
}

/// `rise <method> <grade> <probability>` and `pity <method> <grade> <failures>`
fn write_rises(data: &Path, text: &mut String) -> anyhow::Result<()> {
    for row in read::<RiseRow>(data, "tier_up.csv")? {
        if !row.validity.starts_with("old") {
            let from = grade(&row.from_grade)?;
            writeln!(text, "rise {} {from} {}", row.method, row.probability)?;
        }
    }
    for row in read::<PityRow>(data, "pity.csv")? {
        if let Some(failures) = row.failures_before_guarantee {
            writeln!(
                text,
                "pity {} {} {failures}",
                row.method,
                grade(&row.from_grade)?
            )?;
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct ResetCostRow {
    kind: String,
    variant: String,
    level_min: u16,
    level_max: u16,
    grade: String,
    meso: u64,
}

#[derive(Deserialize)]
struct CubePriceRow {
    method: String,
    currency: String,
    price: u64,
}

#[derive(Deserialize)]
struct AppraisalRow {
    level_min: u16,
    level_max: u16,
    coefficient: String,
}

/// `reset_cost <method> <list> <level> <level> <rare> <epic> <unique> <legendary>`,
/// `cube_price <method> <meso>` and `appraisal <level> <level> <tenths>`
fn write_prices(data: &Path, text: &mut String) -> anyhow::Result<()> {
    let mut lists: BTreeMap<_, BTreeMap<Grade, u64>> = BTreeMap::new();
    for row in read::<ResetCostRow>(data, "reset_cost.csv")? {
        let method = format!("meso_{}", row.kind);
        let list = match row.variant.rsplit_once('_') {
            Some((_, period)) => period.to_owned(),
            None => row.variant,
        };
        let band = (method, list, row.level_min, row.level_max);
        lists
            .entry(band)
            .or_default()
            .insert(grade(&row.grade)?, row.meso);
    }
    for ((method, list, min, max), costs) in lists {
        let costs: Vec<_> = costs.values().map(ToString::to_string).collect();
        writeln!(
            text,
            "reset_cost {method} {list} {min} {max} {}",
            costs.join(" ")
        )?;
    }
    for row in read::<CubePriceRow>(data, "cube_price_defaults.csv")? {
        if row.currency == "meso" {
            writeln!(text, "cube_price {} {}", row.method, row.price)?;
        }
    }
    for row in read::<AppraisalRow>(data, "appraisal_fee.csv")? {
        let tenths = millionths(&row.coefficient)? / 100_000;
        writeln!(
            text,
            "appraisal {} {} {tenths}",
            row.level_min, row.level_max
        )?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct LimitRow {
    stat_prefix: String,
    max_lines: String,
}

/// `line_limit <category> <most lines now> <most lines before 2024-06>`
fn write_line_limits(data: &Path, text: &mut String) -> anyhow::Result<()> {
    for row in read::<LimitRow>(data, "line_limits.csv")? {
        let category = match row.stat_prefix.as_str() {
            "DECENT" => "decent_skill",
            "INVINCIBLE_AFTER_HIT" => "invincible_after_hit",
            "IGNORE_DMG_PCT_ON_HIT" => "ignore_damage_on_hit",
            "INVINCIBLE_ON_HIT" => "invincible_on_hit",
            "IED" => "ied",
            "BOSS_DMG" => "boss_damage",
            "DROP" => "drop",
            other => bail!("unknown limited category {other}"),
        };
        let (now, before) = match row.max_lines.split_once(" (was ") {
            Some((now, before)) => (now, before.trim_end_matches(')')),
            None => (row.max_lines.as_str(), row.max_lines.as_str()),
        };
        writeln!(text, "line_limit {category} {now} {before}")?;
    }
    Ok(())
}
