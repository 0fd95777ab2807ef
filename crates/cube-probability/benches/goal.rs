//! The odds of one goal, asked cold: parsed tables, nothing remembered about the goal.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use cube_probability::{
    Goal, Grade, LineTables, MAX_GOAL_ATOMS, MAX_GOAL_CHARS, Method, Part, Rules, Stat,
};

const TYPICAL: &str = "int_pct >= 30";
const DERIVED: &str =
    "int_pct + 0.1*int_flat + 3.1*int_per_9_levels >= 14 and cooldown_seconds >= 1";

/// A goal to which as many options as possible are each another one, and none of whose 64
/// comparisons decides early: the first tells the options apart, the others are never met.
fn worst(tables: &LineTables) -> Goal {
    let stats = stats(tables);
    let mut short = stats.clone();
    short.sort_by_key(|stat| stat.id().len());
    let others: Vec<String> = (1..MAX_GOAL_ATOMS)
        .map(|n| format!("or {}>=99", short[n % 2]))
        .collect();
    let others = others.join(" ");
    let room = MAX_GOAL_CHARS - others.replace(' ', "").len();
    let mut sum = stats[0].to_string();
    for (n, stat) in (1..).zip(&stats[1..]) {
        let longer = format!("{sum}+{}*{stat}", 101 * n);
        if longer.len() + ">=999999".len() > room {
            break;
        }
        sum = longer;
    }
    let goal = format!("{sum}>=999999 {others}").parse();
    goal.expect("within the limits of a goal")
}

fn stats(tables: &LineTables) -> Vec<Stat> {
    let mut stats = Vec::new();
    for option in tables.options() {
        let stat = option.line.effect().map(|(stat, _)| stat);
        stats.extend(stat.filter(|stat| !stats.contains(stat)));
    }
    stats
}

/// The tables of the part with the most options for a method, for items of level 200.
fn largest_tables(method: Method) -> (Part, LineTables) {
    let tables = |&part: &Part| {
        let tables = Rules::current().line_tables(method, part, 200, method.highest_grade());
        (part, tables.expect("every method resets every part"))
    };
    let all = Part::ALL.iter().map(tables);
    let largest = all.max_by_key(|(_, tables)| tables.options().len());
    largest.expect("there are parts")
}

fn goals(criterion: &mut Criterion) {
    let rules = Rules::current();
    let mut group = criterion.benchmark_group("goal");
    let cases: [(&str, Goal); 2] = [
        ("typical", TYPICAL.parse().expect("a goal")),
        ("derived", DERIVED.parse().expect("a goal")),
    ];
    for (name, goal) in &cases {
        for method in [Method::MesoPotential, Method::MesoAdditional] {
            group.bench_function(format!("{name}/legendary/{method}"), |bencher| {
                bencher.iter(|| {
                    rules.success_probability(
                        method,
                        Part::Hat,
                        250,
                        Grade::Legendary,
                        black_box(goal),
                    )
                });
            });
        }
        group.bench_function(format!("{name}/every grade"), |bencher| {
            bencher.iter(|| rules.odds(Method::MesoPotential, Part::Hat, 250, black_box(goal)));
        });
    }
    group.bench_function("parse", |bencher| {
        bencher.iter(|| black_box(DERIVED).parse::<Goal>());
    });
    group.finish();
    worst_goals(criterion);
    criterion.bench_function("tables/load", |bencher| {
        bencher.iter(cube_probability::read_built_in_tables);
    });
}

/// Chances at every grade, as an answer tells them; and why a goal of this size is out of reach.
fn worst_goals(criterion: &mut Criterion) {
    let rules = Rules::current();
    let mut group = criterion.benchmark_group("worst goal");
    group.sample_size(10);
    group.warm_up_time(Duration::from_millis(300));
    group.measurement_time(Duration::from_secs(1));
    for &method in Method::ALL.iter().filter(|m| !m.keeps_first_line()) {
        let (part, tables) = largest_tables(method);
        let goal = worst(&tables);
        group.bench_function(format!("{method}/{part}/every grade"), |bencher| {
            bencher.iter(|| {
                let odds = rules.odds(method, part, 200, black_box(&goal));
                let odds = odds.expect("every method resets every part");
                odds.out_of_reach(&goal, Grade::Rare)
            });
        });
        #[cfg(feature = "rational")]
        group.bench_function(format!("{method}/{part}/every grade, exactly"), |bencher| {
            let tables: Vec<LineTables> = (method.grades().iter())
                .map(|&grade| rules.line_tables(method, part, 200, grade))
                .collect::<Result<_, _>>()
                .expect("every method resets every part");
            bencher.iter(|| {
                let exactly = |tables: &LineTables| tables.exact_chance(black_box(&goal));
                tables.iter().map(exactly).collect::<Vec<_>>()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, goals);
criterion_main!(benches);
