//! The rest: the part of a final stat that no known source explains.

use serde::Serialize;

use crate::model::scaled;
use crate::{AttributeParts, StatSheet};

/// A part of a final stat that no known source explains; kept fixed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rest {
    /// `main`, `sub` or `attack`.
    pub of: &'static str,
    /// Points of the final stat; negative when the known sources give more than is recorded.
    pub points: f64,
}

/// A field of the sheet that is not known, with bounds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnknownField {
    /// The field's name.
    pub field: &'static str,
    /// The field is at least this.
    pub lower: f64,
    /// The field is at most this.
    pub upper: f64,
}

/// One final stat, taken apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Solved {
    /// The parts of the sheet.
    pub(super) parts: AttributeParts,
    /// Points that the parts do not give.
    pub(super) rest: f64,
    pub(super) base: (f64, f64),
    pub(super) pct: (f64, f64),
}

impl Solved {
    /// Known parts, and a rest that may be points that a percentage multiplies, a percentage, or
    /// neither.
    pub(super) fn with_rest(parts: AttributeParts) -> Self {
        let rest = parts.total - scaled(parts.base, parts.pct) - parts.flat_unscaled;
        let base = (parts.base + rest / (1.0 + parts.pct / 100.0)).max(0.0);
        let pct = if parts.base > 0.0 {
            (parts.pct + rest / parts.base * 100.0).max(0.0)
        } else {
            parts.pct
        };
        Self {
            parts,
            rest,
            base: ordered(parts.base, base),
            pct: ordered(parts.pct, pct),
        }
    }

    fn is_certain(&self) -> bool {
        // The game rounds a stat down once; less than a point is no rest.
        self.rest.abs() < 1.0 && self.base.0 >= self.base.1 - 1.0 && self.pct.0 >= self.pct.1 - 1.0
    }
}

fn ordered(a: f64, b: f64) -> (f64, f64) {
    (a.min(b), a.max(b))
}

impl Rest {
    pub(super) fn of(of: &'static str, solved: &[Solved]) -> Option<Self> {
        let points: f64 = solved.iter().map(|solved| solved.rest).sum();
        (points.abs() >= 1.0).then_some(Self { of, points })
    }
}

impl UnknownField {
    pub(super) fn of(of: &'static str, solved: &[Solved]) -> Vec<Self> {
        if solved.is_empty() || solved.iter().all(Solved::is_certain) {
            return Vec::new();
        }
        let (base, pct) = match of {
            "main" => ("main_base", "main_pct"),
            "sub" => ("sub_base", "sub_pct"),
            _ => ("attack_base", "attack_pct"),
        };
        let sum = |get: fn(&Solved) -> f64| solved.iter().map(get).sum::<f64>();
        let count = solved.len() as f64;
        vec![
            Self {
                field: base,
                lower: sum(|solved| solved.base.0),
                upper: sum(|solved| solved.base.1),
            },
            Self {
                field: pct,
                lower: sum(|solved| solved.pct.0) / count,
                upper: sum(|solved| solved.pct.1) / count,
            },
        ]
    }

    /// Puts a value of this field into a sheet, each attribute's part in proportion.
    pub(super) fn write(&self, sheet: &mut StatSheet, value: f64) {
        let (attributes, is_base) = match self.field {
            "main_base" => (sheet.main.clone(), true),
            "main_pct" => (sheet.main.clone(), false),
            "sub_base" => (sheet.sub.clone(), true),
            "sub_pct" => (sheet.sub.clone(), false),
            _ => (Vec::new(), false),
        };
        let before = match self.field {
            "main_base" => std::mem::replace(&mut sheet.main_base, value),
            "main_pct" => std::mem::replace(&mut sheet.main_pct, value),
            "sub_base" => sheet.sub_base.replace(value).unwrap_or(value),
            "sub_pct" => sheet.sub_pct.replace(value).unwrap_or(value),
            "attack_base" => std::mem::replace(&mut sheet.attack_base, value),
            _ => std::mem::replace(&mut sheet.attack_pct, value),
        };
        for attribute in attributes {
            if let Some(parts) = sheet.attributes.get_mut(&attribute) {
                if is_base {
                    parts.base *= value / before.max(1.0);
                } else {
                    parts.pct += value - before;
                    parts.pct = parts.pct.max(0.0);
                }
            }
        }
    }
}
