//! Chances by trying all ordered draws of the full option lists, without merging anything.

use cube_probability::{Layer, LimitedCategory, LineTables, Method, OptionLine, Rules};

/// The lines that are drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lines {
    Three,
    Two,
    /// The second and third line, after this first one.
    After(OptionLine),
}

/// The chance that the lines of one draw pass `holds`.
pub(crate) fn brute_force(
    rules: &Rules,
    method: Method,
    tables: &LineTables,
    lines: Lines,
    holds: impl Fn(&[OptionLine]) -> bool,
) -> f64 {
    let limited = method.layer() == Layer::Potential;
    let most = |line| {
        LimitedCategory::of(line)
            .filter(|_| limited)
            .map_or(3, |category| rules.most_lines(category))
    };
    let may_follow = |drawn: &[OptionLine], line: OptionLine| {
        let category = LimitedCategory::of(line);
        let of_category = |drawn: &&OptionLine| LimitedCategory::of(**drawn) == category;
        drawn.iter().filter(of_category).count() < most(line)
    };
    let shares = |drawn: &[OptionLine], line: usize| -> Vec<(OptionLine, f64)> {
        let options = tables.options().iter();
        let left = options.filter(|option| may_follow(drawn, option.line));
        let total: u64 = left.clone().map(|option| option.weights[line]).sum();
        left.filter(|option| option.weights[line] > 0)
            .map(|option| (option.line, option.weights[line] as f64 / total as f64))
            .collect()
    };
    let firsts = match lines {
        Lines::After(line) => vec![(line, 1.0)],
        Lines::Three | Lines::Two => shares(&[], 0),
    };
    let mut chance = 0.0;
    for (first, p) in firsts {
        for (second, q) in shares(&[first], 1) {
            if matches!(lines, Lines::Two) {
                chance += if holds(&[first, second]) { p * q } else { 0.0 };
                continue;
            }
            let thirds = shares(&[first, second], 2);
            let meets = thirds
                .iter()
                .filter(|(third, _)| holds(&[first, second, *third]));
            chance += p * q * meets.map(|(_, r)| r).sum::<f64>();
        }
    }
    chance
}
