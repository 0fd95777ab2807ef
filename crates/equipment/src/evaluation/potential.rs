//! Pricing one potential: from its lines to a goal, from the goal to its odds and cost.

use std::sync::Arc;

use cube_probability::{
    CostDistribution, Decimal, Draw, Grade, Layer, Level, Method, Moments, Odds, OptionLine, Part,
    PhaseError, Prices, ResetError, Rules, Start, Stat, Unit, Verdict,
};
use planning::Utility;

use super::meaning::{MeaningCondition, Strength};
use super::total::Process;
use super::{
    Assumption, EvaluationOptions, NotApplicable, NotPriced, OtherPrice, Outcome, Price, Spread,
    StartingGrade,
};
use crate::goal::is_useful;
use crate::{Item, MainStat, PotentialLines, Slot, as_good_as};

/// A potential that an item carries.
#[derive(Clone, Copy)]
pub(super) struct Potential<'a> {
    pub(super) item: &'a Item,
    pub(super) layer: Layer,
    pub(super) carried: &'a PotentialLines,
}

/// Assumptions of an evaluation about all potentials.
#[derive(Debug, Clone)]
pub(super) struct Terms<'a> {
    pub(super) rules: &'static Rules,
    pub(super) options: &'a EvaluationOptions,
    pub(super) main: Option<MainStat>,
    /// Whether the main stat was taken from the gear, as the class is not known.
    pub(super) main_is_guess: bool,
    pub(super) character_level: u16,
    /// The worth of a point of 최대 HP, in per cent of it.
    pub(super) hp_point: Decimal,
    /// The sheet that strength is judged by, where there is one.
    pub(super) strength: Option<Strength>,
}

/// Key of a price: everything that decides it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Question {
    /// The rules by their name.
    pub(super) rules: &'static str,
    pub(super) method: Method,
    /// The meso of one cube, where the method takes any and a price is known.
    pub(super) cube_price: Option<u64>,
    /// State before the first reset.
    pub(super) start: Start,
    pub(super) levels: Arc<[Level]>,
    pub(super) part: Part,
    pub(super) item_level: u16,
    pub(super) grade: Grade,
    /// Whether the potential has two lines rather than three.
    pub(super) two_lines: bool,
    pub(super) condition: MeaningCondition,
}

impl Potential<'_> {
    /// Returns the key by which this potential is priced, or the outcome that is known without a
    /// price.
    pub(super) fn question(
        self,
        terms: &Terms<'_>,
        levels: &Arc<[Level]>,
    ) -> Result<Question, Outcome> {
        let Terms { rules, options, .. } = *terms;
        let part = self.part()?;
        let grade = self.carried.grade.clone();
        let grade = grade.map_err(|text| Outcome::NotPriced(NotPriced::UnknownGrade(text)))?;
        let main = terms.main;
        let lines = self.lines(main, options.utility)?;
        let main = main.ok_or(Outcome::NotPriced(NotPriced::UnknownClass))?;
        let goal = as_good_as(
            &lines,
            main,
            terms.character_level,
            options.utility,
            terms.hp_point,
        )
        .map_err(|limit| Outcome::NotPriced(NotPriced::GoalTooLarge(limit)))?;
        if goal.is_none() && terms.main_is_guess {
            return Err(Outcome::NotPriced(NotPriced::GuessedClass(main)));
        }
        if let Some(goal) = goal.as_ref().filter(|goal| !goal.holds(&lines)) {
            return Err(Outcome::NotPriced(NotPriced::GoalNotMet(goal.clone())));
        }
        let condition = MeaningCondition::of(&lines, goal, terms)?;
        let method = options.methods.of(self.layer);
        let item_level = self.item.level.clone();
        let item_level =
            item_level.map_err(|field| Outcome::NotPriced(NotPriced::Unreadable(field)))?;
        Ok(Question {
            rules: rules.name,
            method,
            cube_price: options.prices.of(method),
            start: self.start(grade, options),
            levels: Arc::clone(levels),
            part,
            item_level,
            grade,
            two_lines: self.has_two_lines(),
            condition,
        })
    }

    /// The start of the resets: that of the slot, where one is given.
    fn start(self, grade: Grade, options: &EvaluationOptions) -> Start {
        match (Self::start_of(self.item, self.layer, options), options.from) {
            (Some(start), _) => start,
            (None, StartingGrade::Rare) => Start::FRESH,
            (None, StartingGrade::Current) => Start::at(grade),
        }
    }

    /// The start that is given for the slot.
    pub(super) fn start_of(
        item: &Item,
        layer: Layer,
        options: &EvaluationOptions,
    ) -> Option<Start> {
        let start = options.starts.get(&item.slot)?;
        let (grade, failures) = match layer {
            Layer::Potential => (start.grade?, start.failures),
            Layer::AdditionalPotential => (start.additional_grade?, start.additional_failures),
        };
        Some(Start { grade, failures })
    }

    fn has_two_lines(self) -> bool {
        self.carried.lines.iter().flatten().count() < 3
    }

    /// Assumptions of a price of this potential.
    pub(super) fn assumptions(self, terms: &Terms<'_>) -> Vec<Assumption> {
        let layer = self.layer;
        let main = terms.main;
        let utility = terms.options.utility;
        let texts = || self.carried.lines.iter().flatten();
        let effect = |text: &String| Some(text.parse::<OptionLine>().ok()?.effect()?.0);
        let counts = |text: &&String| {
            let stat = effect(text);
            stat.zip(main)
                .is_some_and(|(stat, main)| is_useful(stat, main, utility))
        };
        let ignored: Vec<_> = texts().filter(|text| !counts(text)).cloned().collect();
        let mut assumptions = Vec::new();
        if !ignored.is_empty() {
            let lines = ignored;
            assumptions.push(Assumption::IgnoredLines { layer, lines });
        }
        if self.has_two_lines() {
            assumptions.push(Assumption::TwoLines { layer });
        }
        let points = texts().any(|text| effect(text) == Some(Stat::MaxHpFlat));
        if main == Some(MainStat::MaxHp) && points {
            let worth = terms.hp_point;
            assumptions.push(Assumption::PointsOfHp { layer, worth });
        }
        assumptions
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
    fn lines(self, main: Option<MainStat>, utility: Utility) -> Result<Vec<OptionLine>, Outcome> {
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
                    let useful = |main| stats.iter().any(|stat| is_useful(*stat, main, utility));
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
        terms: &Terms<'_>,
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
        let (condition, draw) = (&self.condition, self.draw(self.method));
        let odds = condition.odds(condition.meaning, rules, &draw);
        let odds = odds.expect("the meaning that is asked for has a goal");
        let odds = odds.map_err(cannot)?;
        let phases = odds.phases(self.start, prices).map_err(cannot)?;
        let success_probability = self.success_probability(&odds, rules)?;
        let distribution =
            |unit| CostDistribution::of(&phases, unit).map_err(|error| self.uncountable(error));
        let (trials, cost) = (distribution(Unit::Resets)?, distribution(Unit::Meso)?);
        let price = Price {
            meaning: condition.meaning,
            start: self.start,
            goal: condition.goal().clone(),
            other: self.other(rules, prices),
            success_probability,
            pool_level: odds.pool_level(),
            trials: Spread::of(&trials, &self.levels),
            cost: Spread::of(&cost, &self.levels),
            process: Process(phases.into()),
        };
        Ok((price, cost))
    }

    fn draw(&self, method: Method) -> Draw {
        let draw = Draw::new(method, self.part, self.item_level);
        if self.two_lines {
            draw.two_lines()
        } else {
            draw
        }
    }

    /// The mean cost by the other meaning alone, as nothing else of it is shown.
    fn other(&self, rules: &'static Rules, prices: &Prices) -> Option<OtherPrice> {
        let meaning = self.condition.other()?;
        let goal = self.condition.goal_of(meaning)?.clone();
        let odds = self
            .condition
            .odds(meaning, rules, &self.draw(self.method))?;
        let phases = odds.ok()?.phases(self.start, prices).ok()?;
        Some(OtherPrice {
            meaning,
            goal,
            mean: Moments::of(&phases, Unit::Meso).ok()?.mean,
        })
    }

    /// The chance of one reset at the item's grade, or at the method's highest if that is lower.
    ///
    /// Where it is zero the item has lines that the method does not give at its grade.
    fn success_probability(&self, odds: &Odds, rules: &'static Rules) -> Result<f64, Outcome> {
        let grade = self.grade.min(self.method.highest_grade());
        let probability = odds.chance(grade).probability();
        if probability > 0.0 && odds.verdict(self.start.grade) != Verdict::Never {
            return Ok(probability);
        }
        let gives = |method: &Method| {
            let meaning = self.condition.meaning;
            let odds = self.condition.odds(meaning, rules, &self.draw(*method));
            let chance = odds.and_then(|odds| Some(odds.ok()?.chance(self.grade).probability()));
            chance.is_some_and(|chance| chance > 0.0)
        };
        let others = Method::ALL.iter().copied().filter(|method| {
            method.layer() == self.method.layer()
                && !method.keeps_first_line()
                && *method != self.method
        });
        Err(Outcome::Unreachable {
            goal: self.condition.goal().clone(),
            methods: others.filter(gives).collect(),
        })
    }

    fn uncountable(&self, error: PhaseError) -> Outcome {
        Outcome::NotPriced(match error {
            PhaseError::Unpriced { .. } => NotPriced::NoPrice(self.method),
            error => NotPriced::Uncountable(error),
        })
    }
}
