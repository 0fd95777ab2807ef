//! Summaries and charts of every kind of distribution.

use cube_probability::{
    ChartPoint, CostDistribution, Distribution, Grade, Level, Phase, Quantile, Summary, Total,
    Unit, Unknown, star_force,
};

fn geometric(success: f64, cost: u64) -> CostDistribution {
    let phase = Phase {
        grade: Grade::Legendary,
        success,
        rise: 0.0,
        certain_on: None,
        cost: Some(cost),
    };
    CostDistribution::of(&[phase], Unit::Meso).unwrap()
}

fn level(q: f64) -> Level {
    Level::new(q).unwrap()
}

fn stars() -> star_force::MesoDistribution {
    let solution = star_force::Query::new(160, 0, 18).solve().unwrap();
    solution
        .distribution(star_force::Resolution::Coarse)
        .unwrap()
}

#[test]
fn summary_holds_mean_and_quantiles_between_bounds() {
    let (ring, stars) = (geometric(0.004, 45_000_000), stars());
    let plan = Total::of(&[&ring, &stars]).unwrap();
    for distribution in [&ring as &dyn Distribution, &stars, &plan] {
        let summary = Summary::of(distribution, &Level::DEFAULTS);
        assert_eq!(summary.mean.to_bits(), distribution.mean().to_bits());
        for (quantile, level) in summary.quantiles.iter().zip(Level::DEFAULTS) {
            assert_eq!(*quantile, Quantile::of(distribution, level));
            assert_eq!(quantile.bounds, distribution.cost_at(level));
            assert_eq!(quantile.unknown, None);
            let (value, upper) = (quantile.value.unwrap(), quantile.bounds.upper.unwrap());
            assert!(quantile.bounds.lower <= value && value <= upper);
        }
    }
    assert_eq!(
        Summary::of(&stars, &[level(0.9)]).quantiles[0].value,
        stars.estimate_at(level(0.9))
    );
}

#[test]
fn summary_gives_the_reason_for_a_missing_quantile() {
    // A mean of 2^64 leaves 1 - 1/e within 64 bits.
    let rare = geometric(50_000_000.0 / 2.0_f64.powi(64), 50_000_000);
    let summary = Summary::of(&rare, &[level(0.6), level(0.7)]);
    assert_eq!(summary.whole_mean(), None);
    let [known, unknown] = summary.quantiles[..] else {
        panic!("two quantiles: {summary:?}");
    };
    assert!(known.value.is_some() && known.unknown.is_none());
    assert_eq!(unknown.value, None);
    assert_eq!(unknown.unknown, Some(Unknown::TooLarge));
    let plan = Total::of(&[&geometric(0.004, 45_000_000), &geometric(0.3, 7_000_001)]).unwrap();
    let close = Quantile::of(&plan, level(1.0 - 1e-15));
    assert_eq!(close.unknown, Some(Unknown::TooCloseToCertain));
    let large = Summary::too_large(1e25, &[level(0.5)]);
    assert_eq!(large.whole_mean(), None);
    assert_eq!(large.quantiles[0].unknown, Some(Unknown::TooLarge));
}

#[test]
fn whole_mean_is_the_nearest_whole_number() {
    let mean = |mean| Summary::too_large(mean, &[]).whole_mean();
    assert_eq!(mean(0.0), Some(0));
    assert_eq!(mean(2.5), Some(3));
    assert_eq!(mean(1e18), Some(1_000_000_000_000_000_000));
    assert_eq!(mean(2.0_f64.powi(64)), None);
    assert_eq!(mean(f64::INFINITY), None);
    assert_eq!(mean(f64::NAN), None);
}

fn assert_is_chart_of(distribution: &dyn Distribution, points: &[ChartPoint]) {
    assert!((1..=ChartPoint::MOST).contains(&points.len()));
    let (mut meso, mut cumulative) = (None, 0.0);
    for point in points {
        assert!(meso < Some(point.meso));
        let bounds = distribution.within(point.meso);
        assert!(bounds.lower - 1e-14 <= point.cumulative);
        assert!(point.cumulative <= bounds.upper + 1e-14);
        assert!((cumulative + point.probability - point.cumulative).abs() < 1e-15);
        (meso, cumulative) = (Some(point.meso), point.cumulative);
    }
    assert!(cumulative > 0.998, "{cumulative}");
}

#[test]
fn charts_hold_density_and_cumulative_chance_of_every_distribution() {
    let (ring, stars) = (geometric(0.000_7, 45_000_000), stars());
    let plan = Total::of(&[&ring, &stars, &ring]).unwrap();
    for distribution in [&ring as &dyn Distribution, &stars, &plan] {
        let points = distribution.chart();
        assert!(points.len() > 200);
        assert_is_chart_of(distribution, &points);
    }
}

#[test]
fn charts_of_few_costs_have_a_point_for_each() {
    let points = geometric(0.9, 10).chart();
    assert_eq!(points[0].meso, 10);
    assert!((points[0].probability - 0.9).abs() < 1e-15);
    assert_eq!(points[1].meso, 20);
    let free = geometric(0.5, 0).chart();
    assert_eq!((free[0].meso, free[0].cumulative), (0, 1.0));
    assert_is_chart_of(&geometric(0.5, 0), &free[..1]);
    assert_eq!(geometric(1e-14, 50_000_000).chart(), Vec::new());
}
