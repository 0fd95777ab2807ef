//! Memory of what an evaluator remembers.

use cube_probability::Rules;
use equipment::{EvaluationOptions, Evaluator, SpareItems, StarForceTerms};

use super::{INT_27, hat, lines, options, worn_by};

const BOUND: u64 = 4 * 1024 * 1024;

/// Bytes of this process that are in memory.
#[cfg(target_os = "linux")]
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}

/// Evaluations of which each has a price, a budget and a distribution of its own.
#[cfg(target_os = "linux")]
#[test]
fn memory_of_answers_stays_within_its_bound() {
    let mut item = hat(lines("레전드리", INT_27));
    item.stars = Ok(17);
    let worn = worn_by(Some("에반"), vec![item]);
    let evaluator = Evaluator::with_memory(BOUND);
    let evaluate = |number: u64| {
        let spare_items = SpareItems {
            default: 1_000_000 * number,
            ..SpareItems::default()
        };
        let options = EvaluationOptions {
            star_force: StarForceTerms {
                spare_items,
                ..StarForceTerms::default()
            },
            budget: Some(number),
            ..options()
        };
        evaluator.evaluate(&worn, Rules::current(), &options);
        assert!(evaluator.memory() <= BOUND, "{number}");
    };
    (0..10).for_each(evaluate);
    let before = resident();
    (10..300).for_each(evaluate);
    let grown = resident().saturating_sub(before);
    assert!(evaluator.memory() > BOUND / 4, "{}", evaluator.memory());
    assert!(grown <= 2 * BOUND, "{grown} bytes more for {BOUND}");
}
