//! The documents that say what a character's stats are and where they come from.
//!
//! Each is read as far as it goes: a part that is missing or not of the expected type counts as
//! nothing, and what it would have given is in the rest of the decomposition.

mod effects;

use equipment::{InvalidDocument, UpstreamError};
use planning::{GivenStats, RecordedStats, StatSource};
use serde_json::Value;

pub(crate) use self::effects::{Points, read as read_effects};
use crate::json;

/// The path of a source's document below `/maplestory/v1`.
pub(crate) const fn path_of(source: StatSource) -> &'static str {
    match source {
        StatSource::ItemEquipment => "character/item-equipment",
        StatSource::HyperStat => "character/hyper-stat",
        StatSource::Ability => "character/ability",
        StatSource::Symbol => "character/symbol-equipment",
        StatSource::SetEffect => "character/set-effect",
        StatSource::UnionRaider => "user/union-raider",
        StatSource::LinkSkill => "character/link-skill",
    }
}

/// Reads `/maplestory/v1/character/stat`.
///
/// # Errors
///
/// [`UpstreamError::Invalid`] for what is no JSON, [`UpstreamError::Unusable`] without a list of
/// final stats.
pub(crate) fn read_recorded(body: &[u8]) -> Result<RecordedStats, UpstreamError> {
    let document: Value = json::read(body)?;
    let stats = list(&document, "final_stat");
    if stats.is_empty() {
        return Err(unusable("final_stat", "there are no final stats"));
    }
    let named: Vec<(&str, String)> = stats
        .iter()
        .filter_map(|stat| Some((stat["stat_name"].as_str()?, shown(&stat["stat_value"])?)))
        .collect();
    let named = named.iter().map(|(name, value)| (*name, value.as_str()));
    Ok(RecordedStats::from_named(named))
}

/// Reads the document of a source.
///
/// # Errors
///
/// [`UpstreamError::Invalid`] for what is no JSON, [`UpstreamError::Unusable`] for what is no
/// object.
pub(crate) fn read_given(source: StatSource, body: &[u8]) -> Result<GivenStats, UpstreamError> {
    let document: Value = json::read(body)?;
    if !document.is_object() {
        return Err(unusable(path_of(source), "expected an object"));
    }
    Ok(match source {
        StatSource::HyperStat => hyper_stat(&document),
        StatSource::Ability => texts(
            list(&document, "ability_info"),
            "ability_value",
            Points::Unscaled,
        ),
        StatSource::Symbol => sum(list(&document, "symbol").iter().map(symbol)),
        StatSource::SetEffect => sum(list(&document, "set_effect")
            .iter()
            .map(|set| texts(list(set, "set_effect_info"), "set_option", Points::Scaled))),
        StatSource::UnionRaider => union_raider(&document),
        StatSource::LinkSkill => texts(
            list(&document, "character_link_skill"),
            "skill_effect",
            Points::Scaled,
        ),
        // Read with the gear itself.
        StatSource::ItemEquipment => GivenStats::default(),
    })
}

fn hyper_stat(document: &Value) -> GivenStats {
    let preset = shown(&document["use_preset_no"]).unwrap_or_default();
    let stats = list(document, &format!("hyper_stat_preset_{preset}"));
    texts(stats, "stat_increase", Points::Unscaled)
}

fn union_raider(document: &Value) -> GivenStats {
    let lists = [
        "union_raider_stat",
        "union_occupied_stat",
        "union_state_stat",
    ];
    let effects = lists.iter().flat_map(|name| list(document, name));
    let effects = effects.filter_map(Value::as_str);
    sum(effects.map(|text| read_effects(text, Points::Unscaled)))
}

fn symbol(symbol: &Value) -> GivenStats {
    let points = |name: &str| -> f64 {
        let text = shown(&symbol[name]).unwrap_or_default();
        text.parse()
            .ok()
            .filter(|points: &f64| points.is_finite())
            .unwrap_or(0.0)
    };
    GivenStats {
        flat_unscaled: ["symbol_str", "symbol_dex", "symbol_int", "symbol_luk"].map(points),
        ..GivenStats::default()
    }
}

/// The sum of the effects that a field of each element tells.
fn texts(list: &[Value], field: &str, points: Points) -> GivenStats {
    let texts = list.iter().filter_map(|element| element[field].as_str());
    sum(texts.map(|text| read_effects(text, points)))
}

fn sum(parts: impl Iterator<Item = GivenStats>) -> GivenStats {
    parts.fold(GivenStats::default(), GivenStats::plus)
}

/// The list of that name; an empty one where something else stands.
fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

/// A text, or a number as a text.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn unusable(path: &str, problem: &str) -> UpstreamError {
    UpstreamError::Unusable(InvalidDocument {
        path: path.to_owned(),
        problem: problem.to_owned(),
    })
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "sums of whole numbers are exact")]
mod tests {
    use serde_json::json;

    use super::*;

    fn given(source: StatSource, document: &Value) -> GivenStats {
        read_given(source, document.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn final_stats_are_read_from_texts_and_numbers() {
        let document = json!({"date": null, "character_class": "에반", "final_stat": [
            {"stat_name": "INT", "stat_value": "62000"},
            {"stat_name": "마력", "stat_value": 7800},
            {"stat_name": "보스 몬스터 데미지", "stat_value": "420.00"},
            {"stat_name": "크리티컬 확률", "stat_value": null},
            "odd",
        ]});
        let stats = read_recorded(document.to_string().as_bytes()).unwrap();
        assert_eq!(stats.attributes[2], 62_000.0);
        assert_eq!(
            (stats.magic_attack, stats.boss_damage_pct),
            (7_800.0, 420.0)
        );
        assert!(stats.critical_rate_pct.is_nan());
    }

    #[test]
    fn documents_of_another_shape_are_unusable_and_no_json_is_invalid() {
        for document in [json!({}), json!({"final_stat": null}), json!([])] {
            let read = read_recorded(document.to_string().as_bytes());
            assert!(
                matches!(read, Err(UpstreamError::Unusable(_))),
                "{document}"
            );
        }
        let read = read_given(StatSource::Ability, b"[]");
        assert!(matches!(read, Err(UpstreamError::Unusable(_))));
        let read = read_given(StatSource::Ability, b"<html>");
        assert!(matches!(read, Err(UpstreamError::Invalid(_))));
    }

    #[test]
    fn sources_are_read_by_their_shapes() {
        let hyper = json!({"use_preset_no": "2", "hyper_stat_preset_1": null,
            "hyper_stat_preset_2": [
                {"stat_type": "INT", "stat_level": 12, "stat_increase": "지력 360 증가"},
                {"stat_type": "공격력/마력", "stat_increase": "공격력과 마력 30 증가"},
                {"stat_type": "STR", "stat_level": 0, "stat_increase": null}]});
        let hyper = given(StatSource::HyperStat, &hyper);
        assert_eq!((hyper.flat_unscaled[2], hyper.magic), (360.0, 30.0));

        let ability = json!({"ability_info": [{"ability_value": "INT 40 증가"}, 7]});
        assert_eq!(given(StatSource::Ability, &ability).flat_unscaled[2], 40.0);

        let symbols = json!({"symbol": [
            {"symbol_int": "2200", "symbol_str": "0"}, {"symbol_int": 1_000}, null]});
        assert_eq!(
            given(StatSource::Symbol, &symbols).flat_unscaled[2],
            3_200.0
        );

        let set = json!({"set_effect": [{"set_name": "보스 장신구", "set_effect_info": [
            {"set_count": 3, "set_option": "올스탯 +10, 공격력/마력 +5"},
            {"set_count": 5, "set_option": "공격력/마력 +5"}],
            "set_option_full": [{"set_count": 9, "set_option": "공격력/마력 +99"}]}]});
        let set = given(StatSource::SetEffect, &set);
        assert_eq!((set.flat, set.magic), ([10.0; 4], 10.0));

        let union = json!({"union_raider_stat": ["INT 100 증가", "STR, DEX, LUK 40 증가"],
            "union_occupied_stat": ["INT 75 증가", "마력 15 증가"], "union_state_stat": null});
        let union = given(StatSource::UnionRaider, &union);
        assert_eq!(union.flat_unscaled, [40.0, 40.0, 175.0, 40.0]);
        assert_eq!(union.magic, 15.0);

        let links = json!({"character_link_skill": [
            {"skill_name": "시그너스 블레스", "skill_effect": "공격력/마력 25 증가"}, {}]});
        assert_eq!(given(StatSource::LinkSkill, &links).magic, 25.0);
    }
}
