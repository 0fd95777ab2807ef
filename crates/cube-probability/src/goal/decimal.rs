//! Decimals with three places, held as whole thousandths.

use std::fmt;

/// A number of zero or more with up to three decimal places, compared exactly:
/// 0.1 three times is 0.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal {
    thousandths: u64,
}

impl Decimal {
    /// One.
    pub const ONE: Self = Self::from_thousandths(1000);

    /// The largest number a goal may name: one million.
    pub const MAX_IN_GOAL: Self = Self::from_thousandths(1_000_000_000);

    /// An upper bound on the characters of a number up to that.
    pub(super) const MOST_CHARS_IN_GOAL: usize = "999999.999".len();

    /// A number given in thousandths: 3100 is 3.1.
    pub const fn from_thousandths(thousandths: u64) -> Self {
        Self { thousandths }
    }

    /// The number in thousandths: 3.1 is 3100.
    pub const fn thousandths(self) -> u64 {
        self.thousandths
    }
}

impl From<u32> for Decimal {
    fn from(whole: u32) -> Self {
        Self::from_thousandths(u64::from(whole) * 1000)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.thousandths / 1000;
        match self.thousandths % 1000 {
            0 => write!(f, "{whole}"),
            places if places % 100 == 0 => write!(f, "{whole}.{}", places / 100),
            places if places % 10 == 0 => write!(f, "{whole}.{:02}", places / 10),
            places => write!(f, "{whole}.{places:03}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_without_trailing_zeros() {
        for (thousandths, printed) in [
            (0, "0"),
            (1, "0.001"),
            (10, "0.01"),
            (100, "0.1"),
            (3_100, "3.1"),
            (30_000, "30"),
            (12_345, "12.345"),
            (1_050, "1.05"),
        ] {
            assert_eq!(Decimal::from_thousandths(thousandths).to_string(), printed);
        }
    }
}
