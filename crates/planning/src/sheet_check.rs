//! The ranges of a stat sheet.

use crate::{Attribute, StatSheet};

/// A number of a stat sheet that no character can have.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SheetError {
    /// A number is outside its range, or not a number.
    #[error("{field} is {given}; expected a number from {min} to {max}")]
    OutOfRange {
        /// The field by its name in the sheet.
        field: &'static str,
        /// The number given.
        given: f64,
        /// The smallest number accepted.
        min: f64,
        /// The largest number accepted.
        max: f64,
    },
    /// The attributes of a field are not those of any class.
    #[error("{field} names {given} attributes; expected {expected}, each once")]
    WrongAttributes {
        /// `main` or `sub`.
        field: &'static str,
        /// The number given.
        given: usize,
        /// The numbers accepted, in words.
        expected: &'static str,
    },
    /// The parts of several attributes do not add up to their sum.
    #[error("attributes add up to {sum}, not to {field} {given}")]
    PartsDiffer {
        /// `main_final` or `sub_final`.
        field: &'static str,
        /// The number in that field.
        given: f64,
        /// The sum of the parts.
        sum: f64,
    },
    /// `attributes` holds some of the attributes of `main` or `sub`, but not all.
    #[error("attributes must hold every attribute of {field} or none of them")]
    PartsMissing {
        /// `main` or `sub`.
        field: &'static str,
    },
}

/// The largest attribute accepted, of one or of several together.
pub(crate) const MAX_STAT: f64 = 10_000_000.0;
/// The largest attack accepted.
pub(crate) const MAX_ATTACK: f64 = 1_000_000.0;
/// The factors of weapon and class accepted.
pub(crate) const WEAPON_FACTORS: std::ops::RangeInclusive<f64> = 0.1..=10.0;
/// The largest per cent accepted of a stat that adds up.
pub(crate) const MAX_PCT: f64 = 100_000.0;

impl StatSheet {
    /// Checks every number against its range.
    ///
    /// # Errors
    ///
    /// [`SheetError`] names the first field at fault and its range.
    pub fn check(&self) -> Result<(), SheetError> {
        self.check_attributes()?;
        for (field, given, min, max) in self.ranges() {
            in_range(field, given, min, max)?;
        }
        for parts in self.attributes.values() {
            in_range("attributes.final", parts.total, 0.0, MAX_STAT)?;
            in_range("attributes.base", parts.base, 0.0, MAX_STAT)?;
            in_range("attributes.pct", parts.pct, 0.0, MAX_PCT)?;
            let unscaled = parts.flat_unscaled;
            in_range("attributes.flat_unscaled", unscaled, 0.0, MAX_STAT)?;
        }
        self.check_parts("main", &self.main, "main_final", self.main_final)?;
        self.check_parts("sub", &self.sub, "sub_final", self.sub_final)
    }

    fn ranges(&self) -> [(&'static str, f64, f64, f64); 18] {
        [
            ("main_final", self.main_final, 1.0, MAX_STAT),
            ("main_base", self.main_base, 0.0, MAX_STAT),
            ("main_pct", self.main_pct, 0.0, MAX_PCT),
            ("main_flat_unscaled", self.main_flat_unscaled, 0.0, MAX_STAT),
            ("sub_final", self.sub_final, 0.0, MAX_STAT),
            ("sub_base", self.sub_base.unwrap_or(0.0), 0.0, MAX_STAT),
            ("sub_pct", self.sub_pct.unwrap_or(0.0), 0.0, MAX_PCT),
            ("sub_flat_unscaled", self.sub_flat_unscaled, 0.0, MAX_STAT),
            ("attack_final", self.attack_final, 1.0, MAX_ATTACK),
            ("attack_base", self.attack_base, 0.0, MAX_ATTACK),
            ("attack_pct", self.attack_pct, 0.0, MAX_PCT),
            ("damage_pct", self.damage_pct, 0.0, MAX_PCT),
            ("boss_damage_pct", self.boss_damage_pct, 0.0, MAX_PCT),
            ("final_damage_pct", self.final_damage_pct, 0.0, MAX_PCT),
            ("critical_rate_pct", self.critical_rate_pct, 0.0, 1_000.0),
            (
                "critical_damage_pct",
                self.critical_damage_pct,
                0.0,
                10_000.0,
            ),
            ("ied_pct", self.ied_pct, 0.0, 100.0),
            (
                "weapon_factor",
                self.weapon_factor.unwrap_or(1.0),
                *WEAPON_FACTORS.start(),
                *WEAPON_FACTORS.end(),
            ),
        ]
    }

    fn check_attributes(&self) -> Result<(), SheetError> {
        let wrong = |field, attributes: &[Attribute], expected| {
            Err(SheetError::WrongAttributes {
                field,
                given: attributes.len(),
                expected,
            })
        };
        if !matches!(self.main.len(), 1 | 3) || repeats(&self.main) {
            return wrong("main", &self.main, "one, or three");
        }
        let both: Vec<_> = self.main.iter().chain(&self.sub).copied().collect();
        if self.sub.len() > 2 || repeats(&both) {
            return wrong("sub", &self.sub, "at most two, none of them in main");
        }
        Ok(())
    }

    fn check_parts(
        &self,
        field: &'static str,
        attributes: &[Attribute],
        total: &'static str,
        given: f64,
    ) -> Result<(), SheetError> {
        let parts: Vec<_> = (attributes.iter())
            .filter_map(|attribute| self.attributes.get(attribute))
            .collect();
        if parts.is_empty() {
            return Ok(());
        }
        if parts.len() < attributes.len() {
            return Err(SheetError::PartsMissing { field });
        }
        let sum: f64 = parts.iter().map(|parts| parts.total).sum();
        if (sum - given).abs() > 1.0 {
            return Err(SheetError::PartsDiffer {
                field: total,
                given,
                sum,
            });
        }
        Ok(())
    }
}

fn repeats(attributes: &[Attribute]) -> bool {
    (attributes.iter().enumerate()).any(|(index, one)| attributes[..index].contains(one))
}

/// Checks a number against its range; infinite and undefined ones are outside.
pub(crate) fn in_range(
    field: &'static str,
    given: f64,
    min: f64,
    max: f64,
) -> Result<(), SheetError> {
    if (min..=max).contains(&given) {
        return Ok(());
    }
    Err(SheetError::OutOfRange {
        field,
        given,
        min,
        max,
    })
}
