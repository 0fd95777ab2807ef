//! Counts over resets of potentials.

use std::collections::BTreeMap;

use cube_probability::{
    Goal, Grade, LineOption, LineTables, Method, OptionLine, Part, Prices, Rules, Start, Stat,
};

use super::{EventCount, PotentialRow};

/// Counts of rises and lines, by method and grade.
#[derive(Debug)]
pub(super) struct PotentialCounts {
    rules: &'static Rules,
    pub(super) unknown: u64,
    pub(super) by_grade: BTreeMap<(Method, Grade), GradeCounts>,
    /// The most failures seen before a certain rise.
    pub(super) most_failures: BTreeMap<(Method, Grade), u32>,
    rises: BTreeMap<Method, BTreeMap<Grade, f64>>,
    tables: BTreeMap<(Method, Part, u16, Grade), Option<LineTables>>,
}

/// Counts over the resets made at one grade with one method.
#[derive(Debug, Default)]
pub(super) struct GradeCounts {
    pub(super) attempts: u64,
    pub(super) rises: EventCount,
    /// Second lines of the grade landed on, rather than of the one below.
    pub(super) second_lines: EventCount,
    /// Third lines of the grade landed on.
    pub(super) third_lines: EventCount,
}

/// The most tables of lines kept; beyond it they are made anew, so that memory stays bounded.
const MAX_TABLES: usize = 512;

impl PotentialCounts {
    pub(super) fn new(rules: &'static Rules) -> Self {
        Self {
            rules,
            unknown: 0,
            by_grade: BTreeMap::new(),
            most_failures: BTreeMap::new(),
            rises: BTreeMap::new(),
            tables: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, row: &PotentialRow) {
        let possible = row.method.filter(|method| is_possible(*method, row));
        let Some(method) = possible else {
            self.unknown += 1;
            return;
        };
        let rose = row.to > row.from;
        let chance = self.rise(method, row);
        let lines = self.lines(method, row);
        let key = (method, row.from);
        let counts = self.by_grade.entry(key).or_default();
        counts.attempts += 1;
        if let Some(chance) = chance {
            counts.rises.add(chance, rose);
        }
        let of_line = [&mut counts.second_lines, &mut counts.third_lines];
        for (count, (chance, came)) in of_line.into_iter().zip(lines) {
            count.add(chance, came);
        }
        if let Some(failures) = row.failures.filter(|_| row.certain && rose) {
            let most = self.most_failures.entry(key).or_default();
            *most = failures.max(*most);
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
            let Some((line, grade)) = line else {
                break;
            };
            if index > 0 {
                found.push((prime_chance(tables, &drawn, index), *grade == row.to));
            }
            drawn.push(*line);
        }
        found
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
