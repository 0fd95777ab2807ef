//! Resets played with a seed, and how lucky they were.

use std::collections::BTreeMap;

use cube_probability::simulation::{Dice, MAX_PATH_RESETS, Path, Play};
use cube_probability::{Grade, OptionLine};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::request::{PotentialRequest, StartingState, Validated, pointer};
use crate::calculations::ValidationErrors;
use crate::calculations::numbers::{saturating_i64, saturating_i64_by_name, up_to};
use crate::responses::{Warning, WarningCode, schema};

/// One item, a method, a goal, and the dice.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulationRequest {
    /// The seed of the dice: the same seed gives the same answer.
    #[serde(deserialize_with = "saturating_i64")]
    #[schema(example = 1, minimum = 0)]
    pub seed: i64,
    /// The most resets made; 1,000 without.
    #[serde(default = "a_thousand", deserialize_with = "saturating_i64")]
    #[schema(example = 1000, minimum = 1, maximum = 10_000)]
    pub resets: i64,
    /// The method.
    #[schema(schema_with = schema::method)]
    pub method: String,
    /// The kind of equipment.
    #[schema(schema_with = schema::part)]
    pub part: String,
    /// The item's required level.
    #[serde(deserialize_with = "saturating_i64")]
    #[schema(example = 250, minimum = 0, maximum = 300)]
    pub item_level: i64,
    /// The start of the resets.
    pub from: StartingState,
    /// The condition that the lines have to meet, in the goal language.
    #[schema(example = "int_pct >= 30", max_length = 1000)]
    pub goal: String,
    /// The first line as the game writes it, which the prime cubes keep; for them only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "INT +12%")]
    pub keep_line_1: Option<String>,
    /// Meso a cube costs, by method, where that differs from the default.
    #[serde(
        default,
        deserialize_with = "saturating_i64_by_name",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    #[schema(value_type = BTreeMap<String, u64>, example = json!({"red": 12_000_000}))]
    pub prices: BTreeMap<String, i64>,
    /// The rule set; the current one without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "kms-2026-10")]
    pub rules: Option<String>,
}

/// One play.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SimulationResponse {
    /// The seed.
    pub seed: u64,
    /// The rule set.
    #[schema(example = "kms-2026-10")]
    pub rules: &'static str,
    /// The resets made.
    pub resets: u64,
    /// The number of resets after which the goal was met; null when it was not.
    pub met_after: Option<u64>,
    /// The meso paid; null when no price is known.
    pub spent_meso: Option<u64>,
    /// The chance that another player needs at most as many resets: near 0 is lucky, near 1
    /// unlucky. Where the goal was not met, the chance that it is met within the resets made.
    #[schema(minimum = 0, maximum = 1)]
    pub percentile: Option<f64>,
    /// The resets that came nearer to the goal than any before at that grade, and every rise.
    pub path: Vec<SimulationStep>,
    /// Warnings about this answer.
    pub warnings: Vec<Warning>,
}

/// A reset worth showing.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SimulationStep {
    /// The grade of the lines.
    #[schema(schema_with = schema::grade)]
    pub grade: Grade,
    /// The lines as the game writes them.
    pub lines: Vec<String>,
    /// The number of resets from this one up to the next step.
    pub times: u64,
}

impl SimulationRequest {
    /// Plays.
    ///
    /// # Errors
    ///
    /// [`ValidationErrors`] when a word, a number or the combination of them is not one of the game's.
    pub fn answer(&self) -> Result<SimulationResponse, ValidationErrors> {
        let mut errors = ValidationErrors::new();
        let seed = errors.collect("/seed", up_to(i64::MAX.unsigned_abs() - 1, self.seed));
        let resets = up_to(MAX_PATH_RESETS, self.resets).and_then(|resets| {
            let some = (resets > 0).then_some(resets);
            some.ok_or_else(|| format!("0 is outside 1 to {MAX_PATH_RESETS}"))
        });
        let resets = errors.collect("/resets", resets);
        let question = self.question().checked();
        let question = question.map_err(|faults| errors.add_all("", &faults)).ok();
        let (dice, question) = std::mem::take(&mut errors).check(seed.zip(resets).zip(question))?;
        let play = Play::of(question.odds.rules(), &question.draw);
        let play = play.map_err(|error| errors.add(pointer(&error), error));
        let play = errors.check(play.ok())?;
        Ok(SimulationResponse::of(dice, &question, &play))
    }

    fn question(&self) -> PotentialRequest {
        PotentialRequest {
            method: self.method.clone(),
            part: self.part.clone(),
            item_level: self.item_level,
            from: self.from.clone(),
            goal: Some(self.goal.clone()),
            strength: None,
            keep_line_1: self.keep_line_1.clone(),
            prices: self.prices.clone(),
            budget_meso: None,
            quantiles: None,
            rules: self.rules.clone(),
            exact: false,
            distribution: false,
        }
    }
}

impl SimulationResponse {
    fn of((seed, most): (u64, u64), question: &Validated, play: &Play) -> Self {
        let goal = question.aim.goal().expect("a play is asked with a goal");
        let path = play.path(goal, &question.phases, most, &mut Dice::seeded(seed));
        let path = path.expect("phases lead to grades of their method only");
        let (percentile, warnings) = match percentile(&path, question) {
            Ok(percentile) => (Some(percentile), Vec::new()),
            Err(error) => (
                None,
                vec![Warning::new(WarningCode::NotCountable, error.to_string())],
            ),
        };
        Self {
            seed,
            rules: question.odds.rules().name,
            resets: path.run.resets,
            met_after: path.met_after,
            spent_meso: path.run.meso,
            percentile,
            path: steps(&path),
            warnings,
        }
    }
}

/// A goal that no reset meets is met by nobody else either.
fn percentile(path: &Path, question: &Validated) -> Result<f64, cube_probability::PhaseError> {
    use cube_probability::Verdict;
    match question.odds.verdict(question.start.grade) {
        Verdict::Never => Ok(0.0),
        _ => path.percentile(&question.phases),
    }
}

fn steps(path: &Path) -> Vec<SimulationStep> {
    let steps = path.steps.iter();
    steps
        .map(|step| SimulationStep {
            grade: step.grade,
            lines: step.lines.iter().map(OptionLine::to_string).collect(),
            times: step.times,
        })
        .collect()
}

const fn a_thousand() -> i64 {
    1_000
}
