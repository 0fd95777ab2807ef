//! Where a process of resets starts, what its cubes cost, and what can be wrong with either.

use std::collections::BTreeMap;

use crate::rules::MAX_ITEM_LEVEL;
use crate::tables::tables;
use crate::{Grade, Method, OptionLine};

/// The most meso a cube may be said to cost.
pub const MAX_CUBE_PRICE: u64 = 1_000_000_000_000_000;

/// The state of a potential before the first reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Start {
    /// The grade now.
    pub grade: Grade,
    /// How many resets in a row have failed to rise from this grade.
    ///
    /// Without meaning where the method has no pity.
    pub failures: u32,
}

impl Start {
    /// A fresh item: rare, without a failure.
    pub const FRESH: Self = Self::at(Grade::Rare);

    /// A grade just reached.
    pub const fn at(grade: Grade) -> Self {
        Self { grade, failures: 0 }
    }
}

/// What cubes cost, where that differs from the defaults.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prices {
    of: BTreeMap<Method, u64>,
}

impl Prices {
    /// The default prices: no official ones, only placeholders for cubes that players trade.
    pub fn new() -> Self {
        Self::default()
    }

    /// These prices, with `meso` for each cube of a method.
    ///
    /// # Errors
    ///
    /// [`ResetError`] if the price is above [`MAX_CUBE_PRICE`], or the method is a meso reset,
    /// whose price is published.
    pub fn with(mut self, method: Method, meso: u64) -> Result<Self, ResetError> {
        if method.is_meso_reset() {
            return Err(ResetError::PriceNotFree { method });
        }
        if meso > MAX_CUBE_PRICE {
            return Err(ResetError::PriceTooHigh { method, meso });
        }
        self.of.insert(method, meso);
        Ok(self)
    }

    /// The meso of one cube: as given, else the default; none where there is neither.
    pub fn of(&self, method: Method) -> Option<u64> {
        let given = self.of.get(&method).copied();
        given.or_else(|| tables().rates.cube_price(method))
    }
}

/// A reset that the game does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResetError {
    /// No item has this level.
    #[error("item level {item_level} is outside 0 to {MAX_ITEM_LEVEL}")]
    LevelTooHigh {
        /// The level as given.
        item_level: u16,
    },
    /// The method neither works on this grade nor rises to it.
    #[error("{method} works up to {}, not at {grade}", method.highest_grade())]
    GradeTooHigh {
        /// The method asked about.
        method: Method,
        /// The grade as given.
        grade: Grade,
    },
    /// The method works on higher grades only.
    #[error("{method} works from {} up, not at {grade}", method.lowest_grade())]
    GradeTooLow {
        /// The method asked about.
        method: Method,
        /// The grade as given.
        grade: Grade,
    },
    /// The method keeps the first line, and its text is not given.
    #[error("{method} keeps the first line, which must be given")]
    FirstLineMissing {
        /// The method asked about.
        method: Method,
    },
    /// A first line is given to keep, but the method draws every line anew.
    #[error("{method} keeps no line")]
    KeepsNoLine {
        /// The method asked about.
        method: Method,
    },
    /// The line to keep is no first line of the item.
    #[error("`{line}` is no first line of this item")]
    NoSuchFirstLine {
        /// The line as given.
        line: OptionLine,
    },
    /// After fewer failures the rise would have been certain.
    #[error("{method} at {grade} fails at most {most} times in a row, not {failures}")]
    TooManyFailures {
        /// The method asked about.
        method: Method,
        /// The grade asked about.
        grade: Grade,
        /// The failures as given.
        failures: u32,
        /// The most failures there can be.
        most: u32,
    },
    /// The price is above [`MAX_CUBE_PRICE`].
    #[error("the price of {method}, {meso} meso, is outside 0 to {MAX_CUBE_PRICE}")]
    PriceTooHigh {
        /// The method priced.
        method: Method,
        /// The price as given.
        meso: u64,
    },
    /// The price of a meso reset is published and not the caller's to say.
    #[error("the price of {method} is published and cannot be set")]
    PriceNotFree {
        /// The method priced.
        method: Method,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_given_replace_the_defaults() {
        let prices = Prices::new().with(Method::Red, 5).unwrap();
        assert_eq!(prices.of(Method::Red), Some(5));
        assert_eq!(prices.of(Method::Black), Some(22_000_000));
        assert_eq!(prices.of(Method::Meister), None);
    }

    #[test]
    fn absurd_and_misplaced_prices_are_refused() {
        let error = |method, meso| Prices::new().with(method, meso).unwrap_err().to_string();
        assert!(Prices::new().with(Method::Red, MAX_CUBE_PRICE).is_ok());
        assert_eq!(
            error(Method::Red, MAX_CUBE_PRICE + 1),
            "the price of red, 1000000000000001 meso, is outside 0 to 1000000000000000"
        );
        assert_eq!(
            error(Method::MesoPotential, 1),
            "the price of meso_potential is published and cannot be set"
        );
    }
}
