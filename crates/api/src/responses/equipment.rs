//! Equipment of a character.

use cube_probability::{Grade, Part};
use equipment::{Equipment, Item, PotentialLines, Preset, Slot};
use serde::Serialize;
use utoipa::ToSchema;

use super::{CharacterSummary, Completeness, DataAge, Provenance, Warning, schema};

/// Equipment of a character, in up to three presets.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Equipment)]
pub struct EquipmentResponse {
    /// The character that wears it.
    pub character: CharacterSummary,
    /// Source of the data and time of their fetch.
    pub data: DataAge,
    /// Completeness. Where the equipment is not known, `presets` is empty, and a warning of the kind
    /// `equipment-missing` gives the reason.
    pub status: Completeness,
    /// The presets that hold anything.
    pub presets: Vec<PresetResponse>,
    /// Remarks on the result.
    pub warnings: Vec<Warning>,
}

/// One of the three sets of equipment a character switches between.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EquipmentPreset)]
pub struct PresetResponse {
    /// The preset's number.
    #[schema(minimum = 1, maximum = 3)]
    pub number: u8,
    /// Whether the character wears it now.
    pub active: bool,
    /// The items in the order of the upstream.
    pub items: Vec<ItemResponse>,
}

/// One chunk of equipment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EquipmentItem)]
pub struct ItemResponse {
    /// The slot in which it is worn, in the game's words.
    #[schema(example = "반지2")]
    pub slot: String,
    /// Kind of equipment, in the game's words.
    #[schema(example = "반지")]
    pub kind: String,
    /// Part whose option tables apply; null where the item carries no potential of its own.
    #[schema(schema_with = schema::optional_part)]
    pub part: Option<Part>,
    /// The item's Korean name.
    pub name: String,
    /// The required level, which costs and odds go by; null where the document's cannot be read.
    #[schema(minimum = 0, maximum = 300)]
    pub level: Option<u16>,
    /// The address of the item's picture.
    pub icon: Option<String>,
    /// Stars; null where the document's cannot be read.
    #[schema(minimum = 0, maximum = 30)]
    pub stars: Option<u8>,
    /// True when the stars come from 놀라운 장비강화 주문서, false when they come from star force;
    /// null where the document's word for it is not known.
    pub stars_from_scroll: Option<bool>,
    /// The potential; null where there is none.
    pub potential: Option<PotentialLinesResponse>,
    /// The additional potential; null where there is none.
    pub additional_potential: Option<PotentialLinesResponse>,
}

/// The lines of one potential.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PotentialLines)]
pub struct PotentialLinesResponse {
    /// The grade; null where the upstream's word is not one.
    #[schema(schema_with = schema::optional_grade)]
    pub grade: Option<Grade>,
    /// The upstream's word, where it is not a grade.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_grade: Option<String>,
    /// The option lines as the upstream writes them; null where one is missing.
    pub lines: [Option<String>; 3],
}

impl EquipmentResponse {
    /// Response for the equipment of a character, under this provenance.
    pub fn new(provenance: Provenance, equipment: &Equipment) -> Self {
        let presets = equipment.presets.iter().map(Into::into).collect();
        Self::with(provenance, Completeness::Complete, presets)
    }

    /// Answer of a character whose gear is not known; the provenance says why.
    pub fn partial(provenance: Provenance) -> Self {
        Self::with(provenance, Completeness::Partial, Vec::new())
    }

    fn with(provenance: Provenance, status: Completeness, presets: Vec<PresetResponse>) -> Self {
        Self {
            character: provenance.summary,
            data: provenance.data,
            status,
            presets,
            warnings: provenance.warnings,
        }
    }
}

impl From<&Preset> for PresetResponse {
    fn from(preset: &Preset) -> Self {
        Self {
            number: preset.number,
            active: preset.active,
            items: preset.items.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Item> for ItemResponse {
    fn from(item: &Item) -> Self {
        Self {
            slot: item.slot.clone(),
            kind: item.kind.clone(),
            part: Slot::of(&item.slot, &item.kind).part(),
            name: item.name.clone(),
            level: item.level.as_ref().ok().copied(),
            icon: item.icon.clone(),
            stars: item.stars.as_ref().ok().copied(),
            stars_from_scroll: item.stars_from_scroll.as_ref().ok().copied(),
            potential: item.potential.as_ref().map(Into::into),
            additional_potential: item.additional_potential.as_ref().map(Into::into),
        }
    }
}

impl From<&PotentialLines> for PotentialLinesResponse {
    fn from(potential: &PotentialLines) -> Self {
        Self {
            grade: potential.grade.as_ref().ok().copied(),
            unknown_grade: potential.grade.as_ref().err().cloned(),
            lines: potential.lines.clone(),
        }
    }
}
