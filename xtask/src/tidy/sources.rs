//! Rules for every source file: module docs and a readable length.

use std::fs;
use std::path::Path;

use anyhow::Context;

/// Folders with the source files of the workspace.
pub(super) const FOLDERS: [&str; 4] = ["apps", "crates", "migrations", "xtask"];

/// Upper bound on the lines of a file. The aim is 100 to 200 lines.
const MAX_LINES: usize = 500;

/// Returns a description of each breach of a source file.
pub(super) fn breaches(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        visit(&root.join(folder), "rs", &mut |path, text| {
            let name = path.strip_prefix(root).unwrap_or(path).display();
            found.extend(
                problems(text)
                    .into_iter()
                    .map(|problem| format!("{name}: {problem}")),
            );
        })?;
    }
    Ok(found)
}

fn problems(text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let lines = text.lines().count();
    if lines > MAX_LINES {
        problems.push(format!("{lines} lines; {MAX_LINES} are the limit"));
    }
    if !text.starts_with("//!") {
        problems.push("does not start with `//!` module docs".to_owned());
    }
    problems
}

/// Calls `each` with the path and the text of every file below `folder` whose name ends in
/// `extension`; a missing folder has none.
pub(super) fn visit(
    folder: &Path,
    extension: &str,
    each: &mut dyn FnMut(&Path, &str),
) -> anyhow::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("target") {
            visit(&path, extension, each)?;
        } else if path.extension().is_some_and(|found| found == extension) {
            each(&path, &fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_undescribed_files_are_breaches() {
        assert_eq!(problems("//! Short and described.\n"), Vec::<String>::new());
        assert_eq!(problems("fn main() {}\n").len(), 1);
        assert_eq!(
            problems(&format!("//! Long.\n{}", "\n".repeat(MAX_LINES))).len(),
            1
        );
    }
}
