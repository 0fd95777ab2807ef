//! The stat sheet: every number that boss damage is computed from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Attribute, Bonus, ClassStats, MainStat, SheetError};

/// A character's stats, as a value that a client may edit and send back.
///
/// Percentages are in per cent as the game shows them: 420 is 420 %. The attributes follow
/// `final = floor(base * (1 + pct / 100)) + flat_unscaled + rest`, attack
/// `final = floor(base * (1 + pct / 100)) + rest`; the `rest` makes the model equal the final
/// value and stays fixed whatever changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatSheet {
    /// The main attributes: one, or STR, DEX and LUK for 제논.
    pub main: Vec<Attribute>,
    /// The sub attributes: none to two.
    pub sub: Vec<Attribute>,
    /// The main stat as the game shows it; of several attributes their sum.
    pub main_final: f64,
    /// Points of main stat that percentages multiply.
    pub main_base: f64,
    /// Per cent of main stat.
    pub main_pct: f64,
    /// Points of main stat that no percentage multiplies.
    pub main_flat_unscaled: f64,
    /// The sub stat as the game shows it; of several attributes their sum.
    pub sub_final: f64,
    /// Points of sub stat that percentages multiply. Without them the sub stat is taken to have
    /// the per cent of the main stat, which values its lines rather too low.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_base: Option<f64>,
    /// Per cent of sub stat; goes with `sub_base`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_pct: Option<f64>,
    /// Points of sub stat that no percentage multiplies.
    #[serde(default)]
    pub sub_flat_unscaled: f64,
    /// Attack, or magic attack where the main stat is INT, as the game shows it.
    pub attack_final: f64,
    /// Points of attack that percentages multiply.
    pub attack_base: f64,
    /// Per cent of attack.
    pub attack_pct: f64,
    /// 데미지.
    pub damage_pct: f64,
    /// 보스 몬스터 데미지.
    pub boss_damage_pct: f64,
    /// 최종 데미지.
    pub final_damage_pct: f64,
    /// 크리티컬 확률; above 100 is worth nothing.
    pub critical_rate_pct: f64,
    /// 크리티컬 데미지.
    pub critical_damage_pct: f64,
    /// 방어율 무시 in total.
    pub ied_pct: f64,
    /// The factor of weapon and class in the stat attack. It cancels in every comparison.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weapon_factor: Option<f64>,
    /// The parts of each attribute where `main` or `sub` are several; empty means equal parts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<Attribute, AttributeParts>,
}

/// One attribute and the parts it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeParts {
    /// The attribute as the game shows it.
    #[serde(rename = "final")]
    pub total: f64,
    /// Points that percentages multiply.
    pub base: f64,
    /// Per cent.
    pub pct: f64,
    /// Points that no percentage multiplies.
    pub flat_unscaled: f64,
}

impl StatSheet {
    /// Whether the class attacks with magic.
    pub fn is_magic(&self) -> bool {
        self.main == [Attribute::Int]
    }

    /// The class's stats, as far as the sheet says them.
    pub fn main_stat(&self) -> MainStat {
        match self.main[..] {
            [Attribute::Str] => MainStat::Str,
            [Attribute::Dex] => MainStat::Dex,
            [Attribute::Int] => MainStat::Int,
            [Attribute::Luk] => MainStat::Luk,
            _ => MainStat::StrDexLuk,
        }
    }

    /// Whether the sheet is one of that class.
    pub fn is_of(&self, class: ClassStats) -> bool {
        let same = |a: &[Attribute], b: &[Attribute]| {
            a.len() == b.len() && a.iter().all(|attribute| b.contains(attribute))
        };
        same(&self.main, class.main_attributes()) && same(&self.sub, class.sub)
    }

    /// 4 * main + sub.
    pub fn weighted_stat(&self) -> f64 {
        4.0 * self.main_final + self.sub_final
    }

    /// The upper end of 스탯공격력 as the game shows it; none without a weapon factor.
    pub fn stat_attack(&self) -> Option<f64> {
        let attack = self.weighted_stat() / 100.0 * self.attack_final * self.weapon_factor?;
        Some(attack * (1.0 + self.damage_pct / 100.0) * (1.0 + self.final_damage_pct / 100.0))
    }

    /// The sheet after one bonus is taken off and another put on.
    ///
    /// # Errors
    ///
    /// [`SheetError`] when the result is out of range, as when a bonus is taken off that the sheet
    /// does not hold.
    pub fn swapped(&self, old: &Bonus, new: &Bonus) -> Result<Self, SheetError> {
        let model = crate::model::Model::of(self)?;
        let sheet = model.swapped(old, new).written_to(self);
        sheet.check()?;
        Ok(sheet)
    }

    /// Parts of an attribute; equal parts of main or sub where the sheet does not say.
    pub(crate) fn parts(&self, attribute: Attribute) -> AttributeParts {
        if let Some(parts) = self.attributes.get(&attribute) {
            return *parts;
        }
        if self.main.contains(&attribute) {
            let share = |total: f64| total / self.main.len() as f64;
            return AttributeParts {
                total: share(self.main_final),
                base: share(self.main_base),
                pct: self.main_pct,
                flat_unscaled: share(self.main_flat_unscaled),
            };
        }
        let share = |total: f64| total / self.sub.len().max(1) as f64;
        let pct = self.sub_pct.unwrap_or(self.main_pct);
        let scaled = self.sub_final - self.sub_flat_unscaled;
        let base = self.sub_base.unwrap_or(scaled / (1.0 + pct / 100.0));
        AttributeParts {
            total: share(self.sub_final),
            base: share(base),
            pct,
            flat_unscaled: share(self.sub_flat_unscaled),
        }
    }
}
