//! The answer as clients see it.

use cube_probability::{CostDistribution, PhaseError, Unit, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

use super::chances::{ChanceByGrade, ExactChanceByGrade};
use super::request::{PotentialRequest, Validated};
use crate::calculations::{CostCurve, CostSpread, TrialSpread, ValidationErrors};
use crate::responses::{Warning, WarningCode};

/// The odds of a goal, and the distribution of what it costs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PotentialResponse {
    /// Whether any reset can meet the goal.
    pub reachable: bool,
    /// The goal as it was understood. With `strength` it is the condition to first order, for
    /// reading: the odds are those of boss damage itself.
    #[schema(example = "cooldown_seconds >= 4")]
    pub goal: String,
    /// The meaning of the condition where it is strength: `as_strong`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "as_strong")]
    pub meaning: Option<&'static str>,
    /// The rule set.
    #[schema(example = "kms-2026-10")]
    pub rules: &'static str,
    /// The day of the newest source of the rule set's figures.
    #[schema(example = "2026-10-11", format = Date)]
    pub rules_compiled_on: &'static str,
    /// The item level whose published tables were used.
    pub pool_level: u16,
    /// The chance that one reset landing on a grade meets the goal, by grade.
    pub success_probability: ChanceByGrade,
    /// The same chances as exact fractions, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact_success_probability: Option<ExactChanceByGrade>,
    /// Reason for which trials and cost are missing, or remark on them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Number of resets; missing when it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trials: Option<TrialSpread>,
    /// Cost in meso; null when no price is known, missing when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<CostSpread>)]
    pub cost_meso: Option<Option<CostSpread>>,
    /// The chance that the budget is enough; null when it cannot be told, missing when no budget
    /// was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 1)]
    pub within_budget: Option<Option<f64>>,
    /// Shape of the cost's distribution, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distribution: Option<CostCurve>,
    /// Remarks on the result.
    pub warnings: Vec<Warning>,
}

/// A potential's answer with the distribution it came from.
#[derive(Debug)]
pub(in crate::calculations) struct Solved {
    pub(in crate::calculations) answer: PotentialResponse,
    pub(in crate::calculations) meso: Option<CostDistribution>,
}

impl PotentialRequest {
    /// Answers the question.
    ///
    /// # Errors
    ///
    /// [`ValidationErrors`] when a word, a number or the combination of them is not one of the game's.
    pub fn answer(&self) -> Result<PotentialResponse, ValidationErrors> {
        Ok(self.solve()?.answer)
    }

    pub(in crate::calculations) fn solve(&self) -> Result<Solved, ValidationErrors> {
        self.checked().map(|checked| Solved::of(&checked))
    }
}

impl Solved {
    fn of(question: &Validated) -> Self {
        let verdict = question.odds.verdict(question.start.grade);
        let mut answer = PotentialResponse::of(question, verdict);
        if !answer.reachable {
            return Self { answer, meso: None };
        }
        match CostDistribution::of(&question.phases, Unit::Resets) {
            Ok(trials) => answer.trials = Some(TrialSpread::of(&trials, &question.levels)),
            Err(error) => answer.warn_of(&error),
        }
        let meso = CostDistribution::of(&question.phases, Unit::Meso)
            .map_err(|error| answer.warn_of(&error))
            .ok();
        let spread = |meso| CostSpread::of(meso, &question.levels);
        let cost = meso.as_ref().map(spread);
        let too_large = Warning::of_means(cost.iter().map(|cost| cost.mean));
        answer.warnings.extend(too_large);
        answer.cost_meso = Some(cost);
        answer.within_budget = question
            .budget_meso
            .map(|budget| meso.as_ref().map(|meso| meso.at_most(budget)));
        answer.distribution = meso
            .as_ref()
            .filter(|_| question.distribution)
            .map(CostCurve::of_exact);
        Self { answer, meso }
    }
}

impl PotentialResponse {
    /// Response before anything is counted.
    fn of(question: &Validated, verdict: Verdict) -> Self {
        let odds = &question.odds;
        Self {
            reachable: verdict != Verdict::Never,
            goal: question.aim.text(),
            meaning: question.aim.meaning(),
            rules: odds.rules().name,
            rules_compiled_on: odds.rules().compiled_on,
            pool_level: odds.pool_level(),
            success_probability: ChanceByGrade::of(odds),
            exact_success_probability: question.exact.clone(),
            reason: match verdict {
                Verdict::Never => Some(why_never(question)),
                Verdict::Always => Some("every reset meets this goal".to_owned()),
                Verdict::Possible => how_rare(question),
            },
            trials: None,
            cost_meso: None,
            within_budget: None,
            distribution: None,
            warnings: Vec::new(),
        }
    }

    fn warn_of(&mut self, error: &PhaseError) {
        let code = match error {
            PhaseError::Unpriced { .. } => WarningCode::NoPrice,
            _ => WarningCode::NotCountable,
        };
        let warning = Warning::new(code, error.to_string());
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

/// Remark on a goal that hardly any reset meets.
fn how_rare(question: &Validated) -> Option<String> {
    let from_start = question.odds.by_grade();
    let from_start = from_start.filter(|(grade, _)| *grade >= question.start.grade);
    let (grade, best) = from_start.max_by(|(_, a), (_, b)| {
        let (a, b) = (a.probability(), b.probability());
        a.total_cmp(&b)
    })?;
    (best.probability() < RARE).then(|| format!("reachable, but at {grade} only with {best}"))
}

/// A goal rarer than this is dearer than any player's purse.
const RARE: f64 = 1e-6;

fn why_never(question: &Validated) -> String {
    let (odds, grade) = (&question.odds, question.start.grade);
    let mut why = format!(
        "no three lines that {} gives from {grade} up meet this goal",
        odds.method()
    );
    let short = |goal| odds.out_of_reach(goal, grade).unwrap_or_default();
    for short in question.aim.goal().map(short).unwrap_or_default() {
        why.push_str("; ");
        why.push_str(&short.to_string());
    }
    why
}
