//! Methods compared, and the cheapest mix of them.

use std::num::NonZeroU32;

use cube_probability::{
    Aim, Comparison, CostBracket, CostDistribution, Distribution, Grade, Layer, Level, Method, Mix,
    MixError, Moments, Part, Phase, PhaseError, Prices, Rules, Unit,
};

fn phase(grade: Grade, success: f64, rise: f64, certain_on: u32, cost: u64) -> Phase {
    Phase {
        grade,
        success,
        rise,
        certain_on: NonZeroU32::new(certain_on),
        cost: Some(cost),
    }
}

/// Climbs quickly, but draws badly at the top.
fn climber() -> (Method, Vec<Phase>) {
    let phases = vec![
        phase(Grade::Unique, 0.001, 0.2, 20, 1_000),
        phase(Grade::Legendary, 0.002, 0.0, 0, 1_000),
    ];
    (Method::Black, phases)
}

/// Climbs slowly, but draws well at the top.
fn drawer() -> (Method, Vec<Phase>) {
    let phases = vec![
        phase(Grade::Unique, 0.004, 0.01, 0, 1_500),
        phase(Grade::Legendary, 0.02, 0.0, 0, 1_500),
    ];
    (Method::Meister, phases)
}

fn mean(phases: &[Phase]) -> f64 {
    Moments::of(phases, Unit::Meso).unwrap().mean
}

fn assert_close(actual: f64, expected: f64, relative: f64) {
    let off = (actual - expected).abs();
    assert!(off <= relative * expected, "{actual} is not {expected}");
}

#[test]
fn methods_are_ranked_by_every_aim() {
    let mut without_price = climber();
    without_price.0 = Method::Red;
    without_price.1[0].cost = None;
    let compared = Comparison::of(&[climber(), drawer(), without_price]);
    let best = |aim| -> Vec<Method> {
        let told = Comparison::best_first(&compared, aim);
        told.iter().map(|comparison| comparison.method).collect()
    };
    let median = Level::new(0.5).unwrap();
    let by_drawing = [Method::Meister, Method::Black];
    assert_eq!(best(Aim::Mean), by_drawing);
    assert_eq!(best(Aim::Quantile(median)), by_drawing);
    assert_eq!(best(Aim::Within(100_000)), by_drawing);
    // One reset of the climber is affordable, and none of the drawer.
    assert_eq!(best(Aim::Within(1_400)), [Method::Black, Method::Meister]);
    assert_eq!(
        compared[2].meso,
        Err(PhaseError::Unpriced {
            grade: Grade::Unique
        })
    );
    assert!(compared[2].resets.is_ok());
}

#[test]
fn mix_takes_the_best_method_at_every_grade() {
    let mix = Mix::cheapest(&[climber(), drawer()]).unwrap();
    assert_eq!(
        mix.choices(),
        [
            (Grade::Unique, Method::Black),
            (Grade::Legendary, Method::Meister)
        ]
    );
    assert!(mix.mean() < mean(&climber().1) && mix.mean() < mean(&drawer().1));

    // By hand: without its pity the climb is left with chance 0.2 + 0.8 * 0.001 per try, the
    // rising reset draws by the climber's 0.002, and then the drawer needs 50 resets.
    let mut endless = climber();
    endless.1[0].certain_on = None;
    let mix = Mix::cheapest(&[endless, drawer()]).unwrap();
    let leave = 0.2008;
    let expected = 1_000.0 / leave + 0.2 * 0.998 / leave * 50.0 * 1_500.0;
    assert_close(mix.mean(), expected, 1e-14);
}

#[test]
fn mix_of_one_method_is_that_method() {
    let (method, phases) = climber();
    let mix = Mix::cheapest(&[(method, phases.clone())]).unwrap();
    assert_close(mix.mean(), mean(&phases), 0.0);
    assert_eq!(
        mix.distribution().unwrap().exact(),
        Some(&CostDistribution::of(&phases, Unit::Meso).unwrap())
    );
}

#[test]
fn method_that_ends_early_is_used_for_the_climb_only() {
    let occult = (
        Method::Occult,
        vec![
            phase(Grade::Rare, 0.0, 0.5, 0, 10),
            phase(Grade::Epic, 0.0, 0.0, 0, 10),
        ],
    );
    let master = (
        Method::Master,
        vec![
            phase(Grade::Rare, 0.0, 0.1, 0, 100),
            phase(Grade::Epic, 0.0, 0.3, 0, 100),
            phase(Grade::Unique, 0.1, 0.0, 0, 100),
        ],
    );
    let mix = Mix::cheapest(&[occult.clone(), master]).unwrap();
    assert_eq!(
        mix.choices(),
        [
            (Grade::Rare, Method::Occult),
            (Grade::Epic, Method::Master),
            (Grade::Unique, Method::Master)
        ]
    );
    assert_close(mix.mean(), 20.0 + 100.0 / 0.3 + 0.9 * 1_000.0, 1e-14);
    assert_eq!(Mix::cheapest(&[occult]), Err(MixError::NoWay));
}

#[test]
fn mix_needs_methods_and_valid_phases() {
    assert_eq!(Mix::cheapest(&[]), Err(MixError::NoWay));
    let mut broken = climber();
    broken.1[1].success = f64::NAN;
    assert!(matches!(
        Mix::cheapest(&[broken]),
        Err(MixError::Phases {
            method: Method::Black,
            ..
        })
    ));
}

/// The same process twice: on its own lattice, and with one meso more so that it has hardly one.
#[test]
fn costs_without_a_common_divisor_are_bracketed_closely() {
    let rise = [
        (0.15, 11, 5_000_000),
        (0.035, 43, 20_000_000),
        (0.014, 108, 42_500_000),
    ];
    let climb = |more: u64| -> Vec<Phase> {
        let below = rise.iter().zip(Grade::ALL);
        let mut phases: Vec<Phase> = below
            .map(|(&(rise, on, cost), &grade)| phase(grade, 0.0, rise, on, cost + more))
            .collect();
        phases.push(phase(Grade::Legendary, 0.005, 0.0, 0, 50_000_000));
        phases
    };
    let exact = CostDistribution::of(&climb(0), Unit::Meso).unwrap();
    assert!(CostDistribution::of(&climb(1), Unit::Meso).is_err());
    let bracket = CostBracket::of(&climb(1), Unit::Meso).unwrap();
    assert!(bracket.exact().is_none());
    for q in [0.1, 0.5, 0.9, 0.99, 1.0 - 1e-9] {
        let level = Level::new(q).unwrap();
        let (bounds, near) = (bracket.cost_at(level), exact.quantile(level).unwrap());
        let upper = bounds.upper.unwrap();
        // Some hundred tries are made below legendary, each one meso dearer than in `exact`.
        assert!(
            bounds.lower <= near + 162 && near <= upper,
            "{q}: {bounds:?} {near}"
        );
        assert!(upper - bounds.lower <= 50_000_000, "{q}: {bounds:?}");
    }
    let within = bracket.within(20_000_000_000);
    assert!(within.lower <= within.upper && within.upper - within.lower < 1e-3);
}

#[test]
fn every_method_that_resets_a_hat() {
    let goal = "int_pct >= 21".parse().unwrap();
    let prices = Prices::new().with(Method::Meister, 9_000_000).unwrap();
    let rules = Rules::current();
    let from = |grade| {
        rules
            .processes(Layer::Potential, Part::Hat, 150, &goal, grade, &prices)
            .unwrap()
    };
    let compared = Comparison::of(&from(Grade::Rare));
    assert_eq!(compared.len(), 6);
    let told = Comparison::best_first(&compared, Aim::Mean);
    let methods: Vec<Method> = told.iter().map(|comparison| comparison.method).collect();
    // Occult cubes end at epic and cannot meet it.
    assert!(!methods.contains(&Method::Occult));
    assert!(methods.contains(&Method::Meister) && methods.contains(&Method::MesoPotential));

    let mix = Mix::cheapest(&from(Grade::Rare)).unwrap();
    let best = told[0].meso.as_ref().unwrap().mean();
    assert!(mix.mean() <= best);
    assert_eq!(mix.choices().len(), 4);
    let distribution = mix.distribution().unwrap();
    assert_close(distribution.mean(), mix.mean(), 0.0);

    assert_eq!(
        from(Grade::Legendary).len(),
        4,
        "master and occult cubes end below"
    );
}
