//! The tables from which the three lines of a potential are drawn.

use crate::rules::MAX_ITEM_LEVEL;
use crate::tables::{MILLION, tables};
use crate::{
    Chance, Decimal, Draw, Goal, Grade, Layer, LimitedCategory, Method, OptionLine, ResetError,
    Rules, Sum, success,
};

/// The tables of the three lines that a reset draws when it lands on a grade.
///
/// Line by line, an option comes from the pool of the grade (its *prime* pool) or of the grade
/// below, with the published rate of that line, and within a pool by weight. Here both are one
/// table: every option has one whole-number weight for each line, and the weights of each line
/// sum to [`total`](Self::total).
#[derive(Debug, Clone)]
pub struct LineTables {
    options: Vec<LineOption>,
    total: u64,
    pool_level: u16,
    lines: usize,
}

/// One option of [`LineTables`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineOption {
    /// The option of the line.
    pub line: OptionLine,
    /// Its weight in the table of the first, second and third line.
    pub weights: [u64; 3],
    /// The most lines of the option's category that may be drawn, where that is less than three.
    pub limit: Option<(LimitedCategory, usize)>,
}

impl LineTables {
    pub(crate) fn new(rules: &Rules, draw: &Draw, grade: Grade) -> Result<Self, ResetError> {
        let method = draw.method();
        check(draw, grade)?;
        let rates = tables().rates.prime(method, grade);
        let pools = tables()
            .pools
            .of(rates.family, draw.part(), draw.item_level(), grade);
        let (prime, lower) = (pools.prime, pools.lower);

        // Over the common denominator million * prime total * lower total.
        let prime_weights = rates
            .millionths
            .map(|m| u64::from(m) * u64::from(lower.total));
        let lower_weights = rates
            .millionths
            .map(|m| u64::from(MILLION - m) * u64::from(prime.total));
        let from_pool = |(line, weight): &(OptionLine, u32), of_pool: [u64; 3]| LineOption {
            line: *line,
            weights: of_pool.map(|lines| lines * u64::from(*weight)),
            limit: limit(rules, method, *line),
        };
        let mut options = Vec::with_capacity(prime.options.len() + lower.options.len());
        options.extend(prime.options.iter().map(|o| from_pool(o, prime_weights)));
        options.extend(lower.options.iter().map(|o| from_pool(o, lower_weights)));
        let mut tables = Self {
            options,
            total: u64::from(MILLION) * u64::from(prime.total) * u64::from(lower.total),
            pool_level: pools.level,
            lines: draw.lines(),
        };
        if let Some(line) = draw.kept() {
            tables.keep(line)?;
        }
        Ok(tables)
    }

    /// Makes `first` the only first line there is.
    fn keep(&mut self, first: OptionLine) -> Result<(), ResetError> {
        let same = |option: &LineOption| option.weights[0] > 0 && option.line == first;
        let kept = self.options.iter().position(same);
        let kept = kept.ok_or(ResetError::NoSuchFirstLine { line: first })?;
        for (index, option) in self.options.iter_mut().enumerate() {
            option.weights[0] = if index == kept { self.total } else { 0 };
        }
        Ok(())
    }

    /// The options of the grade's pool, then those of the pool below.
    pub fn options(&self) -> &[LineOption] {
        &self.options
    }

    /// The sum of the weights of each line.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The item level whose published table this is: the level rounded up to the next ten, or
    /// where the part has no table there the next higher one, else the highest.
    pub fn pool_level(&self) -> u16 {
        self.pool_level
    }

    /// The number of lines drawn, or kept: 3 or 2.
    pub(crate) fn lines(&self) -> usize {
        self.lines
    }

    /// The chance that one draw of three lines meets the goal.
    pub fn chance(&self, goal: &Goal) -> Chance {
        success::tally(self, goal).chance()
    }

    /// The same chance as an exact fraction in lowest terms, so that anyone can check it.
    ///
    /// ```
    /// use cube_probability::{Grade, Method, Part, Rules};
    ///
    /// let tables = Rules::current().line_tables(Method::Black, Part::Hat, 150, Grade::Legendary)?;
    /// let goal = "int_pct >= 36".parse()?;
    /// // Three times `INT +12%`: (4/41)^3 by weight, prime lines in 1, 1/5 and 1/20 of the draws.
    /// assert_eq!(tables.exact_chance(&goal).to_string(), "16/1723025");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "rational")]
    pub fn exact_chance(&self, goal: &Goal) -> num_rational::BigRational {
        success::tally(self, goal).exact()
    }

    /// The most that three lines drawn from these tables add up to.
    pub fn most(&self, sum: &Sum) -> Decimal {
        Decimal::from_thousandths(success::most(self, sum))
    }

    /// Draws three lines.
    ///
    /// `below` gives a uniformly random whole number below its argument, which is above zero.
    pub fn draw(&self, mut below: impl FnMut(u64) -> u64) -> [OptionLine; 3] {
        let mut drawn: Vec<LineOption> = Vec::with_capacity(3);
        for line in 0..3 {
            let allowed = || {
                self.options
                    .iter()
                    .filter(|option| !is_full(&drawn, option))
            };
            let mut left = below(allowed().map(|option| option.weights[line]).sum());
            let option = allowed()
                .find(|option| match left.checked_sub(option.weights[line]) {
                    Some(rest) => {
                        left = rest;
                        false
                    }
                    None => true,
                })
                .expect("a number below the sum of the weights falls on one of them");
            drawn.push(*option);
        }
        [drawn[0].line, drawn[1].line, drawn[2].line]
    }
}

/// Checks that the game has such a draw.
fn check(draw: &Draw, grade: Grade) -> Result<(), ResetError> {
    let (method, item_level) = (draw.method(), draw.item_level());
    if item_level > MAX_ITEM_LEVEL {
        return Err(ResetError::LevelTooHigh { item_level });
    }
    if grade > method.highest_grade() {
        return Err(ResetError::GradeTooHigh { method, grade });
    }
    if grade < method.lowest_grade() {
        return Err(ResetError::GradeTooLow { method, grade });
    }
    match (method.keeps_first_line(), draw.kept()) {
        (true, None) => Err(ResetError::FirstLineMissing { method }),
        (false, Some(_)) => Err(ResetError::KeepsNoLine { method }),
        _ => Ok(()),
    }
}

/// Whether the lines drawn already hold all of the option's category that they may.
fn is_full(drawn: &[LineOption], option: &LineOption) -> bool {
    option.limit.is_some_and(|(category, most)| {
        let of_category = |drawn: &&LineOption| drawn.limit.is_some_and(|(c, _)| c == category);
        drawn.iter().filter(of_category).count() >= most
    })
}

fn limit(rules: &Rules, method: Method, line: OptionLine) -> Option<(LimitedCategory, usize)> {
    if method.layer() == Layer::AdditionalPotential {
        return None;
    }
    let category = LimitedCategory::of(line)?;
    let most = rules.most_lines(category);
    (most < 3).then_some((category, most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Part;

    #[test]
    fn numbers_below_the_total_fall_on_options_by_weight() {
        let rules = Rules::current();
        let tables = rules
            .line_tables(Method::Black, Part::Hat, 150, Grade::Legendary)
            .unwrap();
        let first = tables.options()[0];
        let last = tables.draw(|below| below - 1);
        assert_eq!(tables.draw(|_| 0)[0], first.line);
        assert_eq!(tables.draw(|_| first.weights[0] - 1)[0], first.line);
        assert_ne!(tables.draw(|_| first.weights[0])[0], first.line);
        assert_eq!(last[1], tables.options().last().unwrap().line);
    }

    #[test]
    fn draws_keep_to_the_line_limits() {
        let tables = Rules::current()
            .line_tables(Method::Black, Part::Hat, 150, Grade::Legendary)
            .unwrap();
        let mut state = 1_u64;
        for _ in 0..20_000 {
            let lines = tables.draw(|below| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (state >> 33) % below
            });
            for &category in LimitedCategory::ALL {
                let held = lines
                    .iter()
                    .filter(|l| LimitedCategory::of(**l) == Some(category));
                assert!(
                    held.count() <= Rules::current().most_lines(category),
                    "{lines:?}"
                );
            }
        }
    }
}
