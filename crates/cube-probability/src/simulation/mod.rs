//! Seeded Monte Carlo of the reset process, to check the exact figures and to play.
//!
//! Nothing here uses the exact computation: resets rise or stay, lines are drawn one after the
//! other by Vose's alias method, and a goal looks at the lines as they come.
//!
//! ```
//! use cube_probability::simulation::{Dice, Play};
//! use cube_probability::{Method, Part, Prices, Rules, Start};
//!
//! let goal = "int_pct >= 21".parse()?;
//! let (rules, method, part, level) = (Rules::current(), Method::Black, Part::Hat, 150);
//! let phases = rules.phases(method, part, level, &goal, Start::FRESH, &Prices::new())?;
//! let play = Play::new(rules, method, part, level)?;
//! let played = play.until(&goal, &phases, 100_000, &mut Dice::seeded(7));
//! let played = played.expect("far fewer resets than this are needed");
//! assert!(goal.holds(&played.lines));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod alias;
mod dice;

use self::alias::Alias;
pub use self::dice::Dice;
use crate::{
    Draw, DrawnLines, Goal, Grade, LineOption, LineTables, Method, Part, Phase, ResetError, Rules,
};

/// What one run of a process took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The resets made.
    pub resets: u64,
    /// The meso paid; none when a reset had no known price.
    pub meso: Option<u64>,
}

impl Run {
    const NONE: Self = Self {
        resets: 0,
        meso: Some(0),
    };

    /// Makes resets along phases until the goal is met; none when `most` resets were not enough, or
    /// there is no phase.
    pub fn along(phases: &[Phase], most: u64, dice: &mut Dice) -> Option<Self> {
        let mut climb = Climb::start(phases)?;
        let mut run = Self::NONE;
        while run.resets < most {
            run.pay(climb.phase);
            climb.reset(dice);
            if dice.happens(climb.phase.success) {
                return Some(run);
            }
        }
        None
    }

    fn pay(&mut self, phase: &Phase) {
        self.resets += 1;
        let both = self.meso.zip(phase.cost);
        self.meso = both.map(|(paid, cost)| paid.saturating_add(cost));
    }
}

/// The grade of an item, and how often it was tried to rise from it.
struct Climb<'a> {
    phase: &'a Phase,
    above: &'a [Phase],
    tries: u32,
}

impl<'a> Climb<'a> {
    fn start(phases: &'a [Phase]) -> Option<Self> {
        let (phase, above) = phases.split_first()?;
        Some(Self {
            phase,
            above,
            tries: 0,
        })
    }

    /// Decides the grade of one reset.
    fn reset(&mut self, dice: &mut Dice) {
        self.tries = self.tries.saturating_add(1);
        let certain_on = self.phase.certain_on;
        let certain = certain_on.is_some_and(|on| on.get() <= self.tries);
        if let Some(above) = Self::start(self.above)
            && (certain || dice.happens(self.phase.rise))
        {
            *self = above;
        }
    }
}

/// One kind of item and the method that resets it.
#[derive(Debug, Clone)]
pub struct Play {
    /// From the method's lowest grade up to its highest.
    lines: Vec<(Grade, Lines)>,
}

/// What a play came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Played {
    /// What it took.
    pub run: Run,
    /// The grade reached.
    pub grade: Grade,
    /// The lines that meet the goal.
    pub lines: DrawnLines,
}

impl Play {
    /// Makes the tables ready that lines are drawn from.
    ///
    /// # Errors
    ///
    /// [`ResetError`] if there are no items of the level.
    pub fn new(
        rules: &'static Rules,
        method: Method,
        part: Part,
        item_level: u16,
    ) -> Result<Self, ResetError> {
        Self::of(rules, &Draw::new(method, part, item_level))
    }

    /// Makes the tables of a draw ready.
    ///
    /// # Errors
    ///
    /// [`ResetError`] if the game has no such draw.
    pub fn of(rules: &'static Rules, draw: &Draw) -> Result<Self, ResetError> {
        let grades = draw.method().grades().iter();
        let lines = grades
            .map(|&grade| Ok((grade, Lines::new(&LineTables::new(rules, draw, grade)?))))
            .collect::<Result<_, _>>()?;
        Ok(Self { lines })
    }

    /// Resets the item until its lines meet the goal. The phases say how it rises and what that
    /// costs; their chances of success are not looked at.
    ///
    /// None when `most` resets were not enough, or the phases lead above the method's highest
    /// grade.
    pub fn until(
        &self,
        goal: &Goal,
        phases: &[Phase],
        most: u64,
        dice: &mut Dice,
    ) -> Option<Played> {
        let mut climb = Climb::start(phases)?;
        let mut run = Run::NONE;
        while run.resets < most {
            run.pay(climb.phase);
            climb.reset(dice);
            let grade = climb.phase.grade;
            let lines = self.lines(grade, dice)?;
            if goal.holds(&lines) {
                return Some(Played { run, grade, lines });
            }
        }
        None
    }

    /// The lines of one reset that lands on `grade`; none where the method does not work.
    pub fn lines(&self, grade: Grade, dice: &mut Dice) -> Option<DrawnLines> {
        let (_, lines) = self.lines.iter().find(|(of, _)| *of == grade)?;
        Some(lines.draw(dice))
    }
}

/// The lines of one grade.
#[derive(Debug, Clone)]
struct Lines {
    options: Vec<LineOption>,
    tables: [Alias; 3],
    third: bool,
}

impl Lines {
    fn new(tables: &LineTables) -> Self {
        let options = tables.options().to_vec();
        let table = |line: usize| {
            let weights: Vec<u64> = options.iter().map(|option| option.weights[line]).collect();
            Alias::new(&weights, tables.total())
        };
        Self {
            tables: [0, 1, 2].map(table),
            options,
            third: tables.lines() == 3,
        }
    }

    /// A category that is full leaves the table: what is drawn of it is drawn again.
    fn draw(&self, dice: &mut Dice) -> DrawnLines {
        let first = self.options[self.tables[0].draw(dice)];
        let second = self.draw_allowed(1, &[first], dice);
        let third = self
            .third
            .then(|| self.draw_allowed(2, &[first, second], dice).line);
        DrawnLines::new(first.line, second.line, third)
    }

    fn draw_allowed(&self, line: usize, before: &[LineOption], dice: &mut Dice) -> LineOption {
        loop {
            let option = self.options[self.tables[line].draw(dice)];
            let full = option.limit.is_some_and(|(category, most)| {
                let held = before.iter().filter_map(|option| option.limit);
                held.filter(|(held, _)| *held == category).count() >= most
            });
            if !full {
                return option;
            }
        }
    }
}
