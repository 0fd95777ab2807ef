//! Gear as a question gives it: the items as `GET .../equipment` answers them.

use cube_probability::{Grade, MAX_ITEM_LEVEL};
use equipment::{Item, PotentialLines, StatTotals};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::calculations::ValidationErrors;
use crate::calculations::numbers::{saturating_i64, up_to};
use crate::calculations::star_force::MAX_STARS;
use crate::responses::schema;

/// A piece of equipment, as `GET .../equipment` answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GearItem {
    /// The slot, in the game's words.
    #[schema(example = "반지2")]
    pub slot: String,
    /// The kind of equipment, in the game's words.
    #[serde(default)]
    #[schema(example = "반지")]
    pub kind: String,
    /// The option tables that apply; read from slot and kind, and ignored here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::optional_part)]
    pub part: Option<String>,
    /// The item's Korean name.
    #[serde(default)]
    pub name: String,
    /// The required level.
    #[serde(deserialize_with = "saturating_i64")]
    #[schema(minimum = 0, maximum = 300)]
    pub level: i64,
    /// The address of the item's picture; ignored here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// Stars.
    #[serde(default, deserialize_with = "saturating_i64")]
    #[schema(minimum = 0, maximum = 30, default = 0)]
    pub stars: i64,
    /// Whether the stars come from 놀라운 장비강화 주문서 rather than from star force.
    #[serde(default)]
    pub stars_from_scroll: bool,
    /// The potential; null where there is none.
    #[serde(default)]
    pub potential: Option<GearLines>,
    /// The additional potential; null where there is none.
    #[serde(default)]
    pub additional_potential: Option<GearLines>,
}

/// The lines of one potential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GearLines {
    /// The grade; null where the game's word is not one.
    #[schema(schema_with = schema::optional_grade)]
    pub grade: Option<String>,
    /// The game's word, where it is not a grade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_grade: Option<String>,
    /// The option lines as the game writes them; null where one is missing.
    #[schema(min_items = 0, max_items = 3)]
    pub lines: Vec<Option<String>>,
}

impl GearItem {
    pub(super) fn checked(&self, at: &str, errors: &mut ValidationErrors) -> Option<Item> {
        let level = errors.collect(&format!("{at}/level"), up_to(MAX_ITEM_LEVEL, self.level));
        let stars = errors.collect(&format!("{at}/stars"), up_to(MAX_STARS, self.stars));
        let mut lines = |name: &str, given: &Option<GearLines>| match given {
            Some(given) => given.checked(&format!("{at}/{name}"), errors).map(Some),
            None => Some(None),
        };
        let potential = lines("potential", &self.potential);
        let additional_potential = lines("additional_potential", &self.additional_potential);
        Some(Item {
            slot: self.slot.clone(),
            kind: self.kind.clone(),
            name: self.name.clone(),
            icon: None,
            level: Ok(level?),
            potential: potential?,
            additional_potential: additional_potential?,
            stars: Ok(stars?),
            stars_from_scroll: Ok(self.stars_from_scroll),
            totals: StatTotals::default(),
        })
    }
}

impl GearLines {
    fn checked(&self, at: &str, errors: &mut ValidationErrors) -> Option<PotentialLines> {
        let grade = match &self.grade {
            Some(word) => errors
                .collect(&format!("{at}/grade"), word.parse::<Grade>())
                .map(Ok),
            None => Some(Err(self.unknown_grade.clone().unwrap_or_default())),
        };
        if self.lines.len() > 3 {
            let detail = format!("{} lines; expected at most 3", self.lines.len());
            errors.add(format!("{at}/lines"), detail);
            return None;
        }
        let mut lines = [const { None }; 3];
        for (place, line) in lines.iter_mut().zip(&self.lines) {
            place.clone_from(line);
        }
        Some(PotentialLines {
            grade: grade?,
            lines,
        })
    }
}
