//! Check values of an independent reference.

use cube_probability::{CostDistribution, Unit};

use super::{assert_close, hat, level, weapon};

#[test]
fn hat_from_rare_to_four_seconds_of_cooldown() {
    let resets = CostDistribution::of(&hat(), Unit::Resets).unwrap();
    for (q, expected) in [
        (0.5, 1192),
        (0.75, 2300),
        (0.9, 3765),
        (0.95, 4874),
        (0.99, 7447),
    ] {
        assert_eq!(resets.quantile(level(q)), Some(expected), "{q}");
    }
    assert_close(resets.mean(), 1_682.165_649_752_545_3, 1e-12);

    let meso = CostDistribution::of(&hat(), Unit::Meso).unwrap();
    for (q, expected) in [
        (0.5, 58_255_000_000),
        (0.9, 186_917_500_000),
        (0.99, 370_995_000_000),
    ] {
        assert_eq!(meso.quantile(level(q)), Some(expected), "{q}");
    }
    assert_close(meso.mean(), 82_767_718_342.886_75, 1e-12);
}

#[test]
fn weapon_from_epic_with_three_failures() {
    let resets = CostDistribution::of(&weapon(), Unit::Resets).unwrap();
    assert_close(resets.mean(), 465.587_064_86, 1e-10);
    assert_eq!(resets.quantile(level(0.95)), Some(891));

    let meso = CostDistribution::of(&weapon(), Unit::Meso).unwrap();
    assert_close(meso.mean(), 5_959_514_430.26, 1e-10);
    assert_eq!(meso.quantile(level(0.95)), Some(11_404_800_000));
}
