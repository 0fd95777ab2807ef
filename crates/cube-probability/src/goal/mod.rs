//! Goals: conditions on the lines of a potential.

mod decimal;
mod parse;
mod similar;
mod sum;

use std::fmt;

pub use decimal::Decimal;
pub use parse::{GoalError, GoalErrorReason};
pub use sum::{Sum, Term};

use crate::OptionLine;

/// The most characters a goal may have, blanks not counted: so the canonical text of a goal is
/// within the limit whenever the text it was parsed from is.
pub const MAX_GOAL_CHARS: usize = 1000;

/// The most comparisons (`sum >= number`) a goal may have.
pub const MAX_GOAL_ATOMS: usize = 64;

/// The deepest nesting of parentheses.
pub const MAX_GOAL_DEPTH: usize = 16;

/// A condition on the three lines of a potential, such as `int_pct >= 21 and cooldown_seconds >= 2`.
///
/// ```text
/// goal = all { "or" all }            all  = atom { "and" atom }
/// atom = sum ">=" number | "(" goal ")"
/// sum  = term { "+" term }           term = [ number "*" ] ( stat | "lines(" stat { "," stat } ")" )
/// ```
///
/// Stats are the identifiers of [`Stat`](crate::Stat); `lines(a, b)` counts the lines that carry
/// any of the stats. Numbers have up to three decimal places and are compared exactly.
///
/// `Display` prints the canonical text, which parses back to the same goal.
///
/// ```
/// use cube_probability::{Goal, OptionLine};
///
/// let goal: Goal = "int_pct>=21 and (cooldown_seconds >= 2 or lines(int_pct) >= 3)".parse()?;
/// let lines = ["INT +12%", "올스탯 +9%", "스킬 재사용 대기시간 -2초"];
/// let lines: Vec<OptionLine> = lines.map(|text| text.parse().unwrap()).to_vec();
/// assert!(goal.holds(&lines));
/// assert_eq!(
///     goal.to_string(),
///     "int_pct >= 21 and (cooldown_seconds >= 2 or lines(int_pct) >= 3)"
/// );
/// # Ok::<(), cube_probability::GoalError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Goal {
    condition: Condition,
}

/// The tree of a goal. `All` and `Any` hold two or more conditions, none of their own kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Condition {
    /// The sum is the number or more.
    AtLeast(Sum, Decimal),
    /// Each of the conditions holds.
    All(Vec<Condition>),
    /// One or more of the conditions hold.
    Any(Vec<Condition>),
}

/// A goal larger than goals may be, or empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GoalLimit {
    /// No condition was given, or a sum without terms, or `lines()` without stats.
    #[error("a goal needs at least one condition, and a sum at least one stat")]
    Empty,
    /// More than [`MAX_GOAL_CHARS`] characters.
    #[error("a goal has at most {MAX_GOAL_CHARS} characters without blanks, this one has {chars}")]
    TooLong {
        /// The number of its characters, blanks not counted.
        chars: usize,
    },
    /// More than [`MAX_GOAL_ATOMS`] comparisons.
    #[error("a goal has at most {MAX_GOAL_ATOMS} comparisons")]
    TooManyAtoms,
    /// Parentheses nested deeper than [`MAX_GOAL_DEPTH`].
    #[error("the parentheses of a goal are nested at most {MAX_GOAL_DEPTH} deep")]
    TooDeep,
    /// A number above [`Decimal::MAX_IN_GOAL`].
    #[error("a number in a goal is at most {}", Decimal::MAX_IN_GOAL)]
    NumberTooLarge,
}

impl Goal {
    /// The goal that `sum` is `number` or more.
    ///
    /// # Errors
    ///
    /// [`GoalLimit`] if the sum is empty, too long or holds a number that is too large.
    pub fn at_least(sum: impl Into<Sum>, number: impl Into<Decimal>) -> Result<Self, GoalLimit> {
        Self::checked(Condition::AtLeast(sum.into(), number.into()))
    }

    /// The goal that every one of `goals` holds.
    ///
    /// # Errors
    ///
    /// [`GoalLimit`] if there is none, or the whole exceeds a limit.
    pub fn all(goals: impl IntoIterator<Item = Self>) -> Result<Self, GoalLimit> {
        Self::checked(Condition::all(goals.into_iter().map(|goal| goal.condition)))
    }

    /// The goal that at least one of `goals` holds.
    ///
    /// # Errors
    ///
    /// [`GoalLimit`] if there is none, or the whole exceeds a limit.
    pub fn any(goals: impl IntoIterator<Item = Self>) -> Result<Self, GoalLimit> {
        Self::checked(Condition::any(goals.into_iter().map(|goal| goal.condition)))
    }

    /// Whether these lines meet the goal.
    pub fn holds(&self, lines: &[OptionLine]) -> bool {
        self.condition.holds(lines)
    }

    /// The comparisons the goal is made of, in the order they are written.
    pub fn comparisons(&self) -> Vec<(&Sum, Decimal)> {
        let mut found = Vec::new();
        self.condition.collect_comparisons(&mut found);
        found
    }

    pub(crate) fn condition(&self) -> &Condition {
        &self.condition
    }

    fn checked(condition: Condition) -> Result<Self, GoalLimit> {
        condition.check()?;
        let goal = Self { condition };
        if goal.condition.most_chars() > MAX_GOAL_CHARS {
            check_length(&goal.to_string())?;
        }
        Ok(goal)
    }
}

fn check_length(text: &str) -> Result<(), GoalLimit> {
    let chars = text.chars().filter(|c| !c.is_whitespace()).count();
    if chars > MAX_GOAL_CHARS {
        return Err(GoalLimit::TooLong { chars });
    }
    Ok(())
}

impl Condition {
    /// All of the conditions, with nested `All`s taken apart and a single one standing for itself.
    fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for condition in conditions {
            match condition {
                Self::All(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() == 1 {
            return flat.swap_remove(0);
        }
        Self::All(flat)
    }

    /// Any of the conditions, with nested `Any`s taken apart and a single one standing for itself.
    fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for condition in conditions {
            match condition {
                Self::Any(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() == 1 {
            return flat.swap_remove(0);
        }
        Self::Any(flat)
    }

    fn holds(&self, lines: &[OptionLine]) -> bool {
        match self {
            Self::AtLeast(sum, number) => sum.value(lines) >= *number,
            Self::All(parts) => parts.iter().all(|part| part.holds(lines)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(lines)),
        }
    }

    fn collect_comparisons<'a>(&'a self, found: &mut Vec<(&'a Sum, Decimal)>) {
        match self {
            Self::AtLeast(sum, number) => found.push((sum, *number)),
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.collect_comparisons(found);
                }
            }
        }
    }

    fn check(&self) -> Result<(), GoalLimit> {
        let atoms = self.check_parts(0)?;
        if atoms > MAX_GOAL_ATOMS {
            return Err(GoalLimit::TooManyAtoms);
        }
        Ok(())
    }

    /// An upper bound on the characters of a checked condition's text, found without writing it.
    fn most_chars(&self) -> usize {
        match self {
            Self::AtLeast(sum, _) => sum.most_chars() + " >= ".len() + Decimal::MOST_CHARS_IN_GOAL,
            Self::All(parts) | Self::Any(parts) => {
                let parts = parts.iter().map(Self::most_chars);
                parts.map(|chars| chars + " and ()".len()).sum()
            }
        }
    }

    /// Checks the numbers, sums and depth below here; the number of comparisons.
    fn check_parts(&self, depth: usize) -> Result<usize, GoalLimit> {
        if depth > MAX_GOAL_DEPTH {
            return Err(GoalLimit::TooDeep);
        }
        match self {
            Self::AtLeast(sum, number) => {
                sum.check()?;
                if *number > Decimal::MAX_IN_GOAL {
                    return Err(GoalLimit::NumberTooLarge);
                }
                Ok(1)
            }
            Self::All(parts) | Self::Any(parts) if parts.is_empty() => Err(GoalLimit::Empty),
            Self::All(parts) => parts.iter().try_fold(0, |atoms, part| {
                // Only an `Any` inside an `All` is printed in parentheses.
                let deeper = usize::from(matches!(part, Self::Any(_)));
                Ok(atoms + part.check_parts(depth + deeper)?)
            }),
            Self::Any(parts) => parts
                .iter()
                .try_fold(0, |atoms, part| Ok(atoms + part.check_parts(depth)?)),
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.condition.fmt(f)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(sum, number) => write!(f, "{sum} >= {number}"),
            Self::All(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    f.write_str(if index > 0 { " and " } else { "" })?;
                    match part {
                        Self::Any(_) => write!(f, "({part})")?,
                        _ => write!(f, "{part}")?,
                    }
                }
                Ok(())
            }
            Self::Any(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    f.write_str(if index > 0 { " or " } else { "" })?;
                    write!(f, "{part}")?;
                }
                Ok(())
            }
        }
    }
}

crate::words::serde_as_text!(Goal);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stat;

    fn lines(texts: [&str; 3]) -> Vec<OptionLine> {
        texts.map(|text| text.parse().unwrap()).to_vec()
    }

    fn int_worth() -> Sum {
        Sum::from(Stat::IntPct)
            .plus(Decimal::from_thousandths(100), Stat::IntFlat)
            .plus(Decimal::from_thousandths(3100), Stat::IntPer9Levels)
    }

    #[test]
    fn goals_built_from_values_print_as_written() {
        let now = int_worth().value(&lines([
            "INT +8%",
            "캐릭터 기준 9레벨 당 INT +1",
            "INT +6%",
        ]));
        assert_eq!(now, Decimal::from_thousandths(17_100));
        let goal = Goal::all([
            Goal::at_least(int_worth(), now).unwrap(),
            Goal::at_least(Stat::MattFlat, 14).unwrap(),
        ])
        .unwrap();
        let text = "int_pct + 0.1*int_flat + 3.1*int_per_9_levels >= 17.1 and matt_flat >= 14";
        assert_eq!(goal.to_string(), text);
        assert_eq!(text.parse(), Ok(goal));
    }

    #[test]
    fn text_is_never_longer_than_its_bound() {
        let largest = Decimal::from_thousandths(999_999_999);
        let lines = Sum::new().plus_lines(largest, Stat::ALL.iter().copied());
        let sum = int_worth().plus(largest, Stat::IntPer9Levels);
        let few = || Goal::at_least(sum.clone(), largest).unwrap();
        let any = || Goal::any([few(), few()]).unwrap();
        let all = Goal::all([any(), any(), few()]).unwrap();
        let lines = Condition::AtLeast(lines, Decimal::MAX_IN_GOAL);
        for condition in [lines, few().condition, any().condition, all.condition] {
            let chars = condition.to_string().chars().count();
            assert!(chars <= condition.most_chars(), "{condition}");
        }
    }

    #[test]
    fn tenths_add_up_exactly() {
        let sum = Sum::new().plus(Decimal::from_thousandths(100), Stat::IntFlat);
        let goal = Goal::at_least(sum, Decimal::from_thousandths(300)).unwrap();
        assert!(goal.holds(&lines(["INT +1", "INT +1", "INT +1"])));
        assert!(!goal.holds(&lines(["INT +1", "INT +1", "DEX +1"])));
    }

    #[test]
    fn lines_counts_each_line_once() {
        let goal: Goal = "lines(boss_damage_pct, damage_pct, int_pct) >= 3"
            .parse()
            .unwrap();
        let boss = "보스 몬스터 데미지 +30%";
        assert!(goal.holds(&lines([boss, "데미지 +9%", "올스탯 +9%"])));
        assert!(!goal.holds(&lines([boss, "데미지 +9%", "공격력 +9%"])));
    }

    #[test]
    fn single_and_nested_goals_are_taken_apart() {
        let goal = |text: &str| text.parse::<Goal>().unwrap();
        let (a, b, c) = (
            goal("str_pct >= 1"),
            goal("dex_pct >= 2"),
            goal("int_pct >= 3"),
        );
        assert_eq!(Goal::all([a.clone()]), Ok(a.clone()));
        let left = Goal::all([Goal::all([a.clone(), b.clone()]).unwrap(), c.clone()]);
        assert_eq!(left, Goal::all([a.clone(), b.clone(), c.clone()]));
        let mixed = Goal::all([Goal::any([a, b]).unwrap(), c]).unwrap();
        assert_eq!(
            mixed.to_string(),
            "(str_pct >= 1 or dex_pct >= 2) and int_pct >= 3"
        );
    }

    #[test]
    fn limits_hold_for_goals_built_from_values_too() {
        let one = Goal::at_least(Stat::IntPct, 1).unwrap();
        assert_eq!(Goal::all([]), Err(GoalLimit::Empty));
        assert_eq!(Goal::at_least(Sum::new(), 1), Err(GoalLimit::Empty));
        assert_eq!(
            Goal::at_least(Sum::new().plus_lines(Decimal::ONE, []), 1),
            Err(GoalLimit::Empty)
        );
        assert_eq!(
            Goal::at_least(Stat::IntPct, 1_000_001),
            Err(GoalLimit::NumberTooLarge)
        );
        assert_eq!(
            Goal::all(vec![one; MAX_GOAL_ATOMS + 1]),
            Err(GoalLimit::TooManyAtoms)
        );
        let sum = (0..80).fold(Sum::new(), |sum, _| sum.plus(Decimal::ONE, Stat::MesoPct));
        assert_eq!(
            Goal::at_least(sum.plus_lines(Decimal::ONE, Stat::ALL.iter().copied()), 1)
                .map_err(|limit| matches!(limit, GoalLimit::TooLong { chars } if chars > 1000)),
            Err(true)
        );
    }
}
