//! PromQL expressions, checked against a scrape.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use promql_parser::label::{MatchOp, Matcher};
use promql_parser::parser::{self, Expr, VectorSelector};
use promql_parser::util::{ExprVisitor, walk_expr};

use super::live::Scrape;

/// Labels that Prometheus itself adds to each series it scrapes.
const TARGET: [&str; 2] = ["job", "instance"];

/// Series that Prometheus itself makes, with their labels beside [`TARGET`].
const OWN: [(&str, &[&str]); 2] = [
    ("up", &[]),
    ("ALERTS", &["alertname", "alertstate", "severity"]),
];

/// Names that expressions may use: those of a scrape and those of recording rules.
pub(crate) struct Names<'a> {
    pub(crate) scrape: &'a Scrape,
    /// Recording rules and their expressions.
    pub(crate) recorded: &'a BTreeMap<String, String>,
}

impl Names<'_> {
    /// Every metric and label of the expression that does not exist, and what else is wrong with
    /// it; `shown` are labels that its result must have, such as those of a legend.
    pub(crate) fn flaws(&self, expression: &str, shown: &BTreeSet<String>) -> Vec<String> {
        // Variables of Grafana, replaced by values they may have.
        let plain = expression
            .replace("$instance", ".*")
            .replace("$__rate_interval", "1m");
        let parsed = match parser::parse(&plain) {
            Ok(parsed) => parsed,
            Err(error) => return vec![format!("{expression}: {error}")],
        };
        let mut check = Check {
            names: self,
            labels: BTreeSet::new(),
            wanted: shown.clone(),
            flaws: Vec::new(),
        };
        let Ok(_) = walk_expr(&mut check, &parsed);
        let missing = check.wanted.difference(&check.labels);
        let missing = missing.map(|label| format!("no metric has the label {label}"));
        let flaws = check.flaws.iter().cloned().chain(missing);
        flaws.map(|flaw| format!("{expression}: {flaw}")).collect()
    }
}

/// A walk through an expression.
struct Check<'a> {
    names: &'a Names<'a>,
    /// Labels of the metrics seen.
    labels: BTreeSet<String>,
    /// Labels that are grouped or matched by.
    wanted: BTreeSet<String>,
    flaws: Vec<String>,
}

impl ExprVisitor for Check<'_> {
    type Error = Infallible;

    fn pre_visit(&mut self, part: &Expr) -> Result<bool, Infallible> {
        let modifier = match part {
            Expr::VectorSelector(selector) => {
                self.selector(selector);
                None
            }
            Expr::MatrixSelector(range) => {
                self.selector(&range.vs);
                None
            }
            Expr::Aggregate(aggregate) => aggregate.modifier.as_ref(),
            Expr::Binary(binary) => binary
                .modifier
                .as_ref()
                .and_then(|modifier| modifier.matching.as_ref()),
            _ => None,
        };
        if let Some(modifier) = modifier {
            self.wanted.extend(modifier.labels().labels.iter().cloned());
        }
        Ok(true)
    }
}

impl Check<'_> {
    fn selector(&mut self, selector: &VectorSelector) {
        let Some(name) = selector.name.as_deref() else {
            self.flaws.push("a selector without a metric".to_owned());
            return;
        };
        self.labels.extend(TARGET.map(str::to_owned));
        if let Some((_, labels)) = OWN.iter().find(|(own, _)| *own == name) {
            self.labels
                .extend(labels.iter().map(|&label| label.to_owned()));
            return;
        }
        if self.names.recorded.contains_key(name) {
            if !selector.matchers.matchers.is_empty() {
                let flaw = format!("{name} is recorded without labels");
                self.flaws.push(flaw);
            }
            return;
        }
        let Some(series) = self.names.scrape.series(name) else {
            self.flaws.push(format!("there is no metric {name}"));
            return;
        };
        for label in series.iter().flat_map(BTreeMap::keys) {
            self.labels.insert(scraped(label));
        }
        for matcher in &selector.matchers.matchers {
            let label = matcher.name.as_str();
            let is_there = TARGET.contains(&label)
                || series.iter().any(|labels| {
                    let value = labels.iter().find(|(name, _)| scraped(name) == label);
                    value.is_some_and(|(_, value)| selects(matcher, value))
                });
            if !is_there {
                let flaw = format!("{name} never has {label}: {}", matcher.value);
                self.flaws.push(flaw);
            }
        }
    }
}

/// The name of a label once Prometheus has scraped it.
fn scraped(label: &str) -> String {
    if TARGET.contains(&label) {
        format!("exported_{label}")
    } else {
        label.to_owned()
    }
}

/// Whether the matcher speaks of this value, be it to take it or to leave it out.
fn selects(matcher: &Matcher, value: &str) -> bool {
    match &matcher.op {
        MatchOp::Equal | MatchOp::NotEqual => matcher.value == value,
        MatchOp::Re(pattern) | MatchOp::NotRe(pattern) => pattern.is_match(value),
    }
}

#[test]
fn flaws_name_what_does_not_exist() {
    let scrape = Scrape::parse("# TYPE a_total counter\na_total{kind=\"x\",job=\"j\"} 1\n");
    let recorded = BTreeMap::from([("rule:a".to_owned(), "a_total".to_owned())]);
    let names = Names {
        scrape: &scrape,
        recorded: &recorded,
    };
    let count = |expression| names.flaws(expression, &BTreeSet::new()).len();
    for sound in [
        "sum by (kind, instance) (rate(a_total{kind=\"x\"}[5m]))",
        "a_total{exported_job=\"j\",job=\"anything\"} > 0",
        "rule:a / up",
        "sum(a_total{kind!=\"x\"})",
        "histogram_quantile(0.5, rate(a_total{instance=~\"$instance\"}[$__rate_interval]))",
    ] {
        assert_eq!(count(sound), 0, "{sound}");
    }
    for flawed in [
        "b_total",
        "a_total{kind=\"y\"}",
        "a_total{kind=~\"y|z\"}",
        "a_total{sort=\"x\"}",
        "sum by (sort) (a_total)",
        "rate(a_total[5m]",
        "rule:a{kind=\"x\"}",
        "rule:b",
        "a_total{exported_job=\"k\"}",
    ] {
        assert_eq!(count(flawed), 1, "{flawed}");
    }
    let shown = BTreeSet::from(["sort".to_owned()]);
    assert_eq!(names.flaws("a_total", &shown).len(), 1);
}
