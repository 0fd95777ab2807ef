//! An expectation as a table for people.

use std::fmt::Write;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};

use api::amount::{count, korean, short};
use api::expectation::{
    ExpectationResponse, ItemCost, PotentialCost, PresetCost, StarForceCost, Subject,
};
use api::responses::Completeness;
use pages::Lang;
use pages::console::{self, fill};

/// The answer as text that ends with a line break.
pub(super) fn of(answer: &ExpectationResponse, lang: Lang) -> String {
    let mut text = String::new();
    let infallible = write_answer(&mut text, answer, lang);
    infallible.expect("writing to memory cannot fail");
    text
}

fn write_answer(text: &mut String, answer: &ExpectationResponse, lang: Lang) -> std::fmt::Result {
    let t = lang.console();
    writeln!(text, "{}", provenance(&answer.character, lang))?;
    if let Some(data) = &answer.data {
        let from = fill(t.data_from, &[&data.source, &data.fetched_at]);
        writeln!(text, "{from}")?;
    }
    let options = &answer.options;
    let rules = fill(
        t.rules_of_gear,
        &[
            &answer.rules,
            &answer.rules_compiled_on,
            &answer.star_force_rules,
            &answer.star_force_rules_compiled_on,
            &console::method_named(options.potential_method, lang),
            &console::method_named(options.additional_method, lang),
        ],
    );
    writeln!(text, "{rules}")?;
    for preset in &answer.presets {
        write_preset(text, preset, lang)?;
    }
    for warning in &answer.warnings {
        writeln!(text, "! {}", console::warning(warning, lang))?;
    }
    Ok(())
}

fn provenance(subject: &Subject, lang: Lang) -> String {
    let t = lang.console();
    let name = subject.name.as_deref().unwrap_or(t.document);
    let class = subject.class.as_deref().unwrap_or(t.unknown_class);
    let level = subject.level.map_or_else(
        || t.unknown_level.to_owned(),
        |level| fill(t.level, &[&level]),
    );
    match &subject.world {
        Some(world) => format!("{name}: {class}, {level}, {world}"),
        None => format!("{name}: {class}, {level}"),
    }
}

fn write_preset(text: &mut String, preset: &PresetCost, lang: Lang) -> std::fmt::Result {
    let t = lang.console();
    let worn = if preset.active { t.worn_now } else { "" };
    writeln!(text, "\n{}{worn}", fill(t.preset, &[&preset.number]))?;
    let mut table = Table::new();
    table
        .load_preset(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header([
            t.item,
            t.lines,
            t.goal,
            t.chance,
            t.resets,
            t.mean_cost,
            t.short,
        ]);
    for item in &preset.items {
        add_item(&mut table, item, lang);
    }
    writeln!(text, "{table}")?;
    let partial = match preset.status {
        Completeness::Complete => "",
        Completeness::Partial => t.partial,
    };
    let total = preset.total.mean_meso;
    let total = fill(t.total, &[&korean(total), &short(total)]);
    writeln!(text, "{total}{partial}")?;
    let parts = &preset.breakdown;
    for (name, amount) in [
        (t.potential, &parts.potential),
        (t.additional_potential, &parts.additional_potential),
        (t.star_force, &parts.star_force),
    ] {
        writeln!(text, "  {name} {}", korean(amount.mean_meso))?;
    }
    Ok(())
}

fn add_item(table: &mut Table, item: &ItemCost, lang: Lang) {
    let name = format!("{} ({})", item.name, item.slot);
    let mut label = name.as_str();
    let additional = lang.console().additional;
    for (kind, potential) in [
        ("", &item.potential),
        (additional, &item.additional_potential),
    ] {
        if potential.status != "not_applicable" {
            table.add_row(potential_row(label, kind, potential, lang));
            label = "";
        }
    }
    if item.star_force.status != "not_applicable" {
        table.add_row(star_row(label, &item.star_force, lang));
    }
}

fn potential_row(label: &str, kind: &str, potential: &PotentialCost, lang: Lang) -> Vec<Cell> {
    let lines = potential.lines.join("\n");
    let goal = potential.goal.as_deref().map_or_else(
        || console::reason(potential.status, potential.reason.as_deref(), lang),
        |goal| console::goal(goal, lang),
    );
    let chance = potential.success_probability;
    let chance = chance.map(|chance| fill(lang.console().one_in, &[&count(1.0 / chance)]));
    // Lines of which none counts have no price: a zero beside the reason would read as one.
    let is_priced = potential.status != "nothing_valued";
    let trials = potential.trials.as_ref().filter(|_| is_priced);
    let trials = trials.map(|trials| count(trials.mean));
    let cost = potential.cost_meso.as_ref().filter(|_| is_priced);
    let cost = cost.map(|cost| cost.mean);
    vec![
        Cell::new(label),
        Cell::new(lines),
        Cell::new(format!("{kind}{goal}")),
        right(chance.unwrap_or_default()),
        right(trials.unwrap_or_default()),
        right(cost.map_or_else(|| status(potential.status, lang), korean)),
        right(cost.map(short).unwrap_or_default()),
    ]
}

fn star_row(label: &str, stars: &StarForceCost, lang: Lang) -> Vec<Cell> {
    let t = lang.console();
    let count = stars.to.map(|to| fill(t.stars, &[&to]));
    let destroyed = stars.mean_destroyed;
    let destroyed = destroyed.map(|times| fill(t.stars_destroyed, &[&format!("{times:.2}")]));
    let reason = stars.reason.as_deref();
    let reason = reason.map(|reason| console::reason(stars.status, Some(reason), lang));
    let cost = stars.mean_meso;
    vec![
        Cell::new(label),
        Cell::new(count.unwrap_or_default()),
        Cell::new(reason.or(destroyed).unwrap_or_default()),
        right(String::new()),
        right(String::new()),
        right(cost.map_or_else(|| status(stars.status, lang), korean)),
        right(cost.map(short).unwrap_or_default()),
    ]
}

fn status(status: &str, lang: Lang) -> String {
    console::status(status, lang).to_owned()
}

fn right(text: String) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

#[cfg(test)]
mod tests {
    use api::calculations::{CostSpread, TrialSpread};

    use super::*;

    #[test]
    fn lines_of_which_none_counts_have_no_price() {
        let potential = PotentialCost {
            status: "nothing_valued",
            grade: None,
            from: None,
            lines: vec!["방어력 +120".to_owned()],
            meaning: None,
            other_meaning: None,
            goal: None,
            success_probability: None,
            pool_level: None,
            trials: Some(TrialSpread {
                mean: 0.0,
                quantiles: Vec::new(),
            }),
            cost_meso: Some(CostSpread {
                mean: 0,
                quantiles: Vec::new(),
            }),
            reason: None,
        };
        let row = potential_row("", "", &potential, Lang::Ko);
        let texts: Vec<String> = row.iter().map(Cell::content).collect();
        assert_eq!(texts[3..], ["", "", "쓸모 없음", ""]);
    }
}
