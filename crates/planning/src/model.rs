//! The model: a stat sheet in the form that changes are computed in.

use crate::{Attribute, Bonus, SheetError, StatSheet};

/// The sheet in the form that changes are computed in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Model {
    attributes: [Scaled; 4],
    /// Weight of each attribute in S: 4, 1 or 0.
    weights: [f64; 4],
    attack: Scaled,
    damage_pct: f64,
    boss_damage_pct: f64,
    final_damage_pct: f64,
    critical_rate_pct: f64,
    critical_damage_pct: f64,
    defence_left: f64,
}

/// `floor(base * (1 + pct / 100)) + fixed`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Scaled {
    base: f64,
    pct: f64,
    fixed: f64,
}

impl Scaled {
    fn new(base: f64, pct: f64, total: f64) -> Self {
        let fixed = total - scaled(base, pct);
        Self { base, pct, fixed }
    }

    fn with(self, flat: f64, pct: f64, unscaled: f64) -> f64 {
        scaled(self.base + flat, self.pct + pct) + self.fixed + unscaled
    }
}

/// Points after a percentage, rounded down as the game does.
///
/// The product is nudged by less than any real fraction, so that 0.29999 from binary rounding of a
/// whole number is not taken a point lower.
pub(crate) fn scaled(base: f64, pct: f64) -> f64 {
    (base * (100.0 + pct) / 100.0 + 1e-7).floor()
}

impl Model {
    pub(crate) fn of(sheet: &StatSheet) -> Result<Self, SheetError> {
        sheet.check()?;
        let weights = Attribute::ALL.map(|attribute| {
            match (
                sheet.main.contains(&attribute),
                sheet.sub.contains(&attribute),
            ) {
                (true, _) => 4.0,
                (false, true) => 1.0,
                _ => 0.0,
            }
        });
        let counted = |attribute: &Attribute| weights[*attribute as usize] > 0.0;
        let attributes = Attribute::ALL.map(|attribute| {
            if !counted(&attribute) {
                return Scaled::default();
            }
            let parts = sheet.parts(attribute);
            Scaled::new(parts.base, parts.pct, parts.total)
        });
        Ok(Self {
            attributes,
            weights,
            attack: Scaled::new(sheet.attack_base, sheet.attack_pct, sheet.attack_final),
            damage_pct: sheet.damage_pct,
            boss_damage_pct: sheet.boss_damage_pct,
            final_damage_pct: sheet.final_damage_pct,
            critical_rate_pct: sheet.critical_rate_pct,
            critical_damage_pct: sheet.critical_damage_pct,
            defence_left: (100.0 - sheet.ied_pct) / 100.0,
        })
    }

    /// S = 4 * main + sub, with a bonus.
    pub(crate) fn stat(&self, bonus: &Bonus) -> f64 {
        let counted = (0..4).filter(|&index| self.weights[index] > 0.0);
        counted
            .map(|i| {
                let (flat, pct) = (bonus.flat[i], bonus.pct[i]);
                self.weights[i] * self.attributes[i].with(flat, pct, bonus.flat_unscaled[i])
            })
            .sum()
    }

    pub(crate) fn value(&self, bonus: &Bonus, defence: f64) -> f64 {
        let fraction = |base: f64, more: f64| (base + more) / 100.0;
        let attack = self.attack.with(bonus.attack, bonus.attack_pct, 0.0);
        let damage = fraction(self.damage_pct, bonus.damage_pct);
        let boss = fraction(self.boss_damage_pct, bonus.boss_damage_pct);
        let rate = fraction(self.critical_rate_pct, bonus.critical_rate_pct).clamp(0.0, 1.0);
        let critical = fraction(self.critical_damage_pct, bonus.critical_damage_pct);
        let left = self.defence_left * bonus.defence_left;
        self.stat(bonus) / 100.0
            * attack
            * (1.0 + damage + boss)
            * (1.0 + self.final_damage_pct / 100.0)
            * (1.0 + rate * (0.35 + critical))
            * (1.0 - defence * left).max(0.0)
    }

    pub(crate) fn swapped(&self, old: &Bonus, new: &Bonus) -> Self {
        let change = |part: Scaled, flat: f64, pct: f64, unscaled: f64| Scaled {
            base: part.base + flat,
            pct: part.pct + pct,
            fixed: part.fixed + unscaled,
        };
        Self {
            attributes: std::array::from_fn(|i| {
                let difference = |get: fn(&Bonus) -> &[f64; 4]| get(new)[i] - get(old)[i];
                change(
                    self.attributes[i],
                    difference(|bonus| &bonus.flat),
                    difference(|bonus| &bonus.pct),
                    difference(|bonus| &bonus.flat_unscaled),
                )
            }),
            attack: change(
                self.attack,
                new.attack - old.attack,
                new.attack_pct - old.attack_pct,
                0.0,
            ),
            damage_pct: self.damage_pct - old.damage_pct + new.damage_pct,
            boss_damage_pct: self.boss_damage_pct - old.boss_damage_pct + new.boss_damage_pct,
            critical_rate_pct: self.critical_rate_pct - old.critical_rate_pct
                + new.critical_rate_pct,
            critical_damage_pct: self.critical_damage_pct - old.critical_damage_pct
                + new.critical_damage_pct,
            defence_left: self.defence_left / old.defence_left * new.defence_left,
            ..*self
        }
    }

    /// The sheet with the model's numbers.
    pub(crate) fn written_to(&self, sheet: &StatSheet) -> StatSheet {
        let before: [_; 4] = Attribute::ALL.map(|attribute| sheet.parts(attribute));
        let mut after = sheet.clone();
        let sum = |chosen: &[Attribute], of: &dyn Fn(usize) -> f64| -> f64 {
            (chosen.iter()).fold(0.0, |sum, attribute| sum + of(*attribute as usize))
        };
        let total = |i: usize| self.attributes[i].with(0.0, 0.0, 0.0);
        let base = |i: usize| self.attributes[i].base;
        let pct = |i: usize| self.attributes[i].pct;
        let unscaled = |i: usize| {
            let parts = before[i];
            let fixed = parts.total - scaled(parts.base, parts.pct);
            parts.flat_unscaled + self.attributes[i].fixed - fixed
        };
        (after.main_final, after.main_base) = (sum(&sheet.main, &total), sum(&sheet.main, &base));
        after.main_pct = sum(&sheet.main, &pct) / sheet.main.len() as f64;
        after.main_flat_unscaled = sum(&sheet.main, &unscaled);
        (after.sub_final, after.sub_flat_unscaled) =
            (sum(&sheet.sub, &total), sum(&sheet.sub, &unscaled));
        if !sheet.sub.is_empty() {
            after.sub_base = Some(sum(&sheet.sub, &base));
            after.sub_pct = Some(sum(&sheet.sub, &pct) / sheet.sub.len() as f64);
        }
        for (attribute, parts) in &mut after.attributes {
            let i = *attribute as usize;
            (parts.total, parts.base) = (total(i), base(i));
            (parts.pct, parts.flat_unscaled) = (self.attributes[i].pct, unscaled(i));
        }
        after.attack_final = self.attack.with(0.0, 0.0, 0.0);
        (after.attack_base, after.attack_pct) = (self.attack.base, self.attack.pct);
        (after.damage_pct, after.boss_damage_pct) = (self.damage_pct, self.boss_damage_pct);
        after.critical_rate_pct = self.critical_rate_pct;
        after.critical_damage_pct = self.critical_damage_pct;
        after.ied_pct = 100.0 - 100.0 * self.defence_left;
        after
    }

    /// The points of one attribute that percentages multiply.
    pub(crate) const fn base(&self, place: usize) -> f64 {
        self.attributes[place].base
    }

    /// Per cent of one attribute.
    pub(crate) const fn pct(&self, place: usize) -> f64 {
        self.attributes[place].pct
    }

    /// Weight of one attribute in S.
    pub(crate) const fn weight(&self, place: usize) -> f64 {
        self.weights[place]
    }

    /// S without a bonus.
    pub(crate) fn total_stat(&self) -> f64 {
        self.stat(&Bonus::NONE)
    }

    /// Attack: its points, per cent and final value.
    pub(crate) fn attack_parts(&self) -> (f64, f64, f64) {
        (
            self.attack.base,
            self.attack.pct,
            self.attack.with(0.0, 0.0, 0.0),
        )
    }

    /// 1 + damage + boss damage.
    pub(crate) fn damage_factor(&self) -> f64 {
        1.0 + (self.damage_pct + self.boss_damage_pct) / 100.0
    }

    /// Critical rate up to 1, and what a critical hit adds.
    pub(crate) fn critical(&self) -> (f64, f64) {
        let rate = (self.critical_rate_pct / 100.0).clamp(0.0, 1.0);
        (rate, 0.35 + self.critical_damage_pct / 100.0)
    }

    /// The part of a monster's defence left.
    pub(crate) const fn defence_left(&self) -> f64 {
        self.defence_left
    }
}
