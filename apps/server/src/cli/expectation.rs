//! `maple-expectation expectation`: the API's answer on the command line.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueHint};
use cube_probability::{Method, Rules};
use equipment::{
    Aged, Equipment, EquippedCharacter, EvaluationOptions, Evaluator, Expectation, Lookup,
    MAX_DOCUMENT_BYTES, PresetExpectation, StatReadings, Total,
};
use indicatif::ProgressBar;
use kernel::{CharacterName, SystemClock};
use planning::StatSheet;
use telemetry::Metrics;

use super::calculations::safeguard;
use super::failure::Failure;
use super::short_meso::short_meso;
use super::table;
use crate::config::Config;
use crate::routes::refresh;
use crate::wiring::wire;
use api::calculations::potential::UtilityWord;
use api::expectation::{
    ExpectationOptions, ExpectationResponse, GoalWord, PresetWord, SpareItemOptions,
    StarForceOptions, StartWord, Subject,
};
use api::responses::{DetailWord, Provenance};

/// What to price, and how to show it.
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
    /// Which presets to price; all with --json.
    #[arg(long, value_enum)]
    preset: Option<PresetWord>,
    /// Where the resets start.
    #[arg(long, value_enum, default_value_t)]
    from: StartWord,
    /// What resets the potentials.
    #[arg(long, value_name = "METHOD", default_value_t = Method::MesoPotential)]
    potential_method: Method,
    /// What resets the additional potentials.
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
    /// The price of a spare item, such as 3b, 500m or 1200000.
    #[arg(long, value_name = "MESO", default_value = "0", value_parser = short_meso)]
    spare: i64,
    /// The stars at which destruction is prevented, or `cheapest`.
    #[arg(long, value_name = "STARS", value_delimiter = ',')]
    safeguard: Vec<String>,
    /// The star force event in force.
    #[arg(long, value_enum)]
    event: Option<Event>,
}

/// An event of star force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Event {
    /// 샤이닝 스타포스: 30 % off, 30 % fewer destructions up to star 21, 20 % off full restores.
    Shining,
}

impl Chosen {
    fn star_force(&self) -> StarForceOptions {
        let is_shining = self.event == Some(Event::Shining);
        StarForceOptions {
            spare_item_meso: SpareItemOptions {
                default: self.spare,
                ..SpareItemOptions::default()
            },
            safeguard: safeguard(&self.safeguard),
            discount: if is_shining { 0.3 } else { 0.0 },
            fewer_destructions: is_shining,
            cheaper_restore: is_shining,
            ..StarForceOptions::default()
        }
    }

    fn stat_sheet(&self) -> Result<Option<StatSheet>, Failure> {
        let Some(file) = &self.sheet else {
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
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    let options = arguments.options()?;
    let (rules, evaluation) = options.checked()?;
    let answer = match (&arguments.file, &arguments.name) {
        (Some(file), _) => of_file(file, arguments, &options, rules, evaluation)?,
        (None, name) => {
            let name = name.as_deref().unwrap_or_default().parse();
            let name: CharacterName =
                name.map_err(|error: kernel::InvalidName| Failure::BadInput(error.to_string()))?;
            let needs_stats = evaluation.stat_sheet.is_none();
            let asked = ask(config, &name, arguments, needs_stats).await?;
            let (lookup, readings, source) = asked;
            let evaluation = EvaluationOptions {
                readings,
                ..evaluation
            };
            match lookup {
                Lookup::Full(known) => of_wearer(&known, &options, rules, evaluation)?,
                Lookup::Partial { character, missing } => {
                    let provenance = Provenance::without_equipment(&character, source, &missing);
                    let answer = ExpectationResponse::partial(provenance, rules, &options);
                    print_answer(&answer, arguments.json)?;
                    return Err(missing.into());
                }
            }
        }
    };
    print_answer(&answer, arguments.json)
}

fn print_answer(answer: &ExpectationResponse, as_json: bool) -> Result<(), Failure> {
    if as_json {
        let json = serde_json::to_string_pretty(answer).map_err(anyhow::Error::from)?;
        println!("{json}");
    } else {
        print!("{}", table::of(answer));
    }
    Ok(())
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
            star_force: self.chosen.star_force(),
            stat_sheet: self.chosen.stat_sheet()?,
            ..ExpectationOptions::default()
        })
    }
}

fn of_file(
    file: &Path,
    arguments: &Arguments,
    options: &ExpectationOptions,
    rules: &'static Rules,
    mut evaluation: EvaluationOptions,
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

/// What is known of the character, and where it comes from.
async fn ask(
    config: &Config,
    name: &CharacterName,
    arguments: &Arguments,
    needs_stats: bool,
) -> Result<(Lookup, Option<Arc<StatReadings>>, &'static str), Failure> {
    let (now, detail) = (refresh(arguments.refresh), arguments.chosen.detail.into());
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
    Ok((lookup, stats.map(|stats| Arc::new(stats.value)), source))
}

fn of_wearer(
    known: &Aged<EquippedCharacter>,
    options: &ExpectationOptions,
    rules: &'static Rules,
    mut evaluation: EvaluationOptions,
) -> Result<ExpectationResponse, Failure> {
    evaluation.class = Some(known.value.character.class.clone());
    evaluation.character_level = Some(known.value.character.level);
    let equipment = known.value.equipment().map_err(anyhow::Error::from)?;
    let expectation = evaluate(&equipment, rules, &evaluation);
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
    let evaluator = Evaluator::new();
    let mut evaluation = evaluator.evaluation(equipment, rules, options);
    let items: usize = evaluation.presets().map(|preset| preset.items.len()).sum();
    let bar = ProgressBar::new(items as u64);
    let mut presets = Vec::new();
    for preset in evaluation.presets() {
        let items = preset.items.iter().map(|item| evaluation.item(item));
        let items: Vec<_> = bar.wrap_iter(items).collect();
        let total = Total::of(&items);
        presets.push(PresetExpectation {
            number: preset.number,
            active: preset.active,
            spread: evaluation.spread(&total),
            total,
            items,
        });
    }
    bar.finish_and_clear();
    Expectation {
        rules: rules.name,
        star_force_rules: rules.star_force(),
        sheet: evaluation.sheet_origin(),
        presets,
        warnings: evaluation.warnings().to_vec(),
    }
}
