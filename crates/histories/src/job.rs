//! Jobs: reading histories from their first day to their last, and counting them.

use cube_probability::Rules;
use jiff::civil::Date;

use crate::{
    Cursor, HistoryError, HistoryKind, HistoryPage, LuckReport, LuckTally, OwnHistories, PageStart,
    Period, PeriodError,
};

/// Histories that a job reads, and the place from which it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LuckPlan {
    period: Period,
    /// Sorted, each once, at least one.
    kinds: Vec<HistoryKind>,
    at: Position,
}

/// The page that is read next; at the end of the job the day after the last one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Position {
    /// Days before this one.
    day: i32,
    /// Its place among the kinds asked for.
    kind: usize,
    /// Nexon's cursor; none for the first page of a day.
    page: Option<String>,
}

/// State of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Days that are read to their end.
    pub days_done: i32,
    /// Days of the period.
    pub days: i32,
    /// Calls made so far.
    pub calls: u64,
}

/// Reads the histories of one account and counts their rows.
#[derive(Debug)]
pub struct LuckJob {
    histories: Box<dyn OwnHistories>,
    plan: LuckPlan,
    tally: LuckTally,
}

impl LuckPlan {
    /// All of these histories in the period; the usual ones if none is named.
    pub fn new(period: Period, kinds: &[HistoryKind]) -> Self {
        let mut kinds = if kinds.is_empty() {
            HistoryKind::USUAL.to_vec()
        } else {
            kinds.to_vec()
        };
        kinds.sort_unstable();
        kinds.dedup();
        Self {
            period,
            kinds,
            at: Position::default(),
        }
    }

    /// The rest of a job that ended early.
    ///
    /// # Errors
    ///
    /// [`PeriodError`] when the period cannot be read any longer.
    pub fn resume(cursor: Cursor, today: Date) -> Result<Self, PeriodError> {
        let period = Period::new(Some(cursor.from), Some(cursor.to), today)?;
        let mut plan = Self::new(period, &cursor.kinds);
        let kind = plan.kinds.iter().position(|kind| *kind == cursor.kind);
        plan.at = Position {
            day: period.index_of(cursor.day).unwrap_or(0),
            kind: kind.unwrap_or(0),
            page: cursor.page,
        };
        Ok(plan)
    }

    /// The days asked for.
    pub const fn period(&self) -> Period {
        self.period
    }

    /// The histories asked for.
    pub fn kinds(&self) -> &[HistoryKind] {
        &self.kinds
    }

    fn is_done(&self) -> bool {
        self.at.day >= self.period.days()
    }

    fn kind(&self) -> HistoryKind {
        self.kinds[self.at.kind]
    }

    fn day(&self) -> Date {
        self.period.day(self.at.day)
    }

    /// Goes on to the page after the one that was read.
    fn advance(&mut self, next: Option<String>) {
        self.at.page = next;
        if self.at.page.is_none() {
            self.at.kind += 1;
        }
        if self.at.kind == self.kinds.len() {
            self.at.kind = 0;
            self.at.day += 1;
        }
    }
}

impl LuckJob {
    /// A job of which nothing is read yet.
    pub fn new(histories: Box<dyn OwnHistories>, plan: LuckPlan) -> Self {
        Self {
            tally: LuckTally::new(Rules::current(), &plan.kinds),
            histories,
            plan,
        }
    }

    /// Reads and counts one page. Returns whether another one follows.
    ///
    /// A future that is dropped has counted nothing.
    ///
    /// # Errors
    ///
    /// [`HistoryError`]; the job is where it was before, and can be tried again or resumed.
    pub async fn step(&mut self) -> Result<bool, HistoryError> {
        if self.plan.is_done() {
            return Ok(false);
        }
        let kind = self.plan.kind();
        let start = match &self.plan.at.page {
            Some(cursor) => PageStart::Cursor(cursor.clone()),
            None => PageStart::Date(self.plan.day()),
        };
        let page = self.histories.page(kind, &start).await?;
        let next = next_page(&page, &start)?;
        self.tally.add(kind, &page);
        self.plan.advance(next);
        Ok(!self.plan.is_done())
    }

    /// The days and calls so far.
    pub fn progress(&self) -> Progress {
        Progress {
            days_done: self.plan.at.day,
            days: self.plan.period.days(),
            calls: self.histories.calls(),
        }
    }

    /// The place of the next page; none when the job is done.
    pub fn cursor(&self) -> Option<Cursor> {
        if self.plan.is_done() {
            return None;
        }
        let plan = &self.plan;
        let at = (plan.day(), plan.kind());
        let page = plan.at.page.clone();
        Some(Cursor::new(plan.period, &plan.kinds, at, page))
    }

    /// The report of everything read so far.
    pub fn report(&self) -> LuckReport {
        self.tally.report()
    }
}

/// The cursor of the page after this one. One that leads back to the same page would be read
/// without end.
fn next_page(page: &HistoryPage, start: &PageStart) -> Result<Option<String>, HistoryError> {
    let next = page.next.clone();
    match (&next, start) {
        (Some(next), PageStart::Cursor(this)) if next == this => Err(HistoryError::Invalid {
            source: "a page names itself as the next one".into(),
        }),
        _ => Ok(next),
    }
}
