//! Alert rules and dashboards as they lie in deploy/.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

/// An expression of a rule or of a panel.
#[derive(Debug)]
pub(crate) struct Expression {
    /// The file and the alert or panel.
    pub(crate) place: String,
    pub(crate) text: String,
    /// Labels that its legend or annotations show.
    pub(crate) shown: BTreeSet<String>,
}

/// An alert of the rule files.
#[derive(Debug)]
pub(crate) struct Alert {
    pub(crate) name: String,
    pub(crate) expression: String,
    /// The incident of the service that it watches too.
    pub(crate) incident: Option<String>,
    pub(crate) severity: String,
    pub(crate) runbook: String,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of a folder, in order.
fn files(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{folder}");
    files
}

/// Every rule, with its file.
fn rules() -> Vec<(String, Value)> {
    let mut rules = Vec::new();
    for file in files("deploy/prometheus/rules") {
        let text = std::fs::read_to_string(&file).unwrap();
        let document: Value = serde_saphyr::from_str(&text).unwrap();
        let name = file.file_name().unwrap().to_str().unwrap();
        for group in document["groups"].as_array().unwrap() {
            let all = group["rules"].as_array().unwrap().iter();
            rules.extend(all.map(|rule| (name.to_owned(), rule.clone())));
        }
    }
    rules
}

/// The recording rules and their expressions.
pub(crate) fn recorded() -> BTreeMap<String, String> {
    let rules = rules();
    let recorded = rules.iter().filter(|(_, rule)| rule["record"].is_string());
    recorded
        .map(|(_, rule)| (text(rule, "record"), text(rule, "expr")))
        .collect()
}

/// Every alert.
pub(crate) fn alerts() -> Vec<Alert> {
    let rules = rules();
    let alerts = rules.iter().filter(|(_, rule)| rule["alert"].is_string());
    let alerts = alerts.map(|(_, rule)| Alert {
        name: text(rule, "alert"),
        expression: text(rule, "expr"),
        incident: rule["labels"]["incident"].as_str().map(str::to_owned),
        severity: text(&rule["labels"], "severity"),
        runbook: text(&rule["annotations"], "runbook"),
    });
    alerts.collect()
}

/// Every expression of every rule.
pub(crate) fn of_rules() -> Vec<Expression> {
    let expressions = rules().into_iter().map(|(file, rule)| {
        let name = rule["alert"].as_str().or(rule["record"].as_str());
        Expression {
            place: format!("{file}: {}", name.unwrap()),
            text: text(&rule, "expr"),
            shown: templated(&rule["annotations"].to_string(), "$labels."),
        }
    });
    expressions.collect()
}

/// Every expression of every panel and variable of the dashboards.
pub(crate) fn of_dashboards() -> Vec<Expression> {
    let mut expressions = Vec::new();
    for file in files("deploy/grafana/dashboards") {
        let text_of_file = std::fs::read_to_string(&file).unwrap();
        let dashboard: Value = serde_json::from_str(&text_of_file).unwrap();
        let name = file.file_name().unwrap().to_str().unwrap();
        for panel in dashboard["panels"].as_array().unwrap() {
            for target in panel["targets"].as_array().unwrap() {
                expressions.push(Expression {
                    place: format!("{name}: {}", text(panel, "title")),
                    text: text(target, "expr"),
                    shown: templated(&text(target, "legendFormat"), "{{"),
                });
            }
        }
        for variable in dashboard["templating"]["list"].as_array().unwrap() {
            // label_values(metric, label)
            let query = text(&variable["query"], "query");
            let inner = query.strip_prefix("label_values(").unwrap();
            let (metric, label) = inner.trim_end_matches(')').split_once(", ").unwrap();
            expressions.push(Expression {
                place: format!("{name}: variable"),
                text: metric.to_owned(),
                shown: BTreeSet::from([label.to_owned()]),
            });
        }
    }
    expressions
}

fn text(value: &Value, member: &str) -> String {
    let found = value[member].as_str();
    found
        .unwrap_or_else(|| panic!("no {member} in {value}"))
        .to_owned()
}

/// The names that follow `before` in a template.
fn templated(template: &str, before: &str) -> BTreeSet<String> {
    let parts = template.split(before).skip(1);
    let names = parts.map(|part| {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        part[..end.unwrap_or(part.len())].to_owned()
    });
    names.filter(|name| !name.is_empty()).collect()
}
