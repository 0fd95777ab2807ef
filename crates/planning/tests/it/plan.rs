//! Plans: against every set of small random cases, and against simulation.

use cube_probability::{Bounds, CostDistribution, Distribution, Grade, Level, Phase, Unit};
use planning::plan::{Candidate, SharedPity, Terms, best, cheapest, greedy, plan_of};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::num::NonZeroU32;

/// A cost with a few possible values.
#[derive(Debug, Clone)]
struct Few(Vec<(u64, f64)>);

impl Few {
    fn draw(dice: &mut ChaCha8Rng) -> Self {
        let weights: Vec<f64> = (0..3).map(|_| dice.random_range(1..10).into()).collect();
        let total: f64 = weights.iter().sum();
        let mut cost = 0;
        let values = weights.iter().map(|weight| {
            cost += dice.random_range(1..400_000_000_u64);
            (cost, weight / total)
        });
        Self(values.collect())
    }

    fn cheaper(&self) -> Self {
        Self(self.0.iter().map(|(cost, p)| (cost * 2 / 3, *p)).collect())
    }

    fn plus(&self, other: &Self) -> Self {
        let pairs = self
            .0
            .iter()
            .flat_map(|(a, p)| other.0.iter().map(move |(b, q)| (a + b, p * q)));
        Self(pairs.collect())
    }

    fn at_most(&self, budget: u64) -> f64 {
        self.0
            .iter()
            .filter(|(cost, _)| *cost <= budget)
            .map(|(_, p)| p)
            .sum()
    }

    /// The smallest cost that is enough with this chance.
    fn quantile(&self, level: f64) -> u64 {
        let mut values = self.0.clone();
        values.sort_by_key(|(cost, _)| *cost);
        let mut sum = 0.0;
        let found = values.iter().find(|(_, p)| {
            sum += p;
            sum >= level * (1.0 - 1e-12)
        });
        found.unwrap_or(values.last().unwrap()).0
    }
}

impl Distribution for Few {
    fn mean(&self) -> f64 {
        self.0.iter().map(|(cost, p)| *cost as f64 * p).sum()
    }

    fn within(&self, budget: u64) -> Bounds {
        Bounds::exact(self.at_most(budget))
    }
}

/// A random case of up to 8 candidates on up to 5 lines.
struct Case {
    /// Line, gain, cost, and the number and cost of a shared count of failures.
    actions: Vec<Action>,
}

type Action = (usize, f64, Few, Option<(usize, Few)>);

impl Case {
    fn draw(dice: &mut ChaCha8Rng) -> Self {
        let number = dice.random_range(1..=8);
        let actions = (0..number).map(|_| {
            let cost = Few::draw(dice);
            let pity =
                (dice.random_range(0..3) == 0).then(|| (dice.random_range(0..2), cost.cheaper()));
            (
                dice.random_range(0..5),
                dice.random_range(0.001..0.05),
                cost,
                pity,
            )
        });
        Self {
            actions: actions.collect(),
        }
    }

    fn candidates(&self) -> Vec<Candidate<'_>> {
        let actions = self.actions.iter();
        let candidates = actions.map(|(line, gain, cost, pity)| Candidate {
            line: *line,
            gain: *gain,
            cost,
            pity: pity.as_ref().map(|(count, cost)| SharedPity {
                count: *count,
                cost,
            }),
        });
        candidates.collect()
    }

    /// Every set of at most one candidate a line, with the logarithm of its gain and its cost.
    fn sets(&self) -> Vec<(f64, Few)> {
        let mut sets = Vec::new();
        for bits in 0..1_u32 << self.actions.len() {
            let mut chosen: Vec<_> = (0..self.actions.len())
                .filter(|i| bits >> i & 1 == 1)
                .collect();
            chosen.sort_by_key(|&i| self.actions[i].0);
            if chosen
                .windows(2)
                .any(|pair| self.actions[pair[0]].0 == self.actions[pair[1]].0)
            {
                continue;
            }
            let mut used = Vec::new();
            let mut sum = Few(vec![(0, 1.0)]);
            let mut gain = 0.0;
            for i in chosen {
                let (_, more, cost, pity) = &self.actions[i];
                gain += more.ln_1p();
                sum = match pity {
                    Some((count, cheaper)) if !used.contains(count) => {
                        used.push(*count);
                        sum.plus(cheaper)
                    }
                    _ => sum.plus(cost),
                };
            }
            sets.push((gain, sum));
        }
        sets
    }
}

#[test]
fn best_sets_equal_exhaustive_search() {
    let mut dice = ChaCha8Rng::seed_from_u64(11);
    let mut optimal = 0;
    let cases = 500;
    for round in 0..cases {
        let case = Case::draw(&mut dice);
        let confidence = [0.5, 0.8, 0.95][round % 3];
        let terms = Terms {
            budget: dice.random_range(0..1_500_000_000),
            confidence: Level::new(confidence).unwrap(),
            work: Terms::WORK,
        };
        let sets = case.sets();
        let enough = |slack: f64| {
            let kept = sets
                .iter()
                .filter(|(_, cost)| cost.at_most(terms.budget) >= confidence + slack);
            kept.map(|(gain, _)| gain.exp_m1()).fold(0.0, f64::max)
        };
        let found = best(&case.candidates(), &terms).unwrap();
        // A set that keeps the confidence to the last bit is left open by any rounding.
        let (certain, possible) = (enough(1e-8), enough(-1e-8));
        assert!(found.gain_bound >= certain - 1e-9, "round {round}");
        assert!(found.plan.gain <= possible + 1e-9, "round {round}");
        assert!(found.plan.within.lower >= confidence || found.plan.chosen.is_empty());
        if found.optimal {
            optimal += 1;
            assert!(
                found.plan.gain >= certain - 1e-9,
                "round {round}: {found:?} {certain}"
            );
        }
        let greedy = greedy(&case.candidates(), &terms).unwrap();
        assert!(greedy.gain <= found.plan.gain + 1e-12, "round {round}");
    }
    assert!(optimal * 100 >= cases * 99, "{optimal} of {cases} proven");
}

#[test]
fn cheapest_sets_equal_exhaustive_search() {
    let mut dice = ChaCha8Rng::seed_from_u64(12);
    let mut reached = 0;
    for round in 0..120 {
        let case = Case::draw(&mut dice);
        // No sum of these costs has one of these chances exactly.
        let confidence = [0.50317, 0.80317, 0.95317][round % 3];
        let gain = dice.random_range(0.001..0.15);
        let sets = case.sets();
        let enough = sets.iter().filter(|(of, _)| of.exp_m1() >= gain);
        let least = enough.map(|(_, cost)| cost.quantile(confidence)).min();
        let level = Level::new(confidence).unwrap();
        let found = cheapest(&case.candidates(), gain, level, Terms::WORK).unwrap();
        assert_eq!(found.is_some(), least.is_some(), "round {round}");
        let (Some(found), Some(least)) = (found, least) else {
            continue;
        };
        reached += 1;
        assert!(found.plan.gain >= gain - 1e-9, "round {round}");
        assert!(
            found.budget_bound <= least,
            "round {round}: {found:?} {least}"
        );
        assert!(
            found.plan.within.lower >= confidence - 1e-9,
            "round {round}"
        );
        let close = (found.budget - found.budget_bound) as f64 <= 1.001e-3 * found.budget as f64;
        assert!(close, "round {round}: {found:?} {least}");
    }
    assert!(reached > 60, "{reached}");
}

#[test]
fn work_that_ends_early_leaves_a_gap_that_holds() {
    let mut dice = ChaCha8Rng::seed_from_u64(13);
    let mut open = 0;
    for _ in 0..100 {
        let case = Case::draw(&mut dice);
        let level = Level::new(0.8).unwrap();
        let terms = |work| Terms {
            budget: 700_000_000,
            confidence: level,
            work,
        };
        let all = best(&case.candidates(), &terms(Terms::WORK)).unwrap();
        let some = best(&case.candidates(), &terms(2)).unwrap();
        assert!(some.gain_bound >= all.plan.gain - 1e-9);
        assert!(some.plan.gain <= all.plan.gain + 1e-9);
        open += i32::from(!some.optimal);
    }
    assert!(open > 10, "{open}");
}

/// A process of resets at one grade with a climb from the grade below.
fn phases(success: f64, certain_on: u32) -> Vec<Phase> {
    let phase = |grade, success, rise, certain_on, cost| Phase {
        grade,
        success,
        rise,
        certain_on,
        cost: Some(cost),
    };
    let certain_on = NonZeroU32::new(certain_on);
    vec![
        phase(Grade::Unique, 0.0, 0.014, certain_on, 34_000_000),
        phase(Grade::Legendary, success, 0.0, None, 40_000_000),
    ]
}

fn simulate(phases: &[Phase], dice: &mut ChaCha8Rng) -> u64 {
    let [low, high] = phases else {
        unreachable!("two phases")
    };
    let (mut cost, mut tries) = (0, 0);
    let mut risen = false;
    loop {
        let phase = if risen { high } else { low };
        cost += phase.cost.unwrap();
        if !risen {
            tries += 1;
            risen =
                low.certain_on.is_some_and(|on| tries >= on.get()) || dice.random_bool(low.rise);
        }
        if risen && dice.random_bool(high.success) {
            return cost;
        }
    }
}

#[test]
fn within_budget_agrees_with_simulation() {
    let mut dice = ChaCha8Rng::seed_from_u64(14);
    let (fresh, nearly) = (108, 30);
    let successes = [0.02, 0.01, 0.005];
    let of = |certain_on| {
        successes
            .map(|success| CostDistribution::of(&phases(success, certain_on), Unit::Meso).unwrap())
    };
    let (costs, with_failures) = (of(fresh), of(nearly));
    let candidates: Vec<_> = (0..3)
        .map(|line| Candidate {
            line,
            gain: 0.01,
            cost: &costs[line],
            pity: Some(SharedPity {
                count: 0,
                cost: &with_failures[line],
            }),
        })
        .collect();
    let budget = 22_000_000_000;
    let plan = plan_of(&candidates, vec![2, 0, 1], budget).unwrap();
    assert_eq!(plan.chosen, [0, 1, 2]);
    let trials = 100_000;
    let enough = (0..trials)
        .filter(|_| {
            // The failures so far count once, for the first line.
            let first = simulate(&phases(successes[0], nearly), &mut dice);
            let others = [1, 2].map(|i| simulate(&phases(successes[i], fresh), &mut dice));
            first + others.iter().sum::<u64>() <= budget
        })
        .count();
    let seen = enough as f64 / f64::from(trials);
    let error = (seen * (1.0 - seen) / f64::from(trials)).sqrt();
    let Bounds { lower, upper } = plan.within;
    assert!(upper - lower < 1e-3, "{lower} {upper}");
    assert!(
        seen - 5.0 * error <= upper && lower <= seen + 5.0 * error,
        "{seen} {lower} {upper}"
    );
}
