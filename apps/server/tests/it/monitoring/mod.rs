//! Alert rules and dashboards name metrics that exist, and every incident has its rule.

mod expression;
mod files;
mod live;

use std::collections::BTreeSet;
use std::fmt::Write;

use alerts::{Thresholds, rules};

use crate::app::TestApp;
use expression::Names;
use live::Scrape;

async fn scrape() -> Scrape {
    let app = TestApp::start().await;
    let scrape = Scrape::parse(&app.metrics().await);
    app.stop().await.unwrap();
    scrape
}

#[tokio::test]
async fn rules_and_dashboards_name_metrics_that_exist() {
    let scrape = scrape().await;
    let recorded = files::recorded();
    let names = Names {
        scrape: &scrape,
        recorded: &recorded,
    };
    let expressions: Vec<_> = files::of_rules()
        .into_iter()
        .chain(files::of_dashboards())
        .collect();
    assert!(expressions.len() > 60, "only {}", expressions.len());
    let flaws: Vec<_> = expressions
        .iter()
        .flat_map(|found| {
            let flaws = names.flaws(&found.text, &found.shown);
            flaws
                .into_iter()
                .map(|flaw| format!("{}: {flaw}", found.place))
        })
        .collect();
    assert!(flaws.is_empty(), "{}", flaws.join("\n"));
}

#[tokio::test]
async fn dashboards_show_every_metric() {
    let scrape = scrape().await;
    let shown: String = files::of_dashboards()
        .iter()
        .map(|found| found.text.clone() + "\n")
        .collect();
    let hidden: Vec<_> = scrape
        .families
        .iter()
        .filter(|family| !shown.contains(&family.name))
        .map(|family| family.name.as_str())
        .collect();
    assert!(hidden.is_empty(), "no panel shows {hidden:?}");
}

#[test]
fn alerts_cover_every_incident_with_its_metric() {
    let alerts = files::alerts();
    for rule in rules(&Thresholds::default()) {
        let alert = alerts
            .iter()
            .find(|alert| alert.incident.as_deref() == Some(rule.incident));
        let alert = alert.unwrap_or_else(|| panic!("no alert for {}", rule.incident));
        let threshold = format!("> {}", rule.raise_above);
        let expression = alert.expression.trim();
        assert!(expression.contains(rule.metric), "{expression}");
        assert!(expression.ends_with(&threshold), "{expression}");
    }
    let named: BTreeSet<_> = alerts
        .iter()
        .filter_map(|a| a.incident.as_deref())
        .collect();
    assert!(named.contains(equipment::UPSTREAM_UNAVAILABLE));
}

#[test]
fn alerts_have_names_severities_and_runbook_headings() {
    let runbook =
        std::fs::read_to_string(files::root().join("docs/operations/runbook.md")).unwrap();
    let headings: BTreeSet<_> = runbook
        .lines()
        .filter_map(|l| l.strip_prefix("## "))
        .collect();
    let mut names = BTreeSet::new();
    for alert in files::alerts() {
        let heading = alert.runbook.strip_prefix("docs/operations/runbook.md#");
        let heading = heading.unwrap_or_else(|| panic!("{}: {}", alert.name, alert.runbook));
        assert!(
            headings.contains(heading),
            "{}: no ## {heading}",
            alert.name
        );
        assert!(["page", "ticket"].contains(&alert.severity.as_str()));
        assert!(
            names.insert(alert.name.clone()),
            "{} stands twice",
            alert.name
        );
    }
}

/// The page that lists every metric, as this program exposes them.
fn page(scrape: &Scrape) -> String {
    let mut page = String::from(
        "# Metrics\n\n\
         Every metric of `GET /metrics` on the admin address.\n\
         Generated: `UPDATE_PAGES=1 cargo nextest run --package server metrics_page` writes this page anew.\n\
         Prometheus adds `job` and `instance`; a label `job` of the program arrives as `exported_job`.\n\n\
         | metric | type | labels | meaning |\n|---|---|---|---|\n",
    );
    for family in &scrape.families {
        let labels = scrape.labels(&family.name).into_iter();
        let labels: Vec<_> = labels.map(|label| format!("`{label}`")).collect();
        let (name, kind, help) = (&family.name, &family.kind, &family.help);
        let labels = labels.join(", ");
        writeln!(page, "| `{name}` | {kind} | {labels} | {help} |").unwrap();
    }
    page
}

#[tokio::test]
async fn metrics_page_lists_every_metric() {
    let expected = page(&scrape().await);
    let file = files::root().join("docs/operations/metrics.md");
    if std::env::var_os("UPDATE_PAGES").is_some() {
        std::fs::write(&file, &expected).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), expected);
}
