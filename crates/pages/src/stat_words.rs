//! Stats and goals in the game's words.

use cube_probability::Stat;

use crate::lang::Lang;

/// Returns the name of a stat with its unit, such as `공격력%`.
pub(crate) fn stat(stat: Stat, lang: Lang) -> &'static str {
    let (ko, en) = attack_or_attribute(stat).unwrap_or_else(|| other(stat));
    lang.pick(ko, en)
}

const fn attack_or_attribute(stat: Stat) -> Option<(&'static str, &'static str)> {
    Some(match stat {
        Stat::StrPct => ("STR%", "STR %"),
        Stat::DexPct => ("DEX%", "DEX %"),
        Stat::IntPct => ("INT%", "INT %"),
        Stat::LukPct => ("LUK%", "LUK %"),
        Stat::MaxHpPct => ("최대 HP%", "max HP %"),
        Stat::MaxMpPct => ("최대 MP%", "max MP %"),
        Stat::AttPct => ("공격력%", "attack %"),
        Stat::MattPct => ("마력%", "magic attack %"),
        Stat::AllStatPct => ("올스탯%", "all stats %"),
        Stat::StrFlat => ("STR", "STR"),
        Stat::DexFlat => ("DEX", "DEX"),
        Stat::IntFlat => ("INT", "INT"),
        Stat::LukFlat => ("LUK", "LUK"),
        Stat::MaxHpFlat => ("최대 HP", "max HP"),
        Stat::MaxMpFlat => ("최대 MP", "max MP"),
        Stat::AttFlat => ("공격력", "attack"),
        Stat::MattFlat => ("마력", "magic attack"),
        Stat::AllStatFlat => ("올스탯", "all stats"),
        Stat::StrPer9Levels => ("9레벨당 STR", "STR per 9 levels"),
        Stat::DexPer9Levels => ("9레벨당 DEX", "DEX per 9 levels"),
        Stat::IntPer9Levels => ("9레벨당 INT", "INT per 9 levels"),
        Stat::LukPer9Levels => ("9레벨당 LUK", "LUK per 9 levels"),
        Stat::BossDamagePct => ("보스 데미지%", "boss damage %"),
        Stat::DamagePct => ("데미지%", "damage %"),
        Stat::IedPct => ("방어율 무시%", "ignored defence %"),
        Stat::CritRatePct => ("크리티컬 확률%", "critical rate %"),
        Stat::CritDamagePct => ("크리티컬 데미지%", "critical damage %"),
        _ => return None,
    })
}

const fn other(stat: Stat) -> (&'static str, &'static str) {
    match stat {
        Stat::DropPct => ("아이템 드롭률%", "item drop %"),
        Stat::MesoPct => ("메소 획득량%", "meso %"),
        Stat::CooldownSeconds => ("쿨타임 감소(초)", "cooldown (s)"),
        Stat::AutostealPct => ("오토스틸%", "autosteal %"),
        Stat::DefPct => ("방어력%", "defence %"),
        Stat::DefFlat => ("방어력", "defence"),
        Stat::SpeedFlat => ("이동속도", "speed"),
        Stat::JumpFlat => ("점프력", "jump"),
        Stat::HealEfficiencyPct => ("HP 회복 효율%", "healing %"),
        Stat::MpCostPct => ("MP 소모 감소%", "MP cost %"),
        Stat::HpOnAttack => ("공격 시 HP 회복", "HP on attack"),
        Stat::MpOnAttack => ("공격 시 MP 회복", "MP on attack"),
        Stat::HpOnKill => ("처치 시 HP 회복", "HP on kill"),
        Stat::MpOnKill => ("처치 시 MP 회복", "MP on kill"),
        Stat::HpPer4Seconds => ("4초당 HP 회복", "HP per 4 s"),
        Stat::MpPer4Seconds => ("4초당 MP 회복", "MP per 4 s"),
        Stat::IgnoreDamageOnHitPct => ("피격 데미지 무시%", "damage ignored %"),
        Stat::IgnoreDamageOnHitFlat => ("피격 데미지 무시", "damage ignored"),
        Stat::InvincibleOnHitSeconds => ("피격 시 무적(초)", "invincible on hit (s)"),
        Stat::InvincibleAfterHitSeconds => ("피격 후 무적(초)", "invincible after hit (s)"),
        Stat::ReflectPct => ("피해 반사%", "damage reflected %"),
        Stat::DecentMysticDoor => ("쓸만한 미스틱 도어", "Decent Mystic Door"),
        Stat::DecentHyperBody => ("쓸만한 하이퍼 바디", "Decent Hyper Body"),
        Stat::DecentAdvancedBless => ("쓸만한 어드밴스드 블레스", "Decent Advanced Bless"),
        Stat::DecentWindBooster => ("쓸만한 윈드 부스터", "Decent Speed Infusion"),
        Stat::DecentSharpEyes => ("쓸만한 샤프 아이즈", "Decent Sharp Eyes"),
        Stat::DecentHaste => ("쓸만한 헤이스트", "Decent Haste"),
        _ => ("쓸만한 컴뱃 오더스", "Decent Combat Orders"),
    }
}

/// Writes a goal of the goal language in words: `int_pct >= 21 and cooldown_seconds >= 2` becomes
/// `INT% ≥ 21 그리고 쿨타임 감소(초) ≥ 2`. What is no word of the language stays.
pub(crate) fn goal(goal: &str, lang: Lang) -> String {
    let mut words = String::new();
    for token in tokens(goal) {
        match token {
            "and" => words.push_str(lang.pick("그리고", "and")),
            "or" => words.push_str(lang.pick("또는", "or")),
            "lines" => words.push_str(lang.pick("유효 줄 수", "number of lines")),
            ">=" => words.push('≥'),
            token => words.push_str(token.parse::<Stat>().map_or(token, |s| stat(s, lang))),
        }
    }
    words
}

/// Writes the aim of an upgrade. A sum of many weighted stats, whose unit is 1 % of main stat, is
/// written by its worth; a plain goal by its words.
pub fn aim(text: &str, lang: Lang) -> String {
    let Some((unit, worth)) = worth(text) else {
        return goal(text, lang);
    };
    let name = stat(unit, lang).trim_end_matches(['%', ' ']).to_owned();
    let worth = (worth * 10.0).round() / 10.0;
    match lang {
        Lang::Ko => format!("{name} 환산 {worth}% 이상"),
        Lang::En => format!("lines worth {name} {worth} % or more"),
    }
}

/// Returns the rates of such a sum: each stat, and how much of the unit 1 of it is worth.
pub(crate) fn rates(text: &str, lang: Lang) -> Vec<(&'static str, String)> {
    let Some((unit, _)) = worth(text) else {
        return Vec::new();
    };
    let unit = stat(unit, lang);
    let sum = text.split(">=").next().unwrap_or_default();
    let terms = sum.split('+').filter_map(|term| {
        let (factor, name) = term.trim().split_once('*')?;
        Some((stat(name.parse().ok()?, lang), format!("{unit} {factor}")))
    });
    terms.collect()
}

/// Returns the unit of a weighted sum and the number it is compared with.
fn worth(text: &str) -> Option<(Stat, f64)> {
    let (sum, number) = text.split_once(">=")?;
    let (unit, rest) = sum.split_once('+')?;
    let unit = unit.trim().parse().ok()?;
    rest.contains('*').then_some(())?;
    Some((unit, number.trim().parse().ok()?))
}

/// Splits a text into words, `>=`, and the single characters between them.
fn tokens(text: &str) -> Vec<&str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else if rest.starts_with(">=") {
            2
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(end);
        tokens.push(token);
        rest = after;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stats_have_a_name_of_their_own_in_both_languages() {
        for lang in Lang::ALL {
            let mut names: Vec<_> = Stat::ALL.iter().map(|&s| stat(s, lang)).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), Stat::ALL.len(), "{lang:?}");
        }
    }

    #[test]
    fn goal_is_written_in_the_words_of_the_game() {
        let text = "lines(att_pct, ied_pct) >= 3 or int_pct + 0.5*luk_pct >= 21";
        assert_eq!(
            goal(text, Lang::Ko),
            "유효 줄 수(공격력%, 방어율 무시%) ≥ 3 또는 INT% + 0.5*LUK% ≥ 21"
        );
        assert_eq!(
            goal(text, Lang::En),
            "number of lines(attack %, ignored defence %) ≥ 3 or INT % + 0.5*LUK % ≥ 21"
        );
    }

    #[test]
    fn aim_of_a_weighted_sum_is_told_by_its_worth() {
        let text = "dex_pct + 0.09*dex_flat + 4.893*att_pct >= 43.542";
        assert_eq!(aim(text, Lang::Ko), "DEX 환산 43.5% 이상");
        assert_eq!(aim(text, Lang::En), "lines worth DEX 43.5 % or more");
        let rates = rates(text, Lang::Ko);
        let expected = [("DEX", "DEX% 0.09"), ("공격력%", "DEX% 4.893")];
        assert_eq!(rates, expected.map(|(stat, rate)| (stat, rate.to_owned())));
        assert_eq!(aim("int_pct >= 21", Lang::En), "INT % ≥ 21");
    }

    #[test]
    fn goal_keeps_what_is_no_word_of_the_language() {
        for text in ["", "<b> \"x\"", "가나다 >", "가>=1"] {
            let words = goal(text, Lang::Ko);
            assert_eq!(words.replace('≥', ">="), text);
        }
    }
}
