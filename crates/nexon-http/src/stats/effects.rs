//! Effects in the game's words, such as `STR, DEX, LUK 40 증가` or `공격력/마력 : +10`.

use planning::{Attribute, GivenStats};

/// Scale of the points that a source gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Points {
    /// Percentages multiply them.
    Scaled,
    /// No percentage multiplies points of an attribute.
    Unscaled,
}

/// Words that make an effect depend on a moment or on chance, so that the recorded stats may lack
/// it.
const CONDITIONS: [&str; 7] = ["시", "동안", "확률로", "당", "마다", "만큼", "중첩"];

/// Words between a stat and its amount, or between two stats.
const FILLERS: [&str; 7] = ["최대", "및", "각각", "추가로", "영구적으로", "모든", "증가"];

/// Particles at the end of a stat's name.
const PARTICLES: [&str; 8] = ["과", "와", "이", "가", "을", "를", "은", "는"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    One(Attribute),
    All,
    Attack,
    Magic,
    MaxHp,
    /// A stat that counts nothing, whose amount is not that of the stats before it.
    Other,
}

/// The sum of the stats that a text gives. An effect that depends on a moment, and words that are
/// not known, give nothing.
pub(crate) fn read(text: &str, points: Points) -> GivenStats {
    let mut effects = Effects {
        sum: GivenStats::default(),
        names: Vec::new(),
        is_conditional: false,
    };
    for sentence in text.split(['\n', '\r']) {
        effects.names.clear();
        effects.is_conditional = false;
        for token in sentence.split([' ', ',', '/', ':', '+', '(', ')', '\u{a0}']) {
            effects.take(token, points);
        }
    }
    effects.sum
}

struct Effects {
    sum: GivenStats,
    /// Stats named since the last amount.
    names: Vec<Name>,
    is_conditional: bool,
}

impl Effects {
    fn take(&mut self, token: &str, points: Points) {
        if token.is_empty() || FILLERS.contains(&token) {
            return;
        }
        if let Some((amount, unit)) = amount(token) {
            self.amount(amount, unit, points);
        } else if let Some(name) = name(token) {
            self.names.push(name);
        } else if CONDITIONS.contains(&token) {
            self.is_conditional = true;
        } else {
            self.names.clear();
        }
    }

    fn amount(&mut self, amount: f64, unit: &str, points: Points) {
        let is_percent = unit.starts_with('%');
        let is_plain = unit.is_empty() || unit.starts_with("증가");
        let names = std::mem::take(&mut self.names);
        if !is_percent && !is_plain {
            // `10레벨마다`, `60초`: a number of something else, which what follows may depend on.
            self.is_conditional |= CONDITIONS.iter().any(|word| unit.ends_with(word));
        } else if !std::mem::take(&mut self.is_conditional) {
            for name in names {
                give(&mut self.sum, name, amount, is_percent, points);
            }
        }
    }
}

fn give(sum: &mut GivenStats, name: Name, amount: f64, is_percent: bool, points: Points) {
    let attributes = match (is_percent, points) {
        (true, _) => &mut sum.pct,
        (false, Points::Scaled) => &mut sum.flat,
        (false, Points::Unscaled) => &mut sum.flat_unscaled,
    };
    match (name, is_percent) {
        (Name::One(attribute), _) => attributes[attribute as usize] += amount,
        (Name::All, _) => attributes.iter_mut().for_each(|stat| *stat += amount),
        (Name::Attack, false) => sum.attack += amount,
        (Name::Attack, true) => sum.attack_pct += amount,
        (Name::Magic, false) => sum.magic += amount,
        (Name::Magic, true) => sum.magic_pct += amount,
        (Name::MaxHp, true) => sum.max_hp_pct += amount,
        (Name::MaxHp, false) | (Name::Other, _) => {}
    }
}

/// The number that a token begins with, and what is behind it.
fn amount(token: &str) -> Option<(f64, &str)> {
    let end = token.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (number, unit) = token.split_at(end.unwrap_or(token.len()));
    Some((number.parse().ok()?, unit))
}

fn name(token: &str) -> Option<Name> {
    let stripped = || PARTICLES.iter().find_map(|p| token.strip_suffix(p));
    known(token).or_else(|| known(stripped()?))
}

fn known(word: &str) -> Option<Name> {
    Some(match word {
        "STR" | "힘" => Name::One(Attribute::Str),
        "DEX" | "민첩" | "민첩성" => Name::One(Attribute::Dex),
        "INT" | "지력" | "지능" => Name::One(Attribute::Int),
        "LUK" | "운" | "행운" => Name::One(Attribute::Luk),
        "올스탯" | "능력치" | "ALLSTAT" => Name::All,
        "공격력" => Name::Attack,
        "마력" => Name::Magic,
        "HP" => Name::MaxHp,
        "MP" | "방어력" | "이동속도" | "점프력" => Name::Other,
        _ => return None,
    })
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "sums of whole numbers are exact")]
mod tests {
    use super::*;

    fn scaled(text: &str) -> GivenStats {
        read(text, Points::Scaled)
    }

    fn unscaled(text: &str) -> [f64; 4] {
        read(text, Points::Unscaled).flat_unscaled
    }

    #[test]
    fn points_go_to_every_stat_named_before_them() {
        assert_eq!(unscaled("STR, DEX, LUK 40 증가"), [40.0, 40.0, 0.0, 40.0]);
        assert_eq!(unscaled("힘 450 증가"), [450.0, 0.0, 0.0, 0.0]);
        assert_eq!(unscaled("모든 능력치 30 증가"), [30.0; 4]);
        assert_eq!(unscaled("ALLSTAT 50 증가"), [50.0; 4]);
        assert_eq!(unscaled("STR 30 증가, DEX 15 증가"), [30.0, 15.0, 0.0, 0.0]);
        let both = scaled("공격력과 마력 15 증가");
        assert_eq!((both.attack, both.magic), (15.0, 15.0));
        let set = scaled("올스탯 : +10, 최대 HP : +250, 최대 MP : +250, 공격력 : +10, 마력 : +10");
        assert_eq!((set.flat, set.attack, set.magic), ([10.0; 4], 10.0, 10.0));
        let title = scaled("추억하며.\n올스탯 +20\n최대 HP/최대 MP +1000\n공격력/마력+10");
        assert_eq!(title.flat, [20.0; 4]);
        assert_eq!((title.attack, title.magic), (10.0, 10.0));
    }

    #[test]
    fn per_cent_is_told_from_points() {
        let given = scaled("마력 +3%");
        assert_eq!((given.magic, given.magic_pct), (0.0, 3.0));
        assert_eq!(scaled("올스탯 5% 증가").pct, [5.0; 4]);
        assert_eq!(scaled("최대 HP 5% 증가").max_hp_pct, 5.0);
        assert_eq!(scaled("최대 HP 5.50% 증가").max_hp_pct, 5.5);
    }

    #[test]
    fn effects_that_depend_on_a_moment_give_nothing() {
        for text in [
            "공격 시 20%의 확률로 공격력 20 증가",
            "60초 동안 공격력 30 증가",
            "10레벨마다 공격력 1 증가",
            "10레벨 당 공격력 1 증가",
            "INT의 15% 만큼 STR 증가",
            "보스 몬스터 공격 시 데미지 20% 증가",
            "일정 시간 동안 데미지 30% 증가",
            "크리티컬 확률 20% 증가",
        ] {
            assert_eq!(scaled(text), GivenStats::default(), "{text}");
        }
        let given = scaled("보스 몬스터 공격 시 데미지 +10%, 공격력 +5");
        assert_eq!(given.attack, 5.0);
    }
}
