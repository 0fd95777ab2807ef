//! Many probabilities of one distribution at once.

use super::lattice::{Lattice, small};
use crate::Bounds;

/// Budgets in equal strides from 0 up: so many whole units, and a part of one.
#[derive(Clone, Copy)]
pub(super) struct Strides {
    /// The whole units of a stride.
    units: u64,
    /// The rest of a stride, below one unit.
    part: u64,
    unit: u64,
    /// The rest of the strides so far, below one unit.
    rest: u64,
}

impl Strides {
    pub(super) const fn new(step: u64, unit: u64) -> Self {
        Self {
            units: step / unit,
            part: step % unit,
            unit,
            rest: 0,
        }
    }

    /// Goes one stride further: whether the parts have made up one more unit.
    fn carry(&mut self) -> bool {
        // Both are below `unit`, so their sum could only overflow for units beyond any cost.
        self.rest = self.rest.wrapping_add(self.part);
        let carry = self.rest >= self.unit;
        if carry {
            self.rest -= self.unit;
        }
        carry
    }
}

/// Exact evaluations of the factor are so many strides apart; so many roundings are kept.
const ANCHOR: usize = 256;

impl Lattice {
    /// The chances of having ended, good to about 1e-13.
    ///
    /// Past the head a stride multiplies survival by one of two powers of the ratio, so that hardly
    /// any logarithm has to be undone.
    pub(super) fn tabulate(&self, mut strides: Strides, table: &mut [Bounds]) {
        let head = self.survival.len() as u64;
        let mut place = 0_u64;
        let mut filled = 0;
        for bounds in table.iter_mut() {
            let Some(survival) = usize::try_from(place)
                .ok()
                .and_then(|place| self.survival.get(place))
            else {
                break;
            };
            *bounds = Bounds::exact(1.0 - survival);
            filled += 1;
            let carry = u64::from(strides.carry());
            place = place.saturating_add(strides.units).saturating_add(carry);
        }
        if filled < table.len() {
            self.tabulate_past(place - head, strides, &mut table[filled..]);
        }
    }

    /// The same from `past` units beyond the head on.
    fn tabulate_past(&self, past: u64, mut strides: Strides, table: &mut [Bounds]) {
        let (head, period) = (self.survival.len(), self.period as u64);
        let whole = strides.units / period;
        let over = small(strides.units % period);
        let (all, once) = (self.factor(whole), self.factor(1));
        let mut resets = past / period + 1;
        let mut place = head - small(period - past % period);
        for chunk in table.chunks_mut(ANCHOR) {
            let mut factor = self.factor(resets);
            for bounds in chunk {
                *bounds = Bounds::exact(1.0 - self.survival[place] * factor);
                factor *= all;
                resets = resets.saturating_add(whole);
                place += over + usize::from(strides.carry());
                if place >= head {
                    place -= self.period;
                    resets = resets.saturating_add(1);
                    factor *= once;
                }
            }
        }
    }
}
