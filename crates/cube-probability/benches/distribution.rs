//! Speed of distributions: one item, plans of 25 and 100, and simulation for comparison (with the feature
//! `simulation`).

use std::hint::black_box;
use std::num::NonZeroU32;

use criterion::{Criterion, criterion_group, criterion_main};
use cube_probability::{CostDistribution, Distribution, Grade, Level, Phase, Total, Unit};

/// A meso reset of the potential at level 250, from rare, with the chance given at legendary.
fn meso_potential(success: f64) -> [Phase; 4] {
    climb(
        success,
        [0.15, 0.035, 0.014],
        [11, 43, 108],
        [5_000_000, 20_000_000, 42_500_000, 50_000_000],
    )
}

/// A meso reset of the additional potential at level 250.
fn meso_additional(success: f64) -> [Phase; 4] {
    climb(
        success,
        [0.023_81, 0.009_804, 0.007],
        [63, 153, 215],
        [12_250_000, 34_300_000, 83_300_000, 98_000_000],
    )
}

fn climb(success: f64, rise: [f64; 3], certain_on: [u32; 3], cost: [u64; 4]) -> [Phase; 4] {
    let phase = |at: usize, success| Phase {
        grade: Grade::ALL[at],
        success,
        rise: rise.get(at).copied().unwrap_or(0.0),
        certain_on: certain_on.get(at).copied().and_then(NonZeroU32::new),
        cost: Some(cost[at]),
    };
    [
        phase(0, 0.0),
        phase(1, 0.0),
        phase(2, success / 100.0),
        phase(3, success),
    ]
}

fn with_default_quantiles(phases: &[Phase]) -> Vec<Option<u64>> {
    [Unit::Meso, Unit::Resets]
        .iter()
        .flat_map(|&unit| {
            let distribution = CostDistribution::of(phases, unit).expect("the phases are valid");
            Level::DEFAULTS.map(|level| distribution.quantile(level))
        })
        .collect()
}

fn one_item(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one item: meso and resets with default quantiles");
    let meister = climb(
        0.0006,
        [0.079_994, 0.016_959, 0.001_996],
        [0; 3],
        [8_000_000; 4],
    );
    for (name, phases) in [
        ("meso_potential", meso_potential(0.0006)),
        ("meso_additional", meso_additional(0.0006)),
        ("meister, no pity", meister),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| with_default_quantiles(black_box(&phases)));
        });
    }
    group.finish();
}

fn plan(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("plan with default quantiles");
    group.sample_size(10);
    for (name, count, smallest) in [
        ("25 items alike", 25, 0.001),
        ("25 items far apart", 25, 0.000_01),
        ("100 items far apart", 100, 0.000_01),
    ] {
        let items: Vec<CostDistribution> = (0..count)
            .map(|n| {
                let place = f64::from(n) / f64::from(count - 1);
                let success = 0.002 * f64::powf(smallest / 0.002, place);
                CostDistribution::of(&meso_potential(success), Unit::Meso).expect("valid phases")
            })
            .collect();
        let items: Vec<&dyn Distribution> = items.iter().map(|item| item as _).collect();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let total = Total::of(black_box(&items)).expect("at most 100 items");
                Level::DEFAULTS.map(|level| total.cost_at(level))
            });
        });
    }
    group.finish();
}

/// Time of a million simulated resets, against one exact distribution above. They are only some 600
/// processes of this goal, so that the median would be known to about 6 %.
#[cfg(feature = "simulation")]
fn simulation(criterion: &mut Criterion) {
    use cube_probability::simulation::{Dice, Play, Run};
    use cube_probability::{Method, Part, Prices, Rules, Start};

    let (rules, method, part) = (Rules::current(), Method::MesoPotential, Part::Hat);
    let goal = "cooldown_seconds >= 4".parse().expect("a goal");
    let phases = rules
        .phases(method, part, 250, &goal, Start::FRESH, &Prices::new())
        .expect("a hat can be reset");
    let play = Play::new(rules, method, part, 250).expect("a hat can be reset");
    let mut dice = Dice::seeded(1);
    let mut group = criterion.benchmark_group("a million simulated resets");
    group.sample_size(10);
    let mut bench = |name, run: &dyn Fn(&mut Dice) -> Option<Run>| {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut resets = 0;
                while resets < 1_000_000 {
                    resets += run(&mut dice).expect("the goal is met in the end").resets;
                }
                resets
            });
        });
    };
    bench("line by line", &|dice| {
        let played = play.until(&goal, black_box(&phases), u64::MAX, dice);
        played.map(|played| played.run)
    });
    bench("by the exact chance of success", &|dice| {
        Run::along(black_box(&phases), u64::MAX, dice)
    });
    group.finish();
}

#[cfg(not(feature = "simulation"))]
fn simulation(_: &mut Criterion) {}

criterion_group!(benches, one_item, plan, simulation);
criterion_main!(benches);
