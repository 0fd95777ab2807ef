//! The exact cost distribution: published check values, and agreement with slower ways.

mod bad_input;
mod golden;
mod markov;
mod properties;

use std::num::NonZeroU32;

use cube_probability::{Grade, Level, Phase};

/// A phase below the last: success, rise, certain on, cost.
pub(crate) fn climbing(
    grade: Grade,
    success: f64,
    rise: f64,
    certain_on: impl Into<Option<u32>>,
    cost: u64,
) -> Phase {
    Phase {
        grade,
        success,
        rise,
        certain_on: certain_on.into().and_then(NonZeroU32::new),
        cost: Some(cost),
    }
}

/// A last phase.
pub(crate) fn top(grade: Grade, success: f64, cost: u64) -> Phase {
    climbing(grade, success, 0.0, None, cost)
}

pub(crate) fn level(q: f64) -> Level {
    Level::new(q).unwrap()
}

/// `meso_potential`, hat, level 250, `cooldown_seconds >= 4`, from rare with 0 failures.
pub(crate) fn hat() -> [Phase; 4] {
    [
        climbing(Grade::Rare, 0.0, 0.150_000_001_275, 11, 5_000_000),
        climbing(Grade::Epic, 0.0, 0.035, 43, 20_000_000),
        climbing(Grade::Unique, 0.0, 0.014, 108, 42_500_000),
        top(Grade::Legendary, 0.000_625_246_356_092_183_7, 50_000_000),
    ]
}

/// Red cubes at 12,000,000 on a weapon of level 200, from epic with 3 failures, for
/// `lines(boss_damage_pct, att_pct, ied_pct) >= 3 and boss_damage_pct >= 40 or att_pct >= 30`.
pub(crate) fn weapon() -> [Phase; 3] {
    let cost = 12_000_000 + 20 * 200 * 200;
    [
        climbing(Grade::Epic, 0.0, 0.018, 81, cost),
        climbing(Grade::Unique, 4.808_928_5e-5, 0.003, 501, cost),
        top(Grade::Legendary, 0.005_921_532_628, cost),
    ]
}

pub(crate) fn assert_close(actual: f64, expected: f64, relative: f64) {
    let off = (actual - expected).abs();
    assert!(
        off <= relative * expected.abs(),
        "{actual:e} is not {expected:e} within {relative:e}"
    );
}
