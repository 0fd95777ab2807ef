//! The final stats that the upstream records of a character.

use crate::Attribute;

/// The stats of a character as `/character/stat` gives them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RecordedStats {
    /// STR, DEX, INT and LUK.
    pub attributes: [f64; 4],
    /// The ability points spent on STR, DEX, INT and LUK.
    pub ability_points: [f64; 4],
    /// 공격력.
    pub attack: f64,
    /// 마력.
    pub magic_attack: f64,
    /// 데미지, in per cent.
    pub damage_pct: f64,
    /// 보스 몬스터 데미지, in per cent.
    pub boss_damage_pct: f64,
    /// 최종 데미지, in per cent.
    pub final_damage_pct: f64,
    /// 방어율 무시, in per cent.
    pub ied_pct: f64,
    /// 크리티컬 확률, in per cent.
    pub critical_rate_pct: f64,
    /// 크리티컬 데미지, in per cent.
    pub critical_damage_pct: f64,
    /// 최대 스탯공격력; none when it is not recorded.
    pub stat_attack: Option<f64>,
    /// 전투력, shown as recorded and never computed.
    pub combat_power: Option<u64>,
}

/// A stat that the upstream's list lacks, or gives in a text that is no number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordedStatsError {
    /// A stat is not in the list.
    #[error("the recorded stats lack {name}")]
    Missing {
        /// The stat's Korean name.
        name: &'static str,
    },
    /// A value is no number.
    #[error("the recorded {name} is `{given}`, not a number")]
    NotANumber {
        /// The stat's Korean name.
        name: &'static str,
        /// The text given.
        given: String,
    },
}

impl RecordedStats {
    /// Reads the stats from pairs of Korean name and value, as `final_stat` lists them.
    ///
    /// # Errors
    ///
    /// [`RecordedStatsError`] for a stat that is missing or no number.
    pub fn from_named<'a>(
        named: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, RecordedStatsError> {
        let named: Vec<_> = named.into_iter().collect();
        let optional = |name| read(&named, name);
        let required = |name| optional(name)?.ok_or(RecordedStatsError::Missing { name });
        let of_each = |names: [&'static str; 4]| {
            let [str, dex, int, luk] = names;
            Ok([
                required(str)?,
                required(dex)?,
                required(int)?,
                required(luk)?,
            ])
        };
        Ok(Self {
            attributes: of_each(["STR", "DEX", "INT", "LUK"])?,
            ability_points: of_each(["AP 배분 STR", "AP 배분 DEX", "AP 배분 INT", "AP 배분 LUK"])?,
            attack: required("공격력")?,
            magic_attack: required("마력")?,
            damage_pct: required("데미지")?,
            boss_damage_pct: required("보스 몬스터 데미지")?,
            final_damage_pct: required("최종 데미지")?,
            ied_pct: required("방어율 무시")?,
            critical_rate_pct: required("크리티컬 확률")?,
            critical_damage_pct: required("크리티컬 데미지")?,
            stat_attack: optional("최대 스탯공격력")?,
            combat_power: optional("전투력")?.map(whole),
        })
    }

    pub(super) fn attribute(&self, attribute: Attribute) -> f64 {
        self.attributes[attribute as usize]
    }
}

fn read(named: &[(&str, &str)], name: &'static str) -> Result<Option<f64>, RecordedStatsError> {
    let Some((_, text)) = named.iter().find(|(given, _)| *given == name) else {
        return Ok(None);
    };
    let number = text.replace(',', "").parse::<f64>().ok();
    let number = number.filter(|number| number.is_finite() && *number >= 0.0);
    number
        .map(Some)
        .ok_or_else(|| RecordedStatsError::NotANumber {
            name,
            given: (*text).to_owned(),
        })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be finite and not negative; larger values saturate"
)]
fn whole(number: f64) -> u64 {
    number as u64
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
        let stats = RecordedStats::from_named(NAMED).unwrap();
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
    fn missing_stats_and_texts_are_named() {
        let lacks = NAMED.into_iter().filter(|(name, _)| *name != "마력");
        assert_eq!(
            RecordedStats::from_named(lacks).unwrap_err().to_string(),
            "the recorded stats lack 마력"
        );
        let wrong = NAMED.map(|(name, text)| (name, if name == "STR" { "-" } else { text }));
        assert_eq!(
            RecordedStats::from_named(wrong).unwrap_err().to_string(),
            "the recorded STR is `-`, not a number"
        );
    }
}
