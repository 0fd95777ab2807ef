//! Many probabilities of one distribution at once.

use super::lattice::Lattice;

/// The chances of having ended, without end and good to about 1e-13.
///
/// Goes up the lattice in equal strides of cost. Past the head a stride multiplies survival by one
/// of two powers of the ratio, so that hardly any logarithm has to be undone.
pub(super) struct Walk<'a> {
    lattice: &'a Lattice,
    /// A stride in whole units and what is left of it.
    stride: (u64, u64),
    unit: u64,
    /// What is left of the strides so far, below one unit.
    rest: u64,
    /// The place in the head, or in its last period once it is left.
    place: u64,
    /// The resets past the head.
    resets: u64,
    /// Survival past the head, as a part of that at `place`.
    factor: f64,
    /// The resets a stride makes at least, and the factors for so many and for one and two more.
    resets_in_stride: u64,
    factors: [f64; 3],
    until_anchor: u32,
}

/// Strides between two exact evaluations of the factor; so many roundings are kept.
const ANCHOR: u32 = 256;

impl<'a> Walk<'a> {
    pub(super) fn new(lattice: &'a Lattice, stride: (u64, u64), unit: u64) -> Self {
        let resets_in_stride = stride.0 / lattice.period as u64;
        Self {
            lattice,
            stride,
            unit,
            rest: 0,
            place: 0,
            resets: 0,
            factor: 1.0,
            resets_in_stride,
            factors: [0, 1, 2].map(|more| lattice.factor(resets_in_stride + more)),
            until_anchor: ANCHOR,
        }
    }

    fn advance(&mut self) {
        self.rest += self.stride.1;
        let carry = u64::from(self.rest >= self.unit);
        self.rest -= carry * self.unit;
        self.place = self.place.saturating_add(self.stride.0 + carry);
        let head = self.lattice.survival.len() as u64;
        if self.place < head {
            return;
        }
        let period = self.lattice.period as u64;
        let resets = self.resets_to(self.place - head, period);
        self.place -= resets * period;
        self.resets = self.resets.saturating_add(resets);
        self.until_anchor -= 1;
        let more = usize::try_from(resets.wrapping_sub(self.resets_in_stride)).ok();
        match more.and_then(|more| self.factors.get(more)) {
            Some(factor) if self.until_anchor > 0 => self.factor *= factor,
            _ => {
                self.factor = self.lattice.factor(self.resets);
                self.until_anchor = ANCHOR;
            }
        }
    }
}

impl Walk<'_> {
    /// The resets that lead from a place so far past the head back into its last period.
    ///
    /// They are hardly more than those of a stride, which spares a division.
    fn resets_to(&self, past: u64, period: u64) -> u64 {
        let mut resets = self.resets_in_stride.max(1);
        let Some(mut more) = past.checked_sub((resets - 1) * period) else {
            return past / period + 1;
        };
        while more >= period {
            more -= period;
            resets += 1;
        }
        resets
    }
}

impl Iterator for Walk<'_> {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        let place = usize::try_from(self.place).expect("the place is within the head");
        let within = 1.0 - self.lattice.survival[place] * self.factor;
        self.advance();
        Some(within)
    }
}
