//! Effects on a character's stats, and their texts in documents.

use super::Attribute;

/// One effect on a character's stats.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Effect {
    /// Points of one attribute.
    Points(Attribute, i64),
    /// Points of STR, DEX, INT and LUK.
    AllStat(i64),
    /// Per cent of STR, DEX, INT and LUK.
    AllStatPct(i64),
    /// Points of 공격력 and of 마력.
    Attacks(i64),
    /// Per cent.
    Damage(i64),
    /// Per cent.
    BossDamage(i64),
    /// Per cent.
    IgnoredDefence(i64),
    /// Per cent.
    CriticalRate(i64),
    /// Per cent.
    CriticalDamage(i64),
}

impl Effect {
    fn parts(self) -> (&'static str, i64, &'static str) {
        match self {
            Self::Points(attribute, amount) => (attribute.name(), amount, ""),
            Self::AllStat(amount) => ("올스탯", amount, ""),
            Self::AllStatPct(amount) => ("올스탯", amount, "%"),
            Self::Attacks(amount) => ("공격력/마력", amount, ""),
            Self::Damage(amount) => ("데미지", amount, "%"),
            Self::BossDamage(amount) => ("보스 몬스터 공격 시 데미지", amount, "%"),
            Self::IgnoredDefence(amount) => ("몬스터 방어율 무시", amount, "%"),
            Self::CriticalRate(amount) => ("크리티컬 확률", amount, "%"),
            Self::CriticalDamage(amount) => ("크리티컬 데미지", amount, "%"),
        }
    }

    /// The text of most documents: `INT 40 증가`.
    pub(crate) fn sentence(self) -> String {
        let (name, amount, unit) = self.parts();
        format!("{name} {amount}{unit} 증가")
    }

    /// The text of a set's effect: `올스탯 +10`.
    pub(crate) fn option(self) -> String {
        let (name, amount, unit) = self.parts();
        format!("{name} +{amount}{unit}")
    }

    /// The kind and text of a hyper stat: `INT` and `지력 360 증가`.
    pub(crate) fn hyper(self) -> (&'static str, String) {
        let (kind, amount, unit) = self.parts();
        let word = match self {
            Self::Points(attribute, _) => attribute.korean(),
            Self::Attacks(_) => "공격력과 마력",
            _ => kind,
        };
        (kind, format!("{word} {amount}{unit} 증가"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_are_written_as_each_document_does() {
        let int = Effect::Points(Attribute::Int, 360);
        assert_eq!(int.sentence(), "INT 360 증가");
        assert_eq!(int.hyper(), ("INT", "지력 360 증가".to_owned()));
        assert_eq!(Effect::Attacks(30).hyper().1, "공격력과 마력 30 증가");
        assert_eq!(Effect::AllStatPct(5).option(), "올스탯 +5%");
    }
}
