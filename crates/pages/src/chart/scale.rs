//! Axes: from amounts and chances to coordinates.

/// Plot area in user units.
pub(super) const WIDTH: f64 = 640.0;
pub(super) const HEIGHT: f64 = 280.0;
pub(super) const LEFT: f64 = 60.0;
pub(super) const RIGHT: f64 = 624.0;
pub(super) const TOP: f64 = 24.0;
pub(super) const BOTTOM: f64 = 228.0;

/// Axis of amounts, from nothing to the largest.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis {
    end: f64,
}

impl Axis {
    /// Ends at this amount.
    pub(super) fn to(end: u64) -> Self {
        Self {
            end: (end as f64).max(1.0),
        }
    }

    /// Returns the coordinate of an amount.
    pub(super) fn x(self, amount: u64) -> f64 {
        let part = (amount as f64 / self.end).min(1.0);
        LEFT + part * (RIGHT - LEFT)
    }

    /// Returns three to six round amounts within the axis.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "amounts are between 0 and 2^64"
    )]
    pub(super) fn ticks(self) -> Vec<u64> {
        let rough = (self.end / 5.0).max(1.0);
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|k| k * power);
        let step = step.into_iter().find(|step| *step >= rough);
        let step = step.unwrap_or(10.0 * power);
        let ticks = (0..8).map(|k| f64::from(k) * step);
        ticks
            .take_while(|tick| *tick <= self.end)
            .map(|tick| tick as u64)
            .collect()
    }
}

/// Returns the coordinate of a chance.
pub(super) fn y(chance: f64) -> f64 {
    BOTTOM - chance.clamp(0.0, 1.0) * (BOTTOM - TOP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(Axis::to(187).ticks(), [0, 50, 100, 150]);
        assert_eq!(Axis::to(1).ticks(), [0, 1]);
        for end in [3, 10, 99, 1_000_001, u64::MAX] {
            let ticks = Axis::to(end).ticks();
            assert!((2..=6).contains(&ticks.len()), "{end}: {ticks:?}");
        }
    }
}
