//! Pages of histories, read row by row. A row that cannot be read costs only itself.

use cube_probability::star_force::{Query, Rules as StarRules};
use cube_probability::{Grade, Layer, Method, OptionLine};
use equipment::{InvalidDocument, Slot};
use histories::{HistoryKind, HistoryPage, HistoryRow, SoulRow};
use jiff::civil::Date;
use planning::luck::{PotentialRow, StarOutcome, StarRow};
use serde::Deserialize;

use super::words;
use crate::found::Found;
use crate::json;
use crate::lenient::{List, Object};

/// The highest required level of an item.
const MAX_LEVEL: i128 = 300;
/// The highest star that an attempt can start from.
const MAX_STAR: i128 = 29;
/// The most failures in a row that a history can show.
const MAX_FAILURES: i128 = 10_000;
/// The level at which every star exists; chances do not depend on it.
const ANY_LEVEL: u16 = 250;

#[derive(Deserialize)]
struct WirePage<'a> {
    #[serde(borrow, default)]
    count: Found<'a>,
    #[serde(borrow, default)]
    next_cursor: Found<'a>,
    #[serde(borrow, default)]
    cube_history: Option<List<WireReset<'a>>>,
    #[serde(borrow, default)]
    potential_history: Option<List<WireReset<'a>>>,
    #[serde(borrow, default)]
    starforce_history: Option<List<WireStar<'a>>>,
    #[serde(borrow, default)]
    soul_potential_history: Option<List<WireSoul<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireReset<'a> {
    #[serde(borrow)]
    date_create: Found<'a>,
    #[serde(borrow)]
    cube_type: Found<'a>,
    #[serde(borrow)]
    potential_type: Found<'a>,
    #[serde(borrow)]
    miracle_time_flag: Found<'a>,
    #[serde(borrow)]
    item_equipment_part: Found<'a>,
    #[serde(borrow)]
    target_item: Found<'a>,
    #[serde(borrow)]
    item_level: Found<'a>,
    upgrade_guarantee: Flag,
    #[serde(borrow)]
    upgrade_guarantee_count: Found<'a>,
    #[serde(borrow)]
    before_potential_option: List<WireOption<'a>>,
    #[serde(borrow)]
    after_potential_option: List<WireOption<'a>>,
    #[serde(borrow)]
    before_additional_potential_option: List<WireOption<'a>>,
    #[serde(borrow)]
    after_additional_potential_option: List<WireOption<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireOption<'a> {
    #[serde(borrow)]
    value: Found<'a>,
    #[serde(borrow)]
    grade: Found<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireStar<'a> {
    #[serde(borrow)]
    date_create: Found<'a>,
    #[serde(borrow)]
    item_upgrade_result: Found<'a>,
    #[serde(borrow)]
    before_starforce_count: Found<'a>,
    #[serde(borrow)]
    starcatch_result: Found<'a>,
    #[serde(borrow)]
    superior_item_flag: Found<'a>,
    #[serde(borrow)]
    destroy_defence: Found<'a>,
    #[serde(borrow)]
    chance_time: Found<'a>,
    #[serde(borrow)]
    event_field_flag: Found<'a>,
    #[serde(borrow)]
    upgrade_item: Found<'a>,
    #[serde(borrow)]
    protect_shield: Found<'a>,
    #[serde(borrow)]
    starforce_event_list: List<WireEvent<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WireEvent<'a> {
    #[serde(borrow)]
    pub(super) success_rate: Found<'a>,
    #[serde(borrow)]
    pub(super) destroy_decrease_rate: Found<'a>,
    #[serde(borrow)]
    pub(super) starforce_event_range: Found<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireSoul<'a> {
    #[serde(borrow)]
    before_soul_potential_option: List<WireOption<'a>>,
    #[serde(borrow)]
    after_soul_potential_option: List<WireOption<'a>>,
    #[serde(borrow)]
    soul_potential_grade: Found<'a>,
}

/// A truth value; none where something else stands.
#[derive(Default)]
struct Flag(Option<bool>);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = Found::deserialize(deserializer)?;
        Ok(Self(match found.shown().as_str() {
            "true" => Some(true),
            "false" | "null" => Some(false),
            _ => None,
        }))
    }
}

/// Reads a page of a history as the Nexon Open API sends it.
///
/// A row with a word that is not known is [`HistoryRow::Unreadable`]. A list that is null is empty.
///
/// # Errors
///
/// [`InvalidDocument`] with the byte where the text stops being JSON, or when neither the list nor
/// the count of a page is there.
pub fn read_page(kind: HistoryKind, document: &[u8]) -> Result<HistoryPage, InvalidDocument> {
    let page: WirePage<'_> = json::read(document)?;
    let rows: Option<Vec<HistoryRow>> = match kind {
        HistoryKind::Cube => page.cube_history.map(|list| rows(&list, cube)),
        HistoryKind::Potential => page.potential_history.map(|list| rows(&list, meso_reset)),
        HistoryKind::StarForce => page.starforce_history.map(|list| rows(&list, star)),
        HistoryKind::SoulPotential => page.soul_potential_history.map(|list| rows(&list, soul)),
    };
    if rows.is_none() && page.count == Found::Nothing {
        return Err(InvalidDocument {
            path: "the top of the document".to_owned(),
            problem: format!("no page of the history {kind}"),
        });
    }
    Ok(HistoryPage {
        rows: rows.unwrap_or_default(),
        next: page.next_cursor.into_text(),
    })
}

fn rows<W>(list: &List<W>, read: impl Fn(&W) -> Option<HistoryRow>) -> Vec<HistoryRow> {
    let rows = list.0.iter();
    let rows = rows.map(|Object(wire)| read(wire).unwrap_or(HistoryRow::Unreadable));
    rows.collect()
}

fn cube(wire: &WireReset<'_>) -> Option<HistoryRow> {
    let method = words::cube(text(&wire.cube_type)?)?;
    reset(wire, method)
}

fn meso_reset(wire: &WireReset<'_>) -> Option<HistoryRow> {
    let method = words::meso_reset(text(&wire.potential_type)?)?;
    reset(wire, method)
}

fn reset(wire: &WireReset<'_>, method: Method) -> Option<HistoryRow> {
    let (before, after) = match method.layer() {
        Layer::Potential => (&wire.before_potential_option, &wire.after_potential_option),
        Layer::AdditionalPotential => (
            &wire.before_additional_potential_option,
            &wire.after_additional_potential_option,
        ),
    };
    let (from, to) = (first_grade(before)?, first_grade(after)?);
    // Three results at once stand in one row, of which one was chosen: neither the number of
    // resets nor their rises are known.
    if after.0.len() > 3 {
        return None;
    }
    let day = day(&wire.date_create)?;
    let item_level = wire.item_level.whole_in(0, MAX_LEVEL)?;
    let part = text(&wire.item_equipment_part).and_then(|word| match Slot::of(word, word) {
        Slot::Part(part) => Some(part),
        _ => None,
    });
    Some(HistoryRow::Reset(PotentialRow {
        method: Some(method),
        item: text(&wire.target_item).map(str::to_owned),
        part,
        item_level,
        from,
        to,
        certain: wire.upgrade_guarantee.0?,
        failures: wire.upgrade_guarantee_count.whole_in(0, MAX_FAILURES),
        miracle_time: words::miracle_time(text(&wire.miracle_time_flag).unwrap_or_default())?,
        lines: (after.0.iter().map(|Object(option)| line(option, to))).collect(),
        cost_meso: words::meso_price_rules(method, day)
            .and_then(|rules| rules.meso_reset_price(method, item_level, from)),
    }))
}

/// A line, and whether it is of the grade landed on. One of a rare potential can be of no grade.
fn line(option: &WireOption<'_>, landed_on: Grade) -> Option<(OptionLine, bool)> {
    let line = text(&option.value)?.parse().ok()?;
    let word = text(&option.grade)?;
    let is_prime = match Grade::from_korean(word) {
        Some(grade) if grade <= landed_on => grade == landed_on,
        None if words::is_no_grade(word) => false,
        _ => return None,
    };
    Some((line, is_prime))
}

fn star(wire: &WireStar<'_>) -> Option<HistoryRow> {
    let day = day(&wire.date_create)?;
    let outcome = StarOutcome::from_korean(text(&wire.item_upgrade_result)?)?;
    let star: u8 = wire.before_starforce_count.whole_in(0, MAX_STAR)?;
    let flag = |found: &Found<'_>| words::is_on(text(found).unwrap_or_default());
    // Attempts with a scroll, a shield or on an event's map have chances of their own.
    let has_scroll = text(&wire.upgrade_item).is_some();
    if has_scroll || flag(&wire.protect_shield)? || flag(&wire.event_field_flag)? {
        return None;
    }
    let rules = words::star_rules(day);
    let is_guarded = flag(&wire.destroy_defence)?;
    if is_guarded && !rules.safeguard_stars().contains(&star) {
        return None;
    }
    let terms = Query {
        kind: words::item_kind(flag(&wire.superior_item_flag)?),
        rules,
        star_catch: !rules.has_star_catch() || text(&wire.starcatch_result) == Some("성공"),
        safeguard: if is_guarded { vec![star] } else { Vec::new() },
        events: words::events(&wire.starforce_event_list, star)?,
        ..Query::new(ANY_LEVEL, 0, 1)
    };
    Some(HistoryRow::Star(StarRow {
        star,
        outcome,
        terms,
        chance_time: flag(&wire.chance_time)? && rules == StarRules::KmsBefore20250320,
    }))
}

fn soul(wire: &WireSoul<'_>) -> Option<HistoryRow> {
    let from = first_grade(&wire.before_soul_potential_option)?;
    let after = first_grade(&wire.after_soul_potential_option);
    let to = after.or_else(|| Grade::from_korean(text(&wire.soul_potential_grade)?))?;
    Some(HistoryRow::Soul(SoulRow { from, to }))
}

/// The grade of a potential is that of its first line.
fn first_grade(options: &List<WireOption<'_>>) -> Option<Grade> {
    let Object(first) = options.0.first()?;
    Grade::from_korean(text(&first.grade)?)
}

/// The day of a time such as `2026-10-01T12:00:00.000+09:00`.
fn day(found: &Found<'_>) -> Option<Date> {
    text(found)?.get(..10)?.parse().ok()
}

pub(super) fn text<'f>(found: &'f Found<'_>) -> Option<&'f str> {
    match found {
        Found::Text(text) if !text.is_empty() => Some(&**text),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
