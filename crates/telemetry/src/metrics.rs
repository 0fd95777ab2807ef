//! Metrics: made at zero when the process starts, declared beside the code that counts.
//!
//! A metric that appears only with its first event cannot be told from one that was renamed,
//! and a rate over it misses the first event. So every counter with labels is made together
//! with the label values it is going to have.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use prometheus::core::{Collector, Desc};
use prometheus::process_collector::ProcessCollector;
use prometheus::proto::{Metric, MetricFamily, MetricType};
use prometheus::{
    HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGaugeVec, Opts, Registry,
    TextEncoder,
};

use crate::SpanCounts;

/// Counts events.
pub type Counter = prometheus::IntCounter;
/// A number that goes up and down.
pub type Gauge = prometheus::IntGauge;
/// Counts values by size.
pub type Histogram = prometheus::Histogram;

/// The metrics of one process. A clone is another handle on the same metrics.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    registry: Registry,
    spans: Arc<OnceLock<SpanCounts>>,
}

/// Counters of one name that differ in the values of `N` labels.
#[derive(Debug, Clone)]
pub struct Counters<const N: usize>(IntCounterVec);

impl<const N: usize> Counters<N> {
    /// The counter with these label values, in the order of the labels.
    pub fn with(&self, values: [&str; N]) -> Counter {
        self.0.with_label_values(&values)
    }
}

/// Gauges of one name that differ in the values of `N` labels.
#[derive(Debug, Clone)]
pub struct Gauges<const N: usize>(IntGaugeVec);

impl<const N: usize> Gauges<N> {
    /// The gauge with these label values, in the order of the labels.
    pub fn with(&self, values: [&str; N]) -> Gauge {
        self.0.with_label_values(&values)
    }
}

/// Histograms of one name that differ in the values of `N` labels.
#[derive(Debug, Clone)]
pub struct Histograms<const N: usize>(HistogramVec);

impl<const N: usize> Histograms<N> {
    /// The histogram with these label values, in the order of the labels.
    pub fn with(&self, values: [&str; N]) -> Histogram {
        self.0.with_label_values(&values)
    }
}

/// Values of the counters and gauges at one moment.
#[derive(Debug, Clone, Default)]
pub struct Readings(HashMap<String, f64>);

impl Readings {
    /// Returns the value of the metric of this name, summed over its labels; none when no counter
    /// or gauge has the name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.get(name).copied()
    }

    /// Every value by metric name.
    pub fn into_map(self) -> HashMap<String, f64> {
        self.0
    }
}

/// A gauge that is set when it is collected.
struct Reading {
    gauge: Gauge,
    read: Box<dyn Fn() -> i64 + Send + Sync>,
}

impl Collector for Reading {
    fn desc(&self) -> Vec<&Desc> {
        self.gauge.desc()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        self.gauge.set((self.read)());
        self.gauge.collect()
    }
}

/// Counters with labels that are read when they are collected.
struct ReadCounters {
    family: IntCounterVec,
    rows: Vec<(IntCounter, Box<dyn Fn() -> u64 + Send + Sync>)>,
}

impl Collector for ReadCounters {
    fn desc(&self) -> Vec<&Desc> {
        self.family.desc()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        for (counter, read) in &self.rows {
            // Counters of the process never fall, and two collections may overlap.
            counter.inc_by(read().saturating_sub(counter.get()));
        }
        self.family.collect()
    }
}

/// Label values of a counter, and how it is read.
pub type ReadRow<'v, const N: usize> = ([&'v str; N], Box<dyn Fn() -> u64 + Send + Sync>);

/// Names are literals in the code: a wrong or repeated one is a mistake that every test meets.
const SOUND: &str = "the metric's name and labels are valid, and no other metric has the name";

impl Metrics {
    /// No metrics yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares a counter; `name` ends in `_total`.
    pub fn counter(&self, name: &str, help: &str) -> Counter {
        self.register(Counter::new(name, help).expect(SOUND))
    }

    /// Declares counters with labels, at zero for each row of `known` label values.
    pub fn counters<'v, const N: usize>(
        &self,
        name: &str,
        help: &str,
        labels: [&str; N],
        known: impl IntoIterator<Item = [&'v str; N]>,
    ) -> Counters<N> {
        let family = IntCounterVec::new(Opts::new(name, help), &labels).expect(SOUND);
        let counters = Counters(self.register(family));
        for values in known {
            counters.with(values);
        }
        counters
    }

    /// Declares a gauge.
    pub fn gauge(&self, name: &str, help: &str) -> Gauge {
        self.register(Gauge::new(name, help).expect(SOUND))
    }

    /// Declares gauges with labels, at zero for each row of `known` label values.
    pub fn gauges<'v, const N: usize>(
        &self,
        name: &str,
        help: &str,
        labels: [&str; N],
        known: impl IntoIterator<Item = [&'v str; N]>,
    ) -> Gauges<N> {
        let family = IntGaugeVec::new(Opts::new(name, help), &labels).expect(SOUND);
        let gauges = Gauges(self.register(family));
        for values in known {
            gauges.with(values);
        }
        gauges
    }

    /// Declares a gauge that is read whenever the metrics are.
    pub fn gauge_of(&self, name: &str, help: &str, read: impl Fn() -> i64 + Send + Sync + 'static) {
        let gauge = Gauge::new(name, help).expect(SOUND);
        let read = Box::new(read);
        self.registry
            .register(Box::new(Reading { gauge, read }))
            .expect(SOUND);
    }

    /// Declares counters with labels that are read whenever the metrics are.
    pub fn counters_of<'v, const N: usize>(
        &self,
        name: &str,
        help: &str,
        labels: [&str; N],
        rows: impl IntoIterator<Item = ReadRow<'v, N>>,
    ) {
        let family = IntCounterVec::new(Opts::new(name, help), &labels).expect(SOUND);
        let rows = rows
            .into_iter()
            .map(|(values, read)| (family.with_label_values(&values), read))
            .collect();
        let counters = ReadCounters { family, rows };
        self.registry.register(Box::new(counters)).expect(SOUND);
    }

    /// Declares `process_*`: processor time, memory, threads, open files and start of this process,
    /// with the names of all Prometheus clients.
    pub fn process(&self) {
        let process = ProcessCollector::for_self();
        self.registry.register(Box::new(process)).expect(SOUND);
    }

    /// Declares a histogram; `buckets` are the inclusive upper ends, rising.
    pub fn histogram(&self, name: &str, help: &str, buckets: &[f64]) -> Histogram {
        let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
        self.register(Histogram::with_opts(options).expect(SOUND))
    }

    /// Declares histograms with labels, empty for each row of `known` label values; `buckets`
    /// are the inclusive upper ends, rising.
    pub fn histograms<'v, const N: usize>(
        &self,
        name: &str,
        help: &str,
        buckets: &[f64],
        labels: [&str; N],
        known: impl IntoIterator<Item = [&'v str; N]>,
    ) -> Histograms<N> {
        let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
        let family = HistogramVec::new(options, &labels).expect(SOUND);
        let histograms = Histograms(self.register(family));
        for values in known {
            histograms.with(values);
        }
        histograms
    }

    /// Declares `maple_build_info`, a gauge that is always 1 and carries the build in its labels.
    pub fn build_info(&self, labels: &[(&str, &str)]) {
        let options = labels.iter().fold(
            Opts::new("maple_build_info", "What runs here; always 1."),
            |options, (name, value)| options.const_label(*name, *value),
        );
        self.register(Gauge::with_opts(options).expect(SOUND))
            .set(1);
    }

    /// Counters of recorded spans, declared with the first call.
    pub fn spans(&self) -> SpanCounts {
        let declare = || SpanCounts::new(self);
        self.spans.get_or_init(declare).clone()
    }

    /// Every metric in the text format that Prometheus reads.
    pub fn text(&self) -> String {
        TextEncoder::new()
            .encode_to_string(&self.registry.gather())
            .expect("gathered metrics have the form the encoder expects")
    }

    /// Returns the current value of every counter and gauge.
    pub fn readings(&self) -> Readings {
        let families = self.registry.gather();
        Readings(families.iter().filter_map(reading).collect())
    }

    fn register<C: Collector + Clone + 'static>(&self, metric: C) -> C {
        self.registry
            .register(Box::new(metric.clone()))
            .expect(SOUND);
        metric
    }
}

/// The name of a family of counters or gauges, and their sum.
fn reading(family: &MetricFamily) -> Option<(String, f64)> {
    let value: fn(&Metric) -> f64 = match family.get_field_type() {
        MetricType::COUNTER => |metric| metric.get_counter().get_value(),
        MetricType::GAUGE => |metric| metric.get_gauge().get_value(),
        _ => return None,
    };
    let sum = family.get_metric().iter().map(value).sum();
    Some((family.name().to_owned(), sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_exist_before_the_first_event() {
        let metrics = Metrics::new();
        let calls = metrics.counters(
            "maple_upstream_calls_total",
            "Calls.",
            ["call", "outcome"],
            [["id", "ok"], ["id", "failed"]],
        );
        calls.with(["id", "ok"]).inc();
        let text = metrics.text();
        for line in [
            r#"maple_upstream_calls_total{call="id",outcome="ok"} 1"#,
            r#"maple_upstream_calls_total{call="id",outcome="failed"} 0"#,
        ] {
            assert!(text.contains(line), "{text}");
        }
    }

    #[test]
    fn histograms_count_into_the_first_bucket_that_holds_the_value() {
        let metrics = Metrics::new();
        let sizes = metrics.histograms("bytes", "Sizes.", &[10.0, 20.0], ["kind"], [["a"]]);
        sizes.with(["a"]).observe(20.0);
        let text = metrics.text();
        assert!(
            text.contains(r#"bytes_bucket{kind="a",le="10"} 0"#),
            "{text}"
        );
        assert!(
            text.contains(r#"bytes_bucket{kind="a",le="20"} 1"#),
            "{text}"
        );
    }

    #[test]
    fn readings_give_the_value_of_a_metric_by_name() {
        let metrics = Metrics::new();
        metrics.gauge("gauge", "A gauge.").set(-3);
        let calls = metrics.counters("calls", "Calls.", ["call"], [["id"], ["basic"]]);
        calls.with(["id"]).inc_by(2);
        calls.with(["basic"]).inc();
        metrics.histogram("sizes", "Sizes.", &[1.0]);
        let readings = metrics.readings();
        for (name, value) in [
            ("gauge", Some(-3.0)),
            ("calls", Some(3.0)),
            ("sizes", None),
            ("other", None),
        ] {
            assert_eq!(readings.get(name), value, "{name}");
        }
    }

    #[test]
    fn observed_gauges_are_read_at_collection() {
        let metrics = Metrics::new();
        let read = std::sync::atomic::AtomicI64::new(0);
        metrics.gauge_of("readings", "Readings.", move || {
            read.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
        });
        assert!(metrics.text().contains("readings 0"));
        assert!(metrics.text().contains("readings 1"));
    }

    #[test]
    fn build_info_carries_the_build() {
        let metrics = Metrics::new();
        metrics.build_info(&[("version", "1.2.3")]);
        assert!(
            metrics
                .text()
                .contains(r#"maple_build_info{version="1.2.3"} 1"#)
        );
    }

    #[test]
    #[should_panic(expected = "no other metric has the name")]
    fn repeated_metric_names_panic() {
        let metrics = Metrics::new();
        metrics.gauge("maple_likes_pending", "Pending.");
        metrics.gauge("maple_likes_pending", "Pending.");
    }
}
