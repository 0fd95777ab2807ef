//! Pricing one potential: from its lines to a goal, from the goal to its odds and cost.

use std::sync::Arc;

use cube_probability::{
    CostDistribution, Draw, Goal, Grade, Layer, Level, Method, Odds, OptionLine, Part, PhaseError,
    Prices, ResetError, Rules, Start, Unit, Verdict,
};

use super::total::Process;
use super::{EvaluationOptions, NotApplicable, NotPriced, Outcome, Price, Spread, StartingGrade};
use crate::goal::is_useful;
use crate::{Item, MainStat, PotentialLines, Slot, as_good_as};

/// A potential that an item carries.
#[derive(Clone, Copy)]
pub(super) struct Potential<'a> {
    pub(super) item: &'a Item,
    pub(super) layer: Layer,
    pub(super) carried: &'a PotentialLines,
}

/// What an evaluation assumes about all potentials.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) rules: &'static Rules,
    pub(super) options: &'a EvaluationOptions,
    pub(super) main: Option<MainStat>,
    /// Whether the main stat was taken from the gear, as the class is not known.
    pub(super) main_is_guess: bool,
    pub(super) character_level: u16,
}

/// What decides a price.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Question {
    /// The rules by their name.
    rules: &'static str,
    method: Method,
    /// The meso of one cube, where the method takes any and a price is known.
    cube_price: Option<u64>,
    /// Where the resets start.
    start: Grade,
    levels: Arc<[Level]>,
    part: Part,
    item_level: u16,
    grade: Grade,
    /// Whether the potential has two lines rather than three.
    two_lines: bool,
    goal: Goal,
}

impl Potential<'_> {
    /// What to ask in order to price this potential, or what can be said without asking.
    pub(super) fn question(
        self,
        terms: Terms<'_>,
        levels: &Arc<[Level]>,
    ) -> Result<Question, Outcome> {
        let Terms { rules, options, .. } = terms;
        let part = self.part()?;
        let grade = self.carried.grade.clone();
        let grade = grade.map_err(|text| Outcome::NotPriced(NotPriced::UnknownGrade(text)))?;
        let main = terms.main;
        let lines = self.lines(main)?;
        let main = main.ok_or(Outcome::NotPriced(NotPriced::UnknownClass))?;
        let goal = as_good_as(&lines, main, terms.character_level)
            .map_err(|limit| Outcome::NotPriced(NotPriced::GoalTooLarge(limit)))?
            .ok_or(if terms.main_is_guess {
                Outcome::NotPriced(NotPriced::GuessedClass(main))
            } else {
                Outcome::MetByAnything
            })?;
        if !goal.holds(&lines) {
            return Err(Outcome::NotPriced(NotPriced::GoalNotMet(goal)));
        }
        let method = options.methods.of(self.layer);
        let item_level = self.item.level.clone();
        let item_level =
            item_level.map_err(|field| Outcome::NotPriced(NotPriced::Unreadable(field)))?;
        Ok(Question {
            rules: rules.name,
            method,
            cube_price: options.prices.of(method),
            start: match options.from {
                StartingGrade::Rare => Grade::Rare,
                StartingGrade::Current => grade,
            },
            levels: Arc::clone(levels),
            part,
            item_level,
            grade,
            two_lines: self.carried.lines.iter().flatten().count() < 3,
            goal,
        })
    }

    fn part(self) -> Result<Part, Outcome> {
        let Item { slot, kind, .. } = self.item;
        match Slot::of(slot, kind) {
            Slot::Part(part) => Ok(part),
            Slot::SharedWithWeapon => Err(Outcome::NotApplicable(NotApplicable::SharedWithWeapon)),
            Slot::WithoutPotential | Slot::Unknown => {
                Err(Outcome::NotPriced(NotPriced::UnknownPart {
                    slot: slot.clone(),
                    kind: kind.clone(),
                }))
            }
        }
    }

    /// The lines that are known. An unknown one that begins to name stats useless to the class
    /// is left out; any other makes the potential unknown.
    fn lines(self, main: Option<MainStat>) -> Result<Vec<OptionLine>, Outcome> {
        let texts = || self.carried.lines.iter().flatten();
        if texts().next().is_none() {
            return Err(Outcome::NotPriced(NotPriced::NoLines));
        }
        let mut lines = Vec::new();
        let mut unknown = Vec::new();
        for text in texts() {
            match text.parse::<OptionLine>() {
                Ok(line) => lines.push(line),
                Err(option) => {
                    let stats = option.stats();
                    let useful = |main| stats.iter().any(|stat| is_useful(*stat, main));
                    if stats.is_empty() || main.is_none_or(useful) {
                        unknown.push(text.clone());
                    }
                }
            }
        }
        if unknown.is_empty() {
            Ok(lines)
        } else {
            Err(Outcome::UnknownOption(unknown))
        }
    }
}

impl Question {
    /// The answer, and the distribution of the cost if there is one.
    pub(super) fn answer(
        &self,
        terms: Terms<'_>,
    ) -> (Outcome, Option<(Process, CostDistribution)>) {
        match self.price(terms.rules, &terms.options.prices) {
            Ok((price, cost)) => {
                let process = price.process.clone();
                (Outcome::Priced(Arc::new(price)), Some((process, cost)))
            }
            Err(outcome) => (outcome, None),
        }
    }

    fn price(
        &self,
        rules: &'static Rules,
        prices: &Prices,
    ) -> Result<(Price, CostDistribution), Outcome> {
        let cannot = |error: ResetError| Outcome::NotPriced(NotPriced::CannotReset(error));
        let draw = Draw::new(self.method, self.part, self.item_level);
        let draw = if self.two_lines {
            draw.two_lines()
        } else {
            draw
        };
        let odds = rules.odds_of(&draw, &self.goal).map_err(cannot)?;
        let start = Start::at(self.start);
        let phases = odds.phases(start, prices).map_err(cannot)?;
        let success_probability = self.success_probability(&odds, start)?;
        let distribution =
            |unit| CostDistribution::of(&phases, unit).map_err(|error| self.uncountable(error));
        let (trials, cost) = (distribution(Unit::Resets)?, distribution(Unit::Meso)?);
        let price = Price {
            goal: self.goal.clone(),
            success_probability,
            pool_level: odds.pool_level(),
            trials: Spread::of(&trials, &self.levels),
            cost: Spread::of(&cost, &self.levels),
            process: Process(phases.into()),
        };
        Ok((price, cost))
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
