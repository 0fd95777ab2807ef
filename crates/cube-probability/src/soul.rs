//! 소울 증폭: the cost of raising the amplification of a soul's potential.
//!
//! Each of four steps succeeds with a chance that grows with every failure in a row, and for
//! certain after so many of them. The number of attempts of a step is at most 51, so the cost of
//! any way is a finite sum, which is given exactly.
//!
//! Source: players' figures of 2026-11 (chances 5, 3, 2 and 1.5 %, growing by 1, 0.6, 0.4 and
//! 0.3 points a failure; certain after 25, 33, 43 and 50 failures; 0.5, 1, 1.75 and 2.75 billion
//! meso an attempt).

use crate::distribution::{Bounds, Distribution};

/// The largest number of steps.
pub const MAX_AMPLIFICATION: u8 = 4;

/// A quarter of a billion meso: every attempt costs a multiple of it.
const UNIT: u64 = 250_000_000;

/// One step of an amplification.
struct Step {
    /// The chance of the first attempt, in thousandths.
    first: u16,
    /// The chance that each failure adds, in thousandths.
    growth: u16,
    /// The number of failures after which the next attempt is certain.
    certain_after: u16,
    /// The price of an attempt, in units.
    units: usize,
}

const STEPS: [Step; MAX_AMPLIFICATION as usize] = [
    Step {
        first: 50,
        growth: 10,
        certain_after: 25,
        units: 2,
    },
    Step {
        first: 30,
        growth: 6,
        certain_after: 33,
        units: 4,
    },
    Step {
        first: 20,
        growth: 4,
        certain_after: 43,
        units: 7,
    },
    Step {
        first: 15,
        growth: 3,
        certain_after: 50,
        units: 11,
    },
];

/// A way that is no amplification.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SoulError {
    /// The steps do not lead up within the amplifications there are.
    #[error(
        "there is no amplification from {from} to {to}; steps go up from 0 to {MAX_AMPLIFICATION}"
    )]
    NoWay {
        /// The amplification now.
        from: u8,
        /// The amplification wanted.
        to: u8,
    },
    /// After fewer failures the step would have succeeded.
    #[error("step {step} fails at most {most} times in a row, not {failures}")]
    TooManyFailures {
        /// The step, from 1.
        step: u8,
        /// The failures as given.
        failures: u16,
        /// The most failures there can be.
        most: u16,
    },
}

/// The exact distribution of the meso from one amplification to another.
#[derive(Debug, Clone, PartialEq)]
pub struct SoulAmplification {
    /// By units of meso: the chance of exactly that cost.
    chances: Vec<f64>,
    attempts: f64,
}

impl SoulAmplification {
    /// The way from an amplification (0 to 4), after `failures` in a row there, to a higher one.
    ///
    /// # Errors
    ///
    /// [`SoulError`] if the steps do not go up, or there cannot be that many failures.
    pub fn new(from: u8, failures: u16, to: u8) -> Result<Self, SoulError> {
        if from > to || to > MAX_AMPLIFICATION {
            return Err(SoulError::NoWay { from, to });
        }
        let mut chances = vec![1.0];
        let mut attempts = 0.0;
        let mut failed = failures;
        for step in from..to {
            let of = &STEPS[usize::from(step)];
            if failed > of.certain_after {
                return Err(SoulError::TooManyFailures {
                    step: step + 1,
                    failures,
                    most: of.certain_after,
                });
            }
            let tries = of.attempts(failed);
            attempts += mean(&tries);
            chances = convolve(&chances, &tries, of.units);
            failed = 0;
        }
        Ok(Self { chances, attempts })
    }

    /// The mean number of attempts.
    pub fn mean_attempts(&self) -> f64 {
        self.attempts
    }
}

impl Step {
    /// The chance that the step takes exactly so many attempts, from 0 up.
    fn attempts(&self, failures: u16) -> Vec<f64> {
        let mut chances = vec![0.0];
        let mut left = 1.0;
        for failed in failures..=self.certain_after {
            let success = if failed == self.certain_after {
                1.0
            } else {
                (f64::from(self.first + self.growth * failed) / 1000.0).min(1.0)
            };
            chances.push(left * success);
            left *= 1.0 - success;
        }
        chances
    }
}

fn mean(chances: &[f64]) -> f64 {
    let weighed = chances.iter().enumerate();
    weighed.map(|(n, chance)| n as f64 * chance).sum()
}

/// The sum of a cost and of attempts at so many units each.
fn convolve(cost: &[f64], attempts: &[f64], units: usize) -> Vec<f64> {
    let mut sum = vec![0.0; cost.len() + (attempts.len() - 1) * units];
    for (n, chance) in attempts.iter().enumerate() {
        for (paid, of) in cost.iter().enumerate() {
            sum[paid + n * units] += of * chance;
        }
    }
    sum
}

impl Distribution for SoulAmplification {
    fn mean(&self) -> f64 {
        mean(&self.chances) * UNIT as f64
    }

    fn within(&self, budget: u64) -> Bounds {
        let paid = usize::try_from(budget / UNIT).unwrap_or(usize::MAX);
        if paid >= self.chances.len() - 1 {
            return Bounds::exact(1.0);
        }
        Bounds::exact(self.chances[..=paid].iter().sum::<f64>().min(1.0))
    }

    fn unit(&self) -> u64 {
        UNIT
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Level, Total};

    fn way(from: u8, failures: u16, to: u8) -> SoulAmplification {
        SoulAmplification::new(from, failures, to).unwrap()
    }

    /// The mean number of attempts by walking through the failures one after the other.
    fn attempts(first: f64, growth: f64, certain_after: u32) -> f64 {
        let (mut mean, mut left) = (0.0, 1.0);
        for failed in 0..=certain_after {
            mean += left;
            left *= 1.0 - (first + growth * f64::from(failed));
        }
        mean
    }

    #[test]
    fn means_are_those_of_the_steps() {
        let steps = [
            (attempts(0.05, 0.01, 25), 0.5e9),
            (attempts(0.03, 0.006, 33), 1e9),
            (attempts(0.02, 0.004, 43), 1.75e9),
            (attempts(0.015, 0.003, 50), 2.75e9),
        ];
        for (step, (attempts, meso)) in (0..).zip(steps) {
            let one = way(step, 0, step + 1);
            assert!((one.mean_attempts() / attempts - 1.0).abs() < 1e-12);
            assert!((one.mean() / (attempts * meso) - 1.0).abs() < 1e-12);
        }
        let all: f64 = steps.iter().map(|(attempts, meso)| attempts * meso).sum();
        assert!((way(0, 0, 4).mean() / all - 1.0).abs() < 1e-12);
    }

    #[test]
    fn certain_attempts_cost_one_attempt() {
        let last = way(1, 33, 2);
        assert!((last.mean() - 1e9).abs() < 1e-3);
        assert_eq!(last.within(999_999_999), Bounds::exact(0.0));
        assert_eq!(last.within(1_000_000_000), Bounds::exact(1.0));
        // The first step is over after 26 attempts, and the first one does it in a twentieth.
        let first = way(0, 0, 1);
        assert_eq!(first.within(13_000_000_000), Bounds::exact(1.0));
        assert!(first.within(12_500_000_000).upper < 1.0);
        assert!((first.within(500_000_000).lower - 0.05).abs() < 1e-15);
        assert_eq!(way(2, 0, 2).within(0), Bounds::exact(1.0));
    }

    #[test]
    fn amplifications_join_a_plan() {
        let (one, other) = (way(0, 3, 2), way(2, 0, 4));
        let total = Total::of(&[&one, &other]).unwrap();
        let exact = way(0, 3, 4);
        let median = exact.cost_at(Level::new(0.5).unwrap());
        assert_eq!(median.upper, Some(median.lower));
        let within = total.within(median.lower);
        let chance = exact.within(median.lower).lower;
        assert!(within.lower <= chance + 1e-9 && chance <= within.upper + 1e-9);
    }

    #[test]
    fn ways_that_lead_nowhere_are_refused() {
        let refused = |from, failures, to| {
            SoulAmplification::new(from, failures, to)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            refused(2, 0, 1),
            "there is no amplification from 2 to 1; steps go up from 0 to 4"
        );
        assert_eq!(
            refused(0, 0, 5),
            "there is no amplification from 0 to 5; steps go up from 0 to 4"
        );
        assert_eq!(
            refused(0, 26, 2),
            "step 1 fails at most 25 times in a row, not 26"
        );
    }
}
