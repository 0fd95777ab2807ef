//! `maple-expectation flame`: the odds of a score by 환생의 불꽃.

use std::collections::BTreeMap;

use api::calculations::flame::FlameRequest;
use clap::Args;
use cube_probability::Part;
use pages::Lang;

use super::amount::meso;
use super::calculations::{Shown, print};
use super::failure::Failure;
use super::report;

/// One item, a flame, and a score to reach.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The flame: `powerful`, `eternal`, `black`, `burning`, `abyss` or `meso`.
    #[arg(long)]
    flame: String,
    /// The kind of equipment.
    #[arg(long)]
    part: Part,
    /// The item's required level.
    #[arg(long, value_name = "LEVEL", allow_negative_numbers = true)]
    item_level: i64,
    /// Equipment of bosses, which always has four options.
    #[arg(long)]
    boss_gear: bool,
    /// The score of a point of each stat, such as `int=1,all_stat_pct=10`.
    #[arg(long, value_name = "STAT=SCORE", value_delimiter = ',', value_parser = weight, required = true)]
    weights: Vec<(String, f64)>,
    /// The score to reach.
    #[arg(long, value_name = "SCORE", allow_negative_numbers = true)]
    at_least: f64,
    /// A weapon's own 공격력 without any upgrade.
    #[arg(long, allow_negative_numbers = true)]
    attack: Option<i64>,
    /// A weapon's own 마력 without any upgrade.
    #[arg(long, allow_negative_numbers = true)]
    magic: Option<i64>,
    /// The meso of one flame, such as 8m; that of `meso` is published.
    #[arg(long, value_name = "MESO", value_parser = meso, allow_negative_numbers = true)]
    price: Option<i64>,
    #[command(flatten)]
    shown: Shown,
}

pub(super) fn run(arguments: &Arguments, lang: Lang) -> Result<(), Failure> {
    let question = FlameRequest {
        flame: arguments.flame.clone(),
        part: arguments.part.to_string(),
        item_level: arguments.item_level,
        boss_gear: arguments.boss_gear,
        weights: BTreeMap::from_iter(arguments.weights.clone()),
        at_least: arguments.at_least,
        attack: arguments.attack,
        magic: arguments.magic,
        price_meso: arguments.price,
        budget_meso: arguments.shown.budget,
        quantiles: arguments.shown.quantiles.clone(),
    };
    let answer = question.answer()?;
    print(&answer, arguments.shown.json, lang, report::of_flame)
}

fn weight(text: &str) -> Result<(String, f64), String> {
    let bad = || format!("`{text}` is not like int=1");
    let (stat, score) = text.split_once('=').ok_or_else(bad)?;
    let score = score.parse().map_err(|_| bad())?;
    Ok((stat.to_owned(), score))
}
