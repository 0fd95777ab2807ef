//! Documents of a character's stats, and of where they come from.

use serde_json::{Value, json};

use super::to_json;
use crate::character::Character;
use crate::game::{Attribute, Effect, Statistics};

/// The body of `/maplestory/v1/character/stat`.
pub(crate) fn stat(character: &Character) -> Vec<u8> {
    let growth = character.growth();
    let wardrobe = character.wardrobe();
    let items = wardrobe.preset(character.preset);
    let stats = Statistics::of(character.class, character.level, &growth, items);
    let whole = |name: &str, value: i64| (name.to_owned(), value.to_string());
    let percent = |name: &str, value: f64| (name.to_owned(), format!("{value:.2}"));
    let lowest = stats.stat_attack / 10 * 9;
    let mut named = vec![
        whole("최소 스탯공격력", lowest),
        whole("최대 스탯공격력", stats.stat_attack),
        percent("데미지", stats.damage as f64),
        percent("보스 몬스터 데미지", stats.boss_damage as f64),
        percent("최종 데미지", stats.final_damage as f64),
        percent("방어율 무시", stats.ignored_defence),
        whole("크리티컬 확률", stats.critical_rate),
        percent("크리티컬 데미지", stats.critical_damage as f64),
    ];
    for attribute in Attribute::ALL {
        let index = attribute as usize;
        named.push(whole(attribute.name(), stats.attributes[index]));
        let spent = format!("AP 배분 {}", attribute.name());
        named.push(whole(&spent, growth.points[index]));
    }
    named.extend([
        whole("HP", stats.max_hp),
        whole("AP 배분 HP", 0),
        whole("공격력", stats.attacks[0]),
        whole("마력", stats.attacks[1]),
        whole("전투력", stats.stat_attack / 3),
    ]);
    let list: Vec<Value> = named
        .into_iter()
        .map(|(name, value)| json!({"stat_name": name, "stat_value": value}))
        .collect();
    of_class(character, &json!({"final_stat": list, "remain_ap": 0}))
}

/// The body of `/maplestory/v1/character/hyper-stat`.
pub(crate) fn hyper_stat(character: &Character) -> Vec<u8> {
    let entry = |(effect, is_active): (Effect, bool)| {
        let (kind, text) = effect.hyper();
        json!({"stat_type": kind, "stat_point": null, "stat_level": u8::from(is_active),
            "stat_increase": is_active.then_some(text)})
    };
    let growth = character.growth();
    let mut body = json!({"use_preset_no": character.preset.to_string(),
        "use_available_hyper_stat": 1_400});
    for number in 1..=3 {
        let effects = growth
            .hyper
            .iter()
            .map(|effect| (*effect, number == character.preset));
        let entries: Vec<Value> = effects.map(entry).collect();
        body[format!("hyper_stat_preset_{number}")] = entries.into();
        body[format!("hyper_stat_preset_{number}_remain_point")] = 0.into();
    }
    of_class(character, &body)
}

/// The body of `/maplestory/v1/character/ability`.
pub(crate) fn ability(character: &Character) -> Vec<u8> {
    let lines = character.growth().ability;
    let lines = (1..).zip(lines).map(|(number, effect): (u8, Effect)| {
        json!({"ability_no": number.to_string(), "ability_grade": "레전드리",
            "ability_value": effect.sentence()})
    });
    let lines: Vec<Value> = lines.collect();
    to_json(
        &json!({"date": null, "ability_grade": "레전드리", "ability_info": lines,
        "remain_fame": 10_000, "preset_no": 1,
        "ability_preset_1": {"ability_preset_grade": "레전드리", "ability_info": lines},
        "ability_preset_2": null, "ability_preset_3": null}),
    )
}

/// The body of `/maplestory/v1/character/symbol-equipment`.
pub(crate) fn symbol_equipment(character: &Character) -> Vec<u8> {
    let growth = character.growth();
    let symbols = growth.symbols.iter().map(|symbol| {
        let [str, dex, int, luk] = symbol.points.map(|points| points.to_string());
        json!({"symbol_name": symbol.name, "symbol_icon": "", "symbol_description": "",
            "symbol_force": (30 + 10 * symbol.level).to_string(), "symbol_level": symbol.level,
            "symbol_str": str, "symbol_dex": dex, "symbol_int": int, "symbol_luk": luk,
            "symbol_hp": "0", "symbol_growth_count": 0, "symbol_require_growth_count": 0})
    });
    let symbols: Vec<Value> = symbols.collect();
    of_class(character, &json!({"symbol": symbols}))
}

/// The body of `/maplestory/v1/character/set-effect`.
pub(crate) fn set_effect(character: &Character) -> Vec<u8> {
    let growth = character.growth();
    let sets = growth.sets.iter().map(|set| {
        let options = (1..).zip(&set.effects).map(|(count, effect): (u8, &Effect)| {
            json!({"set_count": count, "set_option": effect.option()})
        });
        let options: Vec<Value> = options.collect();
        json!({"set_name": set.name, "total_set_count": set.count, "set_effect_info": options,
            "set_option_full": options})
    });
    let sets: Vec<Value> = sets.collect();
    to_json(&json!({"date": null, "set_effect": sets}))
}

/// The body of `/maplestory/v1/user/union-raider`.
pub(crate) fn union_raider(character: &Character) -> Vec<u8> {
    let growth = character.growth();
    let texts = |effects: &[Effect]| -> Vec<String> {
        effects.iter().map(|effect| effect.sentence()).collect()
    };
    to_json(
        &json!({"date": null, "union_raider_stat": texts(&growth.raiders),
        "union_occupied_stat": texts(&growth.occupied), "union_inner_stat": [],
        "union_block": [], "use_preset_no": 1}),
    )
}

/// The body of `/maplestory/v1/character/link-skill`.
pub(crate) fn link_skill(character: &Character) -> Vec<u8> {
    let growth = character.growth();
    let skills = growth.links.iter().map(|(name, effect)| {
        let text = match effect {
            Some(effect) => effect.sentence(),
            None => "10초 동안 데미지 45% 증가".to_owned(),
        };
        json!({"skill_name": name, "skill_description": "", "skill_level": 3,
            "skill_effect": text, "skill_icon": ""})
    });
    let skills: Vec<Value> = skills.collect();
    of_class(character, &json!({"character_link_skill": skills}))
}

/// A body with the date and the class that most have.
fn of_class(character: &Character, body: &Value) -> Vec<u8> {
    let mut body = body.clone();
    body["date"] = Value::Null;
    body["character_class"] = character.class.name.into();
    to_json(&body)
}
