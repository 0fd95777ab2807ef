//! The answer as clients see it.

use cube_probability::{CostDistribution, Grade, Odds, PhaseError, Unit, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

use super::PotentialQuestion;
use super::question::Checked;
use crate::answers::Warning;
use crate::calculations::{CostSpread, Faults, TrialSpread};

/// The odds of a goal, and the distribution of what it costs.
#[derive(Debug, Serialize, ToSchema)]
pub struct PotentialAnswer {
    /// Whether any reset can meet the goal.
    pub reachable: bool,
    /// The goal as it was understood.
    #[schema(example = "cooldown_seconds >= 4")]
    pub goal: String,
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
    /// Why there are no trials and no cost, or why they are what they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many resets it takes; missing when it cannot be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trials: Option<TrialSpread>,
    /// What it costs; null when no price is known, missing when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<CostSpread>)]
    pub cost_meso: Option<Option<CostSpread>>,
    /// The chance that the budget is enough; null when it cannot be told, missing when no budget
    /// was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 1)]
    pub within_budget: Option<Option<f64>>,
    /// What to know about this answer.
    pub warnings: Vec<Warning>,
}

/// A chance for each grade that the method reaches.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct ChanceByGrade {
    /// 레어
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rare: Option<f64>,
    /// 에픽
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epic: Option<f64>,
    /// 유니크
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unique: Option<f64>,
    /// 레전드리
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legendary: Option<f64>,
}

impl ChanceByGrade {
    fn of(odds: &Odds) -> Self {
        let at = |grade| {
            (grade <= odds.method().highest_grade()).then(|| odds.chance(grade).probability())
        };
        Self {
            rare: at(Grade::Rare),
            epic: at(Grade::Epic),
            unique: at(Grade::Unique),
            legendary: at(Grade::Legendary),
        }
    }
}

impl PotentialQuestion {
    /// Answers the question.
    ///
    /// # Errors
    ///
    /// [`Faults`] when a word, a number or the combination of them is not one of the game's.
    pub fn answer(&self) -> Result<PotentialAnswer, Faults> {
        self.checked().map(|checked| PotentialAnswer::of(&checked))
    }
}

impl PotentialAnswer {
    fn of(question: &Checked) -> Self {
        let odds = &question.odds;
        let mut answer = Self {
            reachable: true,
            goal: question.goal.to_string(),
            rules: odds.rules().name,
            rules_compiled_on: odds.rules().compiled_on,
            pool_level: odds.pool_level(),
            success_probability: ChanceByGrade::of(odds),
            reason: None,
            trials: None,
            cost_meso: None,
            within_budget: None,
            warnings: Vec::new(),
        };
        match odds.verdict(question.start.grade) {
            Verdict::Never => {
                answer.reachable = false;
                answer.reason = Some(why_never(question));
                return answer;
            }
            Verdict::Always => answer.reason = Some("every reset meets this goal".to_owned()),
            Verdict::Possible => {}
        }
        answer.count_trials(question);
        answer.count_cost(question);
        answer
    }

    fn count_trials(&mut self, question: &Checked) {
        match CostDistribution::of(&question.phases, Unit::Resets) {
            Ok(trials) => self.trials = Some(TrialSpread::of(&trials, &question.levels)),
            Err(error) => self.warn_of(&error),
        }
    }

    fn count_cost(&mut self, question: &Checked) {
        let meso = CostDistribution::of(&question.phases, Unit::Meso)
            .map_err(|error| self.warn_of(&error))
            .ok();
        let spread = meso
            .as_ref()
            .map(|meso| CostSpread::of(meso, &question.levels));
        self.cost_meso = Some(spread);
        self.within_budget = question
            .budget_meso
            .map(|budget| meso.as_ref().map(|meso| meso.at_most(budget)));
    }

    fn warn_of(&mut self, error: &PhaseError) {
        let code = match error {
            PhaseError::Unpriced { .. } => "no-price",
            _ => "not-countable",
        };
        let warning = Warning::new(code, error.to_string());
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

fn why_never(question: &Checked) -> String {
    let (odds, grade) = (&question.odds, question.start.grade);
    let mut why = format!(
        "no three lines that {} gives from {grade} up meet this goal",
        odds.method()
    );
    let falling_short = odds.out_of_reach(&question.goal, grade).unwrap_or_default();
    for short in falling_short {
        why.push_str("; ");
        why.push_str(&short.to_string());
    }
    why
}
