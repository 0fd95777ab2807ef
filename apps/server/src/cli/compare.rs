//! `maple-expectation compare`: every method for one goal, and the cheapest mix of them.

use std::collections::BTreeMap;

use api::calculations::potential::{CompareRequest, StartingState};
use clap::Args;
use cube_probability::{Grade, Layer, Method, Part};
use pages::Lang;

use super::amount::meso;
use super::calculations::print;
use super::failure::Failure;
use super::report;

/// One item and a goal, for every method.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The condition on the three lines, such as `int_pct >= 30`.
    goal: String,
    /// The kind of equipment.
    #[arg(long)]
    part: Part,
    /// The item's required level.
    #[arg(long, value_name = "LEVEL", allow_negative_numbers = true)]
    item_level: i64,
    /// `potential` or `additional_potential`.
    #[arg(long, default_value_t = Layer::Potential)]
    layer: Layer,
    /// The grade now.
    #[arg(long, value_name = "GRADE", default_value_t = Grade::Rare)]
    from: Grade,
    /// Meso a cube costs, where that differs from the default, such as red=12m.
    #[arg(long, value_name = "METHOD=MESO", value_delimiter = ',', value_parser = price)]
    prices: Vec<(Method, i64)>,
    /// An amount of meso whose chance of being enough is asked for, such as 10b.
    #[arg(long, value_name = "MESO", value_parser = meso, allow_negative_numbers = true)]
    budget: Option<i64>,
    /// The probability of the one quantile wanted; the default ones without.
    #[arg(long, value_name = "CHANCE", allow_negative_numbers = true)]
    quantile: Option<f64>,
    /// The rule set; the current one without.
    #[arg(long)]
    rules: Option<String>,
    /// Print the body the API gives instead of a table.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, lang: Lang) -> Result<(), Failure> {
    let prices = arguments.prices.iter();
    let prices = prices.map(|(method, meso)| (method.to_string(), *meso));
    let question = CompareRequest {
        part: arguments.part.to_string(),
        item_level: arguments.item_level,
        layer: Some(arguments.layer.to_string()),
        from: StartingState {
            grade: arguments.from.to_string(),
            failures: 0,
        },
        goal: arguments.goal.clone(),
        prices: prices.collect::<BTreeMap<_, _>>(),
        budget_meso: arguments.budget,
        quantile: arguments.quantile,
        rules: arguments.rules.clone(),
    };
    let answer = question.answer()?;
    print(&answer, arguments.json, lang, report::of_comparison)
}

fn price(text: &str) -> Result<(Method, i64), String> {
    let bad = || format!("`{text}` is not like red=12m");
    let (method, amount) = text.split_once('=').ok_or_else(bad)?;
    let method = method.parse::<Method>();
    let method = method.map_err(|error| error.to_string())?;
    Ok((method, meso(amount)?))
}
