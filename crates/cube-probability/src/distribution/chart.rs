//! The density of a cost and its cumulative chance, for a chart.

use super::{CostDistribution, Distribution, Level};

/// One point of a chart of any distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ChartPoint {
    /// The cost.
    pub meso: u64,
    /// The chance of a cost above that of the point before, and at most this one.
    pub probability: f64,
    /// The chance of at most this cost.
    pub cumulative: f64,
}

impl ChartPoint {
    /// The most points of a chart.
    pub const MOST: usize = 512;
}

/// The points of a chart, each of which stands for a whole number of `grain`, itself a multiple of
/// the distribution's unit, or of single units where these are few.
///
/// The first point is at the smallest distance, or at 0 if that cost is possible.
pub(super) fn points<D: Distribution + ?Sized>(distribution: &D, grain: u64) -> Vec<ChartPoint> {
    let Some(end) = distribution.cost_at(Level::CHART_END).upper else {
        return Vec::new();
    };
    let most = ChartPoint::MOST as u64 - 1;
    let width = width(end, distribution.unit(), grain, most);
    let last = end.div_ceil(width);
    let mut before = 0.0;
    let point = |k: u64| {
        let meso = k.saturating_mul(width);
        let bounds = distribution.within(meso);
        // The middles rise as both bounds do, but for rounding in their last bits.
        let cumulative = f64::max(before, bounds.lower.midpoint(bounds.upper));
        let probability = cumulative - before;
        before = cumulative;
        ChartPoint {
            meso,
            probability,
            cumulative,
        }
    };
    let mut points: Vec<ChartPoint> = (0..=last).map(point).collect();
    if points[0].cumulative == 0.0 {
        points.remove(0);
    }
    points
}

/// The distance between two points, so that at most `most` reach the end.
fn width(end: u64, unit: u64, grain: u64, most: u64) -> u64 {
    if end.div_ceil(unit) <= most {
        unit
    } else {
        grain.saturating_mul(end.div_ceil(grain).div_ceil(most))
    }
}

/// One bar of a chart: the chance that the cost is above `above` and at most `up_to`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Bar {
    /// The cost is more than this.
    pub above: u64,
    /// The cost is at most this.
    pub up_to: u64,
    /// The chance of that.
    pub probability: f64,
}

impl CostDistribution {
    /// The most bars of a chart.
    pub const MAX_BARS: usize = ChartPoint::MOST;

    /// The cost of one reset in the last phase, or a unit if that is free.
    pub(super) const fn reset(&self) -> u64 {
        self.unit() * self.period()
    }

    /// The density as at most [`MAX_BARS`](Self::MAX_BARS) bars of equal width from 0 up to about
    /// the 99.9 % quantile. Dearer costs than the last bar are in none of them.
    ///
    /// A bar is one possible cost wide where these are few, and else as wide as a whole number of
    /// resets in the last phase, so that every bar holds as many possible costs as its neighbour.
    pub fn density(&self) -> Vec<Bar> {
        let end = self.quantile(Level::CHART_END).unwrap_or(u64::MAX);
        let bars = Self::MAX_BARS as u64;
        let unit = self.unit();
        let width = width(end, unit, self.reset(), bars);
        (0..bars)
            .map(|bar| bar.saturating_mul(width))
            .take_while(|&above| above < end)
            .map(|above| {
                let up_to = above.saturating_add(width);
                Bar {
                    above,
                    up_to,
                    probability: self.between(above, up_to),
                }
            })
            .collect()
    }
}
