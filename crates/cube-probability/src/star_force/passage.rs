//! First passages: from one star to the next, however often the item breaks on the way.
//!
//! A star is gained one rung of the ladder at a time, so the way from one star to another is a sum
//! of independent passages, and the passage of a rung is made of its own attempts and of passages
//! below it. Every moment follows by one linear equation per rung, in which nothing is subtracted.

use std::iter::Sum;
use std::ops::{Add, Mul};

use super::CostTooLarge;
use super::ladder::{Fall, Rung};

/// Mean numbers of what a way up takes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Means {
    /// Meso, spare items included.
    pub meso: f64,
    /// Attempts paid for.
    pub attempts: f64,
    /// Times the item is destroyed.
    pub destroyed: f64,
    /// Spare items used up.
    pub spare_items: f64,
}

impl Means {
    /// The mean meso, rounded to a whole number.
    ///
    /// # Errors
    /// [`CostTooLarge`] above the largest whole number of 64 bits.
    pub fn whole_meso(&self) -> Result<u64, CostTooLarge> {
        let mean_meso = self.meso;
        let rounded = mean_meso.round();
        // 2^64, the first number that does not fit; what is no number does not fit either.
        if rounded < 18_446_744_073_709_551_616.0 {
            Ok(whole(rounded))
        } else {
            Err(CostTooLarge { mean_meso })
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number of meso below 2^64"
)]
const fn whole(meso: f64) -> u64 {
    meso as u64
}

impl Add for Means {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            meso: self.meso + other.meso,
            attempts: self.attempts + other.attempts,
            destroyed: self.destroyed + other.destroyed,
            spare_items: self.spare_items + other.spare_items,
        }
    }
}

impl Mul<f64> for Means {
    type Output = Self;

    fn mul(self, factor: f64) -> Self {
        Self {
            meso: self.meso * factor,
            attempts: self.attempts * factor,
            destroyed: self.destroyed * factor,
            spare_items: self.spare_items * factor,
        }
    }
}

/// Moments of a part of the way: its means, and the mean square of its meso.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moments {
    pub(super) mean: Means,
    pub(super) meso_square: f64,
}

impl Moments {
    /// A part that always takes the same.
    const fn fixed(mean: Means) -> Self {
        Self {
            mean,
            meso_square: mean.meso * mean.meso,
        }
    }

    fn attempt(meso: u64) -> Self {
        Self::fixed(Means {
            meso: meso as f64,
            attempts: 1.0,
            ..Means::default()
        })
    }

    pub(super) fn meso_variance(&self) -> f64 {
        (self.meso_square - self.mean.meso * self.mean.meso).max(0.0)
    }
}

/// Independent parts, one after the other.
impl Add for Moments {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            mean: self.mean + other.mean,
            meso_square: self.meso_square
                + 2.0 * self.mean.meso * other.mean.meso
                + other.meso_square,
        }
    }
}

/// One of several parts happens: each counts by its chance.
impl Mul<f64> for Moments {
    type Output = Self;

    fn mul(self, chance: f64) -> Self {
        Self {
            mean: self.mean * chance,
            meso_square: self.meso_square * chance,
        }
    }
}

impl Sum for Moments {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), Add::add)
    }
}

/// The passage of one rung to the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passage {
    /// From an arrival on the rung that was not a loss of a star.
    pub(super) whole: Moments,
    /// From an arrival by the first loss of a star, so that another one brings chance time.
    pub(super) behind: Moments,
}

impl Passage {
    /// The passage of `rung`, which stands on `below`.
    pub(super) fn of(rung: &Rung, below: &[(Rung, Self)], chance_time: bool) -> Self {
        let attempt = &rung.attempt;
        let own = Moments::attempt(attempt.cost);
        let fallen = rung
            .fall
            .map_or_else(Moments::default, |fall| fall_from(fall, below));
        let (dropped, caught) = match below.last() {
            Some((lower, passage)) if attempt.drop > 0.0 => {
                (passage.behind, Moments::attempt(lower.attempt.sure_cost))
            }
            _ => Default::default(),
        };
        let away = dropped * attempt.drop + fallen * attempt.destroy;
        let mean = (own.mean + away.mean) * (1.0 / attempt.success);
        let cost = own.mean.meso;
        let meso_square = own.meso_square
            + 2.0 * cost * (mean.meso - cost).max(0.0)
            + away.meso_square
            + 2.0 * away.mean.meso * mean.meso;
        let whole = Moments {
            mean,
            meso_square: meso_square / attempt.success,
        };
        if !chance_time {
            return Self {
                whole,
                behind: whole,
            };
        }
        // The same attempt, but a second loss in a row is made good by one certain attempt.
        let rest = whole * attempt.keep
            + (caught + whole) * attempt.drop
            + (fallen + whole) * attempt.destroy;
        Self {
            whole,
            behind: own + rest,
        }
    }
}

/// The restore after a destruction and the way back up.
fn fall_from(fall: Fall, below: &[(Rung, Passage)]) -> Moments {
    let restore = Moments::fixed(Means {
        meso: fall.meso as f64,
        attempts: 0.0,
        destroyed: 1.0,
        spare_items: f64::from(fall.copies),
    });
    restore
        + below[fall.to..]
            .iter()
            .map(|(_, passage)| passage.whole)
            .sum()
}
