//! Metrics as `/metrics` exposes them: families, series, labels.

use std::collections::{BTreeMap, BTreeSet};

/// A metric family of the exposition format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Family {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) help: String,
}

/// The labels of one series.
pub(crate) type Labels = BTreeMap<String, String>;

/// Everything one scrape returned.
#[derive(Debug, Default)]
pub(crate) struct Scrape {
    pub(crate) families: Vec<Family>,
    series: BTreeMap<String, Vec<Labels>>,
}

impl Scrape {
    /// Reads the text format, version 0.0.4.
    pub(crate) fn parse(text: &str) -> Self {
        let mut scrape = Self::default();
        let mut help = String::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                rest.split_once(' ').unwrap().1.clone_into(&mut help);
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').unwrap();
                scrape.families.push(Family {
                    name: name.to_owned(),
                    kind: kind.to_owned(),
                    help: std::mem::take(&mut help),
                });
            } else {
                let (name, labels) = series(line);
                scrape.series.entry(name).or_default().push(labels);
            }
        }
        scrape
    }

    /// The series of a name, those of a histogram under `_bucket`, `_sum` and `_count`.
    pub(crate) fn series(&self, name: &str) -> Option<&[Labels]> {
        self.series.get(name).map(Vec::as_slice)
    }

    /// The label names of a family.
    pub(crate) fn labels(&self, family: &str) -> BTreeSet<&str> {
        let names = [family.to_owned(), format!("{family}_bucket")];
        let series = names.iter().filter_map(|name| self.series(name)).flatten();
        series.flat_map(Labels::keys).map(String::as_str).collect()
    }
}

/// Splits `name{label="value",...} number`.
fn series(line: &str) -> (String, Labels) {
    let end = line.find(['{', ' ']).unwrap();
    let (name, mut rest) = line.split_at(end);
    let mut labels = Labels::new();
    rest = rest.strip_prefix('{').unwrap_or(rest);
    while let Some((label, after)) = rest.split_once("=\"") {
        let mut escaped = false;
        let close = after.find(|c| {
            let closes = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            closes
        });
        let (value, after) = after.split_at(close.unwrap());
        labels.insert(label.trim_start_matches(',').to_owned(), value.to_owned());
        rest = &after[1..];
    }
    (name.to_owned(), labels)
}

#[test]
fn scrape_has_the_labels_of_every_series() {
    let text = "# HELP a_total Things.\n# TYPE a_total counter\n\
        a_total{route=\"/x/{name}\",kind=\"say \\\"b\\\"\"} 1\na_total{route=\"y\",kind=\"c\"} 2\n\
        # HELP s Seconds.\n# TYPE s histogram\ns_bucket{le=\"0.1\"} 1\ns_sum 3\ns_count 1\n";
    let scrape = Scrape::parse(text);
    assert_eq!(scrape.families[0].help, "Things.");
    assert_eq!(scrape.families[1].kind, "histogram");
    assert_eq!(scrape.series("a_total").unwrap()[0]["route"], "/x/{name}");
    assert_eq!(
        scrape.series("a_total").unwrap()[0]["kind"],
        "say \\\"b\\\""
    );
    assert_eq!(scrape.labels("s"), BTreeSet::from(["le"]));
    assert!(scrape.series("s_count").unwrap()[0].is_empty());
}
