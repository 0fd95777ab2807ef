//! Numbers as questions give them, checked into the library's types.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use cube_probability::{Decimal, Level, UnknownWord};
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

use super::ValidationErrors;

/// The most quantiles asked for at once.
pub const MAX_QUANTILES: usize = 100;

/// A whole number of a smaller type without a sign, at most `most`.
pub(crate) fn up_to<T>(most: T, number: i64) -> Result<T, String>
where
    T: TryFrom<i64> + PartialOrd + Copy + fmt::Display,
{
    let whole = T::try_from(number).ok().filter(|whole| *whole <= most);
    whole.ok_or_else(|| {
        let more = if number == i64::MAX { " or more" } else { "" };
        format!("{number}{more} is outside 0 to {most}")
    })
}

/// Whether a list has at most so many elements; else a fault, so that none of them is looked at.
pub(crate) fn at_most(
    errors: &mut ValidationErrors,
    pointer: &str,
    most: usize,
    given: usize,
) -> bool {
    if given > most {
        errors.add(
            pointer,
            format!("{given} are given; expected at most {most}"),
        );
    }
    given <= most
}

/// A budget that may be missing.
pub(crate) fn budget(errors: &mut ValidationErrors, meso: Option<i64>) -> Option<u64> {
    let meso = meso.map(|meso| up_to(MAX_BUDGET, meso)).transpose();
    errors.collect("/budget_meso", meso).flatten()
}

/// The largest budget that can be asked about.
const MAX_BUDGET: u64 = i64::MAX.unsigned_abs() - 1;

/// Reads a whole number. One beyond 64 bits is read as the largest or smallest number of 64 bits, so
/// that its field refuses it and names the allowed range.
pub(crate) fn saturating_i64<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    SaturatingI64::deserialize(from).map(|number| number.0)
}

/// [`saturating_i64`] for a number that may be missing.
pub(crate) fn saturating_i64_option<'de, D>(from: D) -> Result<Option<i64>, D::Error>
where
    D: Deserializer<'de>,
{
    let number = Option::<SaturatingI64>::deserialize(from)?;
    Ok(number.map(|number| number.0))
}

/// [`saturating_i64`] for numbers by name.
pub(crate) fn saturating_i64_by_name<'de, D>(from: D) -> Result<BTreeMap<String, i64>, D::Error>
where
    D: Deserializer<'de>,
{
    let numbers = BTreeMap::<String, SaturatingI64>::deserialize(from)?;
    let plain = numbers.into_iter().map(|(name, number)| (name, number.0));
    Ok(plain.collect())
}

/// A whole number of any size.
pub(super) struct SaturatingI64(pub(super) i64);

impl<'de> Deserialize<'de> for SaturatingI64 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Whole).map(Self)
    }
}

/// Reads whole numbers.
pub(super) struct Whole;

impl Visitor<'_> for Whole {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i64, E> {
        Ok(i64::try_from(number).unwrap_or(i64::MAX))
    }

    /// Integers past 64 bits, and whole numbers such as `17.0`, are read as floating point numbers.
    fn visit_f64<E: Error>(self, number: f64) -> Result<i64, E> {
        if number.fract() == 0.0 && number.abs() <= 2.0_f64.powi(53) {
            #[expect(clippy::cast_possible_truncation, reason = "whole and at most 2^53")]
            return Ok(number as i64);
        }
        if number.abs() < 2.0_f64.powi(63) {
            Err(E::invalid_type(Unexpected::Float(number), &self))
        } else if number > 0.0 {
            Ok(i64::MAX)
        } else {
            Ok(i64::MIN)
        }
    }
}

/// The levels of quantiles; the default ones where none are asked for.
pub(super) fn levels(errors: &mut ValidationErrors, given: Option<&[f64]>) -> Vec<Level> {
    let Some(given) = given else {
        return Level::DEFAULTS.to_vec();
    };
    if given.len() > MAX_QUANTILES {
        let detail = format!("{} quantiles are more than {MAX_QUANTILES}", given.len());
        errors.add("/quantiles", detail);
        return Vec::new();
    }
    let levels = given.iter().enumerate();
    levels
        .filter_map(|(i, &q)| errors.collect(&format!("/quantiles/{i}"), Level::new(q)))
        .collect()
}

/// Weights of stats by name, as decimals with three places, above 0 in sum.
pub(super) fn weights<S>(
    errors: &mut ValidationErrors,
    given: &BTreeMap<String, f64>,
) -> Vec<(S, Decimal)>
where
    S: FromStr<Err = UnknownWord>,
{
    if given.is_empty() || given.len() > MAX_WEIGHTS {
        let detail = format!("{} weights; expected 1 to {MAX_WEIGHTS}", given.len());
        errors.add("/weights", detail);
        return Vec::new();
    }
    let weight = |(word, &number): (&String, &f64)| {
        let pointer = format!("/weights/{}", word.replace('~', "~0").replace('/', "~1"));
        let stat = errors.collect(&pointer, word.parse::<S>());
        let number = errors.collect(&pointer, decimal(number));
        stat.zip(number)
    };
    given.iter().filter_map(weight).collect()
}

/// The most stats that a score weighs.
pub const MAX_WEIGHTS: usize = 64;

/// A number from 0 to a million with at most three decimal places.
pub(super) fn decimal(number: f64) -> Result<Decimal, String> {
    let most = Decimal::MAX_IN_GOAL.thousandths() as f64;
    let thousandths = number * 1000.0;
    let rounded = thousandths.round();
    if !(0.0..=most).contains(&rounded) {
        return Err(format!("{number} is outside 0 to {}", Decimal::MAX_IN_GOAL));
    }
    if (thousandths - rounded).abs() > 1e-6 {
        return Err(format!("{number} has more than three decimal places"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number from 0 to a billion"
    )]
    let thousandths = rounded as u64;
    Ok(Decimal::from_thousandths(thousandths))
}
