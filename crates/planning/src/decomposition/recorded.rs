//! The final stats that the upstream records of a character.

use serde::{Deserialize, Deserializer, Serialize};

use crate::Attribute;

/// The stats of a character as `/character/stat` gives them.
///
/// A stat that is missing or no number is not a number here, and costs only what depends on it:
/// a class's own stats are checked when a sheet is made of them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RecordedStats {
    /// STR, DEX, INT and LUK.
    #[serde(deserialize_with = "numbers")]
    pub attributes: [f64; 4],
    /// The ability points spent on STR, DEX, INT and LUK.
    #[serde(deserialize_with = "numbers")]
    pub ability_points: [f64; 4],
    /// 최대 HP, which the upstream caps.
    #[serde(deserialize_with = "number")]
    pub max_hp: f64,
    /// 공격력.
    #[serde(deserialize_with = "number")]
    pub attack: f64,
    /// 마력.
    #[serde(deserialize_with = "number")]
    pub magic_attack: f64,
    /// 데미지, in per cent.
    #[serde(deserialize_with = "number")]
    pub damage_pct: f64,
    /// 보스 몬스터 데미지, in per cent.
    #[serde(deserialize_with = "number")]
    pub boss_damage_pct: f64,
    /// 최종 데미지, in per cent.
    #[serde(deserialize_with = "number")]
    pub final_damage_pct: f64,
    /// 방어율 무시, in per cent.
    #[serde(deserialize_with = "number")]
    pub ied_pct: f64,
    /// 크리티컬 확률, in per cent.
    #[serde(deserialize_with = "number")]
    pub critical_rate_pct: f64,
    /// 크리티컬 데미지, in per cent.
    #[serde(deserialize_with = "number")]
    pub critical_damage_pct: f64,
    /// 최대 스탯공격력; none when it is not recorded.
    pub stat_attack: Option<f64>,
    /// 전투력, shown as recorded and never computed.
    pub combat_power: Option<u64>,
}

impl RecordedStats {
    /// Reads the stats from pairs of Korean name and value, as `final_stat` lists them.
    pub fn from_named<'a>(named: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let named: Vec<_> = named.into_iter().collect();
        let optional = |name| read(&named, name);
        let required = |name| optional(name).unwrap_or(f64::NAN);
        Self {
            attributes: ["STR", "DEX", "INT", "LUK"].map(required),
            ability_points: ["AP 배분 STR", "AP 배분 DEX", "AP 배분 INT", "AP 배분 LUK"]
                .map(required),
            max_hp: required("HP"),
            attack: required("공격력"),
            magic_attack: required("마력"),
            damage_pct: required("데미지"),
            boss_damage_pct: required("보스 몬스터 데미지"),
            final_damage_pct: required("최종 데미지"),
            ied_pct: required("방어율 무시"),
            critical_rate_pct: required("크리티컬 확률"),
            critical_damage_pct: required("크리티컬 데미지"),
            stat_attack: optional("최대 스탯공격력").filter(|shown| *shown > 0.0),
            combat_power: optional("전투력").map(whole),
        }
    }

    pub(super) fn attribute(&self, attribute: Attribute) -> f64 {
        self.attributes[attribute as usize]
    }
}

fn read(named: &[(&str, &str)], name: &'static str) -> Option<f64> {
    let (_, text) = named.iter().find(|(given, _)| *given == name)?;
    let number = text.replace(',', "").parse::<f64>().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be finite and not negative; larger values saturate"
)]
fn whole(number: f64) -> u64 {
    number as u64
}

/// A number; null, which JSON has in place of what is not a number.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(f64::NAN))
}

fn numbers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[f64; 4], D::Error> {
    let numbers = <[Option<f64>; 4]>::deserialize(deserializer)?;
    Ok(numbers.map(|number| number.unwrap_or(f64::NAN)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMED: [(&str, &str); 18] = [
        ("최대 스탯공격력", "135000000"),
        ("데미지", "80.00"),
        ("보스 몬스터 데미지", "420.00"),
        ("최종 데미지", "55.00"),
        ("방어율 무시", "95.30"),
        ("크리티컬 확률", "100"),
        ("크리티컬 데미지", "98.00"),
        ("STR", "2000"),
        ("DEX", "2100"),
        ("INT", "62,000"),
        ("LUK", "9000"),
        ("공격력", "3000"),
        ("마력", "7800"),
        ("전투력", "214701942"),
        ("AP 배분 STR", "4"),
        ("AP 배분 DEX", "4"),
        ("AP 배분 INT", "1463"),
        ("AP 배분 LUK", "4"),
    ];

    #[test]
    fn named_stats_are_read() {
        let stats = RecordedStats::from_named(NAMED);
        assert_eq!(
            stats.attributes.map(f64::to_bits),
            [2000.0, 2100.0, 62_000.0, 9000.0].map(f64::to_bits)
        );
        assert_eq!(stats.combat_power, Some(214_701_942));
        assert_eq!(
            stats.stat_attack.map(f64::to_bits),
            Some(135e6_f64.to_bits())
        );
    }

    #[test]
    fn stats_that_are_missing_or_no_number_cost_themselves_only() {
        let odd = NAMED.map(|(name, text)| (name, if name == "STR" { "-" } else { text }));
        let odd = odd.into_iter().filter(|(name, _)| *name != "공격력");
        let stats = RecordedStats::from_named(odd);
        assert!(stats.attributes[0].is_nan() && stats.attack.is_nan() && stats.max_hp.is_nan());
        assert_eq!(stats.attributes[2], 62_000.0);
        assert_eq!(stats.magic_attack, 7_800.0);
    }

    #[test]
    fn stats_come_back_from_json_with_what_was_no_number() {
        let stats = RecordedStats::from_named([("INT", "62000"), ("AP 배분 INT", "1463")]);
        let text = serde_json::to_string(&stats).unwrap();
        let read: RecordedStats = serde_json::from_str(&text).unwrap();
        assert_eq!(read.attributes[2], 62_000.0);
        assert!(read.attributes[0].is_nan() && read.max_hp.is_nan());
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
    }
}
