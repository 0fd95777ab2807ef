//! Option lines: the Korean texts of a potential, read into a stat and an amount.

use std::fmt;
use std::str::FromStr;

use crate::Stat;
use crate::option_forms::{FORMS, Form, condense, read_form};

/// One line of a potential, such as `INT +12%`.
///
/// Parsed from the text of the published option tables or of a character's equipment document;
/// blanks and the ` : ` that some documents put before the number do not matter. `Display`
/// gives the text of the published tables.
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

    /// How much this line adds to `stat`: its own amount if the stat
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
