//! Calculations for people: what was asked, then a table of amounts.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, Table};

use api::amount::{count, korean, short};
use api::calculations::flame::FlameResponse;
use api::calculations::plan::{PlanItemResponse, PlanResponse};
use api::calculations::potential::{CompareResponse, PotentialResponse};
use api::calculations::star_force::StarForceResponse;
use api::calculations::{BoundedSpread, ChanceBounds, CostSpread, TrialSpread};
use api::responses::Warning;
use api::upgrades::UpgradesResponse;

/// The odds of a goal, then resets and meso by probability.
pub(super) fn of_potential(answer: &PotentialResponse) -> String {
    let mut lines = vec![
        answer.goal.clone(),
        format!(
            "rules {} ({}), tables of level {}",
            answer.rules, answer.rules_compiled_on, answer.pool_level
        ),
    ];
    let chances = &answer.success_probability;
    let exact = answer.exact_success_probability.as_ref();
    for (grade, chance, exact) in [
        ("rare", chances.rare, exact.and_then(|e| e.rare.as_ref())),
        ("epic", chances.epic, exact.and_then(|e| e.epic.as_ref())),
        (
            "unique",
            chances.unique,
            exact.and_then(|e| e.unique.as_ref()),
        ),
        (
            "legendary",
            chances.legendary,
            exact.and_then(|e| e.legendary.as_ref()),
        ),
    ] {
        if let Some(chance) = chance {
            let exact = exact.map_or_else(String::new, |exact| format!(" = {exact}"));
            lines.push(format!("at {grade}: {}{exact}", one_in(chance)));
        }
    }
    lines.extend(answer.reason.clone());
    if let Some(trials) = &answer.trials {
        let cost = answer.cost_meso.as_ref().and_then(Option::as_ref);
        lines.push(spread_table("resets", trials, cost));
    }
    if let Some(Some(within)) = answer.within_budget {
        lines.push(format!("the budget is enough with {}", percent(within)));
    }
    end(lines, &answer.warnings)
}

/// Attempts, destructions and spare items of star force, then meso by probability.
pub(super) fn of_star_force(answer: &StarForceResponse) -> String {
    let mut lines = vec![
        format!("rules {} ({})", answer.rules, answer.rules_compiled_on),
        format!(
            "attempts {}, destroyed {}, spare items {}",
            count(answer.attempts.mean),
            count(answer.destroyed.mean),
            count(answer.spare_items.mean)
        ),
    ];
    if !answer.safeguard.is_empty() {
        let stars: Vec<_> = answer.safeguard.iter().map(ToString::to_string).collect();
        lines.push(format!("safeguard at {}", stars.join(", ")));
    }
    let choices = answer.restore_choice.iter();
    let choices: Vec<_> = choices.map(|(star, by)| format!("{star} {by}")).collect();
    if !choices.is_empty() {
        lines.push(format!("restore: {}", choices.join(", ")));
    }
    lines.push(bounded_table(&answer.cost_meso));
    lines.extend(certainty(answer.within_budget, answer.within_budget_bounds));
    end(lines, &answer.warnings)
}

/// Mean cost of each item, then the total by probability.
pub(super) fn of_plan(answer: &PlanResponse) -> String {
    let items = answer.items.iter().enumerate();
    let mut lines: Vec<_> = items.map(|(i, item)| plan_item(i, item)).collect();
    lines.extend(answer.cost_meso.as_ref().map(bounded_table));
    lines.extend(certainty(answer.within_budget, answer.within_budget_bounds));
    end(lines, &answer.warnings)
}

/// The chance of a flame, then flames and meso by probability.
pub(super) fn of_flame(answer: &FlameResponse) -> String {
    let mut lines = vec![one_in(answer.probability)];
    lines.extend(answer.reason.clone());
    if let Some(flames) = &answer.flames {
        let cost = answer.cost_meso.as_ref().and_then(Option::as_ref);
        lines.push(spread_table("flames", flames, cost));
    }
    if let Some(within) = answer.within_budget {
        lines.push(format!("the budget is enough with {}", percent(within)));
    }
    end(lines, &answer.warnings)
}

/// Every method by its mean, then the mix.
pub(super) fn of_comparison(answer: &CompareResponse) -> String {
    let mut table = table(&["method", "resets", "mean", "short"]);
    for method in &answer.methods {
        let resets = method.trials.as_ref().map(|trials| count(trials.mean));
        let resets = resets.unwrap_or_default();
        add(&mut table, method.method, &resets, Some(method.mean_meso));
    }
    let mut lines = vec![
        answer.goal.clone(),
        format!("rules {}", answer.rules),
        table.to_string(),
    ];
    for method in &answer.methods {
        let within = method.within_budget.map(percent);
        lines.extend(within.map(|p| format!("the budget is enough with {p} by {}", method.method)));
    }
    if let Some(mix) = &answer.mix {
        let by_grade = mix.by_grade.iter();
        let by_grade: Vec<_> = by_grade
            .map(|(grade, by)| format!("{grade} {by}"))
            .collect();
        let mean = amount(mix.mean_meso);
        lines.push(format!("cheapest mix {mean}: {}", by_grade.join(", ")));
    }
    end(lines, &answer.warnings)
}

/// Every action by what it gains for its price, then the best set.
pub(super) fn of_upgrades(answer: &UpgradesResponse) -> String {
    let mut table = table(&["action", "gain", "mean", "short"]);
    for action in &answer.actions {
        let what = match (&action.goal, action.to) {
            (Some(goal), _) => pages::aim(goal, pages::Lang::En),
            (None, Some(star)) => format!("{star} stars"),
            (None, None) => String::new(),
        };
        let label = format!("{} {}: {what}", action.slot, action.id);
        let gain = percent(action.gain.at_least);
        add(&mut table, &label, &gain, Some(action.cost_meso.mean));
    }
    let mut lines = vec![format!("rules {}", answer.rules), table.to_string()];
    match &answer.best {
        Some(best) => lines.push(format!(
            "best set: {}; gain {}, mean cost {}, the budget is enough with {}{}",
            best.actions.join(", "),
            percent(best.gain.at_least),
            amount(best.cost_meso.mean),
            percent(best.within_budget.value),
            if best.optimal {
                ""
            } else {
                "; perhaps not the best"
            },
        )),
        None => lines.push("no set reaches the gain".to_owned()),
    }
    end(lines, &answer.warnings)
}

fn plan_item(index: usize, item: &PlanItemResponse) -> String {
    let name = item.name.clone().unwrap_or_else(|| format!("item {index}"));
    let (what, mean) = match (&item.potential, &item.star_force) {
        (Some(potential), _) => {
            let cost = potential.cost_meso.as_ref().and_then(Option::as_ref);
            (potential.goal.clone(), cost.map(|cost| cost.mean))
        }
        (None, Some(stars)) => ("star force".to_owned(), Some(stars.cost_meso.mean)),
        (None, None) => (String::new(), None),
    };
    let mean = mean.map_or_else(|| "no price".to_owned(), amount);
    format!("{name}: {what}: {mean}")
}

fn spread_table(of: &str, trials: &TrialSpread, cost: Option<&CostSpread>) -> String {
    let mut table = table(&["", of, "meso", "short"]);
    let mean = cost.map(|cost| cost.mean);
    add(&mut table, "mean", &count(trials.mean), mean);
    for (i, trials) in trials.quantiles.iter().enumerate() {
        let resets = trials
            .value
            .map_or_else(String::new, |value| count(value as f64));
        let meso = cost.and_then(|cost| cost.quantiles.get(i)?.value);
        add(
            &mut table,
            &percent(trials.q),
            &resets,
            meso.map(u128::from),
        );
    }
    table.to_string()
}

fn bounded_table(cost: &BoundedSpread) -> String {
    let mut table = table(&["", "between", "meso", "short"]);
    add(&mut table, "mean", "exact", Some(cost.mean));
    for quantile in &cost.quantiles {
        let lower = short(quantile.lower.into());
        let upper = quantile
            .upper
            .map_or_else(|| "?".to_owned(), |meso| short(meso.into()));
        let bounds = format!("{lower} and {upper}");
        add(
            &mut table,
            &percent(quantile.q),
            &bounds,
            quantile.value.map(u128::from),
        );
    }
    table.to_string()
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED).set_header(header);
    table
}

fn add(table: &mut Table, label: &str, middle: &str, meso: Option<u128>) {
    let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
    table.add_row([
        Cell::new(label),
        right(middle.to_owned()),
        right(meso.map(korean).unwrap_or_default()),
        right(meso.map(short).unwrap_or_default()),
    ]);
}

fn certainty(within: Option<f64>, bounds: Option<ChanceBounds>) -> Option<String> {
    let (within, bounds) = within.zip(bounds)?;
    Some(format!(
        "the budget is enough with {}, certainly between {} and {}",
        percent(within),
        percent(bounds.lower),
        percent(bounds.upper)
    ))
}

fn end(mut lines: Vec<String>, warnings: &[Warning]) -> String {
    lines.extend(
        warnings
            .iter()
            .map(|warning| format!("! {}", warning.detail)),
    );
    lines.push(String::new());
    lines.join("\n")
}

fn amount(meso: u128) -> String {
    format!("{} ({})", korean(meso), short(meso))
}

fn one_in(chance: f64) -> String {
    if chance > 0.0 {
        format!("1 in {}", count(1.0 / chance))
    } else {
        "never".to_owned()
    }
}

/// A percentage with as many digits as tell it from 0 and 100.
fn percent(chance: f64) -> String {
    let percent = chance * 100.0;
    if (0.1..=99.9).contains(&percent) {
        format!("{} %", (percent * 100.0).round() / 100.0)
    } else {
        format!("{percent} %")
    }
}
