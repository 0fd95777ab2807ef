//! Star force means: published check values, brute force, and how the answers must move.

use cube_probability::star_force::{
    CustomRestore, Events, ItemKind, Means, Note, Query, Restoration, Restore, RestoreTo, Rules,
    cheapest_safeguard,
};

fn custom(to: RestoreTo, copies: u32, fee_meso: u64) -> Restore {
    Restore::Custom(CustomRestore {
        to,
        copies,
        fee_meso,
    })
}

fn mean_meso(query: &Query) -> f64 {
    query.solve().unwrap().means().meso
}

fn assert_near(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() <= 1e-12 * expected.abs().max(1.0),
        "{found} is not {expected}"
    );
}

/// The expected values of an independent public calculator, to the cent.
#[test]
fn published_expectations_are_met_to_the_cent() {
    let table = [
        (RestoreTo::SameStar, 17_886_666_384.43),
        (RestoreTo::Twelve, 54_839_561_340.18),
    ];
    for (to, expected) in table {
        let query = Query {
            spare_item_meso: 3_000_000_000,
            restore: custom(to, 1, 0),
            ..Query::new(200, 0, 22)
        };
        let found = mean_meso(&query);
        assert!(
            (found - expected).abs() < 0.005,
            "{found} is not {expected}"
        );
    }
}

#[test]
fn one_star_without_destruction_is_a_geometric_number_of_attempts() {
    let solution = Query::new(200, 0, 1).solve().unwrap();
    let means = solution.means();
    assert_near(means.attempts, 1.0 / 0.9975);
    assert_near(means.meso, 223_200.0 / 0.9975);
    assert_near(
        solution.meso_std_dev(),
        223_200.0 * 0.0025_f64.sqrt() / 0.9975,
    );
    assert_eq!(solution.least_meso(), 223_200);
    assert!(solution.notes().is_empty());
}

#[test]
fn item_at_its_aim_costs_nothing() {
    for star in [0, 13, 22, 30] {
        let solution = Query::new(200, star, star).solve().unwrap();
        assert_eq!(solution.means(), Means::default());
        assert_eq!((solution.least_meso(), solution.meso_std_dev()), (0, 0.0));
        assert_eq!(solution.restore_choices().count(), 0);
    }
}

/// 15 to 16, back to the same star: every attempt but the last fails, a known part of them by
/// destruction.
#[test]
fn destructions_and_spare_items_follow_from_the_failures() {
    let query = Query {
        spare_item_meso: 1_000_000_000,
        restore: custom(RestoreTo::SameStar, 2, 500),
        ..Query::new(200, 15, 16)
    };
    let solution = query.solve().unwrap();
    let means = solution.means();
    assert_near(means.attempts, 1.0 / 0.315);
    assert_near(means.destroyed, 0.02055 / 0.315);
    assert_near(means.spare_items, 2.0 * means.destroyed);
    let attempt = solution.least_meso() as f64;
    assert_near(
        means.meso,
        means.attempts * attempt + means.destroyed * 2_000_000_500.0,
    );
}

#[test]
fn cheapest_restore_is_no_dearer_than_any_choice_star_by_star() {
    for spare_item_meso in [0, 100_000_000, 3_000_000_000, 40_000_000_000] {
        let query = |restore, to| Query {
            spare_item_meso,
            restore,
            ..Query::new(200, 12, to)
        };
        for to in 16..=25 {
            let cheapest = mean_meso(&query(Restore::Cheapest, to));
            assert!(cheapest <= mean_meso(&query(Restore::Basic, to)));
            assert!(cheapest <= mean_meso(&query(Restore::Full, to)));
        }
    }
}

#[test]
fn free_spare_items_are_said_to_be_free() {
    let solution = Query::new(200, 0, 22).solve().unwrap();
    assert!(solution.notes().contains(&Note::FreeSpareItems));
    let priced = Query {
        spare_item_meso: 1,
        ..Query::new(200, 0, 22)
    };
    assert!(
        !priced
            .solve()
            .unwrap()
            .notes()
            .contains(&Note::FreeSpareItems)
    );
}

#[test]
fn better_restore_depends_on_the_price_of_a_spare_item() {
    let choices = |spare_item_meso| -> Vec<_> {
        let query = Query {
            spare_item_meso,
            ..Query::new(200, 0, 22)
        };
        query.solve().unwrap().restore_choices().collect()
    };
    let stars: Vec<u8> = choices(0).iter().map(|(star, _)| *star).collect();
    assert_eq!(stars, [15, 16, 17, 18, 19, 20, 21]);
    let at = |price, star| {
        choices(price)
            .iter()
            .find(|choice| choice.0 == star)
            .map(|c| c.1)
    };
    // From 12 stars back to 18 breaks one more item on average; full takes none but a fee.
    assert_eq!(at(0, 18), Some(Restoration::Basic));
    assert_eq!(at(10_000_000_000, 18), Some(Restoration::Full));
    // Full takes two items at 19 stars, basic hardly more on average.
    assert_eq!(at(10_000_000_000, 19), Some(Restoration::Basic));
}

#[test]
fn help_never_costs_and_hindrance_never_saves() {
    for rules in Rules::ALL.iter().copied() {
        let plain = Query {
            rules,
            spare_item_meso: 2_000_000_000,
            ..Query::new(160, 0, 22)
        };
        let events = |events| Query {
            events,
            ..plain.clone()
        };
        let mean = mean_meso(&plain);
        let none = Events::default;
        for (name, easier) in [
            (
                "discount",
                events(Events {
                    discount: 0.3,
                    ..none()
                }),
            ),
            (
                "certain",
                events(Events {
                    certain_stars: vec![5, 10, 15],
                    ..none()
                }),
            ),
            (
                "fewer",
                events(Events {
                    fewer_destructions: true,
                    ..none()
                }),
            ),
            (
                "1+1",
                events(Events {
                    one_plus_one: true,
                    ..none()
                }),
            ),
            (
                "nearer",
                Query {
                    to: 21,
                    ..plain.clone()
                },
            ),
            (
                "further on",
                Query {
                    from: 10,
                    ..plain.clone()
                },
            ),
            (
                "lower level",
                Query {
                    item_level: 150,
                    ..plain.clone()
                },
            ),
        ] {
            assert!(mean_meso(&easier) < mean, "{rules}: {name}");
        }
        let uncaught = Query {
            star_catch: false,
            ..plain.clone()
        };
        assert!(mean_meso(&uncaught) >= mean);
        assert_eq!(
            mean_meso(&uncaught) > mean,
            rules.has_star_catch(),
            "{rules}"
        );
        let dearer = Query {
            spare_item_meso: 3_000_000_000,
            ..plain.clone()
        };
        assert!(mean_meso(&dearer) > mean);
    }
}

#[test]
fn best_safeguard_beats_every_other_set() {
    for spare_item_meso in [0, 1_000_000_000, 100_000_000_000] {
        let query = Query {
            spare_item_meso,
            ..Query::new(200, 0, 22)
        };
        let (best, solution) = cheapest_safeguard(&query).unwrap();
        for set in 0..8 {
            let safeguard: Vec<u8> = [15, 16, 17]
                .into_iter()
                .filter(|star| set >> (star - 15) & 1 == 1)
                .collect();
            let mean = mean_meso(&Query {
                safeguard: safeguard.clone(),
                ..query.clone()
            });
            assert!(
                solution.means().meso <= mean,
                "{best:?} against {safeguard:?}"
            );
        }
    }
    let dear = Query {
        spare_item_meso: 1_000_000_000_000,
        ..Query::new(200, 0, 22)
    };
    assert_eq!(cheapest_safeguard(&dear).unwrap().0, [15, 16, 17]);
}

#[test]
fn safeguard_without_need_is_not_chosen() {
    assert!(
        cheapest_safeguard(&Query::new(200, 0, 15))
            .unwrap()
            .0
            .is_empty()
    );
    let superior = Query {
        kind: ItemKind::Superior,
        ..Query::new(150, 0, 10)
    };
    let (safeguard, solution) = cheapest_safeguard(&superior).unwrap();
    assert!(safeguard.is_empty());
    assert!(solution.notes().contains(&Note::SuperiorUnverified));
    assert!(
        solution
            .restore_choices()
            .all(|(_, by)| by == Restoration::NewItem)
    );
}

#[test]
fn longest_way_has_a_finite_mean() {
    let means = Query::new(300, 0, 30).solve().unwrap().means();
    assert!(means.meso.is_finite() && means.attempts > 500_000.0);
}
