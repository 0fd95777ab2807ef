//! The odds of a goal at every grade, and the process of resets that leads to it.

use std::num::NonZeroU32;

use crate::tables::tables;
use crate::{
    Chance, Goal, Grade, LineTables, Method, Part, Phase, Prices, ResetError, Rules, Start,
};

/// The odds of a goal for one item and one method, at every grade the method reaches.
#[derive(Debug, Clone, PartialEq)]
pub struct Odds {
    rules: &'static Rules,
    method: Method,
    part: Part,
    item_level: u16,
    pool_level: u16,
    /// By grade, up to the method's highest.
    chances: Vec<Chance>,
}

/// What a goal is to a method from some grade on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// No draw meets the goal at any grade from the start up to the method's highest.
    Never,
    /// Some draws meet it.
    Possible,
    /// Every draw meets it, at every grade from the start up.
    Always,
}

impl Odds {
    pub(crate) fn new(
        rules: &'static Rules,
        method: Method,
        part: Part,
        item_level: u16,
        goal: &Goal,
    ) -> Result<Self, ResetError> {
        let grades = Grade::ALL.iter().filter(|g| **g <= method.highest_grade());
        let tables = grades
            .map(|grade| LineTables::new(rules, method, part, item_level, *grade))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            rules,
            method,
            part,
            item_level,
            pool_level: tables[0].pool_level(),
            chances: tables.iter().map(|tables| tables.chance(goal)).collect(),
        })
    }

    /// The rules these odds follow.
    pub fn rules(&self) -> &'static Rules {
        self.rules
    }

    /// The method asked about.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The part asked about.
    pub fn part(&self) -> Part {
        self.part
    }

    /// The item level whose published tables were used; see [`LineTables::pool_level`].
    pub fn pool_level(&self) -> u16 {
        self.pool_level
    }

    /// The chance that one reset landing on `grade` meets the goal; never above the method's
    /// highest grade.
    pub fn chance(&self, grade: Grade) -> Chance {
        self.chances
            .get(grade as usize)
            .copied()
            .unwrap_or(Chance::Never)
    }

    /// Each grade the method reaches, with its chance.
    pub fn by_grade(&self) -> impl Iterator<Item = (Grade, Chance)> {
        Grade::ALL.iter().copied().zip(self.chances.iter().copied())
    }

    /// What the goal is to this method when the item starts at `grade`.
    pub fn verdict(&self, grade: Grade) -> Verdict {
        let reached = self.chances.get(grade as usize..).unwrap_or_default();
        if reached.iter().all(|chance| *chance == Chance::Never) {
            Verdict::Never
        } else if reached.iter().all(|chance| *chance == Chance::Always) {
            Verdict::Always
        } else {
            Verdict::Possible
        }
    }

    /// The process of resets from `start` up to the method's highest grade, one phase a grade.
    ///
    /// A cube costs its price in `prices`, else the default of the rules, plus the appraisal fee;
    /// the cost is none where neither is known.
    ///
    /// # Errors
    ///
    /// [`ResetError`] if the method cannot start at that grade, or with that many failures.
    pub fn phases(&self, start: Start, prices: &Prices) -> Result<Vec<Phase>, ResetError> {
        self.check(start)?;
        let cube_price = prices.of(self.method);
        let phases = self.by_grade().filter(|(grade, _)| *grade >= start.grade);
        Ok(phases
            .map(|(grade, chance)| {
                let failures = if grade == start.grade {
                    start.failures
                } else {
                    0
                };
                Phase {
                    grade,
                    success: chance.probability(),
                    rise: tables().rates.rise(self.method, grade).unwrap_or(0.0),
                    certain_on: certain_on(self.method, grade, failures),
                    cost: self
                        .rules
                        .reset_cost(self.method, self.item_level, grade, cube_price),
                }
            })
            .collect())
    }

    fn check(&self, start: Start) -> Result<(), ResetError> {
        let Start { grade, failures } = start;
        let method = self.method;
        if grade > method.highest_grade() {
            return Err(ResetError::GradeTooHigh { method, grade });
        }
        match tables().rates.pity(method, grade) {
            Some(most) if failures > most => Err(ResetError::TooManyFailures {
                method,
                grade,
                failures,
                most,
            }),
            _ => Ok(()),
        }
    }
}

/// On which try from now the rise is certain.
fn certain_on(method: Method, grade: Grade, failures: u32) -> Option<NonZeroU32> {
    let most = tables().rates.pity(method, grade)?;
    NonZeroU32::MIN.checked_add(most.saturating_sub(failures))
}

impl Rules {
    /// The process of resets of one item until a goal is met: [`odds`](Self::odds) and
    /// [`phases`](Odds::phases) in one step.
    ///
    /// # Errors
    ///
    /// [`ResetError`] if there are no items of the level, or the method cannot start there.
    pub fn phases(
        &'static self,
        method: Method,
        part: Part,
        item_level: u16,
        goal: &Goal,
        start: Start,
        prices: &Prices,
    ) -> Result<Vec<Phase>, ResetError> {
        self.odds(method, part, item_level, goal)?
            .phases(start, prices)
    }
}
