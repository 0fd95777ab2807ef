//! Three items and the stars of one of them under a budget: `cargo run --example plan -- 150000000000`.

use cube_probability::star_force::{Query, Resolution};
use cube_probability::{
    CostDistribution, Distribution, Level, Method, Part, Prices, Rules, Start, Total, Unit,
};

const ITEMS: [(Part, u16, &str); 3] = [
    (Part::Weapon, 200, "lines(att_pct, boss_damage_pct) >= 3"),
    (Part::Ring, 160, "int_pct >= 30"),
    (Part::Cape, 200, "int_pct >= 27"),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let budget = match std::env::args().nth(1) {
        Some(text) => text.parse()?,
        None => 150_000_000_000,
    };
    let rules = Rules::current();
    let mut potentials = Vec::new();
    for (part, level, goal) in ITEMS {
        let goal = goal.parse()?;
        let (method, prices) = (Method::MesoPotential, Prices::new());
        let phases = rules.phases(method, part, level, &goal, Start::FRESH, &prices)?;
        let cost = CostDistribution::of(&phases, Unit::Meso)?;
        println!(
            "{part} of level {level}, {goal}: {:.0} on average",
            cost.mean()
        );
        potentials.push(cost);
    }
    let cape = Query::new(200, 0, 17).solve()?;
    let stars = cape.distribution(Resolution::Fine)?;
    println!("cape, 17 stars: {:.0} on average", stars.mean());

    let mut items: Vec<&dyn Distribution> = vec![&stars];
    items.extend(potentials.iter().map(|cost| cost as &dyn Distribution));
    let total = Total::of(&items)?;
    println!("together: {:.0} on average", total.mean());
    for level in Level::DEFAULTS {
        let bounds = total.cost_at(level);
        let upper = bounds
            .upper
            .map_or("?".to_owned(), |upper| upper.to_string());
        println!(
            "  {:>4} % pay at most {} to {upper}",
            level.get() * 100.0,
            bounds.lower
        );
    }
    let done = total.within(budget);
    println!(
        "{budget} meso are enough with a chance between {:.4} and {:.4}",
        done.lower, done.upper
    );
    Ok(())
}
