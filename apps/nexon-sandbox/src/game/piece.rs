//! Pieces of equipment as the game sells and drops them, before anyone makes them better.

use cube_probability::Part;

use super::{Class, Field, Job, Stats};

/// A piece of equipment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece {
    /// Kind of the piece as documents name it: a part, or the kind of a weapon.
    pub(crate) kind: &'static str,
    /// The tables its potential is drawn from; none for a piece that takes no potential.
    pub(crate) part: Option<Part>,
    pub(crate) name: Name,
    pub(crate) level: u16,
    /// Bonus to each of its stats.
    stat: i32,
    /// Bonus to 공격력 and to 마력.
    attack: i32,
    gives: StatBonus,
    pub(crate) takes_stars: bool,
    pub(crate) takes_flames: bool,
    /// Number of scroll slots.
    pub(crate) scrolls: u8,
    pub(crate) description: Option<&'static str>,
    /// The level of a 특수 스킬 반지; 0 for everything else.
    pub(crate) special_ring_level: u8,
}

/// Source of a piece's name.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Name {
    /// The same for every class.
    Plain(&'static str),
    /// With the job's prefix in between.
    OfJob(&'static str, &'static str),
    /// One for each job, in the order of [`Job`].
    ByJob([&'static str; 5]),
    /// With the job's Korean word at the end.
    ForJob(&'static str),
    /// A set's word before what the class calls its weapons of level 200.
    Weapon(&'static str),
}

#[derive(Debug, Clone, Copy)]
enum StatBonus {
    AllStats,
    JobStats,
}

impl Name {
    pub(crate) fn of(self, class: &Class) -> String {
        match self {
            Self::Plain(name) => name.to_owned(),
            Self::OfJob(before, after) => format!("{before}{}{after}", class.job.prefix()),
            Self::ByJob(names) => names[class.job as usize].to_owned(),
            Self::ForJob(before) => format!("{before}{}", class.job.korean()),
            Self::Weapon(set) => format!("{set} {}", class.weapon[2]),
        }
    }
}

impl Piece {
    /// Returns the piece's own stats, without enhancements.
    pub(crate) fn base(&self, job: Job) -> Stats {
        let mut base = Stats::NONE;
        for &field in self.stats_given(job) {
            base[field] = self.stat;
        }
        base[Field::AttackPower] = self.attack;
        base[Field::MagicPower] = self.attack;
        base[Field::BaseEquipmentLevel] = self.level.into();
        if matches!(self.gives, StatBonus::JobStats) {
            base[Field::Armor] = i32::from(self.level) * 3;
        }
        if self.part == Some(Part::Weapon) {
            base[Field::BossDamage] = 30;
            base[Field::IgnoreMonsterArmor] = if self.level >= 200 { 20 } else { 10 };
        }
        base
    }

    /// The stats that the piece and its stars give.
    pub(crate) fn stats_given(&self, job: Job) -> &'static [Field] {
        const BY_JOB: [[Field; 2]; 5] = [
            Job::Warrior.armour_stats(),
            Job::Magician.armour_stats(),
            Job::Archer.armour_stats(),
            Job::Thief.armour_stats(),
            Job::Pirate.armour_stats(),
        ];
        match self.gives {
            StatBonus::AllStats => &Field::STATS,
            StatBonus::JobStats => &BY_JOB[job as usize],
        }
    }

    /// Armour: its job's stats; takes everything.
    pub(super) const fn armour(part: Part, name: Name, level: u16, stat: i32, attack: i32) -> Self {
        Self {
            kind: part.korean(),
            part: Some(part),
            name,
            level,
            stat,
            attack,
            gives: StatBonus::JobStats,
            takes_stars: true,
            takes_flames: true,
            scrolls: 8,
            description: None,
            special_ring_level: 0,
        }
    }

    /// An accessory: all four stats; takes everything but flames.
    pub(super) const fn accessory(
        part: Part,
        name: &'static str,
        level: u16,
        stat: i32,
        attack: i32,
    ) -> Self {
        Self {
            gives: StatBonus::AllStats,
            takes_flames: false,
            scrolls: 4,
            ..Self::armour(part, Name::Plain(name), level, stat, attack)
        }
    }

    /// A piece that cannot be made better.
    pub(super) const fn keepsake(
        kind: &'static str,
        name: &'static str,
        level: u16,
        stat: i32,
        description: &'static str,
    ) -> Self {
        Self {
            kind,
            part: None,
            description: Some(description),
            ..Self::accessory(Part::Ring, name, level, stat, stat).bare()
        }
    }

    pub(super) const fn with_flames(mut self) -> Self {
        self.takes_flames = true;
        self
    }

    pub(super) const fn without_flames(mut self) -> Self {
        self.takes_flames = false;
        self
    }

    /// The same piece of another kind than its part.
    pub(super) const fn of_kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    pub(super) const fn special_ring(mut self, level: u8) -> Self {
        self.special_ring_level = level;
        self
    }

    /// The same piece without stars, flames and scrolls.
    pub(super) const fn bare(mut self) -> Self {
        self.takes_stars = false;
        self.takes_flames = false;
        self.scrolls = 0;
        self
    }
}
