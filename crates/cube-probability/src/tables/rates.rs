//! Rates, pities, prices and line limits.

use std::collections::BTreeMap;

use super::fields::{Fields, TableError, lines};
use super::pools::Family;
use crate::{Grade, LimitedCategory, MAX_ITEM_LEVEL, Method};

/// What a prime rate is a fraction of.
pub(crate) const MILLION: u32 = 1_000_000;

/// How a method draws the lines of one grade.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PrimeRates {
    pub(crate) family: Family,
    /// For each line: how often, in millionths, it is drawn from the grade's own pool.
    pub(crate) millionths: [u32; 3],
}

/// Meso by grade, for a range of item levels.
#[derive(Debug, Clone, Copy)]
struct ResetCost {
    min: u16,
    max: u16,
    by_grade: [u64; 4],
}

#[derive(Debug, Clone, Copy)]
struct Appraisal {
    min: u16,
    max: u16,
    /// The factor of the squared level, in tenths.
    tenths: u64,
}

/// How many lines of a category an item carries at most.
#[derive(Debug, Clone, Copy)]
struct LineLimit {
    now: usize,
    before_2024_06: usize,
}

/// The figures beside the option pools.
#[derive(Default)]
pub(crate) struct Rates {
    primes: BTreeMap<(Method, Grade), PrimeRates>,
    rises: BTreeMap<(Method, Grade), f64>,
    pities: BTreeMap<(Method, Grade), u32>,
    reset_costs: BTreeMap<(Method, String), Vec<ResetCost>>,
    cube_prices: BTreeMap<Method, u64>,
    appraisals: Vec<Appraisal>,
    line_limits: BTreeMap<LimitedCategory, LineLimit>,
}

impl Rates {
    pub(crate) fn read(text: &str) -> Result<Self, TableError> {
        let mut rates = Self::default();
        let mut primes = BTreeMap::new();
        let mut last = 0;
        for (keyword, rest, line) in lines(text) {
            let mut fields = Fields::new(rest, line);
            if keyword == "prime" {
                read_prime(&mut fields, &mut primes)?;
            } else {
                rates.read_entry(keyword, &mut fields)?;
            }
            last = line;
        }
        for ((method, grade), (family, lines)) in primes {
            let [Some(first), Some(second), Some(third)] = lines else {
                let problem = format!("{method} at {grade} lacks the rate of a line");
                return Err(TableError::new(last, problem));
            };
            let millionths = [first, second, third];
            rates
                .primes
                .insert((method, grade), PrimeRates { family, millionths });
        }
        rates.check(last)?;
        Ok(rates)
    }

    /// How the lines of a grade are drawn; the grade is one the method can reach.
    pub(crate) fn prime(&self, method: Method, grade: Grade) -> PrimeRates {
        self.primes[&(method.line_table(), grade)]
    }

    /// The chance that a reset from this grade rises; none at the method's highest grade.
    pub(crate) fn rise(&self, method: Method, grade: Grade) -> Option<f64> {
        self.rises.get(&(method, grade)).copied()
    }

    /// How many failures in a row make the next rise certain.
    pub(crate) fn pity(&self, method: Method, grade: Grade) -> Option<u32> {
        self.pities.get(&(method, grade)).copied()
    }

    /// The price of a meso reset by a price list.
    pub(crate) fn reset_cost(
        &self,
        method: Method,
        list: &str,
        item_level: u16,
        grade: Grade,
    ) -> Option<u64> {
        let costs = self.reset_costs.get(&(method, list.to_owned()))?;
        let cost = costs.iter().find(|cost| item_level <= cost.max)?;
        Some(cost.by_grade[grade as usize])
    }

    /// What a cube costs where nobody says.
    pub(crate) fn cube_price(&self, method: Method) -> Option<u64> {
        self.cube_prices.get(&method).copied()
    }

    /// The fee of revealing a potential after a cube: a factor times the squared item level,
    /// whole meso.
    pub(crate) fn appraisal_fee(&self, item_level: u16) -> u64 {
        let level = u64::from(item_level);
        self.appraisals
            .iter()
            .find(|band| item_level <= band.max)
            .map_or(0, |band| band.tenths * level * level / 10)
    }

    /// The most lines of a category.
    pub(crate) fn line_limit(&self, category: LimitedCategory, before_2024_06: bool) -> usize {
        let limit = self.line_limits[&category];
        if before_2024_06 {
            limit.before_2024_06
        } else {
            limit.now
        }
    }

    fn read_entry(&mut self, keyword: &str, fields: &mut Fields<'_>) -> Result<(), TableError> {
        match keyword {
            "rise" => {
                let rise = (fields.parse()?, fields.parse()?);
                self.rises.insert(rise, read_probability(fields)?);
            }
            "pity" => {
                let pity = (fields.parse()?, fields.parse()?);
                self.pities.insert(pity, fields.parse()?);
            }
            "reset_cost" => {
                let list = (fields.parse()?, fields.word()?.to_owned());
                let [min, max] = fields.parse_array()?;
                let by_grade = fields.parse_array()?;
                let costs = self.reset_costs.entry(list).or_default();
                costs.push(ResetCost { min, max, by_grade });
            }
            "cube_price" => {
                self.cube_prices.insert(fields.parse()?, fields.parse()?);
            }
            "appraisal" => {
                let [min, max] = fields.parse_array()?;
                let tenths = fields.parse()?;
                self.appraisals.push(Appraisal { min, max, tenths });
                self.appraisals.sort_by_key(|band| band.min);
            }
            "line_limit" => {
                let category = fields.parse()?;
                let [now, before_2024_06] = fields.parse_array()?;
                self.line_limits.insert(
                    category,
                    LineLimit {
                        now,
                        before_2024_06,
                    },
                );
            }
            other => return Err(fields.fail(format!("unknown entry {other}"))),
        }
        Ok(())
    }

    fn check(&self, last: usize) -> Result<(), TableError> {
        let fail = |problem: String| Err(TableError::new(last, problem));
        for &method in Method::ALL {
            for &grade in method.grades() {
                if !self.primes.contains_key(&(method.line_table(), grade)) {
                    return fail(format!("{method} at {grade} lacks the rate of a line"));
                }
                if (grade < method.highest_grade()) != self.rise(method, grade).is_some() {
                    return fail(format!("{method} at {grade} lacks the chance of a rise"));
                }
            }
        }
        for ((method, list), costs) in &self.reset_costs {
            let bands = costs.iter().map(|cost| (cost.min, cost.max));
            check_levels(bands, &format!("price list {list} of {method}"), last)?;
        }
        let bands = self.appraisals.iter().map(|band| (band.min, band.max));
        check_levels(bands, "the appraisal fee", last)?;
        for category in LimitedCategory::ALL {
            if !self.line_limits.contains_key(category) {
                return fail(format!("there is no limit for {category}"));
            }
        }
        Ok(())
    }
}

type PrimeLines = BTreeMap<(Method, Grade), (Family, [Option<u32>; 3])>;

fn read_prime(fields: &mut Fields<'_>, primes: &mut PrimeLines) -> Result<(), TableError> {
    let method: Method = fields.parse()?;
    let family = Family::named(fields.word()?).ok_or_else(|| fields.fail("unknown family"))?;
    let grade = fields.parse()?;
    let [line, millionths]: [u32; 2] = fields.parse_array()?;
    let entry = primes.entry((method, grade)).or_insert((family, [None; 3]));
    if !(1..=3).contains(&line) || millionths > MILLION || entry.0 != family {
        return Err(fields.fail("not a line, a rate and the family of the method"));
    }
    entry.1[line as usize - 1] = Some(millionths);
    Ok(())
}

fn read_probability(fields: &mut Fields<'_>) -> Result<f64, TableError> {
    let probability: f64 = fields.parse()?;
    if probability > 0.0 && probability <= 1.0 {
        return Ok(probability);
    }
    Err(fields.fail("a probability is above 0 and at most 1"))
}

/// Every item level lies in exactly one of the bands, which rise.
fn check_levels(
    bands: impl Iterator<Item = (u16, u16)>,
    what: &str,
    last: usize,
) -> Result<(), TableError> {
    let mut next = 0;
    for (min, max) in bands {
        if min != next {
            break;
        }
        next = max + 1;
    }
    if next <= MAX_ITEM_LEVEL {
        let problem = format!("{what} has no figure for level {next}");
        return Err(TableError::new(last, problem));
    }
    Ok(())
}
