//! The forms of the published option texts: fixed words around one or two numbers.

use crate::Stat;

/// A text of the option tables with `#` for each number.
pub(crate) struct Form {
    pub(crate) template: &'static str,
    /// The stat that the option gives; none for effects without an amount, such as a poisoned monster.
    pub(crate) stat: Option<Stat>,
    /// The place of the amount among the numbers; past the last one where the amount is always one.
    pub(crate) amount: usize,
}

/// The amount of a skill: there is no number in the text and the line counts as one.
const ONE: usize = 2;

const fn form(template: &'static str, stat: Stat, amount: usize) -> Form {
    Form {
        template,
        stat: Some(stat),
        amount,
    }
}

const fn without_amount(template: &'static str) -> Form {
    Form {
        template,
        stat: None,
        amount: ONE,
    }
}

/// Every form of the tables published for KMS.
pub(crate) const FORMS: &[Form] = &[
    form("STR +#%", Stat::StrPct, 0),
    form("DEX +#%", Stat::DexPct, 0),
    form("INT +#%", Stat::IntPct, 0),
    form("LUK +#%", Stat::LukPct, 0),
    form("최대 HP +#%", Stat::MaxHpPct, 0),
    form("최대 MP +#%", Stat::MaxMpPct, 0),
    form("공격력 +#%", Stat::AttPct, 0),
    form("마력 +#%", Stat::MattPct, 0),
    form("올스탯 +#%", Stat::AllStatPct, 0),
    form("STR +#", Stat::StrFlat, 0),
    form("DEX +#", Stat::DexFlat, 0),
    form("INT +#", Stat::IntFlat, 0),
    form("LUK +#", Stat::LukFlat, 0),
    form("최대 HP +#", Stat::MaxHpFlat, 0),
    form("최대 MP +#", Stat::MaxMpFlat, 0),
    form("공격력 +#", Stat::AttFlat, 0),
    form("마력 +#", Stat::MattFlat, 0),
    form("올스탯 +#", Stat::AllStatFlat, 0),
    form("캐릭터 기준 9레벨 당 STR +#", Stat::StrPer9Levels, 0),
    form("캐릭터 기준 9레벨 당 DEX +#", Stat::DexPer9Levels, 0),
    form("캐릭터 기준 9레벨 당 INT +#", Stat::IntPer9Levels, 0),
    form("캐릭터 기준 9레벨 당 LUK +#", Stat::LukPer9Levels, 0),
    form("보스 몬스터 데미지 +#%", Stat::BossDamagePct, 0),
    form("데미지 +#%", Stat::DamagePct, 0),
    form("몬스터 방어율 무시 +#%", Stat::IedPct, 0),
    form("크리티컬 확률 +#%", Stat::CritRatePct, 0),
    form("크리티컬 데미지 +#%", Stat::CritDamagePct, 0),
    form("아이템 드롭률 +#%", Stat::DropPct, 0),
    form("메소 획득량 +#%", Stat::MesoPct, 0),
    form("스킬 재사용 대기시간 -#초", Stat::CooldownSeconds, 0),
    form("공격 시 #% 확률로 오토스틸", Stat::AutostealPct, 0),
    form("방어력 +#%", Stat::DefPct, 0),
    form("방어력 +#", Stat::DefFlat, 0),
    form("이동속도 +#", Stat::SpeedFlat, 0),
    form("점프력 +#", Stat::JumpFlat, 0),
    form(
        "HP 회복 아이템 및 회복 스킬 효율 +#%",
        Stat::HealEfficiencyPct,
        0,
    ),
    form("모든 스킬의 MP 소모 -#%", Stat::MpCostPct, 0),
    form("공격 시 #% 확률로 #의 HP 회복", Stat::HpOnAttack, 1),
    form("공격 시 #% 확률로 #의 MP 회복", Stat::MpOnAttack, 1),
    form("몬스터 처치 시 #% 확률로 #의 HP 회복", Stat::HpOnKill, 1),
    form("몬스터 처치 시 #% 확률로 #의 MP 회복", Stat::MpOnKill, 1),
    form("4초 당 #의 HP 회복", Stat::HpPer4Seconds, 0),
    form("4초 당 #의 MP 회복", Stat::MpPer4Seconds, 0),
    form(
        "피격 시 #% 확률로 데미지의 #% 무시",
        Stat::IgnoreDamageOnHitPct,
        1,
    ),
    form(
        "피격 시 #% 확률로 #의 데미지 무시",
        Stat::IgnoreDamageOnHitFlat,
        1,
    ),
    form(
        "피격 시 #% 확률로 #초간 무적",
        Stat::InvincibleOnHitSeconds,
        1,
    ),
    form("피격 후 무적시간 +#초", Stat::InvincibleAfterHitSeconds, 0),
    form("#% 확률로 받은 피해의 #%를 반사", Stat::ReflectPct, 1),
    form(
        "<쓸만한 미스틱 도어> 스킬 사용 가능",
        Stat::DecentMysticDoor,
        ONE,
    ),
    form(
        "<쓸만한 하이퍼 바디> 스킬 사용 가능",
        Stat::DecentHyperBody,
        ONE,
    ),
    form(
        "<쓸만한 어드밴스드 블레스> 스킬 사용 가능",
        Stat::DecentAdvancedBless,
        ONE,
    ),
    form(
        "<쓸만한 윈드 부스터> 스킬 사용 가능",
        Stat::DecentWindBooster,
        ONE,
    ),
    form(
        "<쓸만한 샤프 아이즈> 스킬 사용 가능",
        Stat::DecentSharpEyes,
        ONE,
    ),
    form("<쓸만한 헤이스트> 스킬 사용 가능", Stat::DecentHaste, ONE),
    form(
        "<쓸만한 컴뱃 오더스> 스킬 사용 가능",
        Stat::DecentCombatOrders,
        ONE,
    ),
    without_amount("공격 시 #% 확률로 #레벨 중독효과 적용"),
    without_amount("공격 시 #% 확률로 #레벨 기절효과 적용"),
    without_amount("공격 시 #% 확률로 #레벨 슬로우효과 적용"),
    without_amount("공격 시 #% 확률로 #레벨 암흑효과 적용"),
    without_amount("공격 시 #% 확률로 #레벨 빙결효과 적용"),
    without_amount("공격 시 #% 확률로 #레벨 봉인효과 적용"),
    without_amount("피격 시 #% 확률로 #초간 분노를 느낀다."),
    without_amount("피격 시 #% 확률로 #초간 행복을 느낀다."),
    without_amount("피격 시 #% 확률로 #초간 사랑에 빠진다."),
    without_amount("피격 시 #% 확률로 #초간 격노를 느낀다."),
    without_amount("피격 시 #% 확률로 #초간 감동을 느낀다."),
    // Options of older items, which no reset draws any longer.
    without_amount("모든 스킬레벨 +#"),
    without_amount("물리방어력 +#"),
    without_amount("물리방어력 +#%"),
    without_amount("마법방어력 +#"),
    without_amount("마법방어력 +#%"),
    without_amount("명중치 +#"),
    without_amount("명중치 +#%"),
    without_amount("회피치 +#"),
    without_amount("회피치 +#%"),
];

/// Older wordings that documents still show at the start of a text, and what the tables say now.
const OLDER_WORDINGS: &[(&str, &str)] = &[
    ("보스몬스터공격시데미지", "보스몬스터데미지"),
    ("모든스킬의재사용대기시간", "스킬재사용대기시간"),
    ("모든스킬재사용대기시간", "스킬재사용대기시간"),
    ("MaxHP", "최대HP"),
    ("MaxMP", "최대MP"),
    ("모든능력치", "올스탯"),
    ("총데미지", "데미지"),
];

/// Words of the notes in parentheses that explain an option and change nothing about it, such as
/// `(10초 이하는 10%감소, 5초 미만으로 감소 불가)`.
const NOTES: &[&str] = &["감소불가", "5차제외", "마스터레벨"];

/// The text in the tables' wording, without notes, colons and blanks, except a blank between two
/// digits: dropping that one would turn `1 2` into another number.
pub(crate) fn condense(text: &str) -> String {
    let mut condensed = String::with_capacity(text.len());
    let mut gap = false;
    for char in text.chars() {
        if char.is_whitespace() || matches!(char, ':' | '：') {
            gap = true;
            continue;
        }
        if gap && char.is_ascii_digit() && condensed.ends_with(|c: char| c.is_ascii_digit()) {
            condensed.push(' ');
        }
        gap = false;
        condensed.push(char);
    }
    let condensed = without_note(&condensed);
    let older = |&(older, now)| Some((now, strip_words(condensed, older)?));
    match OLDER_WORDINGS.iter().find_map(older) {
        Some((now, rest)) => format!("{now}{rest}"),
        None => condensed.to_owned(),
    }
}

/// The text before a note in parentheses at its end, if there is one.
fn without_note(condensed: &str) -> &str {
    let note = condensed.strip_suffix(')').and_then(|t| t.rsplit_once('('));
    match note {
        Some((option, note)) if NOTES.iter().any(|word| note.contains(word)) => option,
        _ => condensed,
    }
}

/// The text after some words, whose Latin letters may be small or capital.
fn strip_words<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(words.len())?;
    start.eq_ignore_ascii_case(words).then_some(rest)
}

/// The stats of the forms that begin as a condensed text does, up to their first number.
pub(crate) fn stats_begun_by(condensed: &str) -> Vec<Stat> {
    let begun = FORMS.iter().filter_map(|form| {
        let words = form.template.split('#').next()?.replace(' ', "");
        let begins = !words.is_empty() && condensed.starts_with(&words);
        begins.then_some(form.stat?)
    });
    begun.collect()
}

/// The form a condensed text has, as its place in [`FORMS`], with the numbers in it.
pub(crate) fn read_form(condensed: &str) -> Option<(u8, [u16; 2])> {
    FORMS.iter().zip(0..).find_map(|(form, index)| {
        let numbers = read_numbers(form.template, condensed)?;
        Some((index, numbers))
    })
}

/// The numbers at the `#` of `template`, if all the rest of `text` is as in the template.
fn read_numbers(template: &str, text: &str) -> Option<[u16; 2]> {
    let mut numbers = [0; 2];
    let mut slots = numbers.iter_mut();
    let mut rest = text;
    for expected in template.chars().filter(|c| *c != ' ') {
        if expected == '#' {
            let (number, after) = split_number(rest)?;
            *slots.next()? = number;
            rest = after;
        } else {
            rest = rest.strip_prefix(expected)?;
        }
    }
    rest.is_empty().then_some(numbers)
}

/// A number without leading zeros at the start of `text`, and what follows it.
fn split_number(text: &str) -> Option<(u16, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.len() > 1 && digits.starts_with('0') {
        return None;
    }
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stat_has_a_form_and_no_two_forms_share_a_text() {
        for stat in Stat::ALL {
            let forms = FORMS.iter().filter(|form| form.stat == Some(*stat));
            assert_eq!(forms.count(), 1, "{stat}");
        }
        for (index, form) in FORMS.iter().enumerate() {
            let text = condense(&form.template.replace('#', "7"));
            let (found, _) = read_form(&text).unwrap();
            assert_eq!(usize::from(found), index, "{}", form.template);
        }
    }
}
