//! The cost of a goal from a fresh item, by every method: `cargo run --example quantiles -- "int_pct >= 30"`.

use cube_probability::{Aim, Comparison, Goal, Grade, Layer, Level, Mix, Part, Prices, Rules};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = std::env::args().nth(1);
    let goal: Goal = text.as_deref().unwrap_or("int_pct >= 30").parse()?;
    println!("{goal}, on a hat of level 200 from rare, in meso");
    let rules = Rules::current();
    let processes = rules.processes(
        Layer::Potential,
        Part::Hat,
        200,
        &goal,
        Grade::Rare,
        &Prices::new(),
    )?;
    let compared = Comparison::of(&processes);
    for Comparison { method, meso, .. } in &compared {
        match meso {
            Err(reason) => println!("\n{method}: {reason}"),
            Ok(meso) => {
                println!("\n{method}: {:.0} on average", meso.mean());
                for level in Level::DEFAULTS {
                    let enough = meso.quantile(level).unwrap_or(u64::MAX);
                    println!("  {:>4} % pay at most {enough}", level.get() * 100.0);
                }
            }
        }
    }
    if let [best, ..] = Comparison::best_first(&compared, Aim::Mean)[..] {
        println!("\ncheapest on average: {}", best.method);
    }
    if let Ok(mix) = Mix::cheapest(&processes) {
        println!("cheapest mix: {:.0} on average", mix.mean());
        for (grade, method) in mix.choices() {
            println!("  at {grade:<10} {method}");
        }
    }
    Ok(())
}
