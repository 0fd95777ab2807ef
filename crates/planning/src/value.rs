//! V: relative boss damage, and what a change of gear gains.

use crate::model::Model;
use crate::sheet_check::in_range;
use crate::{Bonus, BonusChange, SheetError, StatSheet};

/// The defence of a boss as a number: 3.8 is 380 %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BossDefence(f64);

impl BossDefence {
    /// 380 %, as the bosses of the end of the game have it.
    pub const DEFAULT: Self = Self(3.8);

    /// Defences of bosses in the game, the hardest first.
    const OF_BOSSES: [Self; 7] = [
        Self(3.8),
        Self(3.0),
        Self(2.5),
        Self(2.0),
        Self(1.0),
        Self(0.5),
        Self(0.1),
    ];

    /// The hardest defence that the character of a sheet can damage, from 380 % down to 10 %; the
    /// default where there is none, or where the sheet is out of range.
    ///
    /// A character that ignores 73 % of defence does no damage to a boss of 380 %, which compares
    /// nothing; its player fights weaker bosses.
    pub fn hardest_for(sheet: &StatSheet) -> Self {
        let damages = |defence: &Self| Valuation::of(sheet, *defence).is_ok();
        let hardest = Self::OF_BOSSES.into_iter().find(damages);
        hardest.unwrap_or(Self::DEFAULT)
    }

    /// Takes a number from 0 to 10.
    ///
    /// # Errors
    ///
    /// [`SheetError`] for anything else.
    pub fn new(defence: f64) -> Result<Self, SheetError> {
        in_range("boss_defence", defence, 0.0, 10.0)?;
        Ok(Self(defence))
    }

    /// The number itself.
    pub const fn get(self) -> f64 {
        self.0
    }

    /// The number in per cent, as players say it: 380.
    pub fn per_cent(self) -> f64 {
        (self.0 * 100.0).round()
    }
}

impl Default for BossDefence {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Reason that a character's gear cannot be compared by boss damage.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotValued {
    /// The main stat is 최대 HP, which the upstream caps.
    #[error("the damage of 데몬어벤져 cannot be computed, as the source caps its HP")]
    DemonAvenger,
    /// The stat sheet is out of range.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// The character does no damage to this boss at all, so that no ratio exists.
    #[error("with {ied_pct} % ignored, a boss of defence {defence} takes no damage")]
    NoDamage {
        /// Monster defence ignored, in per cent.
        ied_pct: f64,
        /// The boss's defence.
        defence: f64,
    },
}

/// Relative boss damage by stat sheet, with some gear taken off.
///
/// ```text
/// V = S/100 * A * (1+d+b) * (1+fd) * (1 + min(1,cr)*(0.35+cd)) * max(0, 1 - R*(1-ied))
/// S = 4*main + sub, 제논 4*(STR+DEX+LUK)
/// ```
///
/// The formula is public and agrees in several independent engines. Only ratios of V have a
/// meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Valuation {
    model: Model,
    defence: f64,
}

impl Valuation {
    /// The valuation of a sheet against a boss.
    ///
    /// # Errors
    ///
    /// [`NotValued`] when the sheet is out of range or V is zero.
    pub fn of(sheet: &StatSheet, defence: BossDefence) -> Result<Self, NotValued> {
        let model = Model::of(sheet)?;
        let defence = defence.get();
        let valuation = Self { model, defence };
        if valuation.value(&Bonus::NONE) > 0.0 {
            return Ok(valuation);
        }
        Err(NotValued::NoDamage {
            ied_pct: sheet.ied_pct,
            defence,
        })
    }

    /// The same character with a bonus taken off.
    #[must_use]
    pub fn without(&self, bonus: &Bonus) -> Self {
        Self {
            model: self.model.swapped(bonus, &Bonus::NONE),
            ..*self
        }
    }

    /// V with a bonus put on.
    pub fn value(&self, bonus: &Bonus) -> f64 {
        self.model.value(bonus, self.defence)
    }

    /// The relative gain of swapping one bonus for another: 0.012 is 1.2 % more boss damage.
    pub fn gain(&self, old: &Bonus, new: &Bonus) -> f64 {
        let bare = self.without(old);
        bare.value(new) / bare.value(old) - 1.0
    }

    /// The relative gain of several changes at once.
    ///
    /// Amounts that they add to one term of V add up, and so mostly gain less together than by the
    /// product of the single gains; of defence ignored there is less left for each further change.
    pub fn gain_together<'a>(&self, changes: impl IntoIterator<Item = &'a BonusChange>) -> f64 {
        let nothing = (Bonus::NONE, Bonus::NONE);
        let (off, on) = (changes.into_iter()).fold(nothing, |(off, on), change| {
            (off.plus(change.off), on.plus(change.on))
        });
        self.gain(&off, &on)
    }

    /// The points of main stat that are worth as much as a gain, to first order: gain * S / 4.
    pub fn equivalent_main_stat(&self, gain: f64) -> f64 {
        gain * self.model.stat(&Bonus::NONE) / 4.0
    }

    pub(crate) const fn model(&self) -> &Model {
        &self.model
    }

    pub(crate) const fn defence(&self) -> f64 {
        self.defence
    }
}
