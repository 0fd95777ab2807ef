//! Pricing one potential: from its lines to a goal, from the goal to its odds and cost.

use cube_probability::{
    CostDistribution, Goal, Grade, Layer, Level, Method, Odds, OptionLine, Part, PhaseError, Rules,
    Start, Unit, Verdict,
};

use super::{
    EvaluationOptions, NotApplicable, NotPriced, Outcome, Price, Quantile, Spread, StartingGrade,
};
use crate::{Item, MainStat, Place, PotentialLines, as_good_as};

/// A potential that an item carries.
#[derive(Clone, Copy)]
pub(super) struct Potential<'a> {
    pub(super) item: &'a Item,
    pub(super) layer: Layer,
    pub(super) carried: &'a PotentialLines,
}

/// What decides a price, under given rules and options.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Question {
    method: Method,
    part: Part,
    item_level: u16,
    grade: Grade,
    goal: Goal,
}

impl Potential<'_> {
    /// What to ask in order to price this potential, or what can be said without asking.
    pub(super) fn question(
        self,
        method: Method,
        main: Option<MainStat>,
        character_level: u16,
    ) -> Result<Question, Outcome> {
        let part = self.part()?;
        let grade = self.carried.grade.clone();
        let grade = grade.map_err(|text| Outcome::NotPriced(NotPriced::UnknownGrade(text)))?;
        let lines = self.lines()?;
        let main = main.ok_or(Outcome::NotPriced(NotPriced::UnknownClass))?;
        let goal = as_good_as(&lines, main, character_level)
            .map_err(|limit| Outcome::NotPriced(NotPriced::GoalTooLarge(limit)))?
            .ok_or(Outcome::MetByAnything)?;
        if !goal.holds(&lines) {
            return Err(Outcome::NotPriced(NotPriced::GoalNotMet(goal)));
        }
        Ok(Question {
            method,
            part,
            item_level: self.item.level,
            grade,
            goal,
        })
    }

    fn part(self) -> Result<Part, Outcome> {
        let Item { slot, kind, .. } = self.item;
        match Place::of(slot, kind) {
            Place::Part(part) => Ok(part),
            Place::SharedWithWeapon => Err(Outcome::NotApplicable(NotApplicable::SharedWithWeapon)),
            Place::WithoutPotential | Place::Unknown => {
                Err(Outcome::NotPriced(NotPriced::UnknownPart {
                    slot: slot.clone(),
                    kind: kind.clone(),
                }))
            }
        }
    }

    fn lines(self) -> Result<Vec<OptionLine>, Outcome> {
        let mut lines = Vec::new();
        let mut unknown = Vec::new();
        for text in self.carried.lines.iter().flatten() {
            match text.parse() {
                Ok(line) => lines.push(line),
                Err(_) => unknown.push(text.clone()),
            }
        }
        if !unknown.is_empty() {
            return Err(Outcome::UnknownOption(unknown));
        }
        if lines.is_empty() {
            return Err(Outcome::NotPriced(NotPriced::NoLines));
        }
        Ok(lines)
    }
}

impl Question {
    pub(super) fn answer(&self, rules: &'static Rules, options: &EvaluationOptions) -> Outcome {
        self.price(rules, options).unwrap_or_else(|outcome| outcome)
    }

    fn price(
        &self,
        rules: &'static Rules,
        options: &EvaluationOptions,
    ) -> Result<Outcome, Outcome> {
        let cannot = |error| Outcome::NotPriced(NotPriced::CannotReset(error));
        let odds = rules
            .odds(self.method, self.part, self.item_level, &self.goal)
            .map_err(cannot)?;
        let start = Start::at(match options.from {
            StartingGrade::Rare => Grade::Rare,
            StartingGrade::Current => self.grade,
        });
        let phases = odds.phases(start, &options.prices).map_err(cannot)?;
        let success_probability = self.success_probability(&odds, start)?;
        let spread = |unit| {
            let distribution = CostDistribution::of(&phases, unit);
            distribution.map(|distribution| Spread::of(&distribution, &options.quantiles))
        };
        Ok(Outcome::Priced(Price {
            goal: self.goal.clone(),
            success_probability,
            pool_level: odds.pool_level(),
            trials: spread(Unit::Resets).map_err(|error| self.uncountable(error))?,
            cost: spread(Unit::Meso).map_err(|error| self.uncountable(error))?,
        }))
    }

    /// The chance of one reset at the item's grade, or at the method's highest if that is lower.
    ///
    /// Where it is zero the item has lines that the method does not give at its grade.
    fn success_probability(&self, odds: &Odds, start: Start) -> Result<f64, Outcome> {
        let grade = self.grade.min(self.method.highest_grade());
        let probability = odds.chance(grade).probability();
        if probability > 0.0 && odds.verdict(start.grade) != Verdict::Never {
            return Ok(probability);
        }
        Err(Outcome::Unreachable {
            goal: self.goal.clone(),
        })
    }

    fn uncountable(&self, error: PhaseError) -> Outcome {
        Outcome::NotPriced(match error {
            PhaseError::Unpriced { .. } => NotPriced::NoPrice(self.method),
            error => NotPriced::Uncountable(error),
        })
    }
}

impl Spread {
    fn of(distribution: &CostDistribution, levels: &[Level]) -> Self {
        let quantile = |&level| Quantile {
            level,
            value: distribution.quantile(level),
        };
        Self {
            mean: distribution.mean(),
            quantiles: levels.iter().map(quantile).collect(),
        }
    }
}
