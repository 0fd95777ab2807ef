//! The exact figures against seeded Monte Carlo by separate code.

use cube_probability::simulation::{Dice, Play, Run};
use cube_probability::{
    CostDistribution, Distribution, Draw, Grade, Level, Method, Part, Phase, Prices, Rules, Start,
    Total, Unit,
};

/// Asserts that a share of `runs` that had this chance is within 5 standard errors of it.
fn assert_share(hits: usize, runs: usize, chance: f64, what: &str) {
    let runs = runs as f64;
    let error = (chance * (1.0 - chance) / runs).sqrt();
    let share = hits as f64 / runs;
    assert!(
        (share - chance).abs() <= 5.0 * error,
        "{what}: {share} is not {chance} within five times {error}"
    );
}

fn assert_mean(costs: &[u64], mean: f64, variance: f64) {
    let error = (variance / costs.len() as f64).sqrt();
    let average = costs.iter().map(|&cost| cost as f64).sum::<f64>() / costs.len() as f64;
    assert!(
        (average - mean).abs() <= 5.0 * error,
        "{average} is not {mean}"
    );
}

fn check(costs: &[u64], exact: &CostDistribution) {
    assert_mean(costs, exact.mean(), exact.variance());
    for q in [0.05, 0.25, 0.5, 0.75, 0.9, 0.99] {
        let at = exact.quantile(Level::new(q).unwrap()).unwrap();
        let hits = costs.iter().filter(|&&cost| cost <= at).count();
        assert_share(hits, costs.len(), exact.at_most(at), &format!("at {q}"));
    }
}

fn phases(method: Method, part: Part, level: u16, goal: &str, start: Start) -> Vec<Phase> {
    let prices = Prices::new().with(Method::Meister, 8_000_000).unwrap();
    Rules::current()
        .phases(method, part, level, &goal.parse().unwrap(), start, &prices)
        .unwrap()
}

#[test]
fn costs_and_resets_of_whole_processes() {
    let start = Start {
        grade: Grade::Epic,
        failures: 3,
    };
    let mut dice = Dice::seeded(20_261_122);
    for (method, goal) in [
        (Method::MesoPotential, "int_pct >= 21"),
        (Method::Red, "int_pct >= 18"),
        (Method::Meister, "lines(int_pct) >= 2"),
        (Method::MesoAdditional, "int_pct >= 7"),
    ] {
        let phases = phases(method, Part::Hat, 150, goal, start);
        let runs: Vec<Run> = (0..20_000)
            .map(|_| Run::along(&phases, u64::MAX, &mut dice).unwrap())
            .collect();
        let resets: Vec<u64> = runs.iter().map(|run| run.resets).collect();
        let meso: Vec<u64> = runs.iter().map(|run| run.meso.unwrap()).collect();
        check(
            &resets,
            &CostDistribution::of(&phases, Unit::Resets).unwrap(),
        );
        check(&meso, &CostDistribution::of(&phases, Unit::Meso).unwrap());
    }
}

#[test]
fn items_played_line_by_line() {
    let text = "boss_damage_pct >= 60 or att_pct >= 21";
    let goal = text.parse().unwrap();
    let play = Play::new(Rules::current(), Method::Black, Part::Weapon, 160).unwrap();
    let phases = phases(Method::Black, Part::Weapon, 160, text, Start::FRESH);
    let mut dice = Dice::seeded(5);
    let resets: Vec<u64> = (0..2_000)
        .map(|_| {
            let played = play.until(&goal, &phases, 1_000_000, &mut dice).unwrap();
            assert!(goal.holds(&played.lines));
            played.run.resets
        })
        .collect();
    check(
        &resets,
        &CostDistribution::of(&phases, Unit::Resets).unwrap(),
    );
}

#[test]
fn lines_meet_goals_as_often_as_computed() {
    let runs = 200_000;
    let mut dice = Dice::seeded(99);
    for (method, part, grade, goal) in [
        (
            Method::Red,
            Part::Weapon,
            Grade::Legendary,
            "lines(boss_damage_pct, ied_pct) >= 2",
        ),
        (
            Method::MesoPotential,
            Part::Hat,
            Grade::Legendary,
            "cooldown_seconds >= 2",
        ),
        (
            Method::Additional,
            Part::Gloves,
            Grade::Unique,
            "int_pct >= 10",
        ),
        (Method::Occult, Part::Top, Grade::Epic, "str_pct >= 6"),
        (
            Method::Black,
            Part::Top,
            Grade::Legendary,
            "lines(ied_pct, boss_damage_pct, max_hp_pct) >= 1",
        ),
    ] {
        let goal = goal.parse().unwrap();
        let chance = Rules::current()
            .success_probability(method, part, 200, grade, &goal)
            .unwrap();
        let play = Play::new(Rules::current(), method, part, 200).unwrap();
        let hits = (0..runs)
            .filter(|_| goal.holds(&play.lines(grade, &mut dice).unwrap()))
            .count();
        assert!(chance > 0.0);
        assert_share(hits, runs, chance, &format!("{method} {part} {goal}"));
    }
}

#[test]
fn several_items_together() {
    let items: Vec<Vec<Phase>> = [
        (Part::Hat, "int_pct >= 21"),
        (Part::Ring, "int_pct >= 24"),
        (Part::Cape, "int_pct >= 18"),
        (Part::Weapon, "att_pct >= 21"),
    ]
    .iter()
    .map(|&(part, goal)| phases(Method::MesoPotential, part, 160, goal, Start::FRESH))
    .collect();
    let exact: Vec<CostDistribution> = items
        .iter()
        .map(|phases| CostDistribution::of(phases, Unit::Meso).unwrap())
        .collect();
    let exact: Vec<&dyn Distribution> = exact.iter().map(|item| item as _).collect();
    let total = Total::of(&exact).unwrap();
    let mut dice = Dice::seeded(31);
    let costs: Vec<u64> = (0..20_000)
        .map(|_| {
            let runs = items
                .iter()
                .map(|phases| Run::along(phases, u64::MAX, &mut dice));
            runs.map(|run| run.unwrap().meso.unwrap()).sum()
        })
        .collect();
    for level in Level::DEFAULTS {
        let at = total.quantile(level).unwrap();
        let hits = costs.iter().filter(|&&cost| cost <= at).count();
        assert_share(hits, costs.len(), level.get(), &format!("{level:?}"));
    }
}

#[test]
fn runs_that_take_too_long_are_given_up() {
    let phases = phases(
        Method::Master,
        Part::Hat,
        150,
        "int_pct >= 36",
        Start::FRESH,
    );
    assert_eq!(Run::along(&phases, 1_000, &mut Dice::seeded(1)), None);
}

#[test]
fn paths_tell_every_reset_once_and_are_the_same_for_a_seed() {
    let text = "int_pct >= 21";
    let goal = text.parse().unwrap();
    let play = Play::new(Rules::current(), Method::Black, Part::Hat, 150).unwrap();
    let phases = phases(Method::Black, Part::Hat, 150, text, Start::FRESH);
    let path = |seed, most| {
        let path = play.path(&goal, &phases, most, &mut Dice::seeded(seed));
        path.unwrap()
    };
    for seed in 0..200 {
        let one = path(seed, u64::MAX);
        assert_eq!(one, path(seed, u64::MAX));
        assert_eq!(one.met_after, Some(one.run.resets));
        let told: u64 = one.steps.iter().map(|step| step.times).sum();
        assert_eq!(told, one.run.resets);
        let last = one.steps.last().unwrap();
        assert!(goal.holds(&last.lines) && last.times == 1);
        let met = one.steps.iter().filter(|step| goal.holds(&step.lines));
        assert_eq!(met.count(), 1);
        assert!(one.steps.is_sorted_by_key(|step| step.grade));
        let short = path(seed, one.run.resets - 1);
        assert_eq!(short.met_after, None);
        assert_eq!(short.steps[..], one.steps[..short.steps.len()]);
    }
}

#[test]
fn percentiles_of_paths_are_even() {
    let text = "int_pct >= 18";
    let goal = text.parse().unwrap();
    let play = Play::new(Rules::current(), Method::Black, Part::Ring, 150).unwrap();
    let phases = phases(Method::Black, Part::Ring, 150, text, Start::FRESH);
    let mut dice = Dice::seeded(8);
    let runs = 4_000;
    let percentiles: Vec<f64> = (0..runs)
        .map(|_| {
            let path = play.path(&goal, &phases, 10_000, &mut dice).unwrap();
            path.percentile(&phases).unwrap()
        })
        .collect();
    let resets = CostDistribution::of(&phases, Unit::Resets).unwrap();
    for level in [0.1, 0.5, 0.9] {
        // Resets are whole numbers, so the share is the chance of the quantile itself.
        let at = resets.quantile(Level::new(level).unwrap()).unwrap();
        let chance = resets.at_most(at);
        let hits = percentiles.iter().filter(|p| **p <= chance).count();
        assert_share(hits, runs, chance, &format!("percentile {level}"));
    }
}

#[test]
fn two_lines_and_kept_lines_are_drawn_as_often_as_computed() {
    let runs = 200_000;
    let mut dice = Dice::seeded(3);
    let kept = "INT +12%".parse().unwrap();
    for (draw, goal) in [
        (
            Draw::new(Method::Black, Part::Hat, 150).two_lines(),
            "int_pct >= 18",
        ),
        (
            Draw::new(Method::Prime, Part::Hat, 150).keeping(kept),
            "int_pct >= 30",
        ),
    ] {
        let goal = goal.parse().unwrap();
        let odds = Rules::current().odds_of(&draw, &goal).unwrap();
        let chance = odds.chance(Grade::Legendary).probability();
        let play = Play::of(Rules::current(), &draw).unwrap();
        let draws = (0..runs).map(|_| play.lines(Grade::Legendary, &mut dice).unwrap());
        let hits = draws.filter(|lines| lines.len() == draw.lines() && goal.holds(lines));
        assert_share(hits.count(), runs, chance, &format!("{draw:?}"));
    }
}
