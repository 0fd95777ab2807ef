//! `cargo xtask tidy`: checks of the rules of docs/architecture.md and CONTRIBUTING.md.

mod language;
mod layers;
mod log_lines;
mod sources;

use std::path::Path;

use anyhow::Context;
use cargo_metadata::{Metadata, MetadataCommand};

/// Checks every rule and reports every breach.
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let breaches = breaches(root)?;
    anyhow::ensure!(breaches.is_empty(), "tidy:\n  {}", breaches.join("\n  "));
    for budget in language::slack(root)? {
        println!("tidy: lower the budget of {budget}");
    }
    println!("tidy: layers, confined technology, sources, docs and language are in order");
    Ok(())
}

fn breaches(root: &Path) -> anyhow::Result<Vec<String>> {
    let metadata = MetadataCommand::new().current_dir(root).no_deps().exec()?;
    let mut breaches = layers::breaches(&metadata);
    breaches.extend(unnamed_in_architecture(root, &metadata)?);
    breaches.extend(sources::breaches(root)?);
    breaches.extend(log_lines::breaches(root)?);
    breaches.extend(language::breaches(root)?);
    Ok(breaches)
}

/// Returns a description of each package that docs/architecture.md does not name.
fn unnamed_in_architecture(root: &Path, metadata: &Metadata) -> anyhow::Result<Vec<String>> {
    let page = std::fs::read_to_string(root.join("docs/architecture.md"))
        .context("docs/architecture.md cannot be read")?;
    Ok(metadata
        .workspace_packages()
        .into_iter()
        .filter(|package| !page.contains(&format!("`{}`", package.name)))
        .map(|package| format!("docs/architecture.md does not name `{}`", package.name))
        .collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn repository_keeps_its_rules() {
        assert_eq!(
            super::breaches(crate::root()).unwrap(),
            Vec::<String>::new()
        );
    }
}
