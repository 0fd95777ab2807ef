//! Counts over resets of potentials and additional potentials.

use std::collections::BTreeMap;

use cube_probability::{
    Goal, Grade, LineOption, LineTables, Method, OptionLine, Part, Prices, Rules, Start, Stat,
};

use super::items::ItemCounts;
use super::{EventCount, GradeReport, PaidMeso, PotentialRow, ResetReport};

/// Counts over the resets of a history: rises and lines, by method and grade.
#[derive(Debug)]
pub struct ResetLuck {
    rules: &'static Rules,
    unknown: u64,
    by_grade: BTreeMap<(Method, Grade), GradeCounts>,
    items: ItemCounts,
    rises: BTreeMap<Method, BTreeMap<Grade, f64>>,
    tables: BTreeMap<(Method, Part, u16, Grade), Option<LineTables>>,
}

/// Counts over the resets made at one grade with one method.
#[derive(Debug, Default)]
struct GradeCounts {
    attempts: u64,
    rises: EventCount,
    /// Second lines of the grade landed on, rather than of the one below.
    second_lines: EventCount,
    /// Third lines of the grade landed on.
    third_lines: EventCount,
    cost: PaidMeso,
    /// The most failures in a row that a row shows.
    most_failures: u32,
    /// Whether a rise was certain by failures.
    has_certain_rise: bool,
}

/// The most tables of lines kept; beyond it they are made anew, so that memory stays bounded.
const MAX_TABLES: usize = 512;

impl ResetLuck {
    /// Nothing counted yet, under the rules whose rates the rows followed.
    pub fn new(rules: &'static Rules) -> Self {
        Self {
            rules,
            unknown: 0,
            by_grade: BTreeMap::new(),
            items: ItemCounts::default(),
            rises: BTreeMap::new(),
            tables: BTreeMap::new(),
        }
    }

    /// Counts a row that could not be read.
    pub const fn add_unknown(&mut self) {
        self.unknown += 1;
    }

    /// Adds a reset.
    pub fn add(&mut self, row: &PotentialRow) {
        let possible = row.method.filter(|method| is_possible(*method, row));
        let Some(method) = possible else {
            self.unknown += 1;
            return;
        };
        self.items.add(method, row);
        let rose = row.to > row.from;
        let chance = self.rise(method, row);
        let lines = self.lines(method, row);
        let counts = self.by_grade.entry((method, row.from)).or_default();
        counts.attempts += 1;
        counts.cost.add(row.cost_meso);
        if let Some(chance) = chance {
            counts.rises.add(chance, rose);
        }
        let of_line = [&mut counts.second_lines, &mut counts.third_lines];
        for (count, (chance, came)) in of_line.into_iter().zip(lines) {
            count.add(chance, came);
        }
        counts.most_failures = counts.most_failures.max(row.failures.unwrap_or(0));
        counts.has_certain_rise |= row.certain && rose && row.failures.is_some();
    }

    /// The report of everything added so far.
    pub fn report(&self) -> ResetReport {
        let mut rises = EventCount::default();
        let mut attempts = 0;
        let mut largest_failures_before_certain = BTreeMap::new();
        let mut by_grade = Vec::with_capacity(self.by_grade.len());
        for ((method, grade), counts) in &self.by_grade {
            attempts += counts.attempts;
            rises.merge(&counts.rises);
            by_grade.push(counts.report(*method, *grade));
            if counts.has_certain_rise {
                let key = format!("{method}/{grade}");
                largest_failures_before_certain.insert(key, counts.most_failures);
            }
        }
        ResetReport {
            attempts,
            unknown: self.unknown,
            rises: rises.report(),
            by_grade,
            items: self.items.report(self.rules),
            largest_failures_before_certain,
        }
    }

    /// The chance of a rise; none where the method does not rise from the grade.
    fn rise(&mut self, method: Method, row: &PotentialRow) -> Option<f64> {
        let rules = self.rules;
        let by_grade = self
            .rises
            .entry(method)
            .or_insert_with(|| rises(rules, method));
        let chance = by_grade
            .get(&row.from)
            .copied()
            .filter(|chance| *chance > 0.0)?;
        Some(match (row.certain, row.miracle_time) {
            (true, _) => 1.0,
            (false, true) => (2.0 * chance).min(1.0),
            (false, false) => chance,
        })
    }

    /// The chances that the second and third line are of the grade landed on, each given the lines
    /// before it, and whether they are. Empty from the first line on that is not known.
    fn lines(&mut self, method: Method, row: &PotentialRow) -> Vec<(f64, bool)> {
        let Some(part) = row.part.filter(|_| !method.keeps_first_line()) else {
            return Vec::new();
        };
        let key = (method, part, row.item_level, row.to);
        if self.tables.len() >= MAX_TABLES && !self.tables.contains_key(&key) {
            self.tables.clear();
        }
        let rules = self.rules;
        let tables = self.tables.entry(key);
        let tables =
            tables.or_insert_with(|| rules.line_tables(method, part, row.item_level, row.to).ok());
        let Some(tables) = tables else {
            return Vec::new();
        };
        let mut drawn: Vec<OptionLine> = Vec::with_capacity(3);
        let mut found = Vec::with_capacity(2);
        for (index, line) in row.lines.iter().take(3).enumerate() {
            let Some((line, is_prime)) = line else {
                break;
            };
            if index > 0 {
                found.push((prime_chance(tables, &drawn, index), *is_prime));
            }
            drawn.push(*line);
        }
        found
    }
}

impl GradeCounts {
    fn report(&self, method: Method, grade: Grade) -> GradeReport {
        let of_rises = self.rises.report();
        GradeReport {
            method,
            grade,
            attempts: self.attempts,
            rises: (of_rises.attempts > 0).then_some(of_rises),
            second_lines: self.second_lines.report(),
            third_lines: self.third_lines.report(),
            cost_meso: self.cost,
        }
    }
}

/// Whether the game has such a reset.
fn is_possible(method: Method, row: &PotentialRow) -> bool {
    let reaches = (method.lowest_grade()..=method.highest_grade()).contains(&row.from);
    let stays = row.to == row.from;
    let rises = Some(row.to) == row.from.next() && row.to <= method.highest_grade();
    reaches && (stays || rises)
}

/// The published chance of a rise from each grade.
fn rises(rules: &'static Rules, method: Method) -> BTreeMap<Grade, f64> {
    let anything = Goal::at_least(Stat::DefFlat, 0).expect("a goal of one comparison");
    let start = Start::at(method.lowest_grade());
    let phases = rules.phases(method, Part::Hat, 150, &anything, start, &Prices::new());
    let phases = phases.unwrap_or_default().into_iter();
    phases.map(|phase| (phase.grade, phase.rise)).collect()
}

/// The chance that a line is of the grade landed on, after these lines.
///
/// The first line always is, so an option of that grade is one that a first line can be.
fn prime_chance(tables: &LineTables, drawn: &[OptionLine], line: usize) -> f64 {
    let full = |option: &LineOption| {
        option.limit.is_some_and(|(category, most)| {
            let of = cube_probability::LimitedCategory::of;
            drawn
                .iter()
                .filter(|line| of(**line) == Some(category))
                .count()
                >= most
        })
    };
    let (mut prime, mut all) = (0, 0);
    for option in tables.options().iter().filter(|option| !full(option)) {
        all += u128::from(option.weights[line]);
        if option.weights[0] > 0 {
            prime += u128::from(option.weights[line]);
        }
    }
    prime as f64 / all as f64
}
