//! Luck reports: honest accounts are usual, planted ones are found.

use cube_probability::star_force::{Query, Rules as StarRules};
use cube_probability::{Grade, LineTables, Method, OptionLine, Part, Rules};
use planning::luck::{
    CountReport, PotentialRow, ResetLuck, ResetReport, StarLuck, StarOutcome, StarReport, StarRow,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The published chances of a rise by meso reset, and the failures before a certain one.
const RISES: [(f64, u32); 3] = [(0.15, 10), (0.035, 42), (0.014, 107)];

fn stars() -> Query {
    Query {
        rules: StarRules::Kms20250320,
        star_catch: false,
        ..Query::new(250, 0, 30)
    }
}

/// An account whose chances of a rise, and of a star, are `luck` times the published ones.
struct Account<'a> {
    luck: f64,
    dice: ChaCha8Rng,
    tables: &'a [LineTables],
}

impl Account<'_> {
    fn resets(&mut self, number: usize, counted: &mut ResetLuck) {
        let (mut grade, mut failures) = (Grade::Rare, [0_u32; 3]);
        for _ in 0..number {
            let from = grade;
            let at = from as usize;
            let certain = RISES.get(at).is_some_and(|(_, most)| failures[at] >= *most);
            let chance = RISES.get(at).map_or(0.0, |(chance, _)| chance * self.luck);
            let rises = certain || self.dice.random_bool(chance);
            let before = failures.get(at).copied();
            if let Some(count) = failures.get_mut(at) {
                *count = if rises { 0 } else { *count + 1 };
            }
            if rises {
                grade = grade.next().unwrap();
            }
            counted.add(&PotentialRow {
                method: Some(Method::MesoPotential),
                item: Some("모자".to_owned()),
                part: Some(Part::Hat),
                item_level: 200,
                from,
                to: grade,
                certain,
                failures: before,
                miracle_time: false,
                lines: self.lines(grade),
                cost_meso: Some(1_000),
            });
            // Another item once in a while, so that every grade is seen.
            if self.dice.random_range(0..150) == 0 {
                grade = Grade::Rare;
            }
        }
    }

    /// Lines with their grades; a line of the grade has the first line's table.
    fn lines(&mut self, grade: Grade) -> Vec<Option<(OptionLine, bool)>> {
        let tables = &self.tables[grade as usize];
        let prime = |line| {
            tables
                .options()
                .iter()
                .any(|o| o.weights[0] > 0 && o.line == line)
        };
        let lower = |line| {
            tables
                .options()
                .iter()
                .any(|o| o.weights[0] == 0 && o.line == line)
        };
        let drawn = tables.draw(|below| self.dice.random_range(0..below));
        let graded = drawn.map(|line| match (prime(line), lower(line)) {
            (true, false) => Some((line, true)),
            (false, _) => Some((line, false)),
            // The history would tell the grade; of a line in both pools it is not known here.
            (true, true) => None,
        });
        graded.to_vec()
    }

    fn attempts(&mut self, number: usize, counted: &mut StarLuck) {
        let outlooks = stars().outlooks().unwrap();
        let mut star = 12_u8;
        for _ in 0..number {
            let outlook = outlooks[usize::from(star)];
            let roll: f64 = self.dice.random();
            let success = (outlook.success * self.luck).min(0.99);
            let outcome = if roll < success {
                StarOutcome::Success
            } else if roll < success + outlook.destroy {
                StarOutcome::Destroyed
            } else {
                StarOutcome::Kept
            };
            counted.add(&StarRow {
                star,
                outcome,
                terms: stars(),
                chance_time: false,
            });
            star = match outcome {
                StarOutcome::Success if star < 22 => star + 1,
                StarOutcome::Success | StarOutcome::Destroyed => 12,
                _ => star,
            };
        }
    }
}

fn tables() -> Vec<LineTables> {
    let of = |grade: &Grade| {
        Rules::current()
            .line_tables(Method::MesoPotential, Part::Hat, 200, *grade)
            .unwrap()
    };
    Grade::ALL.iter().map(of).collect()
}

struct Report {
    potential: ResetReport,
    star_force: StarReport,
}

fn report(seed: u64, luck: f64, tables: &[LineTables]) -> Report {
    let (mut resets, mut stars) = (ResetLuck::new(Rules::current()), StarLuck::default());
    let mut account = Account {
        luck,
        dice: ChaCha8Rng::seed_from_u64(seed),
        tables,
    };
    account.resets(600, &mut resets);
    account.attempts(600, &mut stars);
    Report {
        potential: resets.report(),
        star_force: stars.report(),
    }
}

fn mid_p(report: &CountReport) -> f64 {
    report.mid_p.unwrap()
}

#[test]
fn mid_p_of_honest_accounts_is_uniform() {
    let tables = tables();
    let accounts = 2_000_u32;
    let mut samples = [const { Vec::new() }; 3];
    for seed in 0..accounts {
        let report = report(seed.into(), 1.0, &tables);
        assert_eq!(
            (report.potential.unknown, report.star_force.unknown),
            (0, 0)
        );
        samples[0].push(mid_p(&report.potential.rises));
        samples[1].push(mid_p(&report.star_force.successes));
        samples[2].push(mid_p(&report.star_force.destructions));
    }
    for (name, sample) in ["rises", "successes", "destructions"]
        .iter()
        .zip(&mut samples)
    {
        sample.sort_by(f64::total_cmp);
        let beyond = sample.iter().filter(|p| (**p - 0.5).abs() > 0.475).count() as f64;
        let part = beyond / f64::from(accounts);
        assert!(part <= 0.05, "{name}: {part}");
        // The largest distance from the uniform law, against its 0.1 % critical value.
        let distance = (sample.iter().enumerate())
            .map(|(index, p)| (p - (index as f64 + 0.5) / f64::from(accounts)).abs())
            .fold(0.0, f64::max);
        println!("{name}: {part:.4} beyond 95 %, distance {distance:.4}");
        assert!(
            distance < 1.95 / f64::from(accounts).sqrt(),
            "{name}: {distance}"
        );
    }
}

#[test]
fn planted_accounts_are_found() {
    let tables = tables();
    let (mut lucky, mut unlucky) = (0, 0);
    for seed in 0..100 {
        let found = report(seed, 1.7, &tables);
        lucky += i32::from(mid_p(&found.star_force.successes) > 0.99);
        let found = report(seed, 0.5, &tables);
        unlucky += i32::from(mid_p(&found.star_force.successes) < 0.01);
    }
    assert_eq!((lucky, unlucky), (100, 100));
}

#[test]
fn report_tells_every_grade_and_the_failures_before_certain_rises() {
    let tables = tables();
    let report = report(3, 0.2, &tables).potential;
    let grades: Vec<_> = report.by_grade.iter().map(|of| of.grade).collect();
    assert_eq!(grades, Grade::ALL);
    assert!(report.by_grade[3].rises.is_none());
    assert_eq!(
        report
            .largest_failures_before_certain
            .get("meso_potential/rare"),
        Some(&10)
    );
    assert_eq!(
        report
            .largest_failures_before_certain
            .get("meso_potential/epic"),
        Some(&42)
    );
    assert!(mid_p(&report.rises) < 0.01);
    assert!(report.comparisons() > 10, "{}", report.comparisons());
    let paid: u64 = (report.by_grade.iter()).map(|of| of.cost_meso.known).sum();
    assert_eq!(paid, 600 * 1_000);
    let text = serde_json::to_value(&report).unwrap();
    assert_eq!(text["by_grade"][0]["method"], "meso_potential");
}

#[test]
fn rows_that_the_game_cannot_have_are_counted_as_unknown() {
    let mut counted = ResetLuck::new(Rules::current());
    let row = PotentialRow {
        method: Some(Method::Occult),
        item: None,
        part: None,
        item_level: 200,
        from: Grade::Rare,
        to: Grade::Rare,
        certain: false,
        failures: None,
        miracle_time: true,
        lines: Vec::new(),
        cost_meso: None,
    };
    let jump = PotentialRow {
        to: Grade::Unique,
        ..row.clone()
    };
    let high = PotentialRow {
        from: Grade::Unique,
        to: Grade::Unique,
        ..row.clone()
    };
    let nameless = PotentialRow {
        method: None,
        ..row.clone()
    };
    for row in [&row, &jump, &high, &nameless] {
        counted.add(row);
    }
    let report = counted.report();
    assert_eq!((report.attempts, report.unknown), (1, 3));
    let mut counted = StarLuck::default();
    // Nothing is lost under these rules but by destruction.
    for (star, outcome) in [
        (17, StarOutcome::Dropped),
        (30, StarOutcome::Kept),
        (3, StarOutcome::Destroyed),
    ] {
        counted.add(&StarRow {
            star,
            outcome,
            terms: stars(),
            chance_time: false,
        });
    }
    let report = counted.report();
    assert_eq!((report.attempts, report.unknown), (0, 3));
}

/// A meso reset of a legendary hat that drew these lines.
fn reset(item: &str, lines: Vec<Option<(OptionLine, bool)>>) -> PotentialRow {
    PotentialRow {
        method: Some(Method::MesoPotential),
        item: Some(item.to_owned()),
        part: Some(Part::Hat),
        item_level: 200,
        from: Grade::Legendary,
        to: Grade::Legendary,
        certain: false,
        failures: None,
        miracle_time: false,
        lines,
        cost_meso: Some(40_000_000),
    }
}

#[test]
fn few_honest_accounts_are_told_of_rare_lines() {
    let tables = tables();
    let accounts = 400;
    let rare = (0..accounts).filter(|&seed| {
        let mut account = Account {
            luck: 1.0,
            dice: ChaCha8Rng::seed_from_u64(seed),
            tables: &tables,
        };
        let mut counted = ResetLuck::new(Rules::current());
        for _ in 0..40 {
            counted.add(&reset("모자", account.lines(Grade::Legendary)));
        }
        let report = counted.report();
        report.items[0].within.is_some_and(|within| within <= 0.1)
    });
    // At most a tenth, and five standard errors.
    let rare = rare.count();
    assert!((1..=40 + 30).contains(&rare), "{rare}");
}

#[test]
fn best_lines_of_an_item_are_beside_the_chance_of_as_good_ones_in_as_many_resets() {
    let lines = |texts: [&str; 3]| {
        let line = |text: &str| Some((text.parse().unwrap(), true));
        texts.map(line).to_vec()
    };
    let row = |item: &str, texts| reset(item, lines(texts));
    let mut counted = ResetLuck::new(Rules::current());
    let dull = ["DEX +9%", "공격력 +14", "STR +9%"];
    for _ in 0..11 {
        counted.add(&row("에테르넬 메이지햇", dull));
    }
    counted.add(&row(
        "에테르넬 메이지햇",
        ["INT +12%", "올스탯 +6%", "INT +9%"],
    ));
    // Too few to say anything, and resets in 미라클 타임, which the rules do not know.
    counted.add(&row("모자", dull));
    for _ in 0..10 {
        counted.add(&PotentialRow {
            miracle_time: true,
            ..row("여명의 가디언 엔젤 링", dull)
        });
    }
    let report = counted.report();
    let [hat, ring] = &report.items[..] else {
        panic!("{:?}", report.items);
    };
    assert_eq!(hat.item, "에테르넬 메이지햇");
    assert_eq!((hat.resets, hat.cost_meso.known), (12, 480_000_000));
    assert_eq!(hat.best.as_ref().unwrap().to_string(), "int_pct >= 27");
    // As good in any stat, since the stat was not chosen beforehand.
    let as_good = "str_pct >= 27 or dex_pct >= 27 or int_pct >= 27 or luk_pct >= 27 or \
                   max_hp_pct >= 27";
    let as_good = as_good.parse().unwrap();
    let odds = Rules::current().odds(Method::MesoPotential, Part::Hat, 200, &as_good);
    let chance = odds.unwrap().chance(Grade::Legendary).probability();
    let within = 1.0 - (1.0 - chance).powi(12);
    assert!((hat.within.unwrap() / within - 1.0).abs() < 1e-9);
    assert!((hat.mean_resets.unwrap() * chance - 1.0).abs() < 1e-9);
    assert_eq!(
        (ring.resets, ring.within, ring.mean_resets),
        (10, None, None)
    );
    assert_eq!(ring.best.as_ref().unwrap().to_string(), "str_pct >= 9");
}
