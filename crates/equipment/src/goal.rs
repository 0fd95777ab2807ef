//! The goal of making gear again: lines at least as good as the ones it has.

use cube_probability::{Decimal, Goal, GoalLimit, OptionLine, Stat, Sum};
use planning::Utility;

use crate::MainStat;

/// Other stats that count for a class, in the order in which goals name them.
const OTHER_STATS: [Stat; 5] = [
    Stat::BossDamagePct,
    Stat::IedPct,
    Stat::DamagePct,
    Stat::CritDamagePct,
    Stat::CritRatePct,
];

/// Useful stats without boss damage, in the order goals name them.
const UTILITY_STATS: [Stat; 4] = [
    Stat::CooldownSeconds,
    Stat::DropPct,
    Stat::MesoPct,
    Stat::AutostealPct,
];

/// A tenth: ten points of a main stat are worth one percent of it.
const PERCENT_PER_POINT: u64 = 100;

/// The goal that lines are at least as good as these to a class; `None` when these are of no use
/// to it, so that any lines will do.
///
/// Every useful stat that the lines carry must be reached in total: the main stat as
/// `main_pct + 0.1 * main_flat`, where n points for every 9 character levels count as
/// `n * (level / 9)` points; attack or magic by the class; boss damage, ignored defence, damage,
/// critical damage and rate as they are. Cooldown, drop rate, meso and autosteal count as they are
/// where utility is kept, and not at all where it is ignored.
///
/// A point of 최대 HP counts as `hp_point` per cent, its worth to the character; at zero, which is
/// taken where the worth is not known, percentages of 최대 HP count only.
///
/// # Errors
///
/// [`GoalLimit`] for a level far beyond any character's.
pub fn as_good_as(
    lines: &[OptionLine],
    main: MainStat,
    character_level: u16,
    utility: Utility,
    hp_point: Decimal,
) -> Result<Option<Goal>, GoalLimit> {
    let plain = attack(main)
        .into_iter()
        .chain(OTHER_STATS)
        .chain(kept(utility).iter().copied());
    let main_stat = worth(main, character_level, hp_point);
    let sums = std::iter::once(main_stat).chain(plain.map(Sum::from));
    let clauses = sums
        .map(|sum| (sum.value(lines), sum))
        .filter(|(now, _)| *now > Decimal::default())
        .map(|(now, sum)| Goal::at_least(sum, now))
        .collect::<Result<Vec<_>, _>>()?;
    if clauses.is_empty() {
        return Ok(None);
    }
    Goal::all(clauses).map(Some)
}

/// Attack or magic attack, in per cent and in points.
const fn attack(main: MainStat) -> [Stat; 2] {
    if main.is_magic() {
        [Stat::MattPct, Stat::MattFlat]
    } else {
        [Stat::AttPct, Stat::AttFlat]
    }
}

/// The useful stats without boss damage that count.
const fn kept(utility: Utility) -> &'static [Stat] {
    match utility {
        Utility::Keep => &UTILITY_STATS,
        Utility::Ignore => &[],
    }
}

/// Whether lines of this stat count towards the goal of a class.
pub(crate) fn is_useful(stat: Stat, main: MainStat, utility: Utility) -> bool {
    let (percents, points, per_9_levels) = stats_of(main);
    let counted = percents.iter().chain(points).chain(per_9_levels).copied();
    counted
        .chain(attack(main))
        .chain(OTHER_STATS)
        .chain(kept(utility).iter().copied())
        .any(|counted| counted.counts(stat))
}

/// Worth of lines in percent of the main stat.
fn worth(main: MainStat, character_level: u16, hp_point: Decimal) -> Sum {
    let (percents, points, per_9_levels) = stats_of(main);
    let point = match main {
        MainStat::MaxHp => hp_point,
        _ => Decimal::from_thousandths(PERCENT_PER_POINT),
    };
    let nines = Decimal::from_thousandths(PERCENT_PER_POINT * u64::from(character_level / 9));
    let terms = (percents.iter().map(|stat| (Decimal::ONE, *stat)))
        .chain(points.iter().map(|stat| (point, *stat)))
        .chain(per_9_levels.iter().map(|stat| (nines, *stat)));
    terms
        .filter(|(factor, _)| *factor > Decimal::default())
        .fold(Sum::new(), |sum, (factor, stat)| sum.plus(factor, stat))
}

/// A main stat's percentages, points, and points for every 9 levels.
const fn stats_of(main: MainStat) -> (&'static [Stat], &'static [Stat], &'static [Stat]) {
    use Stat::{
        DexFlat, DexPct, DexPer9Levels, IntFlat, IntPct, IntPer9Levels, LukFlat, LukPct,
        LukPer9Levels, MaxHpFlat, MaxHpPct, StrFlat, StrPct, StrPer9Levels,
    };
    match main {
        MainStat::Str => (&[StrPct], &[StrFlat], &[StrPer9Levels]),
        MainStat::Dex => (&[DexPct], &[DexFlat], &[DexPer9Levels]),
        MainStat::Int => (&[IntPct], &[IntFlat], &[IntPer9Levels]),
        MainStat::Luk => (&[LukPct], &[LukFlat], &[LukPer9Levels]),
        MainStat::StrDexLuk => (
            &[StrPct, DexPct, LukPct],
            &[StrFlat, DexFlat, LukFlat],
            &[StrPer9Levels, DexPer9Levels, LukPer9Levels],
        ),
        MainStat::MaxHp => (&[MaxHpPct], &[MaxHpFlat], &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(main: MainStat, lines: [&str; 3], expected: &str) {
        let lines = lines.map(|line| line.parse().unwrap());
        let goal = as_good_as(&lines, main, 285, Utility::Keep, Decimal::default()).unwrap();
        let text = goal.as_ref().map(Goal::to_string);
        assert_eq!(text.as_deref().unwrap_or("anything"), expected);
        assert!(goal.is_none_or(|goal| goal.holds(&lines)));
    }

    #[test]
    fn main_stat_counts_percent_points_and_levels_together() {
        check(
            MainStat::Int,
            ["INT +12%", "올스탯 +9%", "INT +9%"],
            "int_pct + 0.1*int_flat + 3.1*int_per_9_levels >= 30",
        );
        check(
            MainStat::Luk,
            ["LUK +8%", "캐릭터 기준 9레벨 당 LUK +1", "LUK +18"],
            "luk_pct + 0.1*luk_flat + 3.1*luk_per_9_levels >= 12.9",
        );
    }

    #[test]
    fn every_useful_stat_is_asked_for_in_one_order() {
        check(
            MainStat::Int,
            ["INT +8%", "INT +18", "마력 +14"],
            "int_pct + 0.1*int_flat + 3.1*int_per_9_levels >= 9.8 and matt_flat >= 14",
        );
        check(
            MainStat::Str,
            [
                "크리티컬 데미지 +8%",
                "공격력 +9%",
                "보스 몬스터 데미지 +35%",
            ],
            "att_pct >= 9 and boss_damage_pct >= 35 and crit_damage_pct >= 8",
        );
        check(
            MainStat::Dex,
            ["메소 획득량 +20%", "아이템 드롭률 +20%", "DEX +9%"],
            "dex_pct + 0.1*dex_flat + 3.1*dex_per_9_levels >= 9 and drop_pct >= 20 and meso_pct >= 20",
        );
        check(
            MainStat::Int,
            ["몬스터 방어율 무시 +35%", "데미지 +9%", "크리티컬 확률 +9%"],
            "ied_pct >= 35 and damage_pct >= 9 and crit_rate_pct >= 9",
        );
    }

    #[test]
    fn lines_of_no_use_to_the_class_are_ignored() {
        check(
            MainStat::Int,
            ["공격력 +9%", "마력 +9%", "STR +9%"],
            "matt_pct >= 9",
        );
        check(
            MainStat::Str,
            ["공격력 +9%", "마력 +9%", "INT +9%"],
            "att_pct >= 9",
        );
        check(
            MainStat::Luk,
            ["INT +9%", "최대 HP +9%", "최대 MP +9%"],
            "anything",
        );
    }

    #[test]
    fn utility_counts_unless_it_is_ignored() {
        let lines = ["메소 획득량 +20%", "공격 시 3% 확률로 오토스틸", "INT +9%"];
        let lines = lines.map(|line| line.parse().unwrap());
        let goal = |utility| {
            let goal = as_good_as(&lines, MainStat::Int, 8, utility, Decimal::default());
            goal.unwrap().unwrap().to_string()
        };
        assert_eq!(
            goal(Utility::Keep),
            "int_pct + 0.1*int_flat >= 9 and meso_pct >= 20 and autosteal_pct >= 3"
        );
        assert_eq!(goal(Utility::Ignore), "int_pct + 0.1*int_flat >= 9");
    }

    #[test]
    fn xenon_counts_three_stats_and_all_stat_thrice() {
        check(
            MainStat::StrDexLuk,
            ["올스탯 +9%", "DEX +12%", "INT +12%"],
            "str_pct + dex_pct + luk_pct + 0.1*str_flat + 0.1*dex_flat + 0.1*luk_flat \
             + 3.1*str_per_9_levels + 3.1*dex_per_9_levels + 3.1*luk_per_9_levels >= 39",
        );
    }

    #[test]
    fn demon_avenger_counts_hp_points_at_their_worth() {
        let goal = |lines: [&str; 3], thousandths| {
            let lines = lines.map(|line| line.parse().unwrap());
            let worth = Decimal::from_thousandths(thousandths);
            let goal = as_good_as(&lines, MainStat::MaxHp, 285, Utility::Keep, worth).unwrap();
            assert!(goal.as_ref().is_none_or(|goal| goal.holds(&lines)));
            goal.map(|goal| goal.to_string())
        };
        let mixed = ["최대 HP +9%", "최대 HP +125", "공격력 +10"];
        assert_eq!(
            goal(mixed, 8).as_deref(),
            Some("max_hp_pct + 0.008*max_hp_flat >= 10 and att_flat >= 10")
        );
        assert_eq!(
            goal(mixed, 0).as_deref(),
            Some("max_hp_pct >= 9 and att_flat >= 10")
        );
        let points = ["최대 HP +125", "최대 HP +60", "STR +12%"];
        assert_eq!(
            goal(points, 8).as_deref(),
            Some("max_hp_pct + 0.008*max_hp_flat >= 1.48")
        );
        assert_eq!(goal(points, 0), None);
    }

    #[test]
    fn points_of_hp_do_not_stand_in_for_percentages() {
        let lines = |texts: [&str; 3]| texts.map(|text| text.parse::<OptionLine>().unwrap());
        let now = lines(["최대 HP +12%", "최대 HP +9%", "최대 HP +9%"]);
        let worth = Decimal::from_thousandths(8);
        let goal = as_good_as(&now, MainStat::MaxHp, 285, Utility::Keep, worth);
        let goal = goal.unwrap().unwrap();
        assert!(!goal.holds(&lines(["최대 HP +6%", "최대 HP +120", "최대 HP +120"])));
        assert!(goal.holds(&lines(["최대 HP +12%", "최대 HP +12%", "최대 HP +6%"])));
    }

    #[test]
    fn below_level_9_options_per_9_levels_are_worth_nothing() {
        let lines = ["INT +2%", "INT +6", "마력 +3"].map(|line| line.parse().unwrap());
        let goal = as_good_as(&lines, MainStat::Int, 8, Utility::Keep, Decimal::default());
        let goal = goal.unwrap().unwrap();
        assert_eq!(
            goal.to_string(),
            "int_pct + 0.1*int_flat >= 2.6 and matt_flat >= 3"
        );
    }

    #[test]
    fn goal_of_no_lines_is_none() {
        let goal = as_good_as(&[], MainStat::Int, 285, Utility::Keep, Decimal::default());
        assert_eq!(goal, Ok(None));
    }
}
