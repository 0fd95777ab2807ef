//! Figures of many blocks, and the tables they are printed in.

use std::time::Duration;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};

/// The median; zero of nothing.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    match figures.len() {
        0 => 0.0,
        count if count % 2 == 1 => figures[count / 2],
        count => f64::midpoint(figures[count / 2 - 1], figures[count / 2]),
    }
}

/// The median over the blocks of what one block of the first side is to the block of the second
/// side that was measured beside it.
pub(crate) fn median_ratio(first: &[f64], second: &[f64]) -> f64 {
    median(first.iter().zip(second).map(|(a, b)| a / b).collect())
}

/// Prints a table under a title.
pub(crate) fn print(title: &str, header: &[&str], rows: Vec<Vec<String>>) {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED).set_header(header);
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    println!("{title}\n{table}\n");
}

/// In milliseconds.
pub(crate) fn millis(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1e3)
}

/// In microseconds, from seconds.
pub(crate) fn micros(seconds: f64) -> String {
    format!("{:.1} µs", seconds * 1e6)
}

/// In MiB.
pub(crate) fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / 1024.0 / 1024.0)
}

/// A ratio and whether it reaches its aim.
pub(crate) fn aimed(ratio: f64, aim: f64) -> String {
    let verdict = if ratio >= aim { "met" } else { "not met" };
    format!("{ratio:.2} (aim {aim}: {verdict})")
}
