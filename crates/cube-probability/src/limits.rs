//! Line limits: categories of options of which an item carries only so many lines.

use crate::words::words;
use crate::{OptionLine, Stat};

/// A category of options with a largest number of lines.
///
/// Once the lines drawn hold that many, the category leaves the table of the next line and the
/// rest is divided by what remains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LimitedCategory {
    /// Any of the `쓸만한` skills.
    DecentSkill,
    /// `피격 후 무적시간 +n초`
    InvincibleAfterHit,
    /// `피격 시 …% 확률로 데미지의 n% 무시`
    IgnoreDamageOnHit,
    /// `피격 시 …% 확률로 n초간 무적`
    InvincibleOnHit,
    /// `몬스터 방어율 무시`
    Ied,
    /// `보스 몬스터 데미지`
    BossDamage,
    /// `아이템 드롭률`
    Drop,
}

words!("limited category", LimitedCategory {
    DecentSkill = "decent_skill",
    InvincibleAfterHit = "invincible_after_hit",
    IgnoreDamageOnHit = "ignore_damage_on_hit",
    InvincibleOnHit = "invincible_on_hit",
    Ied = "ied",
    BossDamage = "boss_damage",
    Drop = "drop",
});

impl LimitedCategory {
    /// The category an option belongs to, if any.
    pub fn of(line: OptionLine) -> Option<Self> {
        let (stat, _) = line.effect()?;
        Some(match stat {
            Stat::DecentMysticDoor
            | Stat::DecentHyperBody
            | Stat::DecentAdvancedBless
            | Stat::DecentWindBooster
            | Stat::DecentSharpEyes
            | Stat::DecentHaste
            | Stat::DecentCombatOrders => Self::DecentSkill,
            Stat::InvincibleAfterHitSeconds => Self::InvincibleAfterHit,
            Stat::IgnoreDamageOnHitPct => Self::IgnoreDamageOnHit,
            Stat::InvincibleOnHitSeconds => Self::InvincibleOnHit,
            Stat::IedPct => Self::Ied,
            Stat::BossDamagePct => Self::BossDamage,
            Stat::DropPct => Self::Drop,
            _ => return None,
        })
    }
}
