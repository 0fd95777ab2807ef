//! Levels: the probabilities that quantiles are asked for.

use std::hash::{Hash, Hasher};

/// A probability strictly between 0 and 1, such as 0.9 for the 90 % quantile.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Level(f64);

/// A level is not a number strictly between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{0} is not a level; expected a number above 0 and below 1")]
pub struct InvalidLevel(pub f64);

impl Level {
    /// The levels answered when none are asked for.
    pub const DEFAULTS: [Self; 5] = [Self(0.5), Self(0.75), Self(0.9), Self(0.95), Self(0.99)];

    /// The quantile at which a chart ends.
    pub(super) const CHART_END: Self = Self(0.999);

    /// Takes a number strictly between 0 and 1.
    ///
    /// # Errors
    ///
    /// [`InvalidLevel`] for anything else, NaN included.
    pub fn new(level: f64) -> Result<Self, InvalidLevel> {
        if level > 0.0 && level < 1.0 {
            Ok(Self(level))
        } else {
            Err(InvalidLevel(level))
        }
    }

    /// The number itself.
    pub const fn get(self) -> f64 {
        self.0
    }

    /// Whether a probability is at least this level, up to rounding.
    pub(crate) fn is_reached_by(self, probability: f64) -> bool {
        probability >= self.0 * (1.0 - ROUNDING)
    }

    /// Whether the probability left over is at most what this level leaves, up to rounding.
    pub(crate) fn leaves_at_least(self, left: f64) -> bool {
        left <= (1.0 - self.0) * (1.0 + ROUNDING)
    }
}

/// A level that equals an attained probability must not be missed for the last bits of a sum.
const ROUNDING: f64 = 1e-14;

/// A level is a number, so it equals itself.
impl Eq for Level {}

/// Numbers above 0 are equal exactly if their bits are.
impl Hash for Level {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl TryFrom<f64> for Level {
    type Error = InvalidLevel;

    fn try_from(level: f64) -> Result<Self, InvalidLevel> {
        Self::new(level)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Level {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(f64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_strictly_between_0_and_1_are_levels() {
        for level in [f64::MIN_POSITIVE, 0.5, 1.0 - 1e-12] {
            assert_eq!(Level::new(level).map(Level::get), Ok(level));
        }
        for bad in [0.0, 1.0, -0.1, 1.1, f64::INFINITY] {
            assert_eq!(Level::new(bad), Err(InvalidLevel(bad)));
        }
        assert!(Level::new(f64::NAN).is_err());
    }
}
