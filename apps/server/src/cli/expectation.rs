//! `maple-expectation expectation`: the API's answer on the command line.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueHint};
use cube_probability::{Method, Rules};
use equipment::{
    Aged, Equipment, EquippedCharacter, EvaluationOptions, Evaluator, Expectation, HashedReadings,
    Lookup, MAX_DOCUMENT_BYTES,
};
use indicatif::ProgressBar;
use kernel::{CharacterName, SystemClock};
use pages::Lang;
use planning::{Detail, StatSheet};
use telemetry::Metrics;

use super::failure::Failure;
use super::star_arguments::StarArguments;
use super::{stdout, table};
use crate::config::Config;
use crate::routes::refresh;
use crate::wiring::wire;
use api::calculations::potential::UtilityWord;
use api::expectation::{
    ExpectationOptions, ExpectationResponse, GoalWord, PresetWord, StartWord, Subject,
};
use api::responses::{DetailWord, Provenance};

/// Gear to be priced, and the form of the answer.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The character's name.
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    name: Option<String>,
    /// An equipment document of the Nexon Open API instead of a character.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: Option<PathBuf>,
    /// The class to judge a document by, in Korean, where the document does not name it.
    #[arg(long, conflicts_with = "name")]
    class: Option<String>,
    /// The character's level, for a document.
    #[arg(long, conflicts_with = "name", value_parser = clap::value_parser!(u16).range(1..=300))]
    level: Option<u16>,
    /// Presets to be priced; all with --json.
    #[arg(long, value_enum)]
    preset: Option<PresetWord>,
    /// State before the first reset.
    #[arg(long, value_enum, default_value_t)]
    from: StartWord,
    /// Method that resets the potentials.
    #[arg(long, value_name = "METHOD", default_value_t = Method::MesoPotential)]
    potential_method: Method,
    /// Method that resets the additional potentials.
    #[arg(long, value_name = "METHOD", default_value_t = Method::MesoAdditional)]
    additional_method: Method,
    /// The rule set; the current one without.
    #[arg(long)]
    rules: Option<String>,
    #[command(flatten)]
    chosen: Chosen,
    /// Ask the upstream even when what is stored is fresh.
    #[arg(long)]
    refresh: bool,
    /// Print the body the API gives instead of a table.
    #[arg(long)]
    json: bool,
}

/// The meaning of "this gear again", and the terms of star force.
#[derive(Debug, Args)]
struct Chosen {
    /// The meaning of "this gear again": `as_strong` without where a stat sheet is known.
    #[arg(long, value_enum)]
    goal: Option<GoalWord>,
    /// Treatment of item drop, meso, cooldown and autosteal lines.
    #[arg(long, value_enum, default_value_t)]
    utility: UtilityWord,
    /// The sources of the character's stat sheet.
    #[arg(long, value_enum, default_value_t, conflicts_with = "file")]
    detail: DetailWord,
    /// A JSON file with the stat sheet that strength is judged by, or with the answer that has it.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    sheet: Option<PathBuf>,
    #[command(flatten)]
    star_force: StarArguments,
}

pub(super) async fn run(config: &Config, arguments: &Arguments, lang: Lang) -> Result<(), Failure> {
    let options = arguments.options()?;
    let terms = options.checked()?;
    match (&arguments.file, &arguments.name) {
        (Some(file), _) => {
            let answer = of_file(file, arguments, &options, terms)?;
            print_answer(&answer, arguments.json, lang)
        }
        (None, name) => {
            let name = name.as_deref().unwrap_or_default();
            let shown = (arguments.refresh, arguments.json, lang);
            of_character(config, name, shown, &options, terms).await
        }
    }
}

/// Evaluates a character's gear and prints the answer, as far as there is one.
pub(super) async fn of_character(
    config: &Config,
    name: &str,
    (now, json, lang): (bool, bool, Lang),
    options: &ExpectationOptions,
    (rules, evaluation): (&'static Rules, EvaluationOptions),
) -> Result<(), Failure> {
    let name = character_name(name)?;
    let needs_stats = evaluation.needs_readings();
    let detail = options.detail.into();
    let (lookup, readings, source) = ask(config, &name, now, detail, needs_stats).await?;
    match lookup {
        Lookup::Full(known) => {
            let evaluation = evaluation.of_wearer(&known.value.character, readings);
            print_answer(&of_wearer(&known, options, rules, &evaluation)?, json, lang)
        }
        Lookup::Partial { character, missing } => {
            let provenance = Provenance::without_equipment(&character, source, &missing);
            let answer = ExpectationResponse::partial(provenance, rules, options);
            print_answer(&answer, json, lang)?;
            Err(missing.into())
        }
    }
}

pub(super) fn character_name(name: &str) -> Result<CharacterName, Failure> {
    name.parse()
        .map_err(|error: kernel::InvalidName| Failure::BadInput(error.to_string()))
}

/// The stat sheet in a JSON file, if one is named.
pub(super) fn stat_sheet(file: Option<&Path>) -> Result<Option<StatSheet>, Failure> {
    let Some(file) = file else {
        return Ok(None);
    };
    let bad = |what: String| Failure::BadInput(format!("{}: {what}", file.display()));
    let text = std::fs::read(file).map_err(|error| bad(error.to_string()))?;
    let mut sheet: serde_json::Value =
        serde_json::from_slice(&text).map_err(|error| bad(error.to_string()))?;
    if let Some(answered) = sheet.get_mut("sheet") {
        sheet = answered.take();
    }
    let sheet = serde_json::from_value(sheet);
    sheet.map(Some).map_err(|error| bad(error.to_string()))
}

fn print_answer(answer: &ExpectationResponse, as_json: bool, lang: Lang) -> Result<(), Failure> {
    if as_json {
        stdout::json(answer)
    } else {
        stdout::text(table::of(answer, lang))
    }
}

impl Arguments {
    fn options(&self) -> Result<ExpectationOptions, Failure> {
        let default = if self.json {
            PresetWord::All
        } else {
            PresetWord::Active
        };
        Ok(ExpectationOptions {
            preset: self.preset.unwrap_or(default),
            from: self.from,
            potential_method: self.potential_method,
            additional_method: self.additional_method,
            rules: self.rules.clone(),
            goal: self.chosen.goal,
            detail: self.chosen.detail,
            utility: self.chosen.utility,
            star_force: self.chosen.star_force.options(),
            stat_sheet: stat_sheet(self.chosen.sheet.as_deref())?,
            ..ExpectationOptions::default()
        })
    }
}

fn of_file(
    file: &Path,
    arguments: &Arguments,
    options: &ExpectationOptions,
    (rules, mut evaluation): (&'static Rules, EvaluationOptions),
) -> Result<ExpectationResponse, Failure> {
    let equipment = read(file)?;
    evaluation.class.clone_from(&arguments.class);
    evaluation.character_level = arguments.level;
    let expectation = evaluate(&equipment, rules, &evaluation);
    let subject = Subject {
        class: arguments.class.clone().or(equipment.class),
        level: arguments.level,
        ..Subject::default()
    };
    Ok(ExpectationResponse::of_subject(
        subject,
        &expectation,
        rules,
        options,
    ))
}

fn read(file: &Path) -> Result<Equipment, Failure> {
    let bad =
        |what: &dyn std::fmt::Display| Failure::BadInput(format!("{}: {what}", file.display()));
    let document = std::fs::read(file).map_err(|error| bad(&error))?;
    if document.len() > MAX_DOCUMENT_BYTES {
        return Err(bad(&format_args!(
            "a document has at most {MAX_DOCUMENT_BYTES} bytes, this one has {}",
            document.len()
        )));
    }
    nexon_http::read_equipment(&document).map_err(|error| bad(&error))
}

/// Looks a character up: its equipment, its stats where they are needed, and the source.
pub(super) async fn ask(
    config: &Config,
    name: &CharacterName,
    now: bool,
    detail: Detail,
    needs_stats: bool,
) -> Result<(Lookup, Option<HashedReadings>, &'static str), Failure> {
    let now = refresh(now);
    let spinner = ProgressBar::new_spinner().with_message(format!("asking for {name}"));
    let wired = wire(config, &Metrics::new(), Arc::new(SystemClock)).await?;
    let characters = &wired.characters;
    let known = if needs_stats {
        characters.equipment_and_stats(name, now, detail).await
    } else {
        let lookup = characters.equipment(name, now).await;
        lookup.map(|lookup| (lookup, None))
    };
    let source = wired.source;
    wired.close().await?;
    spinner.finish_and_clear();
    let (lookup, stats) = known?;
    Ok((lookup, stats.map(|stats| stats.value), source))
}

fn of_wearer(
    known: &Aged<EquippedCharacter>,
    options: &ExpectationOptions,
    rules: &'static Rules,
    evaluation: &EvaluationOptions,
) -> Result<ExpectationResponse, Failure> {
    let equipment = known.value.equipment().map_err(anyhow::Error::from)?;
    let expectation = evaluate(&equipment, rules, evaluation);
    let provenance = Provenance::with_age(known);
    Ok(ExpectationResponse::of_wearer(
        provenance,
        &expectation,
        rules,
        options,
    ))
}

/// Evaluates item by item, with a bar on a terminal.
fn evaluate(
    equipment: &Equipment,
    rules: &'static Rules,
    options: &EvaluationOptions,
) -> Expectation {
    let bar = ProgressBar::new(0);
    let Ok(expectation) = Evaluator::new().evaluate_each(equipment, rules, options, |item| {
        bar.set_length(item.of as u64);
        bar.inc(1);
        Ok::<_, Infallible>(())
    });
    bar.finish_and_clear();
    expectation
}
