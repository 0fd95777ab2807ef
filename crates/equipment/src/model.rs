//! Characters and their equipment, in the words of the domain rather than of the upstream's JSON.

use cube_probability::Grade;
use jiff::Timestamp;
use kernel::{CharacterName, Ocid};

use crate::Document;

/// Identity of a character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Character {
    /// The upstream's identifier.
    pub ocid: Ocid,
    /// The character's name.
    pub name: CharacterName,
    /// The world's Korean name, such as `스카니아`.
    pub world: String,
    /// The class's Korean name, such as `에반`; empty when the upstream gives none.
    pub class: String,
    /// The character's level, 1 to 300; 0 when the upstream gives none.
    pub level: u16,
}

/// A character as it was at a point in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CharacterRecord {
    /// Identity of the character.
    pub character: Character,
    /// Time at which the upstream gave it.
    pub fetched_at: Timestamp,
}

/// An equipment document as it was received at a point in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The character that wears it.
    pub ocid: Ocid,
    /// Time of receipt.
    pub fetched_at: Timestamp,
    /// The document, compressed.
    pub document: Document,
}

/// Equipment of a character, in up to three presets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equipment {
    /// The class's Korean name, when the document names it.
    pub class: Option<String>,
    /// The presets that hold anything, by number.
    pub presets: Vec<Preset>,
    /// The stats that the title gives.
    pub title: StatTotals,
}

impl Equipment {
    /// The items that are worn now; none where no preset is.
    pub fn worn(&self) -> &[Item] {
        let active = self.presets.iter().find(|preset| preset.active);
        active.map_or(&[], |preset| &preset.items)
    }
}

/// One of the three sets of equipment a character switches between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// 1, 2 or 3.
    pub number: u8,
    /// True for the preset that is worn now.
    pub active: bool,
    /// The items in the order of the document.
    pub items: Vec<Item>,
}

/// One piece of equipment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The place it is worn in, in the game's words, such as `반지2`; empty when not given.
    pub slot: String,
    /// The kind of equipment, in the game's words, such as `스태프`; empty when not given.
    pub kind: String,
    /// The item's Korean name; empty when the document gives none.
    pub name: String,
    /// The address of the item's picture.
    pub icon: Option<String>,
    /// The required level, 0 to 300: the one that costs and odds go by.
    pub level: Result<u16, UnreadableField>,
    /// The potential, when the item has one.
    pub potential: Option<PotentialLines>,
    /// The additional potential, when the item has one.
    pub additional_potential: Option<PotentialLines>,
    /// Stars, 0 to 30.
    pub stars: Result<u8, UnreadableField>,
    /// True when the stars come from 놀라운 장비강화 주문서 rather than from star force.
    pub stars_from_scroll: Result<bool, UnreadableField>,
    /// The item's stats in total, its soul counted and its potentials not.
    pub totals: StatTotals,
}

/// A field of an item that the document leaves out or fills with something else than it means.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[error("the document's {field} is `{found}`")]
pub struct UnreadableField {
    /// The upstream's name of the field.
    pub field: &'static str,
    /// The value found there, cut to a few characters.
    pub found: String,
}

/// The lines of one potential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PotentialLines {
    /// The grade, or the text that is not one.
    pub grade: Result<Grade, String>,
    /// The option lines as written by the upstream; a line can be missing.
    pub lines: [Option<String>; 3],
}

/// Stats of a piece of gear in total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatTotals {
    /// STR
    pub str: u32,
    /// DEX
    pub dex: u32,
    /// INT
    pub int: u32,
    /// LUK
    pub luk: u32,
    /// 최대 HP
    pub max_hp: u32,
    /// 공격력
    pub attack: u32,
    /// 마력
    pub magic: u32,
    /// 올스탯, in per cent.
    pub all_stat_pct: u32,
    /// 공격력, in per cent.
    pub attack_pct: u32,
    /// 마력, in per cent.
    pub magic_pct: u32,
    /// 최대 HP, in per cent.
    pub max_hp_pct: u32,
}

impl StatTotals {
    /// STR, DEX, INT and LUK, in this order.
    pub const fn attributes(&self) -> [u32; 4] {
        [self.str, self.dex, self.int, self.luk]
    }
}
