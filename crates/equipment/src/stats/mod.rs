//! A character's stats: what the upstream records of them, and the sheet that is made of it.

mod gear;
mod readings;
mod sheet;

use std::fmt::Debug;

use async_trait::async_trait;
use planning::{GivenStats, RecordedStats, StatSource};

use crate::{Ocid, UpstreamError};

pub(crate) use readings::KnownReadings;
pub use readings::{HashedReadings, StatReadings};
pub use sheet::{NoStatSheet, SheetOrigin, own_stat_sheet, stat_sheet};
pub(crate) use sheet::{SheetInUse, class_of, hp_point};

/// Sources beside the gear, each a document of its own.
pub const STAT_SOURCES: [StatSource; 6] = [
    StatSource::HyperStat,
    StatSource::Ability,
    StatSource::Symbol,
    StatSource::SetEffect,
    StatSource::UnionRaider,
    StatSource::LinkSkill,
];

/// Source of the stats of characters.
#[async_trait]
pub trait StatsSource: Debug + Send + Sync {
    /// The final stats of a character; `None` when the identifier is not (or no longer) known.
    ///
    /// # Errors
    ///
    /// [`UpstreamError`] when they cannot be known now.
    async fn recorded(&self, ocid: &Ocid) -> Result<Option<RecordedStats>, UpstreamError>;

    /// The sum of what one of [`STAT_SOURCES`] gives a character; `None` when the identifier is
    /// not (or no longer) known. Parts of a document that cannot be read count as nothing.
    ///
    /// # Errors
    ///
    /// [`UpstreamError`] when it cannot be known now.
    async fn given(
        &self,
        ocid: &Ocid,
        source: StatSource,
    ) -> Result<Option<GivenStats>, UpstreamError>;
}
