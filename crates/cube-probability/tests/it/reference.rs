//! Chances and means against figures computed elsewhere.

use crate::shared::shared;
use cube_probability::{Goal, Grade, Method, Part, Phase, Prices, Rules, Start};

fn goal(text: &str) -> Goal {
    text.parse().unwrap()
}

fn close(computed: f64, reference: f64, relative: f64, what: &str) {
    let error = (computed / reference - 1.0).abs();
    assert!(error <= relative, "{what}: {computed} is not {reference}");
}

/// Mean resets and mean meso by plain recursion over grade and failures, as a cross-check.
fn means(phases: &[Phase]) -> (f64, f64) {
    let mut above: Option<(f64, f64, f64)> = None;
    for phase in phases.iter().rev() {
        let cost = phase.cost.unwrap() as f64;
        let step = |chance_to_rise: f64, stay: (f64, f64)| {
            let (success, resets, meso) = above.unwrap_or((0.0, 0.0, 0.0));
            let stays = (1.0 - chance_to_rise) * (1.0 - phase.success);
            let rises = chance_to_rise * (1.0 - success);
            (
                1.0 + stays * stay.0 + rises * resets,
                cost + stays * stay.1 + rises * meso,
            )
        };
        let (resets, meso) = if let Some(tries) = phase.certain_on {
            let certain = step(1.0, (0.0, 0.0));
            (1..tries.get()).fold(certain, |later, _| step(phase.rise, later))
        } else {
            let once = step(phase.rise, (0.0, 0.0));
            let left = 1.0 - (1.0 - phase.rise) * (1.0 - phase.success);
            (once.0 / left, once.1 / left)
        };
        above = Some((phase.success, resets, meso));
    }
    let (_, resets, meso) = above.unwrap();
    (resets, meso)
}

#[test]
fn chances_of_a_legendary_hat() {
    for method in [Method::Black, Method::MesoPotential] {
        for (text, reference) in [
            ("int_pct >= 21", 0.025_678_389_494),
            ("int_pct >= 24", 0.006_819_291_201),
            ("int_pct >= 27", 0.003_411_917_715),
            ("int_pct >= 30", 0.001_426_015_671),
        ] {
            let chance = Rules::current()
                .success_probability(method, Part::Hat, 150, Grade::Legendary, &goal(text))
                .unwrap();
            close(chance, reference, 1e-9, text);
        }
    }
}

#[test]
fn four_seconds_of_cooldown_from_rare() {
    let goal = goal("cooldown_seconds >= 4");
    let odds = Rules::current()
        .odds(Method::MesoPotential, Part::Hat, 250, &goal)
        .unwrap();
    assert_eq!(odds.pool_level(), 250);
    close(
        odds.chance(Grade::Legendary).probability(),
        0.000_625_246_356,
        1e-9,
        "chance",
    );
    let phases = odds.phases(Start::FRESH, &Prices::new()).unwrap();
    let (resets, meso) = means(&phases);
    close(resets, 1_682.165_649_752_545, 1e-12, "resets");
    close(meso, 82_767_718_342.887, 1e-13, "meso");
}

#[test]
fn weapon_by_red_cubes_from_epic_after_three_failures() {
    let goal = goal(
        "lines(boss_damage_pct, att_pct, ied_pct) >= 3 and boss_damage_pct >= 40 or att_pct >= 30",
    );
    let odds = Rules::current()
        .odds(Method::Red, Part::Weapon, 200, &goal)
        .unwrap();
    let chance = |grade| odds.chance(grade).probability();
    close(chance(Grade::Unique), 4.808_928_5e-5, 1e-7, "at unique");
    close(
        chance(Grade::Legendary),
        0.005_921_532_628,
        1e-9,
        "at legendary",
    );
    let start = Start {
        grade: Grade::Epic,
        failures: 3,
    };
    let prices = Prices::new().with(Method::Red, 12_000_000).unwrap();
    let (resets, meso) = means(&odds.phases(start, &prices).unwrap());
    close(resets, 465.587_064_86, 1e-10, "resets");
    close(meso, 5_959_514_430.26, 1e-11, "meso");
}

#[test]
fn every_potential_of_a_real_character() {
    let Some(expected) = shared("samples/expected.evan.json") else {
        return;
    };
    let rows: Vec<serde_json::Value> = serde_json::from_str(&expected).unwrap();
    assert!(rows.len() > 30);
    for row in rows {
        let text = row["goal"].as_str().unwrap();
        let goal = goal(text);
        assert_eq!(goal.to_string(), text);
        let method = match row["kind"].as_str().unwrap() {
            "potential" => Method::MesoPotential,
            _ => Method::MesoAdditional,
        };
        let part = row["part"].as_str().unwrap().parse().unwrap();
        let level = row["level"].as_u64().unwrap().try_into().unwrap();
        let odds = Rules::current().odds(method, part, level, &goal).unwrap();
        let legendary = odds.chance(Grade::Legendary).probability();
        let what = format!("{row}");
        close(legendary, row["p"].as_f64().unwrap(), 1e-12, &what);
        let (resets, meso) = means(&odds.phases(Start::FRESH, &Prices::new()).unwrap());
        close(resets, row["trials"].as_f64().unwrap(), 1e-9, &what);
        close(meso, row["mean"].as_f64().unwrap(), 1e-9, &what);

        let lines = row["lines"].as_array().unwrap().iter();
        let lines: Vec<_> = lines
            .map(|line| line.as_str().unwrap().parse().unwrap())
            .collect();
        assert!(
            goal.holds(&lines),
            "the lines do not meet their own goal: {what}"
        );
    }
}
