//! The density of a cost, for a chart.

use super::{CostDistribution, Level};

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
    pub const MAX_BARS: usize = 512;

    /// The density as at most [`MAX_BARS`](Self::MAX_BARS) bars of equal width from 0 up to about
    /// the 99.9 % quantile. What is dearer than the last bar is in none of them.
    ///
    /// A bar is one possible cost wide where these are few, and else as wide as a whole number of
    /// resets in the last phase, so that every bar holds as many possible costs as its neighbour.
    pub fn density(&self) -> Vec<Bar> {
        let end = self.quantile(Level::CHART_END).unwrap_or(u64::MAX);
        let bars = Self::MAX_BARS as u64;
        let unit = self.unit();
        let width = if end / unit <= bars {
            unit
        } else {
            let reset = unit * self.period();
            reset * end.div_ceil(reset).div_ceil(bars)
        };
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
