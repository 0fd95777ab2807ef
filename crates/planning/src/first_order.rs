//! The weights of lines to first order: the slopes of V, in per cent of main stat.

use cube_probability::{Decimal, Stat, Sum};

use crate::readers::{Reader, readers};
use crate::{Bonus, StatSheet, Valuation};

impl Valuation {
    /// The weighted sum of line stats that changes as V does for small changes, with 1 % of main
    /// stat as its unit and weights to a thousandth.
    ///
    /// For reading: V is not linear, so the sum ranks lines only nearly as V does.
    pub fn first_order(&self, sheet: &StatSheet, character_level: u16) -> Sum {
        let nines = f64::from(character_level / 9);
        let (stats, readers) = readers(sheet, &Bonus::NONE);
        let slopes: Vec<_> = readers
            .iter()
            .map(|reader| self.slope(*reader, nines))
            .collect();
        let unit = slopes[0];
        stats
            .into_iter()
            .zip(slopes)
            .map(|(stat, slope)| (thousandths(slope / unit), stat))
            .filter(|(weight, _)| *weight > 0)
            .fold(Sum::new(), |sum, (weight, stat): (u64, Stat)| {
                sum.plus(Decimal::from_thousandths(weight), stat)
            })
    }

    /// The relative change of V by one unit of a stat.
    fn slope(&self, reader: Reader, nines: f64) -> f64 {
        let model = self.model();
        let stat = |place: usize, points: f64| model.weight(place) * points / model.total_stat();
        let (attack_base, attack_pct, attack) = model.attack_parts();
        let percent = |total: f64| 0.01 / total;
        let (rate, critical) = model.critical();
        match reader {
            Reader::Pct(place) => stat(place, model.base(place) / 100.0),
            Reader::Flat(place) => stat(place, 1.0 + model.pct(place) / 100.0),
            Reader::PerNineLevels(place) => stat(place, nines * (1.0 + model.pct(place) / 100.0)),
            Reader::Attack => (1.0 + attack_pct / 100.0) / attack,
            Reader::AttackPct => attack_base / 100.0 / attack,
            Reader::Damage | Reader::BossDamage => percent(model.damage_factor()),
            Reader::CriticalDamage => rate * percent(1.0 + rate * critical),
            Reader::CriticalRate => critical * percent(1.0 + rate * critical),
            Reader::Defence => {
                let left = self.defence() * model.defence_left();
                left * percent(1.0 - left)
            }
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a ratio of positive slopes; an absurd one saturates"
)]
fn thousandths(ratio: f64) -> u64 {
    let largest = Decimal::MAX_IN_GOAL.thousandths() as f64;
    if ratio.is_finite() {
        (ratio * 1000.0).round().clamp(0.0, largest) as u64
    } else {
        0
    }
}
