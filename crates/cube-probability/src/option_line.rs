//! Option lines: the Korean texts of a potential, read into a stat and an amount.

use std::fmt;
use std::str::FromStr;

use crate::Stat;
use crate::option_forms::{FORMS, Form, condense, read_form, stats_begun_by};

/// One line of a potential, such as `INT +12%`.
///
/// Parsed from the text of the published option tables or of a character's equipment document;
/// blanks, the ` : ` that some documents put before the number, older wordings and notes in
/// parentheses do not matter. `Display` gives the text of the published tables.
///
/// ```
/// use cube_probability::{OptionLine, Stat};
///
/// let line: OptionLine = "INT : +12%".parse()?;
/// assert_eq!(line.effect(), Some((Stat::IntPct, 12)));
/// assert_eq!(line.to_string(), "INT +12%");
/// assert!("INT +12% (기간제)".parse::<OptionLine>().is_err());
/// # Ok::<(), cube_probability::UnknownOption>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OptionLine {
    form: u8,
    numbers: [u16; 2],
}

/// A text that is no option of the published tables.
///
/// It is never read as an option without effect: what is unknown has no odds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown option `{text}`")]
pub struct UnknownOption {
    /// The text as given.
    pub text: String,
}

impl OptionLine {
    /// The stat this line gives and how much of it, in the stat's unit.
    ///
    /// None for lines whose effect has no amount, such as `공격 시 10% 확률로 2레벨 중독효과 적용`.
    pub fn effect(self) -> Option<(Stat, u16)> {
        let form = self.form();
        Some((
            form.stat?,
            self.numbers.get(form.amount).copied().unwrap_or(1),
        ))
    }

    /// The amount this line adds to `stat`: its own amount if the stat
    /// [counts](Stat::counts) what the line gives, else zero.
    pub fn amount_of(self, stat: Stat) -> u16 {
        match self.effect() {
            Some((given, amount)) if stat.counts(given) => amount,
            _ => 0,
        }
    }

    /// Whether the line gives something that `stat` [counts](Stat::counts).
    pub fn carries(self, stat: Stat) -> bool {
        self.effect().is_some_and(|(given, _)| stat.counts(given))
    }

    fn form(self) -> &'static Form {
        &FORMS[usize::from(self.form)]
    }
}

impl UnknownOption {
    /// The stats that the text begins to name: `STR +12% (기간제)` is about STR, in per cent or
    /// points. Empty where its subject is unknown too.
    pub fn stats(&self) -> Vec<Stat> {
        stats_begun_by(&condense(&self.text))
    }
}

impl FromStr for OptionLine {
    type Err = UnknownOption;

    fn from_str(text: &str) -> Result<Self, UnknownOption> {
        read_form(&condense(text))
            .map(|(form, numbers)| Self { form, numbers })
            .ok_or_else(|| UnknownOption {
                text: text.to_owned(),
            })
    }
}

impl fmt::Display for OptionLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pieces = self.form().template.split('#');
        f.write_str(pieces.next().unwrap_or_default())?;
        for (piece, number) in pieces.zip(self.numbers) {
            write!(f, "{number}{piece}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for OptionLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OptionLine({self})")
    }
}

crate::words::serde_as_text!(OptionLine);

#[cfg(test)]
mod tests {
    use super::*;

    fn effect(text: &str) -> Option<(Stat, u16)> {
        text.parse::<OptionLine>().unwrap().effect()
    }

    #[test]
    fn texts_give_their_stat_and_amount() {
        assert_eq!(effect("INT +12%"), Some((Stat::IntPct, 12)));
        assert_eq!(effect("INT +12"), Some((Stat::IntFlat, 12)));
        assert_eq!(effect("공격력 +3%"), Some((Stat::AttPct, 3)));
        assert_eq!(
            effect("캐릭터 기준 9레벨 당 LUK +2"),
            Some((Stat::LukPer9Levels, 2))
        );
        assert_eq!(
            effect("스킬 재사용 대기시간 -2초"),
            Some((Stat::CooldownSeconds, 2))
        );
        assert_eq!(
            effect("피격 시 5% 확률로 데미지의 40% 무시"),
            Some((Stat::IgnoreDamageOnHitPct, 40))
        );
        assert_eq!(
            effect("<쓸만한 샤프 아이즈> 스킬 사용 가능"),
            Some((Stat::DecentSharpEyes, 1))
        );
        assert_eq!(effect("공격 시 10% 확률로 2레벨 중독효과 적용"), None);
    }

    #[test]
    fn colons_blanks_and_the_older_wording_do_not_matter() {
        for (given, printed) in [
            ("INT : +12%", "INT +12%"),
            ("  INT   +12%  ", "INT +12%"),
            ("최대 HP: +50", "최대 HP +50"),
            (
                "보스 몬스터 공격 시 데미지 : +35%",
                "보스 몬스터 데미지 +35%",
            ),
            ("보스 몬스터 데미지 +35%", "보스 몬스터 데미지 +35%"),
            (
                "캐릭터 기준 9레벨 당 INT : +1",
                "캐릭터 기준 9레벨 당 INT +1",
            ),
        ] {
            assert_eq!(given.parse::<OptionLine>().unwrap().to_string(), printed);
        }
    }

    #[test]
    fn cooldown_of_2023_is_known_with_and_without_its_note() {
        for text in [
            "모든 스킬의 재사용 대기시간 : -2초(10초 이하는 10%감소, 5초 미만으로 감소 불가)",
            "모든 스킬의 재사용 대기시간 -2초 (10초 이하는 10% 감소, 5초 미만으로 감소 불가)",
            "모든 스킬의 재사용 대기시간 : -2초",
            "모든 스킬 재사용 대기시간 -2초",
            "스킬 재사용 대기시간 -2초(10초 이하는 10%감소, 5초 미만으로 감소 불가)",
        ] {
            assert_eq!(effect(text), Some((Stat::CooldownSeconds, 2)), "{text}");
        }
        let one = "모든 스킬의 재사용 대기시간 : -1초(10초 이하는 5%감소, 5초 미만으로 감소 불가)";
        assert_eq!(effect(one), Some((Stat::CooldownSeconds, 1)));
    }

    #[test]
    fn older_words_are_read_as_the_tables_have_them() {
        for (given, printed) in [
            ("MaxHP : +12%", "최대 HP +12%"),
            ("MaxMP : +60", "최대 MP +60"),
            ("MAXHP +9%", "최대 HP +9%"),
            ("Max HP : +120", "최대 HP +120"),
            ("모든 스킬레벨 : +2", "모든 스킬레벨 +2"),
            (
                "모든 스킬레벨 : +2(5차 제외, 스킬의 마스터 레벨까지만 증가)",
                "모든 스킬레벨 +2",
            ),
            ("물리방어력 : +6%", "물리방어력 +6%"),
            ("모든 능력치 : +9%", "올스탯 +9%"),
            ("총 데미지 : +12%", "데미지 +12%"),
        ] {
            assert_eq!(given.parse::<OptionLine>().unwrap().to_string(), printed);
        }
        assert_eq!(effect("모든 스킬레벨 : +2"), None);
    }

    #[test]
    fn unknown_options_tell_the_stats_they_begin_to_name() {
        let stats = |text: &str| text.parse::<OptionLine>().unwrap_err().stats();
        assert_eq!(stats("STR +12% (기간제)"), [Stat::StrPct, Stat::StrFlat]);
        assert_eq!(stats("행운 +3"), []);
        assert_eq!(stats("12"), []);
    }

    #[test]
    fn anything_else_is_unknown_and_keeps_its_text() {
        for text in [
            "",
            "INT",
            "INT +",
            "INT +12%%",
            "INT +1 2%",
            "INT +012%",
            "INT -12%",
            "INT +70000",
            "캐릭터 기준 10레벨 당 INT +1",
            "행운 +3",
        ] {
            let error = text.parse::<OptionLine>().unwrap_err();
            assert_eq!(error.text, text);
            assert_eq!(error.to_string(), format!("unknown option `{text}`"));
        }
    }

    #[test]
    fn all_stat_adds_to_each_main_stat() {
        let line: OptionLine = "올스탯 +9%".parse().unwrap();
        assert_eq!(line.amount_of(Stat::IntPct), 9);
        assert_eq!(line.amount_of(Stat::AllStatPct), 9);
        assert_eq!(line.amount_of(Stat::IntFlat), 0);
        assert!(line.carries(Stat::StrPct));
        assert!(!line.carries(Stat::AttPct));
    }
}
