//! Rule for log lines: an error is shown with its causes, by `kernel::chain`.

use std::path::Path;

use super::sources::{FOLDERS, visit};

/// Crates without access to `kernel`; the errors that they log have no causes.
const WITHOUT_KERNEL: [&str; 2] = ["crates/telemetry/", "crates/testkit/"];

/// Macros that write a line.
const MACROS: [&str; 4] = ["error!(", "warn!(", "info!(", "debug!("];

/// Ways to write an error that show its outermost message only.
const OUTERMOST: [&str; 3] = ["%error", "?error", " as &dyn "];

/// Returns a description of each log line that shows an error without its causes.
pub(super) fn breaches(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        visit(&root.join(folder), "rs", &mut |path, text| {
            let name = path.strip_prefix(root).unwrap_or(path).display();
            let name = name.to_string();
            let is_exempt = WITHOUT_KERNEL.iter().any(|other| name.starts_with(other));
            if !is_exempt && name.contains("/src/") && !name.starts_with("xtask/") {
                found.extend(problems(text).map(|line| {
                    format!("{name}:{line}: log the error by kernel::chain, with its causes")
                }));
            }
        })?;
    }
    Ok(found)
}

/// Numbers of the lines at which such a macro call begins, from 1.
fn problems(text: &str) -> impl Iterator<Item = usize> {
    let begins = MACROS.iter().flat_map(|name| text.match_indices(name));
    begins.filter_map(|(at, name)| {
        let is_word =
            text[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
        let call = arguments(&text[at + name.len()..]);
        let is_outermost = OUTERMOST.iter().any(|way| call.contains(way));
        (!is_word && is_outermost).then(|| text[..at].lines().count().max(1))
    })
}

/// Text up to the parenthesis that closes the call.
fn arguments(text: &str) -> &str {
    let mut open = 1_i32;
    let end = text.find(|letter| {
        open += match letter {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        open == 0
    });
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_without_their_causes_are_found() {
        let lines = |text| problems(text).collect::<Vec<_>>();
        assert_eq!(
            lines("fn f() {\n    warn!(job, %error, \"(failed\");\n}"),
            [2]
        );
        assert_eq!(
            lines("tracing::error!(\n error = &error as &dyn Error,\n \"failed\")"),
            [1]
        );
        assert_eq!(lines("warn!(error = chain(&error), \"failed\")"), [0; 0]);
        assert_eq!(lines("write!(f, \"{error}\"); %error"), [0; 0]);
        assert_eq!(lines("my_error!(%error)"), [0; 0]);
    }
}
