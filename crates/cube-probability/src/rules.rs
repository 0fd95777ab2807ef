//! Rule sets: what the game's published figures were at a time.

use crate::star_force;
use crate::tables::tables;
use crate::{Draw, Goal, Grade, LimitedCategory, LineTables, Method, Odds, Part, ResetError};

/// The highest level of an item.
pub const MAX_ITEM_LEVEL: u16 = 300;

/// A dated set of rules for potentials, and the star force rules of its time.
///
/// Every set has the same option pools, rates and pities; they differ in the line limits, in the
/// price of the meso reset of the additional potential and in star force. Earlier chances of a
/// rise are left out, as no source of them is known that can be named.
#[derive(Debug, PartialEq, Eq)]
pub struct Rules {
    /// The name that answers carry, such as `kms-2026-10`.
    pub name: &'static str,
    /// The difference from the other rule sets.
    pub about: &'static str,
    /// The day of the newest source of the figures, as `YYYY-MM-DD`.
    pub compiled_on: &'static str,
    /// Sources of the figures.
    pub sources: &'static [Source],
    limits_before_2024_06: bool,
    additional_prices: Option<&'static str>,
    star_force: star_force::Rules,
}

/// The source of a kind of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The figures.
    pub figures: &'static str,
    /// The publication, and how it was read.
    pub publication: &'static str,
}

/// No rule set has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown rules `{given}`; expected one of {}", names())]
pub struct UnknownRules {
    /// The name as given.
    pub given: String,
}

fn names() -> String {
    let names: Vec<_> = RULES.iter().map(|rules| rules.name).collect();
    names.join(" ")
}

const POOLS: Source = Source {
    figures: "option pools, weights and prime rates",
    publication: "Nexon, Guide/OtherProbability/cube (tables of red, black, additional, occult, \
        master, meister and occult additional cubes), read through machine-made copies of \
        2025-01 to 2026-10; 포스실드/소울링 of level 120 to 200 derived from 보조무기",
};
const RISES: Source = Source {
    figures: "chances of a rise and pities",
    publication: "Nexon, Guide/OtherProbability/cube, as published in 2026-10; black, red as last \
        published; failures count until the next try is certain",
};
const LIMITS: Source = Source {
    figures: "line limits",
    publication: "Nexon's note on the cube tables; boss damage, monster defence and drop rate \
        without limit since 2024-06",
};
const PRICES: Source = Source {
    figures: "prices of meso resets",
    publication: "Nexon, News/Update/737 and later notices, five independent copies of 2026-04 to \
        2026-10 agree; charged by the grade before the reset",
};
const FEES: Source = Source {
    figures: "cube prices and appraisal fees",
    publication: "community calculators: a placeholder price for each tradable cube, fees by \
        squared item level; sources differ below level 71",
};

const RULES: [Rules; 4] = [
    Rules {
        name: "kms-2026-10",
        about: "the rules in force",
        compiled_on: "2026-10-11",
        sources: &[POOLS, RISES, LIMITS, PRICES, FEES],
        limits_before_2024_06: false,
        additional_prices: Some("current"),
        star_force: star_force::Rules::Kms20260319,
    },
    Rules {
        name: "kms-2025-12",
        about: "the meso reset of the additional potential at two thirds of its 2024-11 price, \
            as one source had it from 2025-12 to 2026-02; perhaps an event",
        compiled_on: "2026-10-11",
        sources: &[POOLS, RISES, LIMITS, PRICES, FEES],
        limits_before_2024_06: false,
        additional_prices: Some("2025-12..2026-02"),
        star_force: star_force::Rules::Kms20250320,
    },
    Rules {
        name: "kms-2024-11",
        about: "the meso reset of the additional potential at twice today's price for rare and \
            epic, as two sources had it from 2024-11 to 2025-07; unresolved whether it was live",
        compiled_on: "2026-10-11",
        sources: &[POOLS, RISES, LIMITS, PRICES, FEES],
        limits_before_2024_06: false,
        additional_prices: Some("2024-11..2025-07"),
        star_force: star_force::Rules::KmsBefore20250320,
    },
    Rules {
        name: "kms-before-2024-06",
        about: "at most two lines each of boss damage, monster defence and drop rate; no meso \
            reset of the additional potential, so no price for it",
        compiled_on: "2026-10-11",
        sources: &[POOLS, RISES, LIMITS, PRICES, FEES],
        limits_before_2024_06: true,
        additional_prices: None,
        star_force: star_force::Rules::KmsBefore20250320,
    },
];

impl Rules {
    /// The rules in force.
    pub fn current() -> &'static Self {
        &Self::all()[0]
    }

    /// Every rule set, the current one first.
    pub fn all() -> &'static [Self] {
        static ALL: [Rules; 4] = RULES;
        &ALL
    }

    /// The rule set of that name.
    ///
    /// # Errors
    ///
    /// [`UnknownRules`] lists the names there are.
    pub fn named(name: &str) -> Result<&'static Self, UnknownRules> {
        Self::all()
            .iter()
            .find(|rules| rules.name == name)
            .ok_or_else(|| UnknownRules {
                given: name.to_owned(),
            })
    }

    /// The star force rules that were in force on the day these rules are named after.
    pub fn star_force(&self) -> star_force::Rules {
        self.star_force
    }

    /// The most lines of a category that an item can carry; three is no limit.
    ///
    /// Only potentials have limits; the published tables of the additional potential have none.
    pub fn most_lines(&self, category: LimitedCategory) -> usize {
        tables()
            .rates
            .line_limit(category, self.limits_before_2024_06)
    }

    /// The tables that a reset draws its three lines from when it lands on `grade`.
    ///
    /// # Errors
    ///
    /// [`ResetError`] if the method never lands on the grade, or there are no items of the level.
    pub fn line_tables(
        &'static self,
        method: Method,
        part: Part,
        item_level: u16,
        grade: Grade,
    ) -> Result<LineTables, ResetError> {
        LineTables::new(self, &Draw::new(method, part, item_level), grade)
    }

    /// The tables that the lines of a draw which lands on `grade` come from.
    ///
    /// # Errors
    ///
    /// [`ResetError`] if the game has no such draw, or the method never lands on the grade.
    pub fn line_tables_of(&self, draw: &Draw, grade: Grade) -> Result<LineTables, ResetError> {
        LineTables::new(self, draw, grade)
    }

    /// The odds of a goal at every grade that the method reaches.
    ///
    /// # Errors
    ///
    /// [`ResetError`] if there are no items of the level.
    pub fn odds(
        &'static self,
        method: Method,
        part: Part,
        item_level: u16,
        goal: &Goal,
    ) -> Result<Odds, ResetError> {
        self.odds_of(&Draw::new(method, part, item_level), goal)
    }

    /// The chance that one draw of three lines at `grade` meets the goal.
    ///
    /// # Errors
    ///
    /// [`ResetError`] if the method never lands on the grade, or there are no items of the level.
    pub fn success_probability(
        &'static self,
        method: Method,
        part: Part,
        item_level: u16,
        grade: Grade,
        goal: &Goal,
    ) -> Result<f64, ResetError> {
        let tables = self.line_tables(method, part, item_level, grade)?;
        Ok(tables.chance(goal).probability())
    }

    /// The listed price of one meso reset made at `grade`, in meso; none for a cube, and where no
    /// price is listed.
    pub fn meso_reset_price(&self, method: Method, item_level: u16, grade: Grade) -> Option<u64> {
        let price = || self.reset_cost(method, item_level, grade, None);
        method.is_meso_reset().then(price).flatten()
    }

    /// The meso one reset costs when made at `grade`: the listed price of a meso reset, or the
    /// price of a cube plus the appraisal fee.
    pub(crate) fn reset_cost(
        &self,
        method: Method,
        item_level: u16,
        grade: Grade,
        cube_price: Option<u64>,
    ) -> Option<u64> {
        let rates = &tables().rates;
        match method {
            Method::MesoPotential => rates.reset_cost(method, "current", item_level, grade),
            Method::MesoAdditional => {
                rates.reset_cost(method, self.additional_prices?, item_level, grade)
            }
            _ => Some(cube_price? + rates.appraisal_fee(item_level)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_sets_are_found_by_name() {
        assert_eq!(Rules::current().name, "kms-2026-10");
        for rules in Rules::all() {
            assert_eq!(Rules::named(rules.name), Ok(rules));
        }
        assert_eq!(
            Rules::named("gms").unwrap_err().to_string(),
            "unknown rules `gms`; expected one of kms-2026-10 kms-2025-12 kms-2024-11 \
             kms-before-2024-06"
        );
    }

    #[test]
    fn star_force_is_of_the_same_time() {
        let names = Rules::all().iter().map(|rules| rules.star_force().id());
        assert_eq!(
            names.collect::<Vec<_>>(),
            [
                "kms_2026-03-19",
                "kms_2025-03-20",
                "kms_before_2025-03-20",
                "kms_before_2025-03-20"
            ]
        );
        assert_eq!(Rules::current().star_force(), star_force::Rules::default());
    }

    #[test]
    fn limits_of_boss_damage_ended_in_2024_06() {
        let before = Rules::named("kms-before-2024-06").unwrap();
        assert_eq!(before.most_lines(LimitedCategory::BossDamage), 2);
        assert_eq!(Rules::current().most_lines(LimitedCategory::BossDamage), 3);
        assert_eq!(before.most_lines(LimitedCategory::DecentSkill), 1);
        assert_eq!(
            Rules::current().most_lines(LimitedCategory::IgnoreDamageOnHit),
            2
        );
    }

    #[test]
    fn prices_are_by_level_grade_and_rule_set() {
        let cost = |rules: &str, method, level, grade| {
            Rules::named(rules)
                .unwrap()
                .reset_cost(method, level, grade, None)
        };
        let (potential, additional) = (Method::MesoPotential, Method::MesoAdditional);
        for (rules, method, level, grade, meso) in [
            ("kms-2026-10", potential, 159, Grade::Rare, Some(4_000_000)),
            (
                "kms-2026-10",
                potential,
                250,
                Grade::Legendary,
                Some(50_000_000),
            ),
            (
                "kms-2026-10",
                additional,
                160,
                Grade::Epic,
                Some(29_050_000),
            ),
            (
                "kms-2024-11",
                additional,
                160,
                Grade::Epic,
                Some(58_100_000),
            ),
            (
                "kms-2025-12",
                additional,
                160,
                Grade::Epic,
                Some(38_733_333),
            ),
            ("kms-before-2024-06", additional, 160, Grade::Epic, None),
            (
                "kms-before-2024-06",
                potential,
                160,
                Grade::Epic,
                Some(17_000_000),
            ),
        ] {
            assert_eq!(
                cost(rules, method, level, grade),
                meso,
                "{rules} {method} {level}"
            );
        }
    }

    #[test]
    fn cubes_cost_their_price_and_the_appraisal_fee() {
        let cost = |level| Rules::current().reset_cost(Method::Red, level, Grade::Rare, Some(100));
        for (level, fee) in [
            (0, 0),
            (30, 0),
            (31, 480),
            (70, 2_450),
            (120, 36_000),
            (140, 392_000),
            (200, 800_000),
            (250, 1_250_000),
        ] {
            assert_eq!(cost(level), Some(100 + fee), "level {level}");
        }
        let unpriced = Rules::current().reset_cost(Method::Meister, 200, Grade::Rare, None);
        assert_eq!(unpriced, None);
    }
}
