//! Every option text of the published tables and of a real document is read and printed back.

use std::collections::BTreeSet;

use crate::shared::shared;
use cube_probability::{OptionLine, Stat};

/// The stat of a name in the tables.
fn stat_of(name: &str, unit: &str) -> Option<Stat> {
    let id = match (name, unit) {
        ("", _) => return None,
        ("BOSS_DMG", _) => "boss_damage_pct".to_owned(),
        ("DMG", _) => "damage_pct".to_owned(),
        ("CRIT_DMG", _) => "crit_damage_pct".to_owned(),
        ("HEAL_EFF", _) => "heal_efficiency_pct".to_owned(),
        ("AUTOSTEAL", _) => "autosteal_pct".to_owned(),
        ("REFLECT", _) => "reflect_pct".to_owned(),
        ("HP_REGEN", _) => "hp_per_4_seconds".to_owned(),
        ("MP_REGEN", _) => "mp_per_4_seconds".to_owned(),
        ("INVINCIBLE_ON_HIT", _) => "invincible_on_hit_seconds".to_owned(),
        ("IGNORE_DMG_PCT_ON_HIT", _) => "ignore_damage_on_hit_pct".to_owned(),
        ("IGNORE_DMG_FLAT_ON_HIT", _) => "ignore_damage_on_hit_flat".to_owned(),
        ("DECENT_ADV_BLESS", _) => "decent_advanced_bless".to_owned(),
        (name, "percent") => format!("{}_pct", name.to_lowercase()),
        (name, "flat") => format!("{}_flat", name.to_lowercase()),
        (name, "seconds") => format!("{}_seconds", name.to_lowercase()),
        (name, "per_level") => name.to_lowercase().replace("9lv", "9_levels"),
        (name, _) => name.to_lowercase(),
    };
    Some(id.parse().unwrap())
}

#[test]
fn every_text_of_the_published_tables_round_trips() {
    let Some(table) = shared("data/potential_pools.csv") else {
        return;
    };
    let rows: BTreeSet<_> = table
        .lines()
        .skip(1)
        .map(|row| row.split(',').collect::<Vec<_>>()[1..5].to_vec())
        .collect();
    assert!(rows.len() > 600, "{} different options", rows.len());
    for row in rows {
        let [text, name, value, unit] = row[..] else {
            panic!("a row of the table has other columns: {row:?}");
        };
        let line: OptionLine = text.parse().unwrap();
        let published = stat_of(name, unit).map(|stat| (stat, value.parse().unwrap()));
        assert_eq!(line.effect(), published, "{text}");
        assert_eq!(line.to_string(), text);
        let with_colon = text.replacen(" +", " : +", 1).replacen(" -", " :  -", 1);
        assert_eq!(with_colon.parse(), Ok(line), "{with_colon}");
    }
}

#[test]
fn every_potential_line_of_a_real_document_is_known() {
    let Some(document) = shared("samples/item-equipment.evan.json") else {
        return;
    };
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let mut seen = 0;
    for items in document
        .as_object()
        .unwrap()
        .values()
        .filter_map(|v| v.as_array())
    {
        for item in items {
            for kind in ["potential_option", "additional_potential_option"] {
                for number in 1..=3 {
                    if let Some(text) = item[format!("{kind}_{number}")].as_str() {
                        let line: OptionLine = text.parse().unwrap();
                        assert_eq!(line.to_string(), text);
                        seen += 1;
                    }
                }
            }
        }
    }
    assert!(seen > 300, "only {seen} lines seen");
}
