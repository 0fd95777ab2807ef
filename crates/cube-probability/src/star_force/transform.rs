//! The transform of a way's cost: the mean of `z^cost`, for any `z`.
//!
//! For `z = e^(it)` it is the characteristic function, from which the distribution comes back; for
//! a real `z` above 1 it bounds the tail. As the passages of the rungs are independent, the
//! transform is a product of theirs, and each of those solves one linear equation.

use std::ops::{Add, Mul};

use super::ladder::Ladder;

/// Kinds of `z`: numbers that are added, multiplied and summed as a geometric series.
pub(super) trait Weight:
    Copy + Add<Output = Self> + Mul<Output = Self> + Mul<f64, Output = Self>
{
    /// The number as a weight.
    fn plain(number: f64) -> Self;

    /// `1 + self + self^2 + ...`, infinite where the series has no sum.
    fn series(self) -> Self;
}

impl Weight for f64 {
    fn plain(number: f64) -> Self {
        number
    }

    fn series(self) -> Self {
        if self < 1.0 {
            (1.0 - self).recip()
        } else {
            Self::INFINITY
        }
    }
}

/// The equations of a ladder, ready to be solved for many `z`.
#[derive(Debug)]
pub(super) struct Transform {
    /// The costs whose powers are needed; everything else refers to them by their place.
    costs: Vec<u64>,
    stages: Vec<Stage>,
    /// The rungs at which a broken item starts its way back.
    returns: Vec<usize>,
    start: usize,
    chance_time: bool,
}

/// The equation of one rung.
#[derive(Debug)]
struct Stage {
    success: f64,
    keep: f64,
    drop: f64,
    destroy: f64,
    /// The place of the attempt's cost.
    attempt: usize,
    /// The place of the cost of a certain attempt on the rung below.
    caught: Option<usize>,
    /// The place of the cost of a restore, and of the way back in `returns` if there is one.
    fall: Option<(usize, Option<usize>)>,
}

impl Transform {
    pub(super) fn of(ladder: &Ladder) -> Self {
        let mut transform = Self {
            costs: Vec::new(),
            stages: Vec::new(),
            returns: Vec::new(),
            start: ladder.start,
            chance_time: ladder.chance_time,
        };
        for (index, (rung, _)) in ladder.rungs.iter().enumerate() {
            let attempt = rung.attempt;
            let below = index
                .checked_sub(1)
                .map(|below| ladder.rungs[below].0.attempt);
            let caught = below
                .filter(|_| ladder.chance_time && attempt.drop > 0.0)
                .map(|below| place(&mut transform.costs, below.sure_cost));
            let fall = rung.fall.map(|fall| {
                let back = (fall.to < index).then(|| place(&mut transform.returns, fall.to));
                (place(&mut transform.costs, fall.meso), back)
            });
            let stage = Stage {
                success: attempt.success,
                keep: attempt.keep,
                drop: attempt.drop,
                destroy: attempt.destroy,
                attempt: place(&mut transform.costs, attempt.cost),
                caught,
                fall,
            };
            transform.stages.push(stage);
        }
        transform
    }

    /// The costs of which [`Self::surplus`] takes the powers, in its order.
    pub(super) fn costs(&self) -> &[u64] {
        &self.costs
    }

    /// The mean of `payments^(number of payments) * e^(tilt * (cost - least cost))`, infinite or no
    /// number where it does not exist. Payments are attempts and restores.
    pub(super) fn tilted(&self, tilt: f64, payments: f64) -> f64 {
        let powers: Vec<f64> = (self.costs.iter())
            .map(|&cost| payments * (tilt * cost as f64).exp())
            .collect();
        self.surplus(&powers)
    }

    /// The mean of `z^(cost - least cost)`, given `z` to the power of each of [`Self::costs`].
    pub(super) fn surplus<W: Weight>(&self, powers: &[W]) -> W {
        let one = W::plain(1.0);
        let mut total = one;
        let mut below = one;
        let mut returns = vec![one; self.returns.len()];
        for (index, stage) in self.stages.iter().enumerate() {
            let attempt = powers[stage.attempt];
            let fallen = stage.fall.map(|(restore, back)| {
                back.map_or(powers[restore], |back| powers[restore] * returns[back])
            });
            let surplus = (attempt * stage.again(below, fallen)).series() * stage.success;
            let whole = surplus * attempt;
            below = if self.chance_time {
                stage.behind(attempt, whole, fallen, powers)
            } else {
                whole
            };
            for (back, &from) in returns.iter_mut().zip(&self.returns) {
                if from <= index {
                    *back = *back * whole;
                }
            }
            if index >= self.start {
                total = total * surplus;
            }
        }
        total
    }
}

impl Stage {
    /// One failed attempt, but for its own cost, up to being back on the rung.
    fn again<W: Weight>(&self, below: W, fallen: Option<W>) -> W {
        let mut again = W::plain(self.keep);
        if self.drop > 0.0 {
            again = again + below * self.drop;
        }
        fallen.map_or(again, |fallen| again + fallen * self.destroy)
    }

    /// The passage after a first loss of a star has led here: another loss is made good at once.
    fn behind<W: Weight>(&self, attempt: W, whole: W, fallen: Option<W>, powers: &[W]) -> W {
        let mut again = W::plain(self.keep);
        if let Some(caught) = self.caught {
            again = again + powers[caught] * self.drop;
        }
        if let Some(fallen) = fallen {
            again = again + fallen * self.destroy;
        }
        attempt * (W::plain(self.success) + whole * again)
    }
}

/// The place of an item in a list, which it joins if it is not there yet.
fn place<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    list.iter()
        .position(|other| *other == item)
        .unwrap_or_else(|| {
            list.push(item);
            list.len() - 1
        })
}
