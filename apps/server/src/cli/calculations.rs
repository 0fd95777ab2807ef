//! `maple-expectation odds`, `star-force` and `plan`: the API's calculations on the command line.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueHint};
use cube_probability::{Grade, Method, Part};
use pages::Lang;
use serde::Serialize;

use super::amount::meso;
use super::failure::Failure;
use super::{report, stdout};
use api::calculations::plan::PlanRequest;
use api::calculations::potential::{PotentialRequest, StartingState};
use api::calculations::star_force::{
    MembershipRequest, RestoreRequest, RestoreTarget, SafeguardChoice, StarForceRequest,
};

/// One item, a method and a goal.
#[derive(Debug, Args)]
pub(super) struct OddsArguments {
    /// Goal of the three lines, such as `int_pct >= 30 and cooldown_seconds >= 2`.
    goal: String,
    /// The kind of equipment.
    #[arg(long)]
    part: Part,
    /// The item's required level.
    #[arg(long, value_name = "LEVEL", allow_negative_numbers = true)]
    item_level: i64,
    /// Method that resets the potential.
    #[arg(long, default_value_t = Method::MesoPotential)]
    method: Method,
    /// The grade now.
    #[arg(long, value_name = "GRADE", default_value_t = Grade::Rare)]
    from: Grade,
    /// Resets in a row that have failed to rise from this grade.
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    failures: i64,
    /// The first line as the game writes it, which the prime cubes keep.
    #[arg(long, value_name = "LINE")]
    keep_line_1: Option<String>,
    /// Meso a cube costs, where that differs from the default.
    #[arg(long, value_name = "MESO", value_parser = meso, allow_negative_numbers = true)]
    price: Option<i64>,
    /// The rule set; the current one without.
    #[arg(long)]
    rules: Option<String>,
    /// Show the chances as exact fractions too.
    #[arg(long)]
    exact: bool,
    #[command(flatten)]
    shown: Shown,
}

/// One item's way from some stars to more.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own on the command line"
)]
pub(super) struct StarForceArguments {
    /// The item's required level.
    #[arg(long, value_name = "LEVEL", allow_negative_numbers = true)]
    item_level: i64,
    /// The stars it has.
    #[arg(
        long,
        value_name = "STARS",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    from: i64,
    /// The stars wanted.
    #[arg(long, value_name = "STARS", allow_negative_numbers = true)]
    to: i64,
    /// The rule set; the current one without.
    #[arg(long)]
    rules: Option<String>,
    /// `normal` or `superior`.
    #[arg(long)]
    kind: Option<String>,
    /// Price of a spare item.
    #[arg(
        long,
        value_name = "MESO",
        default_value = "0",
        value_parser = meso,
        allow_negative_numbers = true
    )]
    spare_item_meso: i64,
    /// The stars at which destruction is prevented, or `cheapest`.
    #[arg(long, value_name = "STARS", value_delimiter = ',')]
    safeguard: Vec<String>,
    /// The part of an attempt's cost that an event takes off, such as 0.3.
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    discount: f64,
    /// The stars at which an event makes the attempt certain, such as 5,10,15.
    #[arg(long, value_name = "STARS", value_delimiter = ',')]
    certain_stars: Vec<i64>,
    /// An event makes destruction 30 % less likely up to star 21.
    #[arg(long)]
    fewer_destructions: bool,
    /// An event gives two stars for a success up to star 10.
    #[arg(long)]
    one_plus_one: bool,
    /// An event takes 20 % off the meso of a full restore.
    #[arg(long)]
    cheaper_restore: bool,
    /// Attempts go without the star catch bonus, where the rules have the game.
    #[arg(long)]
    no_star_catch: bool,
    /// The MVP grade: `silver`, `gold`, `diamond` or `red`.
    #[arg(long, value_name = "GRADE")]
    mvp: Option<String>,
    /// The player sits in a PC room.
    #[arg(long)]
    pc_room: bool,
    /// Restoration of a destroyed item: `basic`, `full`, `cheapest` or `custom`.
    #[arg(long, default_value = "cheapest")]
    restore: String,
    /// With `--restore custom`: where the item comes back, `same_star` or `12`.
    #[arg(long, value_name = "STAR")]
    restore_to: Option<String>,
    /// With `--restore custom`: the spare items taken; one without.
    #[arg(long, value_name = "ITEMS", allow_negative_numbers = true)]
    restore_copies: Option<i64>,
    /// With `--restore custom`: the meso taken; none without.
    #[arg(long, value_name = "MESO", value_parser = meso, allow_negative_numbers = true)]
    restore_fee: Option<i64>,
    #[command(flatten)]
    shown: Shown,
}

/// Several items.
#[derive(Debug, Args)]
pub(super) struct PlanArguments {
    /// A JSON file with the body of POST /api/v1/calculations/plan.
    #[arg(value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// Print the body the API gives instead of a table.
    #[arg(long)]
    json: bool,
}

/// Parts of the answer that are shown.
#[derive(Debug, Args)]
pub(super) struct Shown {
    /// An amount of meso whose chance of being enough is asked for, such as 10b or 100억.
    #[arg(long, value_name = "MESO", value_parser = meso, allow_negative_numbers = true)]
    pub(super) budget: Option<i64>,
    /// The probabilities of the quantiles, such as 0.5,0.9.
    #[arg(long, value_delimiter = ',', allow_negative_numbers = true)]
    pub(super) quantiles: Option<Vec<f64>>,
    /// Print the body the API gives instead of a table.
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) fn odds(arguments: &OddsArguments, lang: Lang) -> Result<(), Failure> {
    let price = arguments
        .price
        .map(|meso| (arguments.method.to_string(), meso));
    let question = PotentialRequest {
        method: arguments.method.to_string(),
        part: arguments.part.to_string(),
        item_level: arguments.item_level,
        from: StartingState {
            grade: arguments.from.to_string(),
            failures: arguments.failures,
        },
        goal: Some(arguments.goal.clone()),
        strength: None,
        keep_line_1: arguments.keep_line_1.clone(),
        prices: BTreeMap::from_iter(price),
        budget_meso: arguments.shown.budget,
        quantiles: arguments.shown.quantiles.clone(),
        rules: arguments.rules.clone(),
        exact: arguments.exact,
        distribution: false,
    };
    let answer = question.answer()?;
    print(&answer, arguments.shown.json, lang, report::of_potential)
}

pub(super) fn star_force(arguments: &StarForceArguments, lang: Lang) -> Result<(), Failure> {
    let question = StarForceRequest {
        item_level: arguments.item_level,
        from: arguments.from,
        to: arguments.to,
        rules: arguments.rules.clone(),
        kind: arguments.kind.clone(),
        spare_item_meso: arguments.spare_item_meso,
        safeguard: safeguard(&arguments.safeguard),
        discount: arguments.discount,
        certain_stars: arguments.certain_stars.clone(),
        fewer_destructions: arguments.fewer_destructions,
        one_plus_one: arguments.one_plus_one,
        cheaper_restore: arguments.cheaper_restore,
        star_catch: !arguments.no_star_catch,
        membership: MembershipRequest {
            mvp: arguments.mvp.clone(),
            pc_room: arguments.pc_room,
        },
        restore: RestoreRequest {
            mode: arguments.restore.clone(),
            to: arguments.restore_to.clone().map(RestoreTarget::Word),
            copies: arguments.restore_copies,
            fee_meso: arguments.restore_fee,
        },
        budget_meso: arguments.shown.budget,
        quantiles: arguments.shown.quantiles.clone(),
        distribution: false,
    };
    let answer = question.answer()?;
    print(&answer, arguments.shown.json, lang, report::of_star_force)
}

/// Bytes that some editors write before a text; they are no part of it.
const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

pub(super) fn plan(arguments: &PlanArguments, lang: Lang) -> Result<(), Failure> {
    let bad = |what: String| {
        let file = arguments.file.display();
        Failure::BadInput(format!("{file}: {what}"))
    };
    let file = std::fs::read(&arguments.file).map_err(|error| bad(error.to_string()))?;
    let text = file.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&file);
    let mut json = serde_json::Deserializer::from_slice(text);
    let question: PlanRequest = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| bad(format!("at {}: {}", error.path(), error.inner())))?;
    let answer = question.answer()?;
    print(&answer, arguments.json, lang, report::of_plan)
}

pub(super) fn safeguard(words: &[String]) -> SafeguardChoice {
    let stars: Result<Vec<i64>, _> = words.iter().map(|word| word.parse()).collect();
    stars.map_or_else(
        |_| SafeguardChoice::Word(words.join(",")),
        SafeguardChoice::Stars,
    )
}

pub(super) fn print<A: Serialize>(
    answer: &A,
    json: bool,
    lang: Lang,
    report: impl FnOnce(&A, Lang) -> String,
) -> Result<(), Failure> {
    if json {
        stdout::json(answer)
    } else {
        stdout::text(report(answer, lang))
    }
}
