//! The equipment document: `/maplestory/v1/character/item-equipment`.
//!
//! Only the fields that are needed are read, borrowed from the text; everything else is skipped.

mod wire;

use cube_probability::Grade;
use equipment::{
    Equipment, InvalidDocument, Item, PotentialLines, Preset, StatTotals, UnreadableField,
};
use serde::Deserialize;

use self::wire::{Document, WireItem, WireTotals};
use crate::found::Found;
use crate::json;
use crate::lenient::Object;
use crate::stats::{Points, read_effects};

/// The highest required level of an item.
const MAX_LEVEL: i128 = 300;
/// The highest number of stars of an item.
const MAX_STARS: i128 = 30;

/// Reads an equipment document as the Nexon Open API sends it.
///
/// Presets: `item_equipment_preset_1` to `_3` are taken unchanged, empty ones are left out, and
/// `preset_no` says which one is active. Where it is null or none of the three, that is the
/// preset that repeats `item_equipment`, else the first. `item_equipment`, the gear that is worn
/// now, counts only where the active preset is null or empty; where the two differ the preset is
/// believed, since that is what the player switches between.
///
/// Numbers may be JSON numbers or texts. A field of an item that is missing or cannot be read
/// costs only the part that depends on it: a level, the stars or the scroll flag are an
/// [`UnreadableField`]; a name, slot or kind is empty; totals count as zero. Option lines are
/// passed through as written.
///
/// # Errors
///
/// [`InvalidDocument`] with the byte where the text stops being JSON, or the path of the part of
/// the frame that is missing: an object with the list `item_equipment`, which may be null.
pub fn read_equipment(document: &[u8]) -> Result<Equipment, InvalidDocument> {
    match json::read::<Document<'_>>(document) {
        Ok(document) => Ok(equipment(document)),
        // A field that stands there twice is still JSON: the last one counts.
        Err(error) if error.problem.starts_with("duplicate field") => {
            let value: serde_json::Value = json::read(document)?;
            let document = Document::deserialize(&value).map_err(|_| error)?;
            Ok(equipment(document))
        }
        Err(error) => Err(error),
    }
}

fn equipment(document: Document<'_>) -> Equipment {
    let worn = items(document.item_equipment.0.unwrap_or_default());
    let presets = [
        document.item_equipment_preset_1,
        document.item_equipment_preset_2,
        document.item_equipment_preset_3,
    ];
    let mut presets = presets.map(|preset| items(preset.0));
    let active = document.preset_no.whole_in(1, 3).unwrap_or_else(|| {
        let repeats = presets
            .iter()
            .position(|own| !own.is_empty() && *own == worn);
        repeats.unwrap_or(0) + 1
    });
    if presets[active - 1].is_empty() {
        presets[active - 1] = worn;
    }
    let presets = (1..).zip(presets).filter(|(_, items)| !items.is_empty());
    let presets = presets.map(|(number, items)| Preset {
        number,
        active: usize::from(number) == active,
        items,
    });
    Equipment {
        class: document.character_class.into_text(),
        presets: presets.collect(),
        title: effects(&document.title.0.title_description),
    }
}

fn items(list: Vec<Object<WireItem<'_>>>) -> Vec<Item> {
    list.into_iter().map(|Object(wire)| item(wire)).collect()
}

fn item(wire: WireItem<'_>) -> Item {
    let Object(base) = wire.item_base_option;
    let level = &base.base_equipment_level;
    let stars = &wire.starforce;
    Item {
        level: (level.whole_in(0, MAX_LEVEL))
            .ok_or_else(|| unreadable("base_equipment_level", level)),
        stars: (stars.whole_in(0, MAX_STARS)).ok_or_else(|| unreadable("starforce", stars)),
        stars_from_scroll: stars_from_scroll(&wire.starforce_scroll_flag),
        totals: plus(
            totals(&wire.item_total_option.0),
            effects(&wire.soul_option),
        ),
        slot: wire.item_equipment_slot.into_text().unwrap_or_default(),
        kind: wire.item_equipment_part.into_text().unwrap_or_default(),
        name: wire.item_name.into_text().unwrap_or_default(),
        icon: wire.item_icon.into_text(),
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
    }
}

/// True when 놀라운 장비강화 주문서 was used. Another word is not guessed at: that would put a price
/// on stars that star force did not make.
fn stars_from_scroll(flag: &Found<'_>) -> Result<bool, UnreadableField> {
    match flag {
        Found::Text(word) if word == "사용" => Ok(true),
        Found::Text(word) if word == "미사용" => Ok(false),
        Found::Nothing => Ok(false),
        odd => Err(unreadable("starforce_scroll_flag", odd)),
    }
}

/// Totals only help to guess the main stat of a class that is not known, so that what cannot be
/// read, and losses, count as zero, and a fraction is cut off.
fn totals(wire: &WireTotals<'_>) -> StatTotals {
    let amount = |found: &Found<'_>| {
        let number = match found {
            Found::Text(text) => text.parse().unwrap_or(0.0),
            Found::Fraction(number) => *number,
            found => found
                .whole_in::<u32>(0, u32::MAX.into())
                .unwrap_or(0)
                .into(),
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a cast saturates, and takes what is no number for zero"
        )]
        let amount = number as u32;
        amount
    };
    StatTotals {
        str: amount(&wire.str),
        dex: amount(&wire.dex),
        int: amount(&wire.int),
        luk: amount(&wire.luk),
        max_hp: amount(&wire.max_hp),
        attack: amount(&wire.attack_power),
        magic: amount(&wire.magic_power),
        all_stat_pct: amount(&wire.all_stat),
        max_hp_pct: amount(&wire.max_hp_rate),
        ..StatTotals::default()
    }
}

/// The stats that a text gives, as that of a soul or a title.
fn effects(text: &Found<'_>) -> StatTotals {
    let Found::Text(text) = text else {
        return StatTotals::default();
    };
    let given = read_effects(text, Points::Scaled);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "sums of whole numbers from texts; an absurd one saturates"
    )]
    let whole = |amount: f64| amount as u32;
    let [str, dex, int, luk] = given.flat.map(whole);
    StatTotals {
        str,
        dex,
        int,
        luk,
        attack: whole(given.attack),
        magic: whole(given.magic),
        all_stat_pct: given.pct.into_iter().map(whole).min().unwrap_or(0),
        attack_pct: whole(given.attack_pct),
        magic_pct: whole(given.magic_pct),
        max_hp_pct: whole(given.max_hp_pct),
        max_hp: 0,
    }
}

fn plus(one: StatTotals, other: StatTotals) -> StatTotals {
    StatTotals {
        str: one.str.saturating_add(other.str),
        dex: one.dex.saturating_add(other.dex),
        int: one.int.saturating_add(other.int),
        luk: one.luk.saturating_add(other.luk),
        max_hp: one.max_hp.saturating_add(other.max_hp),
        attack: one.attack.saturating_add(other.attack),
        magic: one.magic.saturating_add(other.magic),
        all_stat_pct: one.all_stat_pct.saturating_add(other.all_stat_pct),
        attack_pct: one.attack_pct.saturating_add(other.attack_pct),
        magic_pct: one.magic_pct.saturating_add(other.magic_pct),
        max_hp_pct: one.max_hp_pct.saturating_add(other.max_hp_pct),
    }
}

fn unreadable(field: &'static str, found: &Found<'_>) -> UnreadableField {
    UnreadableField {
        field,
        found: found.shown(),
    }
}

/// No grade and no line means no potential. Lines without a grade are kept with the empty text as
/// their grade, so that they are reported rather than lost.
fn potential(grade: Found<'_>, lines: [Found<'_>; 3]) -> Option<PotentialLines> {
    let grade = grade.into_shown();
    let lines = lines.map(Found::into_shown);
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
