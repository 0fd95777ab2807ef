//! The odds of one goal, asked cold: parsed tables, nothing remembered about the goal.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use cube_probability::{Goal, Grade, Method, Part, Rules};

const TYPICAL: &str = "int_pct >= 30";
const DERIVED: &str =
    "int_pct + 0.1*int_flat + 3.1*int_per_9_levels >= 14 and cooldown_seconds >= 1";

/// Every option of a hat adds another amount, none of the 64 comparisons decides early.
fn worst() -> Goal {
    let stats = [
        "str_pct",
        "dex_pct",
        "int_pct",
        "luk_pct",
        "max_hp_pct",
        "max_mp_pct",
        "ied_pct",
        "mp_cost_pct",
        "def_pct",
        "reflect_pct",
        "drop_pct",
        "meso_pct",
    ];
    let sum: Vec<_> = (0..)
        .zip(stats)
        .map(|(n, stat)| format!("{}*{stat}", 37_u32.pow(n % 4) + n))
        .collect();
    let mut text = format!("{}>=999999", sum.join("+"));
    let others = (1..64).map(|n| format!(" or {}>={}", stats[n % 4], 40 + n));
    text.extend(others);
    text.parse().expect("within the limits of a goal")
}

fn goals(criterion: &mut Criterion) {
    let rules = Rules::current();
    let mut group = criterion.benchmark_group("goal");
    let cases: [(&str, Goal); 3] = [
        ("typical", TYPICAL.parse().expect("a goal")),
        ("derived", DERIVED.parse().expect("a goal")),
        ("worst", worst()),
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
    criterion.bench_function("tables/load", |bencher| {
        bencher.iter(cube_probability::read_built_in_tables);
    });
}

criterion_group!(benches, goals);
criterion_main!(benches);
