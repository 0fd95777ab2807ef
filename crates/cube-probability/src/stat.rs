//! Stats: the words in which goals are written.

use crate::words::words;

/// A quantity that an option line gives and a goal counts.
///
/// Amounts are whole numbers in the unit the identifier names: `_pct` percent, `_flat` points,
/// `_per_9_levels` points for every nine character levels, `_seconds` seconds. Reductions
/// (`cooldown_seconds`, `mp_cost_pct`) are counted positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stat {
    /// `STR +n%`
    StrPct,
    /// `DEX +n%`
    DexPct,
    /// `INT +n%`
    IntPct,
    /// `LUK +n%`
    LukPct,
    /// `최대 HP +n%`
    MaxHpPct,
    /// `최대 MP +n%`
    MaxMpPct,
    /// `공격력 +n%`
    AttPct,
    /// `마력 +n%`
    MattPct,
    /// `올스탯 +n%`
    AllStatPct,
    /// `STR +n`
    StrFlat,
    /// `DEX +n`
    DexFlat,
    /// `INT +n`
    IntFlat,
    /// `LUK +n`
    LukFlat,
    /// `최대 HP +n`
    MaxHpFlat,
    /// `최대 MP +n`
    MaxMpFlat,
    /// `공격력 +n`
    AttFlat,
    /// `마력 +n`
    MattFlat,
    /// `올스탯 +n`
    AllStatFlat,
    /// `캐릭터 기준 9레벨 당 STR +n`
    StrPer9Levels,
    /// `캐릭터 기준 9레벨 당 DEX +n`
    DexPer9Levels,
    /// `캐릭터 기준 9레벨 당 INT +n`
    IntPer9Levels,
    /// `캐릭터 기준 9레벨 당 LUK +n`
    LukPer9Levels,
    /// `보스 몬스터 데미지 +n%`
    BossDamagePct,
    /// `데미지 +n%`
    DamagePct,
    /// `몬스터 방어율 무시 +n%`
    IedPct,
    /// `크리티컬 확률 +n%`
    CritRatePct,
    /// `크리티컬 데미지 +n%`
    CritDamagePct,
    /// `아이템 드롭률 +n%`
    DropPct,
    /// `메소 획득량 +n%`
    MesoPct,
    /// `스킬 재사용 대기시간 -n초`
    CooldownSeconds,
    /// `공격 시 n% 확률로 오토스틸`
    AutostealPct,
    /// `방어력 +n%`
    DefPct,
    /// `방어력 +n`
    DefFlat,
    /// `이동속도 +n`
    SpeedFlat,
    /// `점프력 +n`
    JumpFlat,
    /// `HP 회복 아이템 및 회복 스킬 효율 +n%`
    HealEfficiencyPct,
    /// `모든 스킬의 MP 소모 -n%`
    MpCostPct,
    /// `공격 시 …% 확률로 n의 HP 회복`
    HpOnAttack,
    /// `공격 시 …% 확률로 n의 MP 회복`
    MpOnAttack,
    /// `몬스터 처치 시 …% 확률로 n의 HP 회복`
    HpOnKill,
    /// `몬스터 처치 시 …% 확률로 n의 MP 회복`
    MpOnKill,
    /// `4초 당 n의 HP 회복`
    HpPer4Seconds,
    /// `4초 당 n의 MP 회복`
    MpPer4Seconds,
    /// `피격 시 …% 확률로 데미지의 n% 무시`
    IgnoreDamageOnHitPct,
    /// `피격 시 …% 확률로 n의 데미지 무시`
    IgnoreDamageOnHitFlat,
    /// `피격 시 …% 확률로 n초간 무적`
    InvincibleOnHitSeconds,
    /// `피격 후 무적시간 +n초`
    InvincibleAfterHitSeconds,
    /// `…% 확률로 받은 피해의 n%를 반사`
    ReflectPct,
    /// `<쓸만한 미스틱 도어> 스킬 사용 가능`
    DecentMysticDoor,
    /// `<쓸만한 하이퍼 바디> 스킬 사용 가능`
    DecentHyperBody,
    /// `<쓸만한 어드밴스드 블레스> 스킬 사용 가능`
    DecentAdvancedBless,
    /// `<쓸만한 윈드 부스터> 스킬 사용 가능`
    DecentWindBooster,
    /// `<쓸만한 샤프 아이즈> 스킬 사용 가능`
    DecentSharpEyes,
    /// `<쓸만한 헤이스트> 스킬 사용 가능`
    DecentHaste,
    /// `<쓸만한 컴뱃 오더스> 스킬 사용 가능`
    DecentCombatOrders,
}

words!("stat", Stat {
    StrPct = "str_pct",
    DexPct = "dex_pct",
    IntPct = "int_pct",
    LukPct = "luk_pct",
    MaxHpPct = "max_hp_pct",
    MaxMpPct = "max_mp_pct",
    AttPct = "att_pct",
    MattPct = "matt_pct",
    AllStatPct = "all_stat_pct",
    StrFlat = "str_flat",
    DexFlat = "dex_flat",
    IntFlat = "int_flat",
    LukFlat = "luk_flat",
    MaxHpFlat = "max_hp_flat",
    MaxMpFlat = "max_mp_flat",
    AttFlat = "att_flat",
    MattFlat = "matt_flat",
    AllStatFlat = "all_stat_flat",
    StrPer9Levels = "str_per_9_levels",
    DexPer9Levels = "dex_per_9_levels",
    IntPer9Levels = "int_per_9_levels",
    LukPer9Levels = "luk_per_9_levels",
    BossDamagePct = "boss_damage_pct",
    DamagePct = "damage_pct",
    IedPct = "ied_pct",
    CritRatePct = "crit_rate_pct",
    CritDamagePct = "crit_damage_pct",
    DropPct = "drop_pct",
    MesoPct = "meso_pct",
    CooldownSeconds = "cooldown_seconds",
    AutostealPct = "autosteal_pct",
    DefPct = "def_pct",
    DefFlat = "def_flat",
    SpeedFlat = "speed_flat",
    JumpFlat = "jump_flat",
    HealEfficiencyPct = "heal_efficiency_pct",
    MpCostPct = "mp_cost_pct",
    HpOnAttack = "hp_on_attack",
    MpOnAttack = "mp_on_attack",
    HpOnKill = "hp_on_kill",
    MpOnKill = "mp_on_kill",
    HpPer4Seconds = "hp_per_4_seconds",
    MpPer4Seconds = "mp_per_4_seconds",
    IgnoreDamageOnHitPct = "ignore_damage_on_hit_pct",
    IgnoreDamageOnHitFlat = "ignore_damage_on_hit_flat",
    InvincibleOnHitSeconds = "invincible_on_hit_seconds",
    InvincibleAfterHitSeconds = "invincible_after_hit_seconds",
    ReflectPct = "reflect_pct",
    DecentMysticDoor = "decent_mystic_door",
    DecentHyperBody = "decent_hyper_body",
    DecentAdvancedBless = "decent_advanced_bless",
    DecentWindBooster = "decent_wind_booster",
    DecentSharpEyes = "decent_sharp_eyes",
    DecentHaste = "decent_haste",
    DecentCombatOrders = "decent_combat_orders",
});

impl Stat {
    /// Whether an option that gives `given` counts towards this stat.
    ///
    /// A stat counts itself; the percentages and points of STR, DEX, INT and LUK also count
    /// `올스탯`, as a player reads them.
    pub fn counts(self, given: Self) -> bool {
        self == given
            || match self {
                Self::StrPct | Self::DexPct | Self::IntPct | Self::LukPct => {
                    given == Self::AllStatPct
                }
                Self::StrFlat | Self::DexFlat | Self::IntFlat | Self::LukFlat => {
                    given == Self::AllStatFlat
                }
                _ => false,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn main_stats_count_all_stat_of_their_own_unit() {
        assert!(Stat::IntPct.counts(Stat::IntPct));
        assert!(Stat::IntPct.counts(Stat::AllStatPct));
        assert!(Stat::LukFlat.counts(Stat::AllStatFlat));
        assert!(!Stat::IntPct.counts(Stat::AllStatFlat));
        assert!(!Stat::AllStatPct.counts(Stat::IntPct));
        assert!(!Stat::MaxHpPct.counts(Stat::AllStatPct));
    }

    #[test]
    fn identifiers_are_unique_and_found_again() {
        for &stat in Stat::ALL {
            assert_eq!(stat.id().parse(), Ok(stat));
        }
    }
}
