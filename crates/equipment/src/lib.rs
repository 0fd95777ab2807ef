//! A character's equipment, where it comes from, and what it would cost to make again.

mod byte_cache;
mod characters;
mod compression;
mod dictionary;
mod document;
mod evaluation;
mod goal;
mod lookups;
mod model;
mod ports;
mod shared_cache;
mod slot;
mod stats;
#[cfg(feature = "testkit")]
pub mod testkit;
mod upgrades;

pub use byte_cache::ByteCache;
pub use characters::{
    Aged, AnswerValidity, Characters, CharactersError, CharactersSettings, Degradation,
    Dependencies, EquippedCharacter, FRESH_FOR, Freshness, Lookup, Refresh, UPSTREAM_UNAVAILABLE,
    UnreadableDocument,
};
pub use compression::{Compression, InvalidCompression};
pub use dictionary::Dictionary;
pub use document::{ContentHash, Document, DocumentError, MAX_DOCUMENT_BYTES};
pub use evaluation::{
    Assumption, BoundedQuantile, BoundedSpread, CurveStep, EvaluatedItem, EvaluationOptions,
    Evaluator, Expectation, ItemExpectation, Meaning, Methods, NotAddedUp, NotApplicable,
    NotPriced, OtherPrice, Outcome, PotentialExpectation, PresetChoice, PresetExpectation, Price,
    Quantile, Safeguard, SlotStart, SpareItems, Spread, StarForceOutcome, StarForceTerms,
    StarsNotPriced, StarsPrice, StartingGrade, Targets, Total, TotalSpread, Warning, WrongLayer,
    cost_curve, evaluate,
};
pub use goal::as_good_as;
pub use kernel::Ocid;
pub use lookups::Lookups;
pub use model::{
    Character, CharacterRecord, Equipment, Item, PotentialLines, Preset, Snapshot, StatTotals,
    UnreadableField,
};
pub use planning::{Detail, MainStat};
pub use ports::{
    AllowanceSpent, CharacterDirectory, EquipmentSource, FetchAllowance, InvalidDocument,
    SnapshotStore, StoreError, UpstreamError,
};
pub use shared_cache::{SharedCache, SharedChange, SnapshotVersion};
pub use slot::Slot;
pub use stats::{
    HashedReadings, NoStatSheet, STAT_SOURCES, SheetOrigin, StatReadings, StatsSource,
    own_stat_sheet, stat_sheet,
};
pub use upgrades::{
    Action, LeftOut, LeftOutReason, UpgradeAim, UpgradeOptions, UpgradeSet, Upgrades,
    UpgradesError, upgrades,
};
