//! Agreement with a slow iteration of the process, one reset at a time.

use std::collections::BTreeMap;

use cube_probability::{CostDistribution, Grade, Phase, Unit};

use super::{assert_close, climbing, hat, top, weapon};

/// State of a process: the phase, the tries made there, and the cost so far.
type State = (usize, u32, u64);

/// The chance of ending at each cost up to `limit`, by following every state reset by reset.
fn ended_by_cost(phases: &[Phase], limit: u64) -> BTreeMap<u64, f64> {
    let mut ended = BTreeMap::new();
    let mut states: BTreeMap<State, f64> = BTreeMap::from([((0, 0, 0), 1.0)]);
    while !states.is_empty() {
        let mut after = BTreeMap::new();
        for ((at, tries, spent), chance) in states {
            let phase = &phases[at];
            let spent = spent + phase.cost.unwrap();
            if spent > limit {
                continue;
            }
            let certain = phase.certain_on.is_some_and(|n| n.get() == tries + 1);
            let rise = if certain { 1.0 } else { phase.rise };
            let mut branch = |state: (usize, u32), chance: f64, success: f64| {
                if chance > 0.0 {
                    *ended.entry(spent).or_default() += chance * success;
                    *after.entry((state.0, state.1, spent)).or_default() +=
                        chance * (1.0 - success);
                }
            };
            let tries = if at + 1 < phases.len() { tries + 1 } else { 0 };
            branch((at, tries), chance * (1.0 - rise), phase.success);
            if let Some(next) = phases.get(at + 1) {
                branch((at + 1, 0), chance * rise, next.success);
            }
        }
        states = after;
    }
    ended
}

fn check(phases: &[Phase], limit: u64) {
    let distribution = CostDistribution::of(phases, Unit::Meso).unwrap();
    let mut sum = 0.0;
    for (cost, chance) in ended_by_cost(phases, limit) {
        let before = cost - 1;
        assert!(
            (distribution.between(before, cost) - chance).abs() < 1e-15,
            "at {cost}: {} is not {chance}",
            distribution.between(before, cost)
        );
        sum += chance;
        assert_close(distribution.at_most(cost), sum, 1e-12);
        assert!((distribution.survival(cost) - (1.0 - sum)).abs() < 1e-13);
    }
}

#[test]
fn hat_and_weapon() {
    check(&hat(), 8_000_000_000);
    check(&weapon(), 11_000_000_000);
}

#[test]
fn success_at_every_grade() {
    check(
        &[
            climbing(Grade::Rare, 0.1, 0.15, 4, 2),
            climbing(Grade::Epic, 0.02, 0.3, 1, 3),
            climbing(Grade::Unique, 0.3, 0.07, 9, 7),
            top(Grade::Legendary, 0.05, 5),
        ],
        250,
    );
}

#[test]
fn climb_without_a_pity_and_with_different_steps() {
    check(
        &[
            climbing(Grade::Epic, 0.01, 0.4, None, 3),
            climbing(Grade::Unique, 0.0, 0.05, None, 5),
            top(Grade::Legendary, 0.2, 2),
        ],
        400,
    );
}

#[test]
fn climb_without_a_pity_and_with_one_price() {
    check(
        &[
            climbing(Grade::Rare, 0.01, 0.08, None, 3),
            climbing(Grade::Epic, 0.0, 0.05, None, 3),
            climbing(Grade::Unique, 0.02, 0.05, None, 3),
            top(Grade::Legendary, 0.07, 3),
        ],
        600,
    );
}

#[test]
fn phase_that_rises_by_its_pity_only() {
    check(
        &[
            climbing(Grade::Unique, 0.0, 0.0, 6, 11),
            top(Grade::Legendary, 0.25, 4),
        ],
        300,
    );
}
