//! Estimates where not every source was read: a final stat alone, with bounds.

use super::rest::Solved;
use super::source::{MostGiven, StatSource};
use crate::AttributeParts;
use crate::model::scaled;

/// The part of what a missing source can give that is taken as the estimate.
///
/// Half is the middle of the bounds, and nothing finer is known.
const ESTIMATE: f64 = 0.5;

/// An attribute estimated; none when no source is missing.
///
/// Its points lie between the known ones and those plus what the missing sources can give; the
/// per cent follows from the final value.
pub(super) fn attribute(known: AttributeParts, missing: &[StatSource]) -> Option<Solved> {
    let most = most(missing)?;
    Some(estimate(known, most.flat, most.unscaled, most.pct))
}

/// Attack estimated; none when no source is missing.
///
/// Weapon and skills give attack that no source lists, so at least a tenth of the final value is
/// taken for points.
pub(super) fn attack(known: AttributeParts, missing: &[StatSource]) -> Option<Solved> {
    let most = most(missing)?;
    let known = AttributeParts {
        base: known.base.max(known.total / 10.0),
        ..known
    };
    Some(estimate(known, most.attack, 0.0, most.attack_pct))
}

fn most(missing: &[StatSource]) -> Option<MostGiven> {
    let given = missing.iter().map(|source| source.most());
    (!missing.is_empty()).then(|| given.fold(MostGiven::NOTHING, MostGiven::plus))
}

fn estimate(known: AttributeParts, flat: f64, unscaled: f64, pct: f64) -> Solved {
    let room = (known.total - known.flat_unscaled).max(0.0);
    // Points cannot be more than what they would give by themselves.
    let most_base = (known.base + flat)
        .min(room / (1.0 + known.pct / 100.0))
        .max(known.base);
    // The final value is rounded down, so nearly one more may have been there.
    let bound = (known.base + flat)
        .min((room + 1.0) / (1.0 + known.pct / 100.0))
        .max(known.base);
    let most_unscaled = known.flat_unscaled + unscaled.min(room);
    let pct_by = |total: f64, base: f64, unscaled: f64| {
        let share = (total - unscaled) / base.max(1.0) - 1.0;
        (share * 100.0).clamp(known.pct, known.pct + pct)
    };
    let pct_of = |base: f64, unscaled: f64| pct_by(known.total, base, unscaled);
    let base = known.base + (most_base - known.base) * ESTIMATE;
    let flat_unscaled = known.flat_unscaled + (most_unscaled - known.flat_unscaled) * ESTIMATE;
    let estimated = pct_of(base, flat_unscaled);
    let given = scaled(base, estimated);
    // What the estimates leave over is taken as points that no percentage multiplies.
    let flat_unscaled = (known.total - given).clamp(0.0, most_unscaled);
    Solved {
        parts: AttributeParts {
            base,
            pct: estimated,
            flat_unscaled,
            ..known
        },
        rest: known.total - given - flat_unscaled,
        base: (known.base, bound),
        pct: (
            pct_of(bound, most_unscaled),
            pct_by(known.total + 1.0, known.base, known.flat_unscaled),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold_values_that_were_rounded_down() {
        // 747 points at +12 % are 836.64, shown as 836.
        let known = AttributeParts {
            total: 836.0,
            base: 643.0,
            pct: 12.0,
            flat_unscaled: 0.0,
        };
        let solved = attack(known, &StatSource::ALL).unwrap();
        let (lower, upper) = solved.base;
        assert!(lower <= 747.0 && 747.0 <= upper, "{:?}", solved.base);
        assert_eq!(solved.pct.0, 12.0);
        // 643 points at +30.09 % are 836.4.
        assert!(solved.pct.1 >= 30.09, "{:?}", solved.pct);
    }
}
