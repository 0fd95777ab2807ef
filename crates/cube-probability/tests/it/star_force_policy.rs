//! The cheapest policy of star force against policy iteration, and superior items against the
//! linear equations of their states: separate code with its own figures.

use cube_probability::star_force::{
    Events, ItemKind, Note, Query, Restore, Rules, cheapest_safeguard,
};
use proptest::prelude::*;

/// Success and destruction in per cent from star 12, as the rules of 2025-03-20 publish them.
const RATES_2025: [(f64, f64); 18] = [
    (40.0, 0.0),
    (35.0, 0.0),
    (30.0, 0.0),
    (30.0, 2.1),
    (30.0, 2.1),
    (15.0, 6.8),
    (15.0, 6.8),
    (15.0, 8.5),
    (30.0, 10.5),
    (15.0, 12.75),
    (15.0, 17.0),
    (10.0, 18.0),
    (10.0, 18.0),
    (10.0, 18.0),
    (7.0, 18.6),
    (5.0, 19.0),
    (3.0, 19.4),
    (1.0, 19.8),
];

/// The divisors of the attempt costs from star 12.
const DIVISORS: [f64; 18] = [
    214.0, 157.0, 107.0, 200.0, 200.0, 150.0, 70.0, 45.0, 200.0, 125.0, 200.0, 200.0, 200.0, 200.0,
    200.0, 200.0, 200.0, 200.0,
];

/// A way under today's rules, from at least 12 stars.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is the switch of an event of its own"
)]
struct Way {
    level: u16,
    from: usize,
    to: usize,
    spare: u64,
    discount: bool,
    fewer: bool,
    certain: bool,
    cheaper: bool,
}

/// The decisions at one star.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Choice {
    guarded: bool,
    full: bool,
}

impl Way {
    fn base(&self, star: usize) -> f64 {
        let steep = (star as f64 + 1.0).powf(2.7);
        let raw = 1000.0 + f64::from(self.level).powi(3) * steep / DIVISORS[star - 12];
        (raw / 100.0).round() * 100.0
    }

    /// Cost, success and destruction of an attempt.
    fn attempt(&self, star: usize, guarded: bool) -> (f64, f64, f64) {
        let base = self.base(star);
        let cost = (base * if self.discount { 0.7 } else { 1.0 }).round();
        if self.certain && star == 15 {
            return (cost, 1.0, 0.0);
        }
        let (success, destroy) = RATES_2025[star - 12];
        let caught = success * 1.05;
        let mut destroy = destroy * (100.0 - caught) / (100.0 - success);
        if self.fewer && star <= 21 {
            destroy *= 0.7;
        }
        if guarded {
            return (cost + 2.0 * base, caught / 100.0, 0.0);
        }
        (cost, caught / 100.0, destroy / 100.0)
    }

    /// The meso of a full restore at this star, and the star it leads to.
    fn full(&self, star: usize, fees: &[f64]) -> (f64, usize) {
        let trace = star.min(22);
        let copies = [1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 4.0][trace - 15];
        let fee = fees[trace] * if self.cheaper { 0.8 } else { 1.0 };
        (fee + copies * self.spare as f64, trace)
    }

    /// The mean costs to the aim from 12, 13, ... stars under a policy.
    fn values(&self, policy: &[Choice], fees: &[f64]) -> Vec<f64> {
        let states = self.to - 12;
        let mut rows = vec![vec![0.0; states + 1]; states];
        for (state, row) in rows.iter_mut().enumerate() {
            let star = state + 12;
            let (cost, success, destroy) = self.attempt(star, policy[state].guarded);
            row[state] += success + destroy;
            row[states] = cost;
            if state + 1 < states {
                row[state + 1] -= success;
            }
            if destroy > 0.0 {
                let (meso, back) = if policy[state].full {
                    self.full(star, fees)
                } else {
                    (self.spare as f64, 12)
                };
                row[back - 12] -= destroy;
                row[states] += destroy * meso;
            }
        }
        solved(rows)
    }

    /// The policy that no single change at any star improves, by policy iteration.
    fn best(&self, fees: &[f64]) -> (Vec<Choice>, Vec<f64>) {
        let plain = Choice {
            guarded: false,
            full: false,
        };
        let mut policy = vec![plain; self.to - 12];
        loop {
            let values = self.values(&policy, fees);
            let next: Vec<_> = (12..self.to)
                .map(|star| self.greedy(star, policy[star - 12], &values, fees))
                .collect();
            if next == policy {
                return (policy, values);
            }
            policy = next;
        }
    }

    /// The choice with the least mean from here, if every later one is as before.
    fn greedy(&self, star: usize, now: Choice, values: &[f64], fees: &[f64]) -> Choice {
        let value = |star: usize| values.get(star - 12).copied().unwrap_or(0.0);
        let price = |choice: Choice| {
            let (cost, success, destroy) = self.attempt(star, choice.guarded);
            let fallen = match choice.full {
                _ if destroy <= 0.0 => 0.0,
                true => {
                    let (meso, back) = self.full(star, fees);
                    meso + value(back)
                }
                false => self.spare as f64 + value(12),
            };
            // Above the mean from here: the difference is small beside the means themselves.
            let here = value(star);
            let destroyed = if destroy > 0.0 { fallen - here } else { 0.0 };
            cost + success * (value(star + 1) - here) + destroy * destroyed
        };
        let rounding = 1e-7 * self.base(star);
        let mut best = (price(now) - rounding, now);
        for guarded in [false, true] {
            for full in [false, true] {
                let choice = Choice { guarded, full };
                let allowed = (!guarded || (15..=17).contains(&star)) && (!full || star >= 15);
                if allowed && price(choice) < best.0 {
                    best = (price(choice), choice);
                }
            }
        }
        best.1
    }

    fn query(&self) -> Query {
        let star = |star: usize| u8::try_from(star).unwrap();
        Query {
            spare_item_meso: self.spare,
            events: Events {
                discount: if self.discount { 0.3 } else { 0.0 },
                fewer_destructions: self.fewer,
                certain_stars: if self.certain { vec![15] } else { Vec::new() },
                cheaper_restore: self.cheaper,
                one_plus_one: false,
            },
            ..Query::new(self.level, star(self.from), star(self.to))
        }
    }
}

/// The players' rule of the restore fees: the mean from 12 stars with 15 to 17 guarded, 30 % off
/// and fewer destructions, spare items for free, rounded up to three digits.
fn fees(level: u16) -> Vec<f64> {
    let climb = |to| {
        let way = Way {
            level,
            from: 12,
            to,
            spare: 0,
            discount: true,
            fewer: true,
            certain: false,
            cheaper: false,
        };
        let policy: Vec<_> = (12..to)
            .map(|star| Choice {
                guarded: (15..=17).contains(&star),
                full: false,
            })
            .collect();
        let mean = way.values(&policy, &[])[0];
        let unit = 10_f64.powf(mean.log10().floor() - 2.0);
        (mean / unit).ceil() * unit
    };
    (0..=22)
        .map(|star| if star < 15 { 0.0 } else { climb(star) })
        .collect()
}

/// Gaussian elimination; the last column is the right side.
fn solved(mut rows: Vec<Vec<f64>>) -> Vec<f64> {
    let count = rows.len();
    for i in 0..count {
        let pivot = (i..count)
            .max_by(|&a, &b| rows[a][i].abs().total_cmp(&rows[b][i].abs()))
            .unwrap();
        rows.swap(i, pivot);
        let row = rows[i].clone();
        for other in &mut rows[i + 1..] {
            let factor = other[i] / row[i];
            for (cell, value) in other.iter_mut().zip(&row).skip(i) {
                *cell -= factor * value;
            }
        }
    }
    let mut values = vec![0.0; count];
    for i in (0..count).rev() {
        let known: f64 = (i + 1..count).map(|k| rows[i][k] * values[k]).sum();
        values[i] = (rows[i][count] - known) / rows[i][i];
    }
    values
}

fn assert_near(found: f64, expected: f64) {
    assert!(
        (found / expected - 1.0).abs() <= 1e-9,
        "{found} is not {expected}"
    );
}

fn ways() -> impl Strategy<Value = Way> {
    let prices = prop_oneof![
        Just(0),
        1_u64..1_000_000_000,
        1_000_000_000_u64..50_000_000_000,
        50_000_000_000_u64..2_000_000_000_000,
    ];
    let events = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let stars = (12_usize..26).prop_flat_map(|from| (Just(from), from + 1..=26));
    (140_u16..=250, stars, prices, events).prop_map(
        |(level, (from, to), spare, (discount, fewer, certain, cheaper))| Way {
            level,
            from,
            to,
            spare,
            discount,
            fewer,
            certain,
            cheaper,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn cheapest_safeguard_is_the_optimum_of_policy_iteration(way in ways()) {
        let (policy, values) = way.best(&fees(way.level));
        let optimum = values[way.from - 12];
        let (safeguard, solution) = cheapest_safeguard(&way.query()).unwrap();
        let found = solution.means().meso;
        prop_assert!((found / optimum - 1.0).abs() < 1e-9, "{found} {optimum} {safeguard:?} {policy:?}");
    }

    /// Under the earlier rules the loss of a star and 찬스타임 tie the stars together.
    #[test]
    fn cheapest_safeguard_is_no_dearer_than_any_set(
        level in 138_u16..=250,
        from in 0_u8..25,
        more in 1_u8..25,
        spare_item_meso in prop_oneof![Just(0), 1_u64..500_000_000_000],
        rules in prop::sample::select(Rules::ALL),
    ) {
        let query = Query {
            rules,
            spare_item_meso,
            ..Query::new(level, from, (from + more).min(25))
        };
        let (best, solution) = cheapest_safeguard(&query).unwrap();
        for set in 0..1 << rules.safeguard_stars().len() {
            let stars = rules.safeguard_stars().iter().enumerate();
            let safeguard = stars.filter(|(k, _)| set >> k & 1 == 1).map(|(_, star)| *star).collect();
            let other = Query { safeguard, ..query.clone() };
            let mean = other.solve().unwrap().means().meso;
            prop_assert!(solution.means().meso <= mean, "{best:?} {:?}", other.safeguard);
        }
        let chosen = Query { safeguard: best, ..query };
        prop_assert_eq!(chosen.solve().unwrap().means(), solution.means());
    }
}

/// A dear spare item makes the basic restore with guarded stars 15 to 17 cheaper than the full one,
/// although no unguarded optimum ever attempts those stars.
#[test]
fn safeguard_is_chosen_at_stars_only_a_guarded_way_attempts() {
    let query = Query {
        spare_item_meso: 100_000_000_000,
        ..Query::new(150, 20, 22)
    };
    let (safeguard, solution) = cheapest_safeguard(&query).unwrap();
    assert_eq!(safeguard, [15, 16, 17]);
    assert!(solution.means().meso <= 303_019_935_086.0);
}

/// Success and destruction of superior items by star.
const SUPERIOR: [(f64, f64); 10] = [
    (0.5, 0.0),
    (0.5, 0.0),
    (0.45, 0.0),
    (0.4, 0.0),
    (0.4, 0.0),
    (0.4, 0.018),
    (0.4, 0.03),
    (0.4, 0.042),
    (0.4, 0.06),
    (0.37, 0.0945),
];

/// The mean of a level 150 superior item from `from` to `to` stars by the equations of its states:
/// star and stars lost in a row.
fn superior(from: usize, to: usize, caught: bool, chance_time: bool) -> f64 {
    const COST: f64 = 55_832_200.0;
    let state = |star: usize, lost: usize| star * 3 + lost;
    let mut rows = vec![vec![0.0; to * 3 + 1]; to * 3];
    for star in 0..to {
        for lost in 0..3 {
            let (plain, destroy) = SUPERIOR[star];
            let certain = chance_time && lost == 2;
            let success = match (certain, caught) {
                (true, _) => 1.0,
                (false, true) => plain * 1.05,
                (false, false) => plain,
            };
            let destroy = destroy * (1.0 - success) / (1.0 - plain);
            let row = &mut rows[state(star, lost)];
            row[state(star, lost)] += 1.0;
            row[to * 3] = COST;
            if star + 1 < to {
                row[state(star + 1, 0)] -= success;
            }
            row[state(0, 0)] -= destroy;
            let fail = 1.0 - success - destroy;
            let failed = match star {
                0 => state(0, 0),
                _ => state(star - 1, (lost + 1).min(2)),
            };
            row[failed] -= fail;
        }
    }
    solved(rows)[state(from, 0)]
}

#[test]
fn superior_items_have_chance_time_under_the_earlier_rules_only() {
    for (rules, star_catch) in [
        (Rules::KmsBefore20250320, true),
        (Rules::KmsBefore20250320, false),
        (Rules::Kms20250320, true),
        (Rules::Kms20260319, true),
    ] {
        for (from, to) in [(0, 1), (0, 3), (2, 5), (0, 8), (6, 9), (0, 10)] {
            let query = Query {
                kind: ItemKind::Superior,
                rules,
                star_catch,
                ..Query::new(150, from, to)
            };
            let solution = query.solve().unwrap();
            let chance_time = rules == Rules::KmsBefore20250320;
            let expected = superior(from.into(), to.into(), star_catch, chance_time);
            assert_near(solution.means().meso, expected);
            let noted = solution.notes().contains(&Note::SuperiorWithoutChanceTime);
            assert_eq!(noted, !chance_time, "{rules}");
        }
    }
    // Level 150, 0 to 10 stars: chance time saves more than half.
    let mean = |rules| {
        let query = Query {
            kind: ItemKind::Superior,
            rules,
            ..Query::new(150, 0, 10)
        };
        query.solve().unwrap().means().meso
    };
    assert_near((mean(Rules::KmsBefore20250320) / 1e8).round(), 115.0);
    assert_near((mean(Rules::Kms20260319) / 1e8).round(), 285.0);
}

#[test]
fn restore_full_is_not_chosen_where_the_rules_have_none() {
    let query = Query {
        rules: Rules::Kms20250320,
        spare_item_meso: 1_000_000_000_000,
        restore: Restore::Cheapest,
        ..Query::new(200, 20, 22)
    };
    let (safeguard, solution) = cheapest_safeguard(&query).unwrap();
    assert_eq!(safeguard, [15, 16, 17]);
    assert_eq!(solution.restore_choices().count(), 4);
}
