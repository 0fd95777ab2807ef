//! Goals put together by chips and sliders. The text of the goal is the state; a slider is one of
//! the numbers in it.

use cube_probability::{Layer, Method, Part, Stat};

use crate::lang::Lang;
use crate::stat_words;

/// Most sliders of one goal.
const MAX_TERMS: usize = 8;

/// A number of a goal that a slider moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    /// The sum before the number, in words.
    pub(crate) label: String,
    pub(crate) value: u32,
    /// The largest number of the slider.
    pub(crate) most: u32,
}

/// Place of a number in a goal, in bytes, and where its comparison begins.
struct Place {
    sum: usize,
    operator: usize,
    start: usize,
    end: usize,
}

/// Returns the whole numbers that a goal compares with, in the order of the text.
pub(crate) fn terms(goal: &str, lang: Lang) -> Vec<Term> {
    let places = places(goal);
    places
        .iter()
        .filter_map(|place| {
            let sum = goal[place.sum..place.operator].trim_matches(['(', ' ']);
            let value = goal[place.start..place.end].parse().ok()?;
            Some(Term {
                label: stat_words::goal(sum, lang),
                value,
                most: most(sum).max(value),
            })
        })
        .collect()
}

/// Returns the goal with the numbers of its sliders replaced; `value` gives the text of each.
pub(crate) fn moved<'a>(goal: &str, value: impl Fn(usize) -> &'a str) -> String {
    let mut moved = goal.to_owned();
    for (i, place) in places(goal).iter().enumerate().rev() {
        let value = value(i);
        let is_number = (1..=4).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit());
        if is_number {
            moved.replace_range(place.start..place.end, value);
        }
    }
    moved
}

fn places(goal: &str) -> Vec<Place> {
    let mut places = Vec::new();
    let mut sum = 0;
    for (operator, sign) in goal.match_indices(">=") {
        let after = operator + sign.len();
        let start = after + (goal.len() - after - goal[after..].trim_start().len());
        let digits = goal[start..].bytes().take_while(u8::is_ascii_digit).count();
        let end = start + digits;
        let is_whole = (1..=4).contains(&digits) && !goal[end..].starts_with('.');
        if is_whole {
            places.push(Place {
                sum: sum_start(goal, sum, operator),
                operator,
                start,
                end,
            });
        }
        sum = end;
    }
    places.truncate(MAX_TERMS);
    places
}

/// Returns where the sum before a comparison begins: after the word that joins it.
fn sum_start(goal: &str, from: usize, operator: usize) -> usize {
    let between = &goal[from..operator];
    let joined = [" and ", " or "].iter().filter_map(|word| {
        let at = between.rfind(word)?;
        Some(from + at + word.len())
    });
    joined.max().unwrap_or(from)
}

/// Returns the largest number that three lines of a sum can give, roughly.
fn most(sum: &str) -> u32 {
    if sum.contains("lines(") {
        3
    } else if sum.contains("seconds") {
        6
    } else if sum.contains("_pct") {
        if sum.contains("boss")
            || sum.contains("ied")
            || sum.contains("drop")
            || sum.contains("meso")
        {
            120
        } else {
            40
        }
    } else {
        100
    }
}

/// Returns the conditions that chips add to a goal on this part, as goals of their own.
pub(crate) fn conditions(method: Method, part: Part) -> Vec<String> {
    let is_weapon = matches!(
        part,
        Part::Weapon | Part::Secondary | Part::ForceShield | Part::Shield | Part::Emblem
    );
    let is_additional = method.layer() == Layer::AdditionalPotential;
    let percent = if is_additional { 7 } else { 9 };
    let mut stats: Vec<(Stat, u32)> = Vec::new();
    if is_weapon {
        stats.extend([(Stat::AttPct, 9), (Stat::MattPct, 9)]);
        if !is_additional {
            stats.push((Stat::IedPct, 30));
            if part != Part::Emblem {
                stats.push((Stat::BossDamagePct, 30));
            }
        }
    } else {
        let main = [Stat::StrPct, Stat::DexPct, Stat::IntPct, Stat::LukPct];
        stats.extend(main.map(|stat| (stat, percent)));
    }
    match part {
        Part::Hat if !is_additional => stats.push((Stat::CooldownSeconds, 2)),
        Part::Gloves if !is_additional => stats.push((Stat::CritDamagePct, 8)),
        Part::Face | Part::Eye | Part::Earring | Part::Ring | Part::Pendant if !is_additional => {
            stats.extend([(Stat::DropPct, 20), (Stat::MesoPct, 20)]);
        }
        _ => {}
    }
    stats
        .iter()
        .map(|(stat, amount)| format!("{stat} >= {amount}"))
        .collect()
}

/// Joins a condition to a goal; the goal keeps its meaning.
pub(crate) fn joined(goal: &str, word: &str, condition: &str) -> String {
    if word == "and" && goal.contains(" or ") && !is_one_group(goal) {
        format!("({goal}) and {condition}")
    } else {
        format!("{goal} {word} {condition}")
    }
}

/// Returns whether one pair of parentheses holds the whole goal.
fn is_one_group(goal: &str) -> bool {
    let Some(inner) = goal
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    else {
        return false;
    };
    let mut depth = 0_i32;
    inner.chars().all(|c| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth >= 0
    })
}

#[cfg(test)]
mod tests {
    use cube_probability::{Goal, Grade, Rules, Verdict};

    use super::*;

    #[test]
    fn terms_are_the_whole_numbers_of_a_goal() {
        let goal = "(int_pct >= 21 and lines(crit_damage_pct)>=2) or luk_pct >= 9.5";
        let terms = terms(goal, Lang::En);
        let shown: Vec<_> = terms
            .iter()
            .map(|t| (t.label.as_str(), t.value, t.most))
            .collect();
        let lines = "number of lines(critical damage %)";
        assert_eq!(shown, [("INT %", 21, 40), (lines, 2, 3)]);
    }

    #[test]
    fn moved_replaces_numbers_and_leaves_the_rest() {
        let goal = "int_pct >= 21 and 가 >= 2";
        let moved = |values: [&'static str; 2]| moved(goal, |i| values[i]);
        assert_eq!(moved(["30", "3"]), "int_pct >= 30 and 가 >= 3");
        assert_eq!(moved(["", "<b>"]), goal);
        assert_eq!(moved(["1e9", "99999"]), goal);
    }

    #[test]
    fn odd_texts_have_no_terms_and_never_panic() {
        for goal in [
            "",
            ">=",
            ">= ",
            "a >= b",
            "가>=",
            ">=>=>=",
            "(((>=1",
            "x >= 123456",
        ] {
            let _terms = terms(goal, Lang::Ko);
            assert_eq!(moved(goal, |_| ""), goal);
        }
    }

    #[test]
    fn joined_goals_keep_their_meaning() {
        let both = joined(
            "int_pct >= 9 or luk_pct >= 9",
            "and",
            "cooldown_seconds >= 2",
        );
        assert_eq!(
            both,
            "(int_pct >= 9 or luk_pct >= 9) and cooldown_seconds >= 2"
        );
        let again = joined("(int_pct >= 9 or luk_pct >= 9)", "and", "dex_pct >= 1");
        assert_eq!(again, "(int_pct >= 9 or luk_pct >= 9) and dex_pct >= 1");
        assert!(!is_one_group("(a) or (b)"));
    }

    #[test]
    fn conditions_can_be_met_on_their_part() {
        for method in [Method::MesoPotential, Method::MesoAdditional] {
            for &part in Part::ALL {
                for condition in conditions(method, part) {
                    let goal: Goal = condition.parse().unwrap();
                    let odds = Rules::current().odds(method, part, 200, &goal).unwrap();
                    let verdict = odds.verdict(Grade::Rare);
                    assert_eq!(verdict, Verdict::Possible, "{method} {part} {condition}");
                }
            }
        }
    }
}
