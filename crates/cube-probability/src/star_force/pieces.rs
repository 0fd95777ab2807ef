//! A survival function in pieces: the finer, the nearer to the least cost.
//!
//! Bounds are about as wide as the chance of a cost within one point of a table, so a quantile is
//! known to a part of itself if the table ends not far beyond it. Where a spare item costs far more
//! than the road, a way without a loss and one with many differ by orders of magnitude, and one
//! table cannot serve both. The first piece, tilted upwards, reaches to the far tail. Before its
//! points become too coarse another one begins, tilted downwards, and so on until every piece is
//! fine enough for the least cost, or nothing is left below.

use super::tail::Tail;
use super::transform::Transform;
use super::window::{POINTS_PER_FREQUENCY, Window};
use crate::Bounds;

/// The chance of costs that are beyond all pieces.
pub(super) const BEYOND: f64 = 1e-13;
/// A table with all frequencies is fine enough from this part of its period on.
const COARSE_PART: u64 = 12;
/// The exponent by which a window that is tilted downwards damps the next period.
const DAMPING: f64 = 12.0;
/// A chance that deserves no finer piece.
const NEGLIGIBLE: f64 = 1e-5;
/// The most pieces: each is at least twice as fine as the one before, and a few times that as a
/// rule.
const MAX_PIECES: usize = 24;

/// Source of the pieces. Costs are counted above the least one.
pub(super) struct Source<'a> {
    pub(super) transform: &'a Transform,
    pub(super) tail: Tail,
    /// The least cost itself, in meso.
    pub(super) least: u64,
    /// The chance of a cost above the least.
    pub(super) mass: f64,
    /// The mean number of attempts.
    pub(super) attempts: f64,
    /// The frequencies of a piece but the first, which has half of them.
    pub(super) frequencies: usize,
}

/// Bounds on the chance of a cost above the points of a stretch.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    /// The distance between two points, in meso.
    pub(super) step: u64,
    /// The place of the first point, in steps.
    pub(super) first: u64,
    /// At each point.
    pub(super) survival: Vec<Bounds>,
}

impl Piece {
    /// The cost of the last point.
    pub(super) const fn end(&self) -> u64 {
        self.step * (self.first + self.survival.len() as u64 - 1)
    }

    /// Bounds on the chance of a cost above one that is `over` meso past a place of the table.
    pub(super) fn between(&self, place: u64, over: u64) -> Bounds {
        let place = usize::try_from(place - self.first).unwrap_or(usize::MAX);
        let next = place.saturating_add(usize::from(over > 0));
        let last = self.survival.len() - 1;
        let upper = self.survival[place.min(last)].upper;
        let lower = self.survival.get(next).map_or(0.0, |bounds| bounds.lower);
        Bounds {
            lower: lower.min(upper),
            upper,
        }
    }

    /// Bounds on the chance of a cost above one between the first and the last point.
    pub(super) fn survival(&self, cost: u64) -> Bounds {
        self.between(cost / self.step, cost % self.step)
    }

    /// The point from which on these points are fine enough, or from which to that one hardly any
    /// cost lies; none if all are.
    fn coarse_end(&self, source: &Source<'_>, period: u64) -> Option<u64> {
        let full = POINTS_PER_FREQUENCY * source.frequencies;
        let coarse = (u128::from(self.step) * full as u128 / u128::from(COARSE_PART))
            .min(u128::from(period / 2));
        let coarse = u64::try_from(coarse).ok()?.checked_sub(source.least)?;
        let place = usize::try_from(coarse.div_ceil(self.step)).ok()?;
        let there = middle(self.survival.get(place)?) + NEGLIGIBLE;
        if source.mass <= there {
            return None;
        }
        let empty_from = self.survival[1..=place].partition_point(|bounds| middle(bounds) > there);
        Some((empty_from as u64 + 1).min(place as u64) * self.step)
    }
}

/// The pieces in order of their costs, the last one to a chance of [`BEYOND`]; none if the costs
/// reach beyond 64 bits.
pub(super) fn pieces(source: &Source<'_>) -> Option<Vec<Piece>> {
    let first = Window {
        tilt: source.tail.rate() / 2.0,
        frequencies: source.frequencies / 2,
        step: 1,
    };
    let step = first_step(source, first.points())?;
    let first = Window { step, ..first };
    let mut pieces = vec![source.piece(&first, first.points() / 8 * 7 + 1, &[])];
    let mut period = step * first.points() as u64;
    while let Some(piece) = pieces.last().filter(|_| pieces.len() < MAX_PIECES) {
        let Some(end) = piece.coarse_end(source, period) else {
            break;
        };
        let Some(window) = finer(source, piece.step, end) else {
            break;
        };
        let count = usize::try_from(end / window.step).ok()? + 1;
        pieces.push(source.piece(&window, count, &pieces));
        period = window.step * window.points() as u64;
    }
    pieces.reverse();
    join(&mut pieces, source.mass);
    Some(pieces)
}

impl Source<'_> {
    fn piece(&self, window: &Window, count: usize, coarser: &[Piece]) -> Piece {
        let known = |cost: u64| {
            let piece = coarser.iter().rev().find(|piece| cost <= piece.end());
            piece.map_or(
                Bounds {
                    lower: 0.0,
                    upper: self.tail.beyond(cost as f64),
                },
                |piece| piece.survival(cost),
            )
        };
        let mut survival = window.survival(self.transform, self.mass, self.attempts, count, known);
        tighten(survival.iter_mut());
        Piece {
            step: window.step,
            first: 0,
            survival,
        }
    }
}

/// A window for costs up to `end` in its first half, whose points are those of another one and an
/// even number of points in between; none if it would not be finer.
fn finer(source: &Source<'_>, step: u64, end: u64) -> Option<Window> {
    let half = (POINTS_PER_FREQUENCY * source.frequencies / 2) as u64;
    let enough = end.div_ceil(half).max(1);
    let halvings = (step / enough).checked_ilog2()?.min(step.trailing_zeros());
    let finer = Window {
        tilt: 0.0,
        step: step >> halvings,
        frequencies: source.frequencies,
    };
    let period = finer.step as f64 * finer.points() as f64;
    (halvings > 0).then_some(Window {
        tilt: -DAMPING / period,
        ..finer
    })
}

/// The distance of the first piece's points, so that they reach far enough with an eighth of the
/// period to spare: a number of few bits, which can be halved many times; none past 64 bits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a positive number, compared with the greatest that fits"
)]
fn first_step(source: &Source<'_>, points: usize) -> Option<u64> {
    let step = (source.tail.reach(BEYOND) / (points / 8 * 7) as f64).ceil();
    // Rounding to few bits adds an eighth at most, and twice the period is looked at.
    if step * 1.125 * 2.0 * points as f64 + (source.least as f64) >= u64::MAX as f64 {
        return None;
    }
    let step = step as u64;
    let spare_bits = step.max(1).ilog2().saturating_sub(3);
    Some(step.div_ceil(1 << spare_bits) << spare_bits)
}

/// Leaves to each piece what lies beyond the one before, and makes the bounds fall throughout.
fn join(pieces: &mut [Piece], mass: f64) {
    let mut end = 0;
    for piece in pieces.iter_mut() {
        let first = end / piece.step;
        piece.first = first;
        piece
            .survival
            .drain(..usize::try_from(first).unwrap_or(usize::MAX));
        end = piece.end();
    }
    if let Some(least) = pieces
        .first_mut()
        .and_then(|piece| piece.survival.first_mut())
    {
        *least = Bounds::exact(mass);
    }
    tighten(
        pieces
            .iter_mut()
            .flat_map(|piece| piece.survival.iter_mut()),
    );
}

/// Survival falls, so a lower bound further out holds here too, and an upper bound further in.
fn tighten<'a>(survival: impl DoubleEndedIterator<Item = &'a mut Bounds>) {
    let mut upper = 1.0_f64;
    let mut falling = Vec::new();
    for bounds in survival {
        upper = upper.min(bounds.upper);
        bounds.upper = upper;
        falling.push(bounds);
    }
    let mut lower = 0.0_f64;
    for bounds in falling.into_iter().rev() {
        lower = lower.max(bounds.lower).min(bounds.upper);
        bounds.lower = lower;
    }
}

/// The middle of two bounds.
pub(super) fn middle(bounds: &Bounds) -> f64 {
    bounds.lower.midpoint(bounds.upper)
}
