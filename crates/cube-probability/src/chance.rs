//! Chances, with certainty and impossibility told apart from rounding.

use std::fmt;

/// The chance that one draw of three lines meets a goal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Chance {
    /// No draw meets the goal.
    Never,
    /// Some draws meet the goal and some do not; the probability is above 0 and, up to rounding,
    /// below 1.
    Possible(f64),
    /// Every draw meets the goal.
    Always,
}

impl Chance {
    /// The chance as a number from 0 to 1, within a few units in the last place.
    pub fn probability(self) -> f64 {
        match self {
            Self::Never => 0.0,
            Self::Possible(probability) => probability,
            Self::Always => 1.0,
        }
    }
}

/// In words: `never`, `always`, `1 in 1599` or `1 in 4.00 * 10^19`.
impl fmt::Display for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("never"),
            Self::Always => f.write_str("always"),
            Self::Possible(probability) => {
                let one_in = 1.0 / probability;
                match one_in {
                    _ if one_in < 10.0 => write!(f, "1 in {one_in:.2}"),
                    _ if one_in < 1e6 => write!(f, "1 in {one_in:.0}"),
                    _ => {
                        let text = format!("{one_in:.2e}");
                        write!(f, "1 in {}", text.replacen('e', " * 10^", 1))
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_told_in_words() {
        for (chance, words) in [
            (Chance::Never, "never"),
            (Chance::Always, "always"),
            (Chance::Possible(0.8), "1 in 1.25"),
            (Chance::Possible(1.0 / 1599.0), "1 in 1599"),
            (Chance::Possible(2.5e-20), "1 in 4.00 * 10^19"),
        ] {
            assert_eq!(chance.to_string(), words);
        }
    }
}
