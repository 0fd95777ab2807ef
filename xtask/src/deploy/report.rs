//! The table of results, and its place in deploy/README.md.

use anyhow::Context;

/// Result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// With the tool's version and what it measured.
    Passed(String),
    /// With the tool's complaint.
    Failed(String),
}

impl Outcome {
    /// Whether the check found a fault or could not run.
    pub(super) fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_))
    }
}

/// A row of the table.
#[derive(Debug)]
pub(super) struct ReportRow {
    pub(super) name: &'static str,
    pub(super) files: &'static str,
    pub(super) outcome: Outcome,
}

const BEGIN: &str = "<!-- written by `cargo xtask deploy check --record` -->";
const END: &str = "<!-- end -->";

/// The rows as Markdown.
pub(super) fn table(rows: &[ReportRow]) -> String {
    let head = "| check | files | result |\n|---|---|---|\n".to_owned();
    let lines = rows.iter().map(|row| {
        let result = match &row.outcome {
            Outcome::Passed(detail) => format!("passed: {detail}"),
            Outcome::Failed(reason) => format!("**failed**: {reason}"),
        };
        let result = result.replace(['\n', '|'], " ");
        format!("| {} | {} | {} |\n", row.name, row.files, result.trim())
    });
    [head].into_iter().chain(lines).collect()
}

/// The page with this table in the place of an earlier one.
///
/// # Errors
///
/// A page that has no place for a table.
pub(super) fn with_table(page: &str, table: &str) -> anyhow::Result<String> {
    let place = "deploy/README.md has no place for the table";
    let (before, rest) = page.split_once(BEGIN).context(place)?;
    let (_, after) = rest.split_once(END).context(place)?;
    Ok(format!("{before}{BEGIN}\n\n{table}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_replaces_an_earlier_one_and_stays_one_line_a_row() {
        let row = |outcome| ReportRow {
            name: "nginx -t",
            files: "nginx.conf",
            outcome,
        };
        let rows = [
            row(Outcome::Passed("1.22".to_owned())),
            row(Outcome::Failed("line 1\nline | 2".to_owned())),
        ];
        let new = table(&rows);
        assert_eq!(new.lines().count(), 4, "{new}");
        assert!(new.contains("| nginx -t | nginx.conf | passed: 1.22 |"));
        let page = format!("a\n{BEGIN}\n\nold\n{END}\nz\n");
        let page = with_table(&page, &new).unwrap();
        assert!(page.contains(&new) && !page.contains("old"));
        assert!(page.starts_with("a\n") && page.ends_with("z\n"));
        assert!(with_table("a", &new).is_err());
    }

    #[test]
    fn page_has_a_place_for_the_table() {
        let page = std::fs::read_to_string(crate::root().join("deploy/README.md")).unwrap();
        assert!(with_table(&page, "| new |\n").unwrap().contains("| new |"));
    }
}
