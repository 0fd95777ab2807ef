//! The odds of a goal at every grade, and the process of resets that leads to it.

use std::fmt;
use std::num::NonZeroU32;

use crate::success;
use crate::tables::tables;
use crate::{
    Chance, Decimal, Draw, Goal, Grade, LineTables, LineTotals, Method, Part, Phase, Prices,
    ResetError, Rules, Start, Stat, Sum,
};

/// The odds of a goal for one item and one method, at every grade the method reaches.
#[derive(Debug, Clone, PartialEq)]
pub struct Odds {
    rules: &'static Rules,
    draw: Draw,
    pool_level: u16,
    /// By grade, from the method's lowest up to its highest.
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

/// A comparison that no draw meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutOfReach {
    /// The sum compared.
    pub sum: Sum,
    /// The number it would have to reach.
    pub number: Decimal,
    /// The most that three lines add up to.
    pub most: Decimal,
}

/// In words: `int_pct reaches at most 36, not 40`.
impl fmt::Display for OutOfReach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} reaches at most {}, not {}",
            self.sum, self.most, self.number
        )
    }
}

impl Odds {
    fn new(
        rules: &'static Rules,
        draw: &Draw,
        chance: impl Fn(&LineTables) -> Chance,
    ) -> Result<Self, ResetError> {
        let mut chances = Vec::with_capacity(draw.method().grades().len());
        let mut pool_level = 0;
        for &grade in draw.method().grades() {
            let tables = LineTables::new(rules, draw, grade)?;
            pool_level = tables.pool_level();
            chances.push(chance(&tables));
        }
        Ok(Self {
            rules,
            draw: *draw,
            pool_level,
            chances,
        })
    }

    /// The rules these odds follow.
    pub fn rules(&self) -> &'static Rules {
        self.rules
    }

    /// The method asked about.
    pub fn method(&self) -> Method {
        self.draw.method()
    }

    /// The part asked about.
    pub fn part(&self) -> Part {
        self.draw.part()
    }

    /// The item level asked about.
    pub fn item_level(&self) -> u16 {
        self.draw.item_level()
    }

    /// The item level whose published tables were used; see [`LineTables::pool_level`].
    pub fn pool_level(&self) -> u16 {
        self.pool_level
    }

    /// The chance that one reset landing on `grade` meets the goal; never at a grade that the
    /// method does not work on.
    pub fn chance(&self, grade: Grade) -> Chance {
        let mut by_grade = self.by_grade();
        let found = by_grade.find(|(of, _)| *of == grade);
        found.map_or(Chance::Never, |(_, chance)| chance)
    }

    /// Each grade the method reaches, with its chance.
    pub fn by_grade(&self) -> impl Iterator<Item = (Grade, Chance)> {
        let grades = self.draw.method().grades().iter().copied();
        grades.zip(self.chances.iter().copied())
    }

    /// What the goal is to this method when the item starts at `grade`.
    pub fn verdict(&self, grade: Grade) -> Verdict {
        let reached = || self.by_grade().filter(|(reached, _)| *reached >= grade);
        if reached().all(|(_, chance)| chance == Chance::Never) {
            Verdict::Never
        } else if reached().all(|(_, chance)| chance == Chance::Always) {
            Verdict::Always
        } else {
            Verdict::Possible
        }
    }

    /// The comparisons of `goal` that no draw meets, by themselves, from `grade` up to the
    /// method's highest grade: why a goal with the verdict [`Never`](Verdict::Never) is one.
    ///
    /// Empty where each comparison can be met, but not those that must be met together.
    ///
    /// # Errors
    ///
    /// [`ResetError`] if the method never lands on the grade.
    pub fn out_of_reach(&self, goal: &Goal, grade: Grade) -> Result<Vec<OutOfReach>, ResetError> {
        let reached = self.by_grade().filter(|(reached, _)| *reached >= grade);
        let tables = reached
            .map(|(grade, _)| LineTables::new(self.rules, &self.draw, grade))
            .collect::<Result<Vec<_>, _>>()?;
        let asked = goal
            .comparisons()
            .into_iter()
            .map(|(sum, number)| OutOfReach {
                sum: sum.clone(),
                number,
                most: tables
                    .iter()
                    .map(|tables| tables.most(sum))
                    .max()
                    .unwrap_or_default(),
            });
        Ok(asked.filter(|asked| asked.most < asked.number).collect())
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
        let method = self.draw.method();
        let cube_price = prices.of(method);
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
                    rise: tables().rates.rise(method, grade).unwrap_or(0.0),
                    certain_on: certain_on(method, grade, failures),
                    cost: self
                        .rules
                        .reset_cost(method, self.draw.item_level(), grade, cube_price),
                }
            })
            .collect())
    }

    fn check(&self, start: Start) -> Result<(), ResetError> {
        let Start { grade, failures } = start;
        let method = self.draw.method();
        if grade < method.lowest_grade() {
            return Err(ResetError::GradeTooLow { method, grade });
        }
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
    /// The odds of a goal at every grade that the method reaches.
    ///
    /// # Errors
    ///
    /// [`ResetError`] if the game has no such draw.
    pub fn odds_of(&'static self, draw: &Draw, goal: &Goal) -> Result<Odds, ResetError> {
        Odds::new(self, draw, |tables| tables.chance(goal))
    }

    /// The odds that the totals of the lines meet a condition of any kind, at every grade that
    /// the method reaches: exact, as those of a goal.
    ///
    /// `stats` are the stats that the condition looks at. The condition must be monotone: what
    /// holds must still hold for more of any of them, and for a monster's defence ignored further.
    ///
    /// ```
    /// use cube_probability::{Draw, Grade, Method, Part, Rules, Stat};
    ///
    /// // Attack and damage multiply each other, which no sum can say.
    /// let draw = Draw::new(Method::MesoPotential, Part::Weapon, 200);
    /// let stats = [Stat::AttPct, Stat::BossDamagePct];
    /// let odds = Rules::current().odds_where(&draw, &stats, |totals| {
    ///     let factor = |stat| 100 + totals.of(stat);
    ///     factor(Stat::AttPct) * (factor(Stat::BossDamagePct) + 400) >= 121 * 535
    /// })?;
    /// assert!(odds.chance(Grade::Legendary).probability() > 0.0);
    /// # Ok::<(), cube_probability::ResetError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ResetError`] if the game has no such draw.
    pub fn odds_where(
        &'static self,
        draw: &Draw,
        stats: &[Stat],
        holds: impl Fn(&LineTotals<'_>) -> bool,
    ) -> Result<Odds, ResetError> {
        Odds::new(self, draw, |tables| {
            success::tally_where(tables, stats, &holds).chance()
        })
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    fn odds(method: Method, goal: &str) -> Odds {
        let goal = goal.parse().unwrap();
        Rules::current()
            .odds(method, Part::Hat, 150, &goal)
            .unwrap()
    }

    #[test]
    fn verdicts_look_at_the_grades_still_ahead() {
        let flat = odds(Method::MesoPotential, "str_flat >= 12");
        assert!(flat.chance(Grade::Rare).probability() > 0.0, "{flat:?}");
        assert_eq!(flat.verdict(Grade::Rare), Verdict::Possible);
        assert_eq!(flat.verdict(Grade::Legendary), Verdict::Never);

        let high = odds(Method::MesoPotential, "int_pct >= 30");
        assert_eq!(high.chance(Grade::Epic), Chance::Never);
        assert_eq!(high.verdict(Grade::Rare), Verdict::Possible);
        assert_eq!(
            odds(Method::Master, "int_pct >= 30").verdict(Grade::Rare),
            Verdict::Never
        );
        let anything = odds(Method::Red, "int_pct >= 0");
        assert_eq!(anything.verdict(Grade::Rare), Verdict::Always);
    }

    #[test]
    fn what_is_out_of_reach_is_named_with_the_most_there_is() {
        let reasons = |method, text: &str, grade| {
            let goal = text.parse().unwrap();
            let odds = odds(method, text);
            let reasons = odds.out_of_reach(&goal, grade).unwrap();
            reasons.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let goal = "int_pct >= 40 and boss_damage_pct >= 1 and luk_pct >= 9";
        assert_eq!(
            reasons(Method::Black, goal, Grade::Rare),
            [
                "int_pct reaches at most 36, not 40",
                "boss_damage_pct reaches at most 0, not 1"
            ]
        );
        assert_eq!(
            reasons(Method::Master, "int_pct >= 28", Grade::Rare),
            ["int_pct reaches at most 27, not 28"]
        );
        // Each is possible, but not all in three lines.
        let together = "int_pct >= 27 and cooldown_seconds >= 2";
        assert!(reasons(Method::Black, together, Grade::Rare).is_empty());
        assert_eq!(
            odds(Method::Black, together).verdict(Grade::Rare),
            Verdict::Never
        );
        // At most one line of a skill.
        assert_eq!(
            reasons(
                Method::Black,
                "lines(decent_mystic_door, decent_haste) >= 2",
                Grade::Rare
            ),
            ["lines(decent_mystic_door, decent_haste) reaches at most 1, not 2"]
        );
    }

    #[test]
    fn phases_climb_from_the_start_to_the_highest_grade() {
        let start = Start {
            grade: Grade::Epic,
            failures: 40,
        };
        let phases = odds(Method::MesoPotential, "int_pct >= 9")
            .phases(start, &Prices::new())
            .unwrap();
        let shape: Vec<_> = phases
            .iter()
            .map(|p| (p.grade, p.rise, p.certain_on.map(NonZeroU32::get), p.cost))
            .collect();
        assert_eq!(
            shape,
            [
                (Grade::Epic, 0.035, Some(3), Some(16_000_000)),
                (Grade::Unique, 0.014, Some(108), Some(34_000_000)),
                (Grade::Legendary, 0.0, None, Some(40_000_000)),
            ]
        );
        assert!(phases.is_sorted_by(|a, b| a.success < b.success));
    }

    #[test]
    fn cubes_without_a_price_have_no_cost() {
        let odds = odds(Method::Meister, "int_pct >= 9");
        let phases = odds.phases(Start::FRESH, &Prices::new()).unwrap();
        assert!(phases.iter().all(|phase| phase.cost.is_none()));
        assert!(phases.iter().all(|phase| phase.certain_on.is_none()));
        let prices = Prices::new().with(Method::Meister, 1_000_000).unwrap();
        let phases = odds.phases(Start::FRESH, &prices).unwrap();
        assert!(phases.iter().all(|phase| phase.cost == Some(1_450_000)));
    }

    #[test]
    fn impossible_starts_are_refused() {
        let error = |method, grade, failures| {
            let start = Start { grade, failures };
            odds(method, "int_pct >= 9")
                .phases(start, &Prices::new())
                .map(|phases| phases.len())
                .map_err(|error| error.to_string())
        };
        assert_eq!(
            error(Method::Master, Grade::Legendary, 0),
            Err("master works up to unique, not at legendary".to_owned())
        );
        assert_eq!(error(Method::MesoPotential, Grade::Rare, 10), Ok(4));
        assert_eq!(
            error(Method::MesoPotential, Grade::Rare, 11),
            Err("meso_potential at rare fails at most 10 times in a row, not 11".to_owned())
        );
        assert_eq!(error(Method::Master, Grade::Rare, 999), Ok(3));
        let goal = "int_pct >= 9".parse().unwrap();
        let level = Rules::current().odds(Method::Red, Part::Hat, 301, &goal);
        assert_eq!(
            level.unwrap_err().to_string(),
            "item level 301 is outside 0 to 300"
        );
        let grade = Rules::current().success_probability(
            Method::Occult,
            Part::Hat,
            150,
            Grade::Unique,
            &goal,
        );
        assert_eq!(
            grade.unwrap_err().to_string(),
            "occult works up to epic, not at unique"
        );
    }
}
