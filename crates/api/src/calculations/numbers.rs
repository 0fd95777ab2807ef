//! Numbers as questions give them, checked into the library's types.

use std::collections::BTreeMap;
use std::fmt;

use cube_probability::Level;
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

use super::ValidationErrors;

/// The most quantiles asked for at once.
pub(super) const MAX_QUANTILES: usize = 100;

/// A whole number of a smaller type without a sign, at most `most`.
pub(super) fn up_to<T>(most: T, number: i64) -> Result<T, String>
where
    T: TryFrom<i64> + PartialOrd + Copy + fmt::Display,
{
    let whole = T::try_from(number).ok().filter(|whole| *whole <= most);
    whole.ok_or_else(|| {
        let more = if number == i64::MAX { " or more" } else { "" };
        format!("{number}{more} is outside 0 to {most}")
    })
}

/// A budget that may be missing.
pub(super) fn budget(errors: &mut ValidationErrors, meso: Option<i64>) -> Option<u64> {
    let meso = meso.map(|meso| up_to(MAX_BUDGET, meso)).transpose();
    errors.collect("/budget_meso", meso).flatten()
}

/// The largest budget that can be asked about.
const MAX_BUDGET: u64 = i64::MAX.unsigned_abs() - 1;

/// Reads a whole number. One that is too large to be held, absurd as it is, is read as the largest
/// or smallest there is, so that its field refuses it and names the allowed range.
pub(super) fn saturating_i64<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    AbsurdToo::deserialize(from).map(|number| number.0)
}

/// [`saturating_i64`] for a number that may be missing.
pub(super) fn saturating_i64_option<'de, D>(from: D) -> Result<Option<i64>, D::Error>
where
    D: Deserializer<'de>,
{
    let number = Option::<AbsurdToo>::deserialize(from)?;
    Ok(number.map(|number| number.0))
}

/// [`saturating_i64`] for numbers by name.
pub(super) fn absurd_too_by_name<'de, D>(from: D) -> Result<BTreeMap<String, i64>, D::Error>
where
    D: Deserializer<'de>,
{
    let numbers = BTreeMap::<String, AbsurdToo>::deserialize(from)?;
    let plain = numbers.into_iter().map(|(name, number)| (name, number.0));
    Ok(plain.collect())
}

struct AbsurdToo(i64);

impl<'de> Deserialize<'de> for AbsurdToo {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_i64(Whole).map(Self)
    }
}

struct Whole;

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

    /// Integers past 64 bits are read as floating point numbers.
    fn visit_f64<E: Error>(self, number: f64) -> Result<i64, E> {
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
