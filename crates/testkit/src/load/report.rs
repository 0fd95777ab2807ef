//! Result of a load.

use std::time::Duration;

use super::Verdict;

/// Result of a load.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Latencies of what was served.
    pub served: Latencies,
    /// Latencies of what was refused in due form.
    pub refused: Latencies,
    /// Number of responses that were wrong or broke off.
    pub wrong: usize,
    /// Number of requests without a response at the end.
    pub unanswered: usize,
    /// From the start to the last answer.
    pub length: Duration,
    first_wrong: Option<String>,
}

/// Reason for which a run proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the run is void: {wrong} wrong responses (the first: {first}), {unanswered} without a response"
)]
pub struct VoidRun {
    wrong: usize,
    unanswered: usize,
    first: String,
}

impl Report {
    /// Returns this report if every request had a correct response.
    ///
    /// # Errors
    ///
    /// [`VoidRun`] otherwise.
    pub fn checked(self) -> Result<Self, VoidRun> {
        if self.wrong == 0 && self.unanswered == 0 {
            return Ok(self);
        }
        Err(VoidRun {
            wrong: self.wrong,
            unanswered: self.unanswered,
            first: self.first_wrong.unwrap_or_else(|| "none".to_owned()),
        })
    }

    /// Returns the number of requests served per second.
    pub fn served_per_second(&self) -> f64 {
        self.served.count() as f64 / self.length.as_secs_f64()
    }

    pub(super) fn add(&mut self, verdict: Verdict, latency: Duration, since_start: Duration) {
        self.length = self.length.max(since_start);
        match verdict {
            Verdict::Served => self.served.0.push(latency),
            Verdict::Refused => self.refused.0.push(latency),
            Verdict::Wrong(why) => self.add_wrong(why),
        }
    }

    pub(super) fn add_wrong(&mut self, why: String) {
        self.wrong += 1;
        self.first_wrong.get_or_insert(why);
    }

    pub(super) fn add_unanswered(&mut self) {
        self.unanswered += 1;
    }

    /// Both together.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.served.0.extend(other.served.0);
        self.refused.0.extend(other.refused.0);
        self.wrong += other.wrong;
        self.unanswered += other.unanswered;
        self.length = self.length.max(other.length);
        self.first_wrong = self.first_wrong.or(other.first_wrong);
        self
    }

    pub(super) fn sort(&mut self) {
        self.served.0.sort_unstable();
        self.refused.0.sort_unstable();
    }
}

/// Latencies, shortest first.
#[derive(Debug, Clone, Default)]
pub struct Latencies(Vec<Duration>);

impl Latencies {
    /// Returns the number of latencies.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The shortest latency that this share of them does not exceed, such as 0.99; zero when
    /// there are none.
    pub fn quantile(&self, share: f64) -> Duration {
        let within = |&place: &usize| (place + 1) as f64 >= share * self.0.len() as f64;
        let place = (0..self.0.len()).find(within);
        place.map(|place| self.0[place]).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latencies(millis: impl IntoIterator<Item = u64>) -> Latencies {
        Latencies(millis.into_iter().map(Duration::from_millis).collect())
    }

    #[test]
    fn quantile_is_a_latency_that_this_share_does_not_exceed() {
        let hundred = latencies(1..=100);
        for (share, millis) in [(0.0, 1), (0.5, 50), (0.99, 99), (0.991, 100), (1.0, 100)] {
            assert_eq!(hundred.quantile(share), Duration::from_millis(millis));
        }
        assert_eq!(latencies([]).quantile(0.5), Duration::ZERO);
    }

    #[test]
    fn run_with_a_wrong_or_missing_response_is_void() {
        let served = || {
            let mut report = Report::default();
            report.add(Verdict::Served, Duration::ZERO, Duration::from_secs(1));
            report.add(Verdict::Refused, Duration::ZERO, Duration::from_secs(2));
            report
        };
        let good = served().checked().unwrap();
        assert!((good.served_per_second() - 0.5).abs() < 1e-9);

        let mut wrong = served();
        wrong.add(
            Verdict::Wrong("odd".to_owned()),
            Duration::ZERO,
            Duration::ZERO,
        );
        let void = served().and(wrong).checked().unwrap_err();
        assert!(
            void.to_string()
                .contains("1 wrong responses (the first: odd)")
        );

        let mut late = served();
        late.add_unanswered();
        assert!(late.checked().is_err());
    }
}
