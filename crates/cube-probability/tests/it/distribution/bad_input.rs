//! Phases that do not describe a process are refused by name.

use cube_probability::{
    CostDistribution, Grade, MAX_CUBE_PRICE, Method, Part, Phase, PhaseError, Prices, Rules, Start,
    Unit,
};

use super::{assert_close, climbing, hat, top};

fn refusal(phases: &[Phase]) -> PhaseError {
    CostDistribution::of(phases, Unit::Meso).unwrap_err()
}

#[test]
fn process_without_a_phase_is_refused() {
    assert_eq!(refusal(&[]), PhaseError::Empty);
}

#[test]
fn chances_outside_of_0_to_1() {
    for bad in [-0.1, 1.5, f64::NAN, f64::INFINITY] {
        for field in ["success", "rise"] {
            for at in [0, 3] {
                let mut phases = hat();
                match field {
                    "success" => phases[at].success = bad,
                    _ => phases[at].rise = bad,
                }
                let error = refusal(&phases);
                assert!(
                    matches!(error, PhaseError::NotAProbability { field: named, grade, .. }
                        if named == field && grade == phases[at].grade),
                    "{error}"
                );
            }
        }
    }
}

#[test]
fn grades_that_do_not_go_up_one_by_one() {
    let phases = [hat()[0], hat()[3]];
    assert_eq!(
        refusal(&phases).to_string(),
        "legendary does not follow rare; phases go up one grade at a time"
    );
}

#[test]
fn last_phase_that_rises() {
    assert_eq!(
        refusal(&hat()[..2]),
        PhaseError::RisesOutOfTheTop { grade: Grade::Epic }
    );
}

#[test]
fn prices_missing_or_absurd() {
    let mut phases = hat();
    phases[1].cost = None;
    assert_eq!(
        refusal(&phases),
        PhaseError::Unpriced { grade: Grade::Epic }
    );
    assert!(CostDistribution::of(&phases, Unit::Resets).is_ok());
    phases[1].cost = Some(Phase::MAX_COST + 1);
    assert!(matches!(refusal(&phases), PhaseError::CostTooHigh { .. }));
}

#[test]
fn dearest_cube_can_be_paid_with_its_fee() {
    let goal = "int_pct >= 9".parse().unwrap();
    for (method, item_level) in [(Method::Red, 300), (Method::Meister, 250)] {
        let prices = Prices::new().with(method, MAX_CUBE_PRICE).unwrap();
        let phases = Rules::current()
            .phases(method, Part::Hat, item_level, &goal, Start::FRESH, &prices)
            .unwrap();
        let meso = CostDistribution::of(&phases, Unit::Meso).unwrap();
        let resets = CostDistribution::of(&phases, Unit::Resets).unwrap();
        let each = (MAX_CUBE_PRICE + 20 * u64::from(item_level).pow(2)) as f64;
        assert_close(meso.mean(), resets.mean() * each, 1e-14);
    }
}

#[test]
fn pity_without_end() {
    let phases = [
        climbing(Grade::Unique, 0.0, 0.1, 10_001, 1),
        top(Grade::Legendary, 0.1, 1),
    ];
    assert!(matches!(
        refusal(&phases),
        PhaseError::PityTooLong { given: 10_001, .. }
    ));
}

#[test]
fn goals_that_may_never_be_met() {
    assert_eq!(
        refusal(&[top(Grade::Epic, 0.0, 1)]),
        PhaseError::MayNeverEnd { met: 0.0 }
    );
    let lost_at_the_top = [
        climbing(Grade::Unique, 0.5, 0.5, 2, 1),
        top(Grade::Legendary, 0.0, 1),
    ];
    // Try 1: stays and meets 0.25, stays and fails 0.25, rises 0.5; try 2 rises for certain.
    assert_eq!(
        refusal(&lost_at_the_top),
        PhaseError::MayNeverEnd { met: 0.25 }
    );
    let never_left = [
        climbing(Grade::Epic, 0.1, 0.3, None, 1),
        climbing(Grade::Unique, 0.0, 0.0, None, 1),
        top(Grade::Legendary, 0.5, 1),
    ];
    let PhaseError::MayNeverEnd { met } = refusal(&never_left) else {
        panic!("the unique phase is never left");
    };
    assert_close(met, 0.07 / 0.37, 1e-14);
}

#[test]
fn goals_rarer_than_the_rarest() {
    let error = refusal(&[top(Grade::Legendary, 1e-31, 1)]);
    assert_eq!(
        error.to_string(),
        "at legendary a reset gets on with chance 1e-31 only; the rarest accepted is 1e-30"
    );
}

#[test]
fn lattices_too_fine_to_keep() {
    let mut phases = hat();
    phases[3].cost = Some(50_000_001);
    assert!(matches!(refusal(&phases), PhaseError::TooFine { points } if points > 5_000_000_000));
}
