//! `maple-expectation completion`: the cost of bringing a character's gear to a target.

use api::expectation::{CompletionRequest, PresetWord};
use clap::Args;
use cube_probability::Method;
use pages::Lang;

use super::amount::meso;
use super::expectation::of_character;
use super::failure::Failure;
use super::star_arguments::StarArguments;
use crate::config::Config;

/// A character and a target.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The character's name.
    name: String,
    /// A named target, as `GET /api/v1/rules` lists them.
    #[arg(long, value_name = "NAME")]
    template: String,
    /// Presets to answer for.
    #[arg(long, value_enum, default_value_t)]
    preset: PresetWord,
    /// The method for the potentials.
    #[arg(long, value_name = "METHOD", default_value_t = Method::MesoPotential)]
    potential_method: Method,
    /// The method for the additional potentials.
    #[arg(long, value_name = "METHOD", default_value_t = Method::MesoAdditional)]
    additional_method: Method,
    /// An amount of meso whose chance of being enough for everything is asked for, such as 100b.
    #[arg(long, value_name = "MESO", value_parser = meso, allow_negative_numbers = true)]
    budget: Option<i64>,
    #[command(flatten)]
    star_force: StarArguments,
    /// The rule set; the current one without.
    #[arg(long)]
    rules: Option<String>,
    /// Ask the upstream even when what is stored is fresh.
    #[arg(long)]
    refresh: bool,
    /// Print the body the API gives instead of a table.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, arguments: &Arguments, lang: Lang) -> Result<(), Failure> {
    let question = CompletionRequest {
        template: Some(arguments.template.clone()),
        preset: arguments.preset,
        potential_method: arguments.potential_method,
        additional_method: arguments.additional_method,
        budget_meso: arguments.budget,
        star_force: arguments.star_force.options(),
        rules: arguments.rules.clone(),
        ..CompletionRequest::default()
    };
    let terms = question.checked()?;
    let options = question.options();
    let (name, shown) = (&arguments.name, (arguments.refresh, arguments.json, lang));
    of_character(config, name, shown, &options, terms).await
}
