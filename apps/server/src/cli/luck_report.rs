//! A luck report for people.

use api::luck::{
    CountResponse, ItemLuckResponse, LuckReportResponse, PaidMesoResponse, ResetLuckResponse,
    StarsLuckResponse,
};
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, Table};

use api::amount::{korean, short};

const RESETS: [&str; 8] = [
    "method", "grade", "resets", "rises", "expected", "mid-p", "2nd line", "meso",
];
const ITEMS: [&str; 7] = [
    "item",
    "method",
    "resets",
    "meso",
    "best lines",
    "mean resets",
    "as good in as many",
];
const STARS: [&str; 8] = [
    "star",
    "attempts",
    "gained",
    "expected",
    "mid-p",
    "destroyed",
    "expected",
    "mid-p",
];

/// The report as text that ends with a line break.
pub(super) fn of(report: &LuckReportResponse) -> String {
    let mut parts = Vec::new();
    let kinds = &report.kinds;
    for (title, resets) in [
        ("cubes", &kinds.cube),
        ("meso resets", &kinds.potential),
        (
            "potentials of souls (no chances are published)",
            &kinds.soul_potential,
        ),
    ] {
        parts.extend(resets.as_ref().map(|resets| of_resets(title, resets)));
    }
    parts.extend(kinds.star_force.as_ref().map(of_stars));
    for (place, failures) in &report.largest_failures_before_certain {
        parts.push(format!(
            "{failures} failures in a row seen before a certain rise: {place}"
        ));
    }
    parts.push(format!(
        "{} counts compared: one of twenty is below 0.025 or above 0.975 by chance alone",
        report.comparisons
    ));
    parts.push(String::new());
    parts.join("\n")
}

fn of_resets(title: &str, resets: &ResetLuckResponse) -> String {
    let mut table = table(&RESETS);
    for grade in &resets.by_grade {
        let method = grade.method.map(|method| method.to_string());
        let second = grade.second_lines.as_ref().map(seen_of_expected);
        let mut row = vec![
            Cell::new(method.unwrap_or_default()),
            Cell::new(grade.grade),
            right(grade.attempts.to_string()),
        ];
        row.extend(count_cells(grade.rises.as_ref()));
        row.push(right(second.unwrap_or_default()));
        row.push(right(grade.cost_meso.map(paid).unwrap_or_default()));
        table.add_row(row);
    }
    let items = of_items(&resets.items);
    let total = &resets.rises;
    format!(
        "{title}: {} resets, {} unknown rows, {} rises{}\n{table}{items}",
        resets.attempts,
        resets.unknown,
        total.seen,
        beside(total)
    )
}

/// The items with the most resets, on lines of their own; nothing where there is none.
fn of_items(items: &[ItemLuckResponse]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let mut table = table(&ITEMS);
    for item in items {
        let within = item.within.map(|chance| format!("{:.1} %", chance * 100.0));
        table.add_row([
            Cell::new(&item.item),
            Cell::new(item.method),
            right(item.resets.to_string()),
            right(paid(item.cost_meso)),
            Cell::new(item.best.as_deref().unwrap_or_default()),
            right(item.mean_resets.map(decimal).unwrap_or_default()),
            right(within.unwrap_or_default()),
        ]);
    }
    format!("\n{table}")
}

fn of_stars(stars: &StarsLuckResponse) -> String {
    let mut table = table(&STARS);
    for star in &stars.by_star {
        let mut row = vec![
            right(star.star.to_string()),
            right(star.attempts.to_string()),
        ];
        row.extend(count_cells(Some(&star.successes)));
        row.extend(count_cells(Some(&star.destructions)));
        table.add_row(row);
    }
    format!(
        "star force: {} attempts, {} unknown rows, {} stars{}, {} destroyed{}\n{table}",
        stars.attempts,
        stars.unknown,
        stars.successes.seen,
        beside(&stars.successes),
        stars.destructions.seen,
        beside(&stars.destructions)
    )
}

/// Seen, expected and mid-p.
fn count_cells(count: Option<&CountResponse>) -> [Cell; 3] {
    let seen = count.map(|count| count.seen.to_string());
    let expected = count.and_then(|count| count.expected);
    let mid_p = count.and_then(|count| count.mid_p);
    [
        right(seen.unwrap_or_default()),
        right(expected.map(decimal).unwrap_or_default()),
        right(mid_p.map(|p| format!("{p:.3}")).unwrap_or_default()),
    ]
}

fn seen_of_expected(count: &CountResponse) -> String {
    let expected = count.expected.map_or_else(|| "?".to_owned(), decimal);
    format!("{} / {expected}", count.seen)
}

fn beside(count: &CountResponse) -> String {
    match (count.expected, count.mid_p) {
        (Some(expected), Some(mid_p)) => {
            format!(" ({} expected, mid-p {mid_p:.3})", decimal(expected))
        }
        (Some(expected), None) => format!(" ({} expected)", decimal(expected)),
        (None, _) => String::new(),
    }
}

fn decimal(number: f64) -> String {
    format!("{number:.1}")
}

fn paid(meso: PaidMesoResponse) -> String {
    if meso.priced == 0 {
        return String::new();
    }
    let known = u128::from(meso.known);
    format!("{} ({})", korean(known), short(known))
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED).set_header(header);
    table
}

fn right(text: String) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}
