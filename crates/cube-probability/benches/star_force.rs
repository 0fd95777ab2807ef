//! Speed of star force: means, the distribution with its quantiles, and the best safeguard.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use cube_probability::star_force::{Query, Resolution, cheapest_safeguard};
use cube_probability::{Distribution, Level};

/// Level 200 from 0 to 22 stars, with spare items at 3 billion meso.
fn query() -> Query {
    Query {
        spare_item_meso: 3_000_000_000,
        ..Query::new(200, 0, 22)
    }
}

fn means(criterion: &mut Criterion) {
    let query = query();
    criterion.bench_function("star force 0 to 22: means", |bencher| {
        bencher.iter(|| {
            black_box(&query)
                .solve()
                .expect("the query is valid")
                .means()
        });
    });
    criterion.bench_function("star force 0 to 22: best safeguard", |bencher| {
        bencher.iter(|| {
            cheapest_safeguard(black_box(&query))
                .expect("the query is valid")
                .0
        });
    });
}

fn distributions(criterion: &mut Criterion) {
    let query = query();
    let mut group = criterion.benchmark_group("star force 0 to 22: means and default quantiles");
    for (name, resolution) in [("coarse", Resolution::Coarse), ("fine", Resolution::Fine)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let solution = black_box(&query).solve().expect("the query is valid");
                let distribution = solution.distribution(resolution);
                let distribution = distribution.expect("the cost is far from the limit");
                Level::DEFAULTS.map(|level| distribution.cost_at(level))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, means, distributions);
criterion_main!(benches);
