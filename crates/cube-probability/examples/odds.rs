//! The odds of a goal at every grade, for every method: `cargo run --example odds -- "int_pct >= 30"`.

use cube_probability::{Goal, Grade, Layer, Method, Part, Rules, Verdict};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = std::env::args().nth(1);
    let goal: Goal = text.as_deref().unwrap_or("int_pct >= 30").parse()?;
    println!("{goal}, on a hat of level 200");
    let potential =
        |method: &&Method| method.layer() == Layer::Potential && !method.keeps_first_line();
    for &method in Method::ALL.iter().filter(potential) {
        let odds = Rules::current().odds(method, Part::Hat, 200, &goal)?;
        println!("\n{method} (tables of level {})", odds.pool_level());
        if odds.verdict(Grade::Rare) == Verdict::Never {
            for reason in odds.out_of_reach(&goal, Grade::Rare)? {
                println!("  out of reach: {reason}");
            }
            continue;
        }
        for (grade, chance) in odds.by_grade() {
            println!("  {grade:<10} {chance}");
        }
    }
    Ok(())
}
