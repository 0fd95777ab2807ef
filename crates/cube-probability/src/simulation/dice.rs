//! Seeded random numbers.

/// A seeded source of random numbers: `SplitMix64`, the same on every machine and in every version.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The dice that a seed stands for.
    pub const fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// Any 64 bits (Steele, Lea, Flood: *Fast Splittable Pseudorandom Number Generators*).
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A whole number below `limit`, each equally likely (Lemire's method).
    ///
    /// # Panics
    ///
    /// Panics if `limit` is 0: there is no such number.
    pub fn below(&mut self, limit: u64) -> u64 {
        assert!(limit > 0, "there is no number below 0");
        let unfair = limit.wrapping_neg() % limit;
        loop {
            let wide = u128::from(self.bits()) * u128::from(limit);
            let (drawn, rest) = halves(wide);
            if rest >= unfair {
                return drawn;
            }
        }
    }

    /// A place in a slice of that length, each equally likely.
    pub(super) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("it is below a length")
    }

    /// Whether something of this chance happens.
    pub fn happens(&mut self, chance: f64) -> bool {
        const STEPS: f64 = (1_u64 << 53) as f64;
        ((self.bits() >> 11) as f64) < chance * STEPS
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the lower half is what is left of the number without its upper half"
)]
const fn halves(wide: u128) -> (u64, u64) {
    ((wide >> 64) as u64, wide as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dice_of_a_seed_are_always_the_same() {
        // The first outputs of SplitMix64 from seed 1234567, as its authors' code gives them.
        let mut dice = Dice::seeded(1_234_567);
        assert_eq!(dice.bits(), 6_457_827_717_110_365_317);
        assert_eq!(dice.bits(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn numbers_below_a_limit_are_equally_likely() {
        let mut dice = Dice::seeded(1);
        let mut seen = [0_u32; 7];
        for _ in 0..70_000 {
            seen[usize::try_from(dice.below(7)).unwrap()] += 1;
        }
        assert!(
            seen.iter().all(|&count| count.abs_diff(10_000) < 500),
            "{seen:?}"
        );
    }
}
