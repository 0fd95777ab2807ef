//! A luck report for people.

use api::luck::{
    CountResponse, ItemLuckResponse, LuckReportResponse, PaidMesoResponse, ResetLuckResponse,
    StarsLuckResponse,
};
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, Table};

use api::amount::{korean, short};
use pages::Lang;
use pages::console::{self, fill};

/// The report as text that ends with a line break.
pub(super) fn of(report: &LuckReportResponse, lang: Lang) -> String {
    let t = lang.console();
    let mut parts = Vec::new();
    let kinds = &report.kinds;
    for (title, resets) in [
        (t.cubes, &kinds.cube),
        (t.meso_resets, &kinds.potential),
        (t.souls, &kinds.soul_potential),
    ] {
        parts.extend(resets.as_ref().map(|resets| of_resets(title, resets, lang)));
    }
    let stars = kinds.star_force.as_ref();
    parts.extend(stars.map(|stars| of_stars(stars, lang)));
    for (place, failures) in &report.largest_failures_before_certain {
        let named = place.split_once('/').map(|(method, grade)| {
            let method = console::method_named(method, lang);
            format!("{method}/{}", console::grade_named(grade, lang))
        });
        let place = named.as_ref().unwrap_or(place);
        parts.push(fill(t.failures, &[failures, place]));
    }
    parts.push(fill(t.comparisons, &[&report.comparisons]));
    parts.push(String::new());
    parts.join("\n")
}

fn of_resets(title: &str, resets: &ResetLuckResponse, lang: Lang) -> String {
    let t = lang.console();
    let mut table = table(&[
        t.method,
        t.grade,
        t.resets,
        t.rises,
        t.expected,
        t.place,
        t.second_line,
        t.meso,
    ]);
    for grade in &resets.by_grade {
        let method = grade.method.map(|method| console::method(method, lang));
        let second = grade.second_lines.as_ref().map(seen_of_expected);
        let mut row = vec![
            Cell::new(method.unwrap_or_default()),
            Cell::new(console::grade(grade.grade, lang)),
            right(grade.attempts.to_string()),
        ];
        row.extend(count_cells(grade.rises.as_ref()));
        row.push(right(second.unwrap_or_default()));
        row.push(right(grade.cost_meso.map(paid).unwrap_or_default()));
        table.add_row(row);
    }
    let items = of_items(&resets.items, lang);
    let total = &resets.rises;
    let totals = fill(
        t.reset_totals,
        &[
            &title,
            &resets.attempts,
            &resets.unknown,
            &total.seen,
            &beside(total, lang),
        ],
    );
    format!("{totals}\n{table}{items}")
}

/// The items with the most resets, on lines of their own; nothing where there is none.
fn of_items(items: &[ItemLuckResponse], lang: Lang) -> String {
    if items.is_empty() {
        return String::new();
    }
    let t = lang.console();
    let mut table = table(&[
        t.item,
        t.method,
        t.resets,
        t.meso,
        t.best_lines,
        t.mean_resets,
        t.as_good,
    ]);
    for item in items {
        let within = item.within.map(|chance| format!("{:.1} %", chance * 100.0));
        let best = item.best.as_deref().map(|best| pages::aim(best, lang));
        table.add_row([
            Cell::new(&item.item),
            Cell::new(console::method(item.method, lang)),
            right(item.resets.to_string()),
            right(paid(item.cost_meso)),
            Cell::new(best.unwrap_or_default()),
            right(item.mean_resets.map(decimal).unwrap_or_default()),
            right(within.unwrap_or_default()),
        ]);
    }
    format!("\n{table}")
}

fn of_stars(stars: &StarsLuckResponse, lang: Lang) -> String {
    let t = lang.console();
    let mut table = table(&[
        t.star,
        t.attempts,
        t.gained,
        t.expected,
        t.place,
        t.destroyed,
        t.expected,
        t.place,
    ]);
    for star in &stars.by_star {
        let mut row = vec![
            right(star.star.to_string()),
            right(star.attempts.to_string()),
        ];
        row.extend(count_cells(Some(&star.successes)));
        row.extend(count_cells(Some(&star.destructions)));
        table.add_row(row);
    }
    let totals = fill(
        t.star_totals,
        &[
            &stars.attempts,
            &stars.unknown,
            &stars.successes.seen,
            &beside(&stars.successes, lang),
            &stars.destructions.seen,
            &beside(&stars.destructions, lang),
        ],
    );
    format!("{totals}\n{table}")
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

fn beside(count: &CountResponse, lang: Lang) -> String {
    let t = lang.console();
    match (count.expected, count.mid_p) {
        (Some(expected), Some(mid_p)) => {
            fill(t.beside, &[&decimal(expected), &format!("{mid_p:.3}")])
        }
        (Some(expected), None) => fill(t.beside_expected, &[&decimal(expected)]),
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
