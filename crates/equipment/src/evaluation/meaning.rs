//! The two meanings of "this gear again": the same lines, or lines as strong.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use cube_probability::{Draw, Goal, Odds, OptionLine, ResetError, Rules};
use planning::{AsStrong, BossDefence, ClassStats, LineWorth, NoStrength, StatSheet, Valuation};

use super::memo::of_goal;
use super::potential::Terms;
use super::{EvaluationOptions, Meaning, Outcome, Warning};
use crate::MainStat;
use crate::stats::SheetInUse;

/// The sheet that strength is judged by, checked.
#[derive(Debug, Clone)]
pub(super) struct Strength {
    sheet: Arc<StatSheet>,
    defence: BossDefence,
    /// Everything that decides a worth beside the lines, written out in full.
    key: Arc<str>,
    /// Whether strength is what is asked for, rather than shown beside it.
    pub(super) is_asked: bool,
}

impl Strength {
    /// The strength by a sheet; none without one, and where it cannot be valued, which a warning
    /// says.
    pub(super) fn of(
        options: &EvaluationOptions,
        sheet: Option<&SheetInUse>,
        main: Option<MainStat>,
        warnings: &mut Vec<Warning>,
    ) -> Option<Self> {
        let is_asked = options.meaning != Some(Meaning::SameLines);
        let sheet = &sheet?.sheet;
        let hardest = || BossDefence::hardest_for(sheet);
        let defence = options.boss_defence.unwrap_or_else(hardest);
        if let Err(reason) = Valuation::of(sheet, defence) {
            warnings.push(Warning::SheetNotValued(reason));
            return None;
        }
        if options.boss_defence.is_none() && defence != BossDefence::DEFAULT {
            warnings.push(Warning::WeakerBoss(defence));
        }
        let of_class = |main: MainStat| {
            let own = ClassStats::of_main(main).main_attributes();
            sheet.main.len() == own.len() && own.iter().all(|stat| sheet.main.contains(stat))
        };
        if main.is_some_and(|main| !of_class(main)) {
            warnings.push(Warning::SheetOfAnotherClass);
        }
        Some(Self {
            key: format!("{sheet:?} {defence:?}").into(),
            sheet: Arc::new(sheet.clone()),
            defence,
            is_asked,
        })
    }
}

/// A condition on lines, equal to another if it asks the same.
#[derive(Debug, Clone)]
pub(super) struct MeaningCondition {
    pub(super) meaning: Meaning,
    /// Every useful stat, as now; or the target.
    same_lines: Option<Goal>,
    /// The strength, with everything that decides it.
    as_strong: Option<(Arc<AsStrong>, Goal, StrengthKey)>,
}

/// Identity of a strength.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct StrengthKey {
    sheet: Arc<str>,
    lines: Vec<OptionLine>,
    character_level: u16,
    utility: planning::Utility,
}

impl MeaningCondition {
    /// Bytes of everything that the condition holds.
    pub(super) fn bytes(&self) -> usize {
        // The worth of three lines, and the comparisons that are accepted for it.
        const AS_STRONG: usize = 4 * 1024;
        let same_lines = self.same_lines.as_ref().map_or(0, of_goal);
        let as_strong = self.as_strong.as_ref();
        let as_strong = as_strong.map_or(0, |(_, goal, key)| {
            AS_STRONG + of_goal(goal) + key.sheet.len() + size_of_val(&*key.lines)
        });
        same_lines + as_strong
    }

    /// The condition that lines at least as good as these meet.
    pub(super) fn of(
        lines: &[OptionLine],
        same_lines: Option<Goal>,
        terms: &Terms<'_>,
    ) -> Result<Self, Outcome> {
        let asked = terms.strength.as_ref().is_some_and(|s| s.is_asked);
        let as_strong = terms
            .strength
            .as_ref()
            .and_then(|strength| strong(lines, same_lines.as_ref(), strength, terms).ok());
        let meaning = if asked {
            Meaning::AsStrong
        } else {
            Meaning::SameLines
        };
        let is_valued = match meaning {
            Meaning::SameLines | Meaning::Target => same_lines.is_some(),
            Meaning::AsStrong => as_strong.is_some(),
        };
        if !is_valued {
            return Err(Outcome::NothingValued {
                ignored: lines.iter().map(OptionLine::to_string).collect(),
            });
        }
        Ok(Self {
            meaning,
            same_lines,
            as_strong,
        })
    }

    /// The condition that lines meet a target.
    pub(super) const fn target(goal: Goal) -> Self {
        Self {
            meaning: Meaning::Target,
            same_lines: Some(goal),
            as_strong: None,
        }
    }

    /// Goal for the lines.
    pub(super) fn goal(&self) -> &Goal {
        let goal = self.goal_of(self.meaning);
        goal.expect("the meaning that is asked for has a goal")
    }

    /// The same by one of the meanings, where it has a goal.
    pub(super) fn goal_of(&self, meaning: Meaning) -> Option<&Goal> {
        match meaning {
            Meaning::SameLines | Meaning::Target => self.same_lines.as_ref(),
            Meaning::AsStrong => self.as_strong.as_ref().map(|(_, goal, _)| goal),
        }
    }

    /// The other meaning; a target has none.
    pub(super) const fn other(&self) -> Option<Meaning> {
        match self.meaning {
            Meaning::SameLines => Some(Meaning::AsStrong),
            Meaning::AsStrong => Some(Meaning::SameLines),
            Meaning::Target => None,
        }
    }

    /// The exact odds by one of the meanings, where it has a goal.
    pub(super) fn odds(
        &self,
        meaning: Meaning,
        rules: &'static Rules,
        draw: &Draw,
    ) -> Option<Result<Odds, ResetError>> {
        Some(match meaning {
            Meaning::SameLines | Meaning::Target => rules.odds_of(draw, self.same_lines.as_ref()?),
            Meaning::AsStrong => self.as_strong.as_ref()?.0.odds(rules, draw),
        })
    }

    fn key(&self) -> (Meaning, Option<&Goal>, Option<&StrengthKey>) {
        let strength = self.as_strong.as_ref().map(|(_, _, key)| key);
        (self.meaning, self.same_lines.as_ref(), strength)
    }
}

/// The condition "at least as strong", never harder than the same lines; none where nothing of the
/// lines counts.
fn strong(
    lines: &[OptionLine],
    same_lines: Option<&Goal>,
    strength: &Strength,
    terms: &Terms<'_>,
) -> Result<(Arc<AsStrong>, Goal, StrengthKey), NoStrength> {
    let utility = terms.options.utility;
    let level = terms.character_level;
    let worth = LineWorth::of(&strength.sheet, strength.defence, lines, level, utility)
        .expect("the sheet was valued before");
    let ignored = worth.ignored();
    let mut as_strong = AsStrong::new(worth)?;
    let goal = as_strong.goal();
    let goal = goal.map_err(|_| NoStrength::NothingValued { ignored })?;
    if let Some(same_lines) = same_lines {
        as_strong = as_strong.or_at_least(&same_lines.comparisons())?;
    }
    let key = StrengthKey {
        sheet: Arc::clone(&strength.key),
        lines: lines.to_vec(),
        character_level: level,
        utility,
    };
    Ok((Arc::new(as_strong), goal, key))
}

impl PartialEq for MeaningCondition {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for MeaningCondition {}

impl Hash for MeaningCondition {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}
