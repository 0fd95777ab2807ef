//! Completion: targets for finished gear by slot, and the named sets of them.

use cube_probability::{Goal, GoalError, OptionLine};

use crate::MainStat;

/// A target for the items of a slot. Goals are written in the goal language with four more words,
/// which stand for the class's own stats: `main_pct`, `main_flat`, `attack_pct`, `attack_flat`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Target {
    /// Stars at least.
    pub stars: Option<u8>,
    /// The goal of the potential.
    pub potential: Option<String>,
    /// The goal of the additional potential.
    pub additional_potential: Option<String>,
}

/// A target whose goals are those of one class.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClassTarget {
    /// Stars at least.
    pub stars: Option<u8>,
    /// The goal of the potential.
    pub potential: Option<Goal>,
    /// The goal of the additional potential.
    pub additional_potential: Option<Goal>,
}

/// A named set of targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    /// The name it is asked for by.
    pub name: &'static str,
    /// The targets in words.
    pub about: &'static str,
    /// The target of every slot that is not named.
    default: Goals,
    /// The targets of named slots.
    by_slot: &'static [(&'static [&'static str], Goals)],
}

/// Stars, potential and additional potential.
type Goals = (u8, &'static str, &'static str);

/// The slots whose items carry attack, boss damage and ignored defence.
const WEAPONS: &[&str] = &["무기", "보조무기", "엠블렘"];

const TEMPLATES: [Template; 3] = [
    Template {
        name: "17-stars-21",
        about: "17 stars, 21 % of main stat; two useful lines on weapon, secondary and emblem",
        default: (17, "main_pct >= 21", "main_pct >= 7"),
        by_slot: &[(
            WEAPONS,
            (
                17,
                "lines(attack_pct, boss_damage_pct, ied_pct) >= 2",
                "lines(attack_pct) >= 1",
            ),
        )],
    },
    Template {
        name: "22-stars-30-21",
        about: "22 stars, 30 % of main stat and 21 % additional; three useful lines on weapon, \
            secondary and emblem, two lines of attack additional",
        default: (22, "main_pct >= 30", "main_pct >= 21"),
        by_slot: &[(
            WEAPONS,
            (
                22,
                "lines(attack_pct, boss_damage_pct, ied_pct) >= 3",
                "lines(attack_pct) >= 2",
            ),
        )],
    },
    Template {
        name: "finished",
        about: "22 stars, 33 % of main stat and 21 % additional, two lines of critical damage on \
            gloves; three useful lines on weapon, secondary and emblem, 33 % of attack additional",
        default: (22, "main_pct >= 33", "main_pct >= 21"),
        by_slot: &[
            (
                WEAPONS,
                (
                    22,
                    "lines(attack_pct, boss_damage_pct, ied_pct) >= 3",
                    "attack_pct >= 33",
                ),
            ),
            (&["장갑"], (22, "crit_damage_pct >= 16", "main_pct >= 21")),
        ],
    },
];

impl Template {
    /// Every template, the most modest first.
    pub const fn all() -> &'static [Self] {
        &TEMPLATES
    }

    /// The template of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|template| template.name == name)
    }

    /// The target for a slot, in the game's words.
    pub fn target(&self, slot: &str) -> Target {
        let named = self.by_slot.iter().find(|(slots, _)| slots.contains(&slot));
        let (stars, potential, additional) = named.map_or(self.default, |(_, goals)| *goals);
        Target {
            stars: Some(stars),
            potential: Some(potential.to_owned()),
            additional_potential: Some(additional.to_owned()),
        }
    }
}

impl Target {
    /// The target for a class.
    ///
    /// # Errors
    ///
    /// [`GoalError`] for a text that is no goal.
    pub fn of_class(&self, main: MainStat) -> Result<ClassTarget, GoalError> {
        let goal = |text: &Option<String>| {
            let text = text.as_ref().map(|text| in_words_of(text, main));
            text.map(|text| text.parse()).transpose()
        };
        Ok(ClassTarget {
            stars: self.stars,
            potential: goal(&self.potential)?,
            additional_potential: goal(&self.additional_potential)?,
        })
    }
}

impl ClassTarget {
    /// The target without what an item has already; an empty one is reached.
    #[must_use]
    pub fn left(
        &self,
        stars: u8,
        potential: &[OptionLine],
        additional_potential: &[OptionLine],
    ) -> Self {
        let left = |goal: &Option<Goal>, lines: &[OptionLine]| {
            goal.clone().filter(|goal| !goal.holds(lines))
        };
        Self {
            stars: self.stars.filter(|target| stars < *target),
            potential: left(&self.potential, potential),
            additional_potential: left(&self.additional_potential, additional_potential),
        }
    }

    /// Whether nothing is asked for.
    pub const fn is_reached(&self) -> bool {
        self.stars.is_none() && self.potential.is_none() && self.additional_potential.is_none()
    }
}

/// The text with the class's own stats in the place of `main_pct` and the others. 제논 counts STR,
/// DEX and LUK together, 데몬어벤져 최대 HP.
fn in_words_of(text: &str, main: MainStat) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    let mut in_lines = false;
    while let Some(next) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let end = if is_word(next) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else {
            next.len_utf8()
        };
        let (piece, after) = rest.split_at(end);
        in_lines = match piece {
            "lines" => true,
            ")" => false,
            _ => in_lines,
        };
        match own_stats(piece, main) {
            Some(stats) if in_lines => written.push_str(&stats.join(", ")),
            Some(stats) => {
                let factor = factor_before(&written).to_owned();
                written.push_str(&stats.join(&format!(" + {factor}")));
            }
            None => written.push_str(piece),
        }
        rest = after;
    }
    written
}

/// The factor that the text ends with, such as `0.1*`.
fn factor_before(text: &str) -> &str {
    let Some(number) = text.trim_end().strip_suffix('*') else {
        return "";
    };
    let digits = |c: char| c.is_ascii_digit() || c == '.' || c == ' ';
    text[number.trim_end_matches(digits).len()..].trim_start()
}

/// The stats that one of the four words stands for.
fn own_stats(word: &str, main: MainStat) -> Option<&'static [&'static str]> {
    Some(match (word, main) {
        ("main_pct", MainStat::Str) => &["str_pct"],
        ("main_pct", MainStat::Dex) => &["dex_pct"],
        ("main_pct", MainStat::Int) => &["int_pct"],
        ("main_pct", MainStat::Luk) => &["luk_pct"],
        ("main_pct", MainStat::StrDexLuk) => &["str_pct", "dex_pct", "luk_pct"],
        ("main_pct", MainStat::MaxHp) => &["max_hp_pct"],
        ("main_flat", MainStat::Str) => &["str_flat"],
        ("main_flat", MainStat::Dex) => &["dex_flat"],
        ("main_flat", MainStat::Int) => &["int_flat"],
        ("main_flat", MainStat::Luk) => &["luk_flat"],
        ("main_flat", MainStat::StrDexLuk) => &["str_flat", "dex_flat", "luk_flat"],
        ("main_flat", MainStat::MaxHp) => &["max_hp_flat"],
        ("attack_pct", main) if main.is_magic() => &["matt_pct"],
        ("attack_flat", main) if main.is_magic() => &["matt_flat"],
        ("attack_pct", _) => &["att_pct"],
        ("attack_flat", _) => &["att_flat"],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, main: MainStat) -> String {
        in_words_of(text, main)
    }

    #[test]
    fn own_words_become_the_stats_of_the_class() {
        let text = "main_pct + 0.1*main_flat >= 30 and lines(attack_pct, main_pct) >= 2";
        assert_eq!(
            words(text, MainStat::Int),
            "int_pct + 0.1*int_flat >= 30 and lines(matt_pct, int_pct) >= 2"
        );
        assert_eq!(
            words(text, MainStat::StrDexLuk),
            "str_pct + dex_pct + luk_pct + 0.1*str_flat + 0.1*dex_flat + 0.1*luk_flat >= 30 \
             and lines(att_pct, str_pct, dex_pct, luk_pct) >= 2"
        );
        assert_eq!(words("main_pct >= 9", MainStat::MaxHp), "max_hp_pct >= 9");
        assert_eq!(words("domain_pct >= 9", MainStat::Int), "domain_pct >= 9");
    }

    #[test]
    fn templates_are_goals_for_every_class() {
        use MainStat::{Dex, Int, Luk, MaxHp, Str, StrDexLuk};
        for template in Template::all() {
            assert_eq!(Template::named(template.name), Some(template));
            for main in [Str, Dex, Int, Luk, StrDexLuk, MaxHp] {
                for slot in ["무기", "장갑", "모자"] {
                    let target = template.target(slot).of_class(main).unwrap();
                    assert!(!target.is_reached(), "{} {slot} {main}", template.name);
                }
            }
        }
        assert_eq!(Template::named("unfinished"), None);
    }

    #[test]
    fn parts_of_a_target_that_are_reached_fall_away() {
        let lines = |texts: [&str; 3]| texts.map(|text| text.parse::<OptionLine>().unwrap());
        let template = Template::named("22-stars-30-21").unwrap();
        let target = template.target("모자").of_class(MainStat::Int).unwrap();
        let good = lines(["INT +12%", "INT +9%", "올스탯 +9%"]);
        let poor = lines(["INT +7%", "INT +5%", "INT +5%"]);
        let left = target.left(22, &good, &poor);
        assert_eq!((left.stars, left.potential.is_some()), (None, false));
        assert_eq!(
            left.additional_potential.unwrap().to_string(),
            "int_pct >= 21"
        );
        assert!(target.left(23, &good, &good).is_reached());
        assert_eq!(target.left(21, &good, &good).stars, Some(22));
    }

    #[test]
    fn wrong_goals_are_refused() {
        let target = Target {
            potential: Some("main_pct > 3".to_owned()),
            ..Target::default()
        };
        assert!(target.of_class(MainStat::Int).is_err());
    }
}
