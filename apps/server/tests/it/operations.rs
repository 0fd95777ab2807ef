//! Files that operators read and deploy, compared with the program.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use alerts::{Thresholds, rules};
use server::config::{Config, Sources};

use crate::app::TestApp;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap()
}

/// Every key there is, as a TOML file would write it.
fn keys() -> BTreeSet<String> {
    let config = Config::load(&Sources::default()).unwrap();
    let shown = config.redacted();
    let keys = shown.lines().map(|line| {
        let line = line.strip_prefix("# ").unwrap_or(line);
        line.split_whitespace().next().unwrap().to_owned()
    });
    keys.collect()
}

#[test]
fn every_key_is_documented_and_no_other() {
    let page = read("docs/operations/configuration.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let documented = rows.map(|row| row.split('`').next().unwrap().to_owned());
    assert_eq!(documented.collect::<BTreeSet<_>>(), keys());
}

#[test]
fn deployed_files_set_keys_that_exist() {
    let keys = keys();
    for file in [
        "deploy/compose.yaml",
        "deploy/.env.example",
        "deploy/Dockerfile",
        "deploy/maple-expectation.service",
        "deploy/sql/mysql.sql",
    ] {
        let text = read(file);
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let variables: BTreeSet<_> = words
            .filter_map(|word| word.strip_prefix("MAPLE__"))
            .collect();
        assert!(!variables.is_empty(), "{file}");
        for variable in variables {
            let key = variable.to_lowercase().replace("__", ".");
            assert!(keys.contains(&key), "{file} sets MAPLE__{variable}");
        }
    }
}

#[test]
fn every_incident_has_a_chapter_in_the_runbook() {
    let runbook = read("docs/operations/runbook.md");
    let chapters: BTreeSet<_> = runbook
        .lines()
        .filter_map(|l| l.strip_prefix("## "))
        .collect();
    for rule in rules(&Thresholds::default()) {
        assert!(chapters.contains(rule.incident), "{}", rule.incident);
    }
    assert!(chapters.contains(equipment::UPSTREAM_UNAVAILABLE));
}

#[tokio::test]
async fn every_metric_that_operators_read_of_is_there() {
    let app = TestApp::start().await;
    let metrics = app.metrics.text();
    let mut named = BTreeSet::new();
    for entry in std::fs::read_dir(root().join("docs/operations")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let words = words.filter(|word| word.starts_with("maple_"));
        named.extend(words.map(str::to_owned));
    }
    assert!(named.len() > 10, "{named:?}");
    named.retain(|name| !metrics.contains(&format!("# TYPE {name} ")));
    assert!(named.is_empty(), "there is no {named:?}");
    app.stop().await.unwrap();
}
