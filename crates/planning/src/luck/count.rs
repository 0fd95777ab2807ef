//! Counts of independent events with known chances, and how usual a count is.

use std::collections::BTreeMap;

use serde::Serialize;

/// A count of events, each with its own chance.
///
/// Memory grows with the number of *different* chances only, which published rates make few: ten
/// thousand attempts with twenty different chances are kept as twenty numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventCount {
    attempts: u64,
    seen: u64,
    /// Events that were certain.
    certain: u64,
    /// By the bits of the chance, strictly between 0 and 1: the number of attempts.
    by_chance: BTreeMap<u64, u64>,
}

/// A count beside what was to be expected.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CountReport {
    /// Attempts counted, certain ones included.
    pub attempts: u64,
    /// Events seen.
    pub seen: u64,
    /// Events expected: the sum of the chances.
    pub expected: f64,
    /// The chance of fewer events plus half the chance of as many: near 0.5 is usual, near 0 few,
    /// near 1 many. None where nothing was left to chance.
    pub mid_p: Option<f64>,
}

impl EventCount {
    /// Adds an attempt with the chance it had, and whether the event came.
    ///
    /// A chance of 1 or more counts as certain, one of 0 or less, or none, as impossible; neither
    /// says anything about luck.
    pub fn add(&mut self, chance: f64, came: bool) {
        self.attempts += 1;
        self.seen += u64::from(came);
        if chance >= 1.0 {
            self.certain += 1;
        } else if chance > 0.0 {
            *self.by_chance.entry(chance.to_bits()).or_default() += 1;
        }
    }

    /// Adds another count.
    pub fn merge(&mut self, other: &Self) {
        self.attempts += other.attempts;
        self.seen += other.seen;
        self.certain += other.certain;
        for (chance, attempts) in &other.by_chance {
            *self.by_chance.entry(*chance).or_default() += attempts;
        }
    }

    /// Whether a count says anything about luck.
    pub fn is_tested(&self) -> bool {
        !self.by_chance.is_empty()
    }

    /// The count beside what was to be expected, with its exact mid-p.
    pub fn report(&self) -> CountReport {
        let chances = || {
            self.by_chance
                .iter()
                .map(|(bits, n)| (f64::from_bits(*bits), *n))
        };
        let expected: f64 = chances().map(|(chance, n)| chance * n as f64).sum();
        let mid_p = self.is_tested().then(|| {
            let masses = chances()
                .map(|(chance, n)| Masses::binomial(n, chance))
                .reduce(|sum, masses| sum.plus(&masses));
            let masses = masses.expect("there is a chance");
            masses.mid_p(self.seen.saturating_sub(self.certain))
        });
        CountReport {
            attempts: self.attempts,
            seen: self.seen,
            expected: expected + self.certain as f64,
            mid_p,
        }
    }
}

/// The probabilities of the counts from `first` on; what is left out is below rounding.
#[derive(Debug, Clone)]
struct Masses {
    first: u64,
    of: Vec<f64>,
}

/// Masses smaller than this part of the largest are left out.
const NEGLIGIBLE: f64 = 1e-20;

impl Masses {
    /// The number of events in `n` attempts of one chance, worked out from the likeliest count in
    /// both directions by the ratio of neighbours.
    fn binomial(n: u64, chance: f64) -> Self {
        let odds = chance / (1.0 - chance);
        let mode = likeliest(n, chance);
        let mut below = Vec::new();
        let mut mass = 1.0;
        let mut k = mode;
        while k > 0 && mass > NEGLIGIBLE {
            mass *= k as f64 / ((n - k + 1) as f64 * odds);
            k -= 1;
            below.push(mass);
        }
        let first = mode - below.len() as u64;
        let mut of: Vec<f64> = below.into_iter().rev().collect();
        of.push(1.0);
        (mass, k) = (1.0, mode);
        while k < n && mass > NEGLIGIBLE {
            mass *= (n - k) as f64 / (k + 1) as f64 * odds;
            k += 1;
            of.push(mass);
        }
        let total: f64 = of.iter().sum();
        for mass in &mut of {
            *mass /= total;
        }
        Self { first, of }
    }

    fn plus(&self, other: &Self) -> Self {
        let mut of = vec![0.0; self.of.len() + other.of.len() - 1];
        for (shift, mass) in self.of.iter().enumerate() {
            for (target, other) in of[shift..].iter_mut().zip(&other.of) {
                *target += mass * other;
            }
        }
        Self {
            first: self.first + other.first,
            of,
        }
    }

    fn mid_p(&self, seen: u64) -> f64 {
        let Some(place) = seen.checked_sub(self.first) else {
            return 0.0;
        };
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let below: f64 = self.of.iter().take(place).sum();
        let half = self.of.get(place).map_or(0.0, |mass| mass / 2.0);
        (below + half).min(1.0)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a part of n, which is far below 2^53"
)]
fn likeliest(n: u64, chance: f64) -> u64 {
    (((n + 1) as f64 * chance).floor() as u64).min(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The distribution by the textbook recurrence, attempt by attempt.
    fn direct(chances: &[f64]) -> Vec<f64> {
        let mut masses = vec![1.0];
        for chance in chances {
            let mut next = vec![0.0; masses.len() + 1];
            for (k, mass) in masses.iter().enumerate() {
                next[k] += mass * (1.0 - chance);
                next[k + 1] += mass * chance;
            }
            masses = next;
        }
        masses
    }

    #[test]
    fn mid_p_equals_the_direct_recurrence() {
        let chances: Vec<f64> = (0..300)
            .map(|i| [0.15, 0.035, 0.014, 0.3, 0.9][i % 5])
            .collect();
        let masses = direct(&chances);
        for seen in [40, 70, 83, 90, 120] {
            let mut count = EventCount::default();
            for (index, chance) in chances.iter().enumerate() {
                count.add(*chance, index < seen);
            }
            let expected = masses[..seen].iter().sum::<f64>() + masses[seen] / 2.0;
            let told = count.report().mid_p.unwrap();
            assert!((told - expected).abs() < 1e-12, "{seen}: {told} {expected}");
        }
    }

    #[test]
    fn certain_events_shift_the_count_and_test_nothing() {
        let mut count = EventCount::default();
        count.add(1.0, true);
        count.add(0.0, false);
        let report = count.report();
        assert_eq!((report.attempts, report.seen, report.mid_p), (2, 1, None));
        count.add(0.25, true);
        let report = count.report();
        // One in four came: fewer has 3/4, as many 1/4.
        assert_eq!((report.expected, report.mid_p), (1.25, Some(0.875)));
    }

    #[test]
    fn many_attempts_are_kept_by_their_different_chances() {
        let mut count = EventCount::default();
        for index in 0..100_000_u32 {
            count.add(f64::from(index % 20 + 1) / 100.0, index % 10 == 0);
        }
        assert_eq!(count.by_chance.len(), 20);
        let mid_p = count.report().mid_p.unwrap();
        assert!(mid_p > 0.0 && mid_p < 1e-6, "{mid_p}");
    }
}
