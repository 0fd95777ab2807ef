//! Keep or reroll: when to stop resetting, for outcomes that have a value and a price.
//!
//! After a reset the better of the old and the new lines is kept, where the method gives the
//! choice. One more reset is worth its price while the gain it brings on average is larger. The
//! value at which both are equal, the *reservation value*, is where to stop: with the choice it is
//! the same however many resets are left (search with recall from a known distribution; Lippman
//! and `McCall`, *The economics of job search*, 1976), and the optimal policy is worth exactly that
//! value while the lines are worth less. Without the choice the threshold falls with every reset
//! made. For one fixed goal there is nothing to gain: stopping early never reaches it.

/// Treatment of the old lines after a reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Choice {
    /// The better of old and new lines is kept: meso resets and black cubes.
    Either,
    /// The new lines replace the old ones: red cubes.
    NewOnly,
}

/// The results of one reset: values in meso (or any unit) with their probabilities.
#[derive(Debug, Clone, PartialEq)]
pub struct ValuedOutcomes {
    /// Rising values with probabilities above 0 that sum to 1.
    outcomes: Vec<(f64, f64)>,
}

/// A question about stopping that has no answer.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum StoppingError {
    /// A value, a probability, a price or the current value is not a finite number, or negative
    /// where it must not be.
    #[error("{field} is {given}; expected a finite number{}", if *.field == "value" || *.field == "current" { "" } else { " above 0" })]
    BadNumber {
        /// `value`, `probability`, `price` or `current`.
        field: &'static str,
        /// The number as given.
        given: f64,
    },
    /// The probabilities do not sum to 1.
    #[error("the probabilities sum to {sum}, not 1")]
    NotOne {
        /// Their sum.
        sum: f64,
    },
    /// More resets than [`MAX_RESETS`].
    #[error("at most {MAX_RESETS} resets are looked ahead, not {given}")]
    TooManyResets {
        /// The resets as given.
        given: u32,
    },
}

/// The most resets that are looked ahead.
pub const MAX_RESETS: u32 = 10_000;

/// The best policy and what it is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Stopping {
    /// By resets left, one first: stop at lines worth at least this. One entry for any number of
    /// resets, where there is no limit.
    pub thresholds: Vec<f64>,
    /// The mean of the value in the end less the price of the resets, by the best policy.
    pub value: f64,
    /// The same by the naive rule: reset until the lines are better than the current ones.
    pub naive_value: f64,
    /// The mean number of resets of the best policy.
    pub expected_resets: f64,
}

impl ValuedOutcomes {
    /// Takes values with their probabilities, in any order; equal values are added up.
    ///
    /// # Errors
    ///
    /// [`StoppingError`] if a number is not one, or the probabilities do not sum to 1 within 1e-9.
    pub fn new(outcomes: impl IntoIterator<Item = (f64, f64)>) -> Result<Self, StoppingError> {
        let mut merged: Vec<(f64, f64)> = outcomes.into_iter().collect();
        for &(value, probability) in &merged {
            finite("value", value)?;
            if !(probability.is_finite() && probability > 0.0) {
                return Err(StoppingError::BadNumber {
                    field: "probability",
                    given: probability,
                });
            }
        }
        merged.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        merged.dedup_by(|(value, p), (kept, sum)| {
            let same = value.total_cmp(kept).is_eq();
            *sum += if same { *p } else { 0.0 };
            same
        });
        let sum = merged.iter().fold(0.0, |sum, (_, p)| sum + p);
        if (sum - 1.0).abs() > 1e-9 {
            return Err(StoppingError::NotOne { sum });
        }
        for (_, probability) in &mut merged {
            *probability /= sum;
        }
        Ok(Self { outcomes: merged })
    }

    /// The best policy for lines worth `current`, at this price a reset, with at most `resets`
    /// resets; without a limit where none is given.
    ///
    /// # Errors
    ///
    /// [`StoppingError`] if a number is not one, the price is not above 0, or there are too many
    /// resets.
    pub fn stopping(
        &self,
        choice: Choice,
        price: f64,
        current: f64,
        resets: Option<u32>,
    ) -> Result<Stopping, StoppingError> {
        finite("current", current)?;
        if !(price.is_finite() && price > 0.0) {
            return Err(StoppingError::BadNumber {
                field: "price",
                given: price,
            });
        }
        match resets {
            Some(given) if given > MAX_RESETS => Err(StoppingError::TooManyResets { given }),
            Some(resets) => Ok(self.limited(choice, price, current, resets)),
            None => Ok(self.unlimited(price, current)),
        }
    }

    /// The value at which one more reset gains its price on average, with the old lines kept where
    /// they are better.
    pub fn reservation_value(&self, price: f64) -> f64 {
        // From the top: the gain over x is (sum of p*v above x) - x * (sum of p above x).
        let (mut weight, mut worth) = (0.0, 0.0);
        let mut root = f64::NEG_INFINITY;
        for &(value, p) in self.outcomes.iter().rev() {
            if root >= value {
                break;
            }
            weight += p;
            worth += p * value;
            root = (worth - price) / weight;
        }
        root
    }

    fn mean(&self, value: impl Fn(f64) -> f64) -> f64 {
        self.outcomes.iter().map(|&(v, p)| p * value(v)).sum()
    }

    fn unlimited(&self, price: f64, current: f64) -> Stopping {
        let threshold = self.reservation_value(price);
        // The threshold is the same without the choice: what is passed over is worth less.
        let good: f64 = self.mean(|value| f64::from(u8::from(value >= threshold)));
        let (value, expected_resets) = if current >= threshold {
            (current, 0.0)
        } else {
            (threshold, 1.0 / good)
        };
        let better: f64 = self.mean(|value| f64::from(u8::from(value > current)));
        let naive_value = if better > 0.0 {
            let worth = self.mean(|value| if value > current { value } else { 0.0 });
            (worth - price) / better
        } else {
            current
        };
        Stopping {
            thresholds: vec![threshold],
            value,
            naive_value,
            expected_resets,
        }
    }

    fn limited(&self, choice: Choice, price: f64, current: f64, resets: u32) -> Stopping {
        let mut plan = Plan::new(self, choice, price, current);
        let thresholds = (0..resets).map(|_| plan.look_ahead()).collect();
        Stopping {
            thresholds,
            value: plan.best[plan.current].0,
            naive_value: self.naive(choice, price, current, resets),
            expected_resets: plan.best[plan.current].1,
        }
    }

    /// The value of resetting until the lines are better than now, or no reset is left.
    fn naive(&self, choice: Choice, price: f64, current: f64, resets: u32) -> f64 {
        let better: f64 = self.mean(|value| f64::from(u8::from(value > current)));
        let worth = self.mean(|value| if value > current { value } else { 0.0 });
        let worse = self.mean(|value| if value > current { 0.0 } else { value });
        let mut value = current;
        for left in 0..resets {
            let after_worse = match choice {
                Choice::NewOnly if left == 0 => worse,
                Choice::Either | Choice::NewOnly => (1.0 - better) * value,
            };
            value = worth + after_worse - price;
        }
        value
    }
}

/// A dynamic programme over the value of the lines held, one more reset left at each step.
struct Plan {
    reservation_value: f64,
    choice: Choice,
    price: f64,
    /// The values the lines can have: those of the outcomes and the current one, rising.
    values: Vec<f64>,
    /// The probability that a reset gives each of them.
    chances: Vec<f64>,
    /// The place of the current value.
    current: usize,
    /// By value of the lines: the value of the best policy, and its mean number of resets.
    best: Vec<(f64, f64)>,
}

impl Plan {
    fn new(of: &ValuedOutcomes, choice: Choice, price: f64, current: f64) -> Self {
        let mut states = of.outcomes.clone();
        let place = states.partition_point(|(value, _)| *value < current);
        if states
            .get(place)
            .is_none_or(|(value, _)| value.total_cmp(&current).is_ne())
        {
            states.insert(place, (current, 0.0));
        }
        let (values, chances): (Vec<f64>, Vec<f64>) = states.into_iter().unzip();
        Self {
            reservation_value: of.reservation_value(price),
            choice,
            price,
            best: values.iter().map(|value| (*value, 0.0)).collect(),
            values,
            chances,
            current: place,
        }
    }

    /// Allows one more reset; the value at which to stop with that many left.
    fn look_ahead(&mut self) -> f64 {
        // From the top: the mean of what follows from results above the value held.
        let (mut above, mut resets_above) = (0.0, 0.0);
        let mut below = 1.0;
        let mut next = self.best.clone();
        let all = self.best.iter().zip(&self.chances);
        let (all, all_resets) = all.fold((0.0, 0.0), |(value, resets), (best, p)| {
            (value + p * best.0, resets + p * best.1)
        });
        for index in (0..self.values.len()).rev() {
            let (value, resets) = match self.choice {
                Choice::Either => (
                    above + below * self.best[index].0,
                    resets_above + below * self.best[index].1,
                ),
                Choice::NewOnly => (all, all_resets),
            };
            let again = (value - self.price, 1.0 + resets);
            let stop = (self.values[index], 0.0);
            next[index] = if again.0 > stop.0 { again } else { stop };
            above += self.chances[index] * self.best[index].0;
            resets_above += self.chances[index] * self.best[index].1;
            below -= self.chances[index];
        }
        self.best = next;
        match self.choice {
            Choice::Either => self.reservation_value,
            Choice::NewOnly => all - self.price,
        }
    }
}

fn finite(field: &'static str, given: f64) -> Result<(), StoppingError> {
    if given.is_finite() {
        Ok(())
    } else {
        Err(StoppingError::BadNumber { field, given })
    }
}
