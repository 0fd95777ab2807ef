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
use cube_probability::Grade;
use pages::Lang;
use pages::console::{self, fill};

/// The odds of a goal, then resets and meso by probability.
pub(super) fn of_potential(answer: &PotentialResponse, lang: Lang) -> String {
    let t = lang.console();
    let mut lines = vec![
        console::goal(&answer.goal, lang),
        fill(
            t.rules_and_level,
            &[&answer.rules, &answer.rules_compiled_on, &answer.pool_level],
        ),
    ];
    let chances = &answer.success_probability;
    let exact = answer.exact_success_probability.as_ref();
    for (grade, chance, exact) in [
        (
            Grade::Rare,
            chances.rare,
            exact.and_then(|e| e.rare.as_ref()),
        ),
        (
            Grade::Epic,
            chances.epic,
            exact.and_then(|e| e.epic.as_ref()),
        ),
        (
            Grade::Unique,
            chances.unique,
            exact.and_then(|e| e.unique.as_ref()),
        ),
        (
            Grade::Legendary,
            chances.legendary,
            exact.and_then(|e| e.legendary.as_ref()),
        ),
    ] {
        if let Some(chance) = chance {
            let exact = exact.map_or_else(String::new, |exact| format!(" = {exact}"));
            let chance = format!("{}{exact}", one_in(chance, lang));
            lines.push(fill(t.at_grade, &[&console::grade(grade, lang), &chance]));
        }
    }
    let remark = answer.reason.as_ref();
    lines.extend(remark.map(|remark| console::remark(remark, lang)));
    if let Some(trials) = &answer.trials {
        let cost = answer.cost_meso.as_ref().and_then(Option::as_ref);
        lines.push(spread_table(t.resets, trials, cost, lang));
    }
    if let Some(Some(within)) = answer.within_budget {
        lines.push(fill(t.budget_chance, &[&percent(within)]));
    }
    end(lines, &answer.warnings, lang)
}

/// Attempts, destructions and spare items of star force, then meso by probability.
pub(super) fn of_star_force(answer: &StarForceResponse, lang: Lang) -> String {
    let t = lang.console();
    let mut lines = vec![
        fill(t.rules_and_day, &[&answer.rules, &answer.rules_compiled_on]),
        fill(
            t.star_means,
            &[
                &count(answer.attempts.mean),
                &count(answer.destroyed.mean),
                &count(answer.spare_items.mean),
            ],
        ),
    ];
    if !answer.safeguard.is_empty() {
        let stars: Vec<_> = answer.safeguard.iter().map(ToString::to_string).collect();
        lines.push(fill(t.safeguard, &[&stars.join(", ")]));
    }
    let choices = answer.restore_choice.iter();
    let choices: Vec<_> = choices.map(|(star, by)| format!("{star} {by}")).collect();
    if !choices.is_empty() {
        lines.push(fill(t.restore, &[&choices.join(", ")]));
    }
    lines.push(bounded_table(&answer.cost_meso, lang));
    lines.extend(certainty(
        answer.within_budget,
        answer.within_budget_bounds,
        lang,
    ));
    end(lines, &answer.warnings, lang)
}

/// Mean cost of each item, then the total by probability.
pub(super) fn of_plan(answer: &PlanResponse, lang: Lang) -> String {
    let items = answer.items.iter().enumerate();
    let mut lines: Vec<_> = items.map(|(i, item)| plan_item(i, item, lang)).collect();
    let cost = answer.cost_meso.as_ref();
    lines.extend(cost.map(|cost| bounded_table(cost, lang)));
    lines.extend(certainty(
        answer.within_budget,
        answer.within_budget_bounds,
        lang,
    ));
    end(lines, &answer.warnings, lang)
}

/// The chance of a flame, then flames and meso by probability.
pub(super) fn of_flame(answer: &FlameResponse, lang: Lang) -> String {
    let t = lang.console();
    let mut lines = vec![one_in(answer.probability, lang)];
    let remark = answer.reason.as_ref();
    lines.extend(remark.map(|remark| console::remark(remark, lang)));
    if let Some(flames) = &answer.flames {
        let cost = answer.cost_meso.as_ref().and_then(Option::as_ref);
        lines.push(spread_table(t.flames, flames, cost, lang));
    }
    if let Some(within) = answer.within_budget {
        lines.push(fill(t.budget_chance, &[&percent(within)]));
    }
    end(lines, &answer.warnings, lang)
}

/// Every method by its mean, then the mix.
pub(super) fn of_comparison(answer: &CompareResponse, lang: Lang) -> String {
    let t = lang.console();
    let mut table = table(&[t.method, t.resets, t.mean, t.short]);
    for method in &answer.methods {
        let resets = method.trials.as_ref().map(|trials| count(trials.mean));
        let resets = resets.unwrap_or_default();
        let name = console::method_named(method.method, lang);
        add(&mut table, name, &resets, Some(method.mean_meso));
    }
    let mut lines = vec![
        console::goal(&answer.goal, lang),
        fill(t.rules, &[&answer.rules]),
        table.to_string(),
    ];
    for method in &answer.methods {
        let within = method.within_budget.map(percent);
        let name = console::method_named(method.method, lang);
        lines.extend(within.map(|within| fill(t.budget_by, &[&within, &name])));
    }
    if let Some(mix) = &answer.mix {
        let by_grade = mix.by_grade.iter();
        let by_grade: Vec<_> = by_grade
            .map(|(grade, by)| {
                let grade = console::grade(*grade, lang);
                format!("{grade} {}", console::method_named(by, lang))
            })
            .collect();
        let mean = amount(mix.mean_meso);
        lines.push(fill(t.mix, &[&mean, &by_grade.join(", ")]));
    }
    end(lines, &answer.warnings, lang)
}

/// Every action by what it gains for its price, then the best set.
pub(super) fn of_upgrades(answer: &UpgradesResponse, lang: Lang) -> String {
    let t = lang.console();
    let mut table = table(&[t.action, t.gain, t.mean, t.short]);
    for action in &answer.actions {
        let what = match (&action.goal, action.to) {
            (Some(goal), _) => pages::aim(goal, lang),
            (None, Some(star)) => fill(t.stars, &[&star]),
            (None, None) => String::new(),
        };
        let label = format!("{} {}: {what}", action.slot, action.id);
        let gain = percent(action.gain.at_least);
        add(&mut table, &label, &gain, Some(action.cost_meso.mean));
    }
    let mut lines = vec![fill(t.rules, &[&answer.rules]), table.to_string()];
    match &answer.best {
        Some(best) => {
            let set = fill(
                t.best_set,
                &[
                    &best.actions.join(", "),
                    &percent(best.gain.shown()),
                    &amount(best.cost_meso.mean),
                    &percent(best.within_budget.value),
                ],
            );
            let doubt = if best.optimal { "" } else { t.perhaps_not_best };
            lines.push(format!("{set}{doubt}"));
        }
        None => lines.push(t.no_set.to_owned()),
    }
    end(lines, &answer.warnings, lang)
}

fn plan_item(index: usize, item: &PlanItemResponse, lang: Lang) -> String {
    let t = lang.console();
    let name = item.name.clone();
    let name = name.unwrap_or_else(|| fill(t.numbered_item, &[&index]));
    let (what, mean) = match (&item.potential, &item.star_force) {
        (Some(potential), _) => {
            let cost = potential.cost_meso.as_ref().and_then(Option::as_ref);
            (
                console::goal(&potential.goal, lang),
                cost.map(|cost| cost.mean),
            )
        }
        (None, Some(stars)) => (t.star_force.to_owned(), Some(stars.cost_meso.mean)),
        (None, None) => (String::new(), None),
    };
    let mean = mean.map_or_else(|| t.no_price.to_owned(), amount);
    format!("{name}: {what}: {mean}")
}

fn spread_table(of: &str, trials: &TrialSpread, cost: Option<&CostSpread>, lang: Lang) -> String {
    let t = lang.console();
    let mut table = table(&["", of, t.meso, t.short]);
    let mean = cost.map(|cost| cost.mean);
    add(&mut table, t.mean, &count(trials.mean), mean);
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

fn bounded_table(cost: &BoundedSpread, lang: Lang) -> String {
    let t = lang.console();
    let mut table = table(&["", t.between, t.meso, t.short]);
    add(&mut table, t.mean, t.exact, Some(cost.mean));
    for quantile in &cost.quantiles {
        let lower = short(quantile.lower.into());
        let upper = quantile
            .upper
            .map_or_else(|| "?".to_owned(), |meso| short(meso.into()));
        let bounds = fill(t.bounds, &[&lower, &upper]);
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

fn certainty(within: Option<f64>, bounds: Option<ChanceBounds>, lang: Lang) -> Option<String> {
    let (within, bounds) = within.zip(bounds)?;
    Some(fill(
        lang.console().budget_bounds,
        &[
            &percent(within),
            &percent(bounds.lower),
            &percent(bounds.upper),
        ],
    ))
}

fn end(mut lines: Vec<String>, warnings: &[Warning], lang: Lang) -> String {
    lines.extend(
        warnings
            .iter()
            .map(|warning| format!("! {}", console::warning(warning, lang))),
    );
    lines.push(String::new());
    lines.join("\n")
}

fn amount(meso: u128) -> String {
    format!("{} ({})", korean(meso), short(meso))
}

fn one_in(chance: f64, lang: Lang) -> String {
    let t = lang.console();
    if chance > 0.0 {
        fill(t.one_in, &[&count(1.0 / chance)])
    } else {
        t.never.to_owned()
    }
}

/// A percentage with as many digits as tell it from 0 and 100.
fn percent(chance: f64) -> String {
    let percent = chance * 100.0;
    if (0.1..=99.9).contains(&percent) {
        format!("{} %", (percent * 100.0).round() / 100.0)
    } else {
        // Ten digits: further ones are rounding errors.
        let rounded = format!("{percent:.9e}").parse().unwrap_or(percent);
        format!("{rounded} %")
    }
}
