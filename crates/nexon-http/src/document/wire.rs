//! The equipment document's fields, by the names of the Nexon Open API.
//!
//! The frame is strict, the fields are not: a field that is missing, null or of another type is
//! read as such, so that it costs its item only the part that depends on it.

use serde::Deserialize;

use crate::found::Found;
use crate::lenient::{List, Object};

#[derive(Deserialize)]
pub(super) struct Document<'a> {
    #[serde(borrow, default)]
    pub(super) character_class: Found<'a>,
    #[serde(borrow, default)]
    pub(super) preset_no: Found<'a>,
    /// Must be there, be it null: an object without it is some other document.
    pub(super) item_equipment: Worn<'a>,
    #[serde(borrow, default)]
    pub(super) item_equipment_preset_1: List<WireItem<'a>>,
    #[serde(borrow, default)]
    pub(super) item_equipment_preset_2: List<WireItem<'a>>,
    #[serde(borrow, default)]
    pub(super) item_equipment_preset_3: List<WireItem<'a>>,
    #[serde(borrow, default)]
    pub(super) title: Object<WireTitle<'a>>,
}

/// A nullable list whose absence is an error, which a bare `Option` would accept.
#[derive(Deserialize)]
pub(super) struct Worn<'a>(#[serde(borrow)] pub(super) Option<Vec<Object<WireItem<'a>>>>);

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WireItem<'a> {
    #[serde(borrow)]
    pub(super) item_equipment_part: Found<'a>,
    #[serde(borrow)]
    pub(super) item_equipment_slot: Found<'a>,
    #[serde(borrow)]
    pub(super) item_name: Found<'a>,
    #[serde(borrow)]
    pub(super) item_icon: Found<'a>,
    #[serde(borrow)]
    pub(super) item_total_option: Object<WireTotals<'a>>,
    #[serde(borrow)]
    pub(super) item_base_option: Object<WireBase<'a>>,
    #[serde(borrow)]
    pub(super) potential_option_grade: Found<'a>,
    #[serde(borrow)]
    pub(super) additional_potential_option_grade: Found<'a>,
    #[serde(borrow)]
    pub(super) potential_option_1: Found<'a>,
    #[serde(borrow)]
    pub(super) potential_option_2: Found<'a>,
    #[serde(borrow)]
    pub(super) potential_option_3: Found<'a>,
    #[serde(borrow)]
    pub(super) additional_potential_option_1: Found<'a>,
    #[serde(borrow)]
    pub(super) additional_potential_option_2: Found<'a>,
    #[serde(borrow)]
    pub(super) additional_potential_option_3: Found<'a>,
    #[serde(borrow)]
    pub(super) starforce: Found<'a>,
    #[serde(borrow)]
    pub(super) starforce_scroll_flag: Found<'a>,
    #[serde(borrow)]
    pub(super) soul_option: Found<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WireTitle<'a> {
    #[serde(borrow)]
    pub(super) title_description: Found<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WireBase<'a> {
    #[serde(borrow)]
    pub(super) base_equipment_level: Found<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WireTotals<'a> {
    #[serde(borrow)]
    pub(super) str: Found<'a>,
    #[serde(borrow)]
    pub(super) dex: Found<'a>,
    #[serde(borrow)]
    pub(super) int: Found<'a>,
    #[serde(borrow)]
    pub(super) luk: Found<'a>,
    #[serde(borrow)]
    pub(super) max_hp: Found<'a>,
    #[serde(borrow)]
    pub(super) attack_power: Found<'a>,
    #[serde(borrow)]
    pub(super) magic_power: Found<'a>,
    #[serde(borrow)]
    pub(super) all_stat: Found<'a>,
    #[serde(borrow)]
    pub(super) max_hp_rate: Found<'a>,
}
