//! The equipment document: `/maplestory/v1/character/item-equipment`.
//!
//! Only the fields that are needed are read, borrowed from the text; everything else is skipped.

mod wire;

use cube_probability::Grade;
use equipment::{Equipment, InvalidDocument, Item, PotentialLines, Preset, StatTotals};

use self::wire::{Document, ScrollFlag, Text, WireItem};
use crate::json;

/// Reads an equipment document as the Nexon Open API sends it.
///
/// Presets: `item_equipment_preset_1` to `_3` are taken as they are, empty ones are left out, and
/// `preset_no` (1 when it is null) says which one is active. `item_equipment`, what the character
/// wears now, repeats the active preset and counts only where that preset is null or empty; where
/// the two differ the preset is believed, since that is what the player switches between.
///
/// Numbers may be JSON numbers or texts. What odds and costs go by (level, stars, the scroll flag)
/// must be there and make sense; what is only shown or helps a guess (icon, class, totals) may be
/// missing or null. Option lines are passed through as written.
///
/// # Errors
///
/// [`InvalidDocument`] with the byte, or the path of the value, that cannot be read.
pub fn read_equipment(document: &[u8]) -> Result<Equipment, InvalidDocument> {
    let document: Document<'_> = json::read(document)?;
    let active = document.preset_no.map_or(1, |number| number.0);
    let mut worn = document.item_equipment.0;
    let presets = [
        (1, document.item_equipment_preset_1),
        (2, document.item_equipment_preset_2),
        (3, document.item_equipment_preset_3),
    ]
    .into_iter()
    .filter_map(|(number, own)| {
        let items = own
            .filter(|items| !items.is_empty())
            .or_else(|| (number == active).then(|| worn.take()).flatten())
            .filter(|items| !items.is_empty())?;
        Some(Preset {
            number,
            active: number == active,
            items: items.into_iter().map(item).collect(),
        })
    })
    .collect();
    Ok(Equipment {
        class: document.character_class.and_then(Text::into_filled),
        presets,
    })
}

fn item(wire: WireItem<'_>) -> Item {
    let totals = wire.item_total_option.unwrap_or_default();
    Item {
        slot: wire.item_equipment_slot.into_string(),
        kind: wire.item_equipment_part.into_string(),
        name: wire.item_name.into_string(),
        icon: wire.item_icon.and_then(Text::into_filled),
        level: wire.item_base_option.base_equipment_level.0,
        potential: potential(
            wire.potential_option_grade,
            [
                wire.potential_option_1,
                wire.potential_option_2,
                wire.potential_option_3,
            ],
        ),
        additional_potential: potential(
            wire.additional_potential_option_grade,
            [
                wire.additional_potential_option_1,
                wire.additional_potential_option_2,
                wire.additional_potential_option_3,
            ],
        ),
        stars: wire.starforce.0,
        stars_from_scroll: wire.starforce_scroll_flag == Some(ScrollFlag::Used),
        totals: StatTotals {
            str: totals.str.0,
            dex: totals.dex.0,
            int: totals.int.0,
            luk: totals.luk.0,
            max_hp: totals.max_hp.0,
            attack: totals.attack_power.0,
            magic: totals.magic_power.0,
        },
    }
}

/// No grade and no line means no potential. Lines without a grade are kept with the empty text as
/// their grade, so that they are reported rather than lost.
fn potential(grade: Option<Text<'_>>, lines: [Option<Text<'_>>; 3]) -> Option<PotentialLines> {
    let grade = grade.and_then(Text::into_filled);
    let lines = lines.map(|line| line.and_then(Text::into_filled));
    if grade.is_none() && lines.iter().all(Option::is_none) {
        return None;
    }
    let word = grade.unwrap_or_default();
    Some(PotentialLines {
        grade: Grade::from_korean(&word).ok_or(word),
        lines,
    })
}

#[cfg(test)]
mod tests;
