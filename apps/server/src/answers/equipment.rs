//! What a character wears.

use cube_probability::{Grade, Part};
use equipment::{Equipment, Item, Place, PotentialLines, Preset};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Completeness, DataAge, Heading, Warning, Who, schema};

/// What a character wears, in up to three presets.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Equipment)]
pub struct EquipmentAnswer {
    /// Whose equipment it is.
    pub character: Who,
    /// Where this comes from, and since when it is known.
    pub data: DataAge,
    /// Whether what the character wears is known. Where it is not, only who it is is, `presets`
    /// is empty, and a warning of the kind `equipment-missing` says why.
    pub status: Completeness,
    /// The presets that hold anything.
    pub presets: Vec<PresetAnswer>,
    /// What to know about this answer.
    pub warnings: Vec<Warning>,
}

/// One of the three sets of equipment a character switches between.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EquipmentPreset)]
pub struct PresetAnswer {
    /// Which preset.
    #[schema(minimum = 1, maximum = 3)]
    pub number: u8,
    /// Whether the character wears it now.
    pub active: bool,
    /// The items in the order of the upstream.
    pub items: Vec<ItemAnswer>,
}

/// One piece of equipment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EquipmentItem)]
pub struct ItemAnswer {
    /// Where it is worn, in the game's words.
    #[schema(example = "반지2")]
    pub slot: String,
    /// What kind of equipment it is, in the game's words.
    #[schema(example = "반지")]
    pub kind: String,
    /// Which option tables apply; null where the item carries no potential of its own.
    #[schema(schema_with = schema::optional_part)]
    pub part: Option<Part>,
    /// The item's Korean name.
    pub name: String,
    /// The required level, which costs and odds go by.
    #[schema(minimum = 0, maximum = 300)]
    pub level: u16,
    /// The address of the item's picture.
    pub icon: Option<String>,
    /// Stars.
    #[schema(minimum = 0, maximum = 30)]
    pub stars: u8,
    /// Whether the stars come from 놀라운 장비강화 주문서 rather than from star force.
    pub stars_from_scroll: bool,
    /// The potential; null where there is none.
    pub potential: Option<PotentialLinesAnswer>,
    /// The additional potential; null where there is none.
    pub additional_potential: Option<PotentialLinesAnswer>,
}

/// The lines of one potential.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PotentialLines)]
pub struct PotentialLinesAnswer {
    /// The grade; null where the upstream's word is not one.
    #[schema(schema_with = schema::optional_grade)]
    pub grade: Option<Grade>,
    /// The upstream's word, where it is not a grade.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_grade: Option<String>,
    /// The option lines as the upstream writes them; null where one is missing.
    pub lines: [Option<String>; 3],
}

impl EquipmentAnswer {
    /// What a character wears, under this heading.
    pub fn new(heading: Heading, equipment: &Equipment) -> Self {
        let presets = equipment.presets.iter().map(Into::into).collect();
        Self::with(heading, Completeness::Complete, presets)
    }

    /// Who a character is, when what it wears is not known; the heading says why.
    pub fn partial(heading: Heading) -> Self {
        Self::with(heading, Completeness::Partial, Vec::new())
    }

    fn with(heading: Heading, status: Completeness, presets: Vec<PresetAnswer>) -> Self {
        Self {
            character: heading.who,
            data: heading.data,
            status,
            presets,
            warnings: heading.warnings,
        }
    }
}

impl From<&Preset> for PresetAnswer {
    fn from(preset: &Preset) -> Self {
        Self {
            number: preset.number,
            active: preset.active,
            items: preset.items.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Item> for ItemAnswer {
    fn from(item: &Item) -> Self {
        Self {
            slot: item.slot.clone(),
            kind: item.kind.clone(),
            part: Place::of(&item.slot, &item.kind).part(),
            name: item.name.clone(),
            level: item.level,
            icon: item.icon.clone(),
            stars: item.stars,
            stars_from_scroll: item.stars_from_scroll,
            potential: item.potential.as_ref().map(Into::into),
            additional_potential: item.additional_potential.as_ref().map(Into::into),
        }
    }
}

impl From<&PotentialLines> for PotentialLinesAnswer {
    fn from(potential: &PotentialLines) -> Self {
        Self {
            grade: potential.grade.as_ref().ok().copied(),
            unknown_grade: potential.grade.as_ref().err().cloned(),
            lines: potential.lines.clone(),
        }
    }
}
