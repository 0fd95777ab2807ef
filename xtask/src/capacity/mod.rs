//! `cargo xtask capacity`: what so many people need, from unit costs that were measured.

mod costs;
mod model;

use model::{HABITS, Habits, Need};

/// Options of the computation.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Number of people who use the service on a day.
    #[arg(long, default_value_t = 10_000)]
    users: u32,
}

/// Prints the needs of so many people, of ten times and of a hundred times as many.
pub(crate) fn run(options: &Options) {
    print!("{}", report(f64::from(options.users), &HABITS));
}

fn report(users: f64, habits: &Habits) -> String {
    let (most, first) = model::limit(habits);
    let mut text = format!(
        "One process on a t3.small with SQLite serves {most:.0} people a day; then {} give out.\n",
        first.resource
    );
    for factor in [1.0, 10.0, 100.0] {
        let processes = model::processes(users * factor, habits);
        text += &section(users * factor, processes, habits);
    }
    text
}

fn section(users: f64, processes: f64, habits: &Habits) -> String {
    let stores = if processes > 1.0 {
        format!(" with {} and {}", costs::DATABASE.name, costs::REDIS.name)
    } else {
        " with SQLite".to_owned()
    };
    let needs = model::needs(users, processes, habits);
    let mut text = format!("\n{users:.0} people a day, {processes:.0} x t3.small{stores}\n");
    text += "| resource | unit | needed | offered | share |\n|---|---|---|---|---|\n";
    text.extend(needs.iter().map(row));
    let first = needs.iter().max_by(|a, b| a.share().total_cmp(&b.share()));
    if let Some(first) = first {
        let verdict = if first.share() > 1.0 {
            "gives out"
        } else {
            "is the nearest to its end"
        };
        text.extend([&first.resource, ", ", first.unit, ": ", verdict, "\n"]);
    }
    text
}

fn row(need: &Need) -> String {
    format!(
        "| {} | {} | {:.2} | {:.1} | {:.0} % |\n",
        need.resource,
        need.unit,
        need.needed,
        need.offered,
        100.0 * need.share()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unit_costs_add_up_to_the_measured_mix() {
        let hundred = model::sum(costs::MIX);
        for (modelled, measured) in [
            (hundred.cpu_micros, costs::MIX_MEASURED.cpu_micros),
            (hundred.bytes_out, costs::MIX_MEASURED.bytes_out),
        ] {
            let ratio = modelled / 100.0 / measured;
            assert!((0.75..=1.25).contains(&ratio), "{ratio}");
        }
    }

    #[test]
    fn limit_is_where_the_first_need_is_all_that_is_offered() {
        let (most, first) = model::limit(&HABITS);
        let needs = model::needs(most, 1.0, &HABITS);
        let same = needs
            .iter()
            .find(|need| need.resource == first.resource && need.unit == first.unit);
        assert!((same.unwrap().share() - 1.0).abs() < 1e-9, "{same:?}");
        let others = needs.iter().map(Need::share);
        assert!(others.fold(0.0, f64::max) < 1.0 + 1e-9, "{needs:?}");
    }

    #[test]
    fn processes_suffice_and_one_fewer_would_not() {
        for users in [10_000.0, 1e6, 3e7] {
            let enough = model::processes(users, &HABITS);
            let worst = |processes| {
                let needs = model::needs(users, processes, &HABITS);
                needs[..2].iter().map(Need::share).fold(0.0, f64::max)
            };
            assert!(worst(enough) <= 1.0, "{users}");
            assert!(enough < 2.0 || worst(enough - 1.0) > 1.0, "{users}");
        }
    }

    #[test]
    fn report_names_every_size() {
        let text = report(10_000.0, &HABITS);
        for size in ["\n10000 people", "\n100000 people", "\n1000000 people"] {
            assert!(text.contains(size), "{text}");
        }
    }
}
