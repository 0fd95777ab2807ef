//! An expectation as a table for people.

use std::fmt::Write;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};

use api::amount::{count, korean, short};
use api::expectation::{
    ExpectationResponse, ItemCost, PotentialCost, PresetCost, StarForceCost, Subject,
};
use api::responses::Completeness;

const HEADER: [&str; 7] = [
    "item",
    "lines",
    "goal",
    "chance",
    "resets",
    "mean cost",
    "short",
];

/// The answer as text that ends with a line break.
pub(super) fn of(answer: &ExpectationResponse) -> String {
    let mut text = String::new();
    let infallible = write_answer(&mut text, answer);
    infallible.expect("writing to memory cannot fail");
    text
}

fn write_answer(text: &mut String, answer: &ExpectationResponse) -> std::fmt::Result {
    writeln!(text, "{}", provenance(&answer.character))?;
    if let Some(data) = &answer.data {
        writeln!(text, "data from {} of {}", data.source, data.fetched_at)?;
    }
    let options = &answer.options;
    writeln!(
        text,
        "rules {} ({}), star force {} ({}), potential by {}, additional potential by {}",
        answer.rules,
        answer.rules_compiled_on,
        answer.star_force_rules,
        answer.star_force_rules_compiled_on,
        options.potential_method,
        options.additional_method
    )?;
    for preset in &answer.presets {
        write_preset(text, preset)?;
    }
    for warning in &answer.warnings {
        writeln!(text, "! {}", warning.detail)?;
    }
    Ok(())
}

fn provenance(subject: &Subject) -> String {
    let name = subject.name.as_deref().unwrap_or("document");
    let class = subject.class.as_deref().unwrap_or("unknown class");
    let level = subject.level.map_or_else(
        || "unknown level".to_owned(),
        |level| format!("level {level}"),
    );
    match &subject.world {
        Some(world) => format!("{name}: {class}, {level}, {world}"),
        None => format!("{name}: {class}, {level}"),
    }
}

fn write_preset(text: &mut String, preset: &PresetCost) -> std::fmt::Result {
    let worn = if preset.active { ", worn now" } else { "" };
    writeln!(text, "\npreset {}{worn}", preset.number)?;
    let mut table = Table::new();
    table
        .load_preset(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(HEADER);
    for item in &preset.items {
        add_item(&mut table, item);
    }
    writeln!(text, "{table}")?;
    let partial = match preset.status {
        Completeness::Complete => "",
        Completeness::Partial => " (partial: what has no price is not in it)",
    };
    let total = preset.total.mean_meso;
    writeln!(text, "total {} ({}){partial}", korean(total), short(total))?;
    let parts = &preset.breakdown;
    for (name, amount) in [
        ("potential", &parts.potential),
        ("additional potential", &parts.additional_potential),
        ("star force", &parts.star_force),
    ] {
        writeln!(text, "  {name} {}", korean(amount.mean_meso))?;
    }
    Ok(())
}

fn add_item(table: &mut Table, item: &ItemCost) {
    let name = format!("{} ({})", item.name, item.slot);
    let mut label = name.as_str();
    for (kind, potential) in [("", &item.potential), ("+", &item.additional_potential)] {
        if potential.status != "not_applicable" {
            table.add_row(potential_row(label, kind, potential));
            label = "";
        }
    }
    if item.star_force.status != "not_applicable" {
        table.add_row(star_row(label, &item.star_force));
    }
}

fn potential_row(label: &str, kind: &str, potential: &PotentialCost) -> Vec<Cell> {
    let lines = potential.lines.join("\n");
    let goal = potential.goal.as_deref();
    let reason = potential.reason.as_deref().unwrap_or(potential.status);
    let chance = potential.success_probability.map(one_in);
    let trials = potential.trials.as_ref().map(|trials| count(trials.mean));
    let cost = potential.cost_meso.as_ref().map(|cost| cost.mean);
    let kind = if kind.is_empty() { "" } else { "additional: " };
    vec![
        Cell::new(label),
        Cell::new(lines),
        Cell::new(format!("{kind}{}", goal.unwrap_or(reason))),
        right(chance.unwrap_or_default()),
        right(trials.unwrap_or_default()),
        right(cost.map_or_else(|| potential.status.to_owned(), korean)),
        right(cost.map(short).unwrap_or_default()),
    ]
}

fn star_row(label: &str, stars: &StarForceCost) -> Vec<Cell> {
    let count = stars.to.map(|to| format!("{to} stars"));
    let destroyed = stars.mean_destroyed;
    let destroyed = destroyed.map(|times| format!("star force, destroyed {times:.2} times"));
    let reason = stars.reason.clone().or(destroyed);
    let cost = stars.mean_meso;
    vec![
        Cell::new(label),
        Cell::new(count.unwrap_or_default()),
        Cell::new(reason.unwrap_or_default()),
        right(String::new()),
        right(String::new()),
        right(cost.map_or_else(|| stars.status.to_owned(), korean)),
        right(cost.map(short).unwrap_or_default()),
    ]
}

fn right(text: String) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

fn one_in(probability: f64) -> String {
    format!("1 in {}", count(1.0 / probability))
}
