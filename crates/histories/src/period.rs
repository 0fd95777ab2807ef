//! Periods of days, as Nexon counts them.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

/// Days of a period that is not named.
pub const DEFAULT_DAYS: i32 = 30;

/// Upper bound on the days of one period.
pub const MAX_DAYS: i32 = 90;

/// Days that Nexon keeps a history for, before today.
pub const MAX_AGE_DAYS: i32 = 730;

/// Korea is nine hours ahead of UTC, all year.
const KST: Offset = Offset::constant(9);

/// Days from one to another, both included; at most [`MAX_DAYS`], none older than
/// [`MAX_AGE_DAYS`], none in the future.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    from: Date,
    to: Date,
}

/// Days that no history can be read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// The period ends before it begins.
    #[error("{from} is after {to}")]
    Reversed {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
    /// The period is too long for one report.
    #[error("{days} days are more than 1 to {MAX_DAYS}")]
    TooLong {
        /// Days of the period.
        days: i32,
    },
    /// Nexon does not keep histories for so long.
    #[error("{from} is more than {MAX_AGE_DAYS} days back; the oldest day is {oldest}")]
    TooOld {
        /// First day.
        from: Date,
        /// The oldest day there is a history of.
        oldest: Date,
    },
    /// The period ends in the future.
    #[error("{to} is in the future; today is {today} in Korea")]
    Future {
        /// Last day.
        to: Date,
        /// The present day in Korea.
        today: Date,
    },
}

/// The present day in Korea, by whose days Nexon keeps histories.
pub fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::fixed(KST)).date()
}

impl Period {
    /// The days from `from` to `to`. Without `to` the period ends today; without `from` it has
    /// [`DEFAULT_DAYS`] days.
    ///
    /// # Errors
    ///
    /// [`PeriodError`] with the bound that is exceeded.
    pub fn new(from: Option<Date>, to: Option<Date>, today: Date) -> Result<Self, PeriodError> {
        let to = to.unwrap_or(today);
        let from = from.unwrap_or_else(|| to.saturating_sub((DEFAULT_DAYS - 1).days()));
        let period = Self { from, to };
        let oldest = today.saturating_sub(MAX_AGE_DAYS.days());
        if to > today {
            return Err(PeriodError::Future { to, today });
        }
        if from > to {
            return Err(PeriodError::Reversed { from, to });
        }
        if from < oldest {
            return Err(PeriodError::TooOld { from, oldest });
        }
        let days = period.days();
        if days > MAX_DAYS {
            return Err(PeriodError::TooLong { days });
        }
        Ok(period)
    }

    /// First day.
    pub const fn from(self) -> Date {
        self.from
    }

    /// Last day.
    pub const fn to(self) -> Date {
        self.to
    }

    /// Number of days.
    pub fn days(self) -> i32 {
        days_between(self.from, self.to) + 1
    }

    /// The day after so many others.
    pub(crate) fn day(self, index: i32) -> Date {
        self.from.saturating_add(index.days())
    }

    /// The number of days before a day; none for a day outside of the period.
    pub(crate) fn index_of(self, day: Date) -> Option<i32> {
        let is_within = (self.from..=self.to).contains(&day);
        is_within.then(|| days_between(self.from, day))
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 22);

    fn period(from: &str, to: &str) -> Result<Period, PeriodError> {
        let day = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
        Period::new(day(from), day(to), TODAY)
    }

    #[test]
    fn days_are_counted_in_korea() {
        let day = |now: &str| today(now.parse().unwrap()).to_string();
        assert_eq!(day("2026-11-22T14:59:59Z"), "2026-11-22");
        assert_eq!(day("2026-11-22T15:00:00Z"), "2026-11-23");
    }

    #[test]
    fn period_without_days_is_the_last_thirty() {
        let usual = period("", "").unwrap();
        assert_eq!(usual.from().to_string(), "2026-10-24");
        assert_eq!((usual.to(), usual.days()), (TODAY, DEFAULT_DAYS));
        assert_eq!(
            period("", "2026-03-01").unwrap().from().to_string(),
            "2026-01-31"
        );
    }

    #[test]
    fn bounds_of_a_period_are_kept_to_the_day() {
        // The oldest day there is, and 90 days from it.
        let oldest = period("2024-11-22", "2025-02-19").unwrap();
        assert_eq!(oldest.days(), MAX_DAYS);
        assert_eq!(oldest.day(89).to_string(), "2025-02-19");
        assert_eq!(oldest.index_of(oldest.to()), Some(89));
        assert_eq!(oldest.index_of(TODAY), None);
        let refused = |from, to| period(from, to).unwrap_err().to_string();
        assert_eq!(
            refused("2024-11-21", "2024-11-30"),
            "2024-11-21 is more than 730 days back; the oldest day is 2024-11-22"
        );
        assert_eq!(
            refused("2024-11-22", "2025-02-20"),
            "91 days are more than 1 to 90"
        );
        assert_eq!(
            refused("2026-11-20", "2026-11-19"),
            "2026-11-20 is after 2026-11-19"
        );
        assert_eq!(
            refused("2026-11-20", "2026-11-23"),
            "2026-11-23 is in the future; today is 2026-11-22 in Korea"
        );
    }
}
