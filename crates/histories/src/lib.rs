//! A player's own histories of enhancement, read page by page and counted as luck.
//!
//! Nexon records every cube, every meso reset and every star force attempt of an account, and
//! shows them to a caller with a key of the account's owner. A [`LuckJob`] reads them through
//! the port [`Histories`], a page at a time, and adds each row to a [`LuckTally`]: rows are never
//! kept, so memory does not grow with the history. A job that ends early leaves a [`Cursor`], from
//! which another one goes on.
#![forbid(unsafe_code)]

mod cursor;
mod job;
mod kind;
mod period;
mod ports;
mod tally;
#[cfg(feature = "testkit")]
pub mod testkit;

pub use cursor::{Cursor, InvalidCursor, MAX_CURSOR_BYTES};
pub use job::{LuckJob, LuckPlan, Progress};
pub use kind::{HistoryKind, UnknownHistoryKind};
pub use period::{DEFAULT_DAYS, MAX_AGE_DAYS, MAX_DAYS, Period, PeriodError, today};
pub use ports::{
    Histories, HistoryError, HistoryPage, HistoryRow, OwnHistories, PageStart, SoulRow,
};
pub use tally::{LuckReport, LuckTally, SoulGrade, SoulReport};
