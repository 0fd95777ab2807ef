//! A character's equipment, where it comes from, and what it would cost to make again.

mod document;
mod model;
mod ports;

pub use document::{ContentHash, Document, DocumentError, MAX_DOCUMENT_BYTES};
pub use model::{
    Character, CharacterRecord, Equipment, Item, Ocid, PotentialLines, Preset, Snapshot, StatTotals,
};
pub use ports::{
    CharacterDirectory, EquipmentSource, InvalidDocument, SnapshotStore, StoreError, UpstreamError,
};
