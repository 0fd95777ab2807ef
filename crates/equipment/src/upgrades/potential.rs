//! Actions on a potential: resets until its lines are worth more than now.

use std::sync::Arc;

use cube_probability::{
    CostDistribution, Draw, Grade, Layer, Method, OptionLine, Part, Phase, Start, Unit,
};
use planning::{BonusChange, LineWorth, PityUse, PotentialResets, Threshold, Upgrade, UpgradeKind};

use super::{Found, LeftOutReason, UpgradeOptions};
use crate::Item;

/// The largest mean cost of an action, in meso: more than any player has.
const DEAREST: f64 = 1e14;

/// Adds the actions on one potential of an item.
pub(super) fn add(
    item: &Item,
    part: Part,
    layer: Layer,
    options: &UpgradeOptions,
    found: &mut Found,
) {
    let carried = match layer {
        Layer::Potential => &item.potential,
        Layer::AdditionalPotential => &item.additional_potential,
    };
    let Some(carried) = carried else {
        return;
    };
    let Ok(grade) = carried.grade else {
        found.leave_out(item, LeftOutReason::UnknownGrade(layer));
        return;
    };
    let texts: Vec<&String> = carried.lines.iter().flatten().collect();
    let lines: Result<Vec<OptionLine>, _> = texts.iter().map(|text| text.parse()).collect();
    let Ok(lines) = lines else {
        found.leave_out(item, LeftOutReason::UnknownLines(layer));
        return;
    };
    let Ok(item_level) = item.level else {
        found.leave_out(item, LeftOutReason::UnknownLevel);
        return;
    };
    let worth = LineWorth::of(
        &options.stat_sheet,
        options.boss_defence,
        &lines,
        options.character_level,
        options.utility,
    );
    let worth = worth.expect("the sheet was valued before");
    let methods = options.methods.iter().copied();
    for method in methods.filter(|method| method.layer() == layer && !method.keeps_first_line()) {
        let draw = Draw::new(method, part, item_level);
        let resets = Resets {
            draw: if texts.len() < 3 {
                draw.two_lines()
            } else {
                draw
            },
            layer,
            start: start(item, layer, grade, options),
            worth: &worth,
            options,
        };
        if let Err(detail) = resets.add(item, found) {
            let reason = LeftOutReason::NotPriced {
                layer,
                method,
                detail,
            };
            found.leave_out(item, reason);
        }
    }
}

fn start(item: &Item, layer: Layer, grade: Grade, options: &UpgradeOptions) -> Start {
    let given = options.starts.get(&item.slot);
    let given = given.and_then(|start| match layer {
        Layer::Potential => Some((start.grade?, start.failures)),
        Layer::AdditionalPotential => Some((start.additional_grade?, start.additional_failures)),
    });
    given.map_or(Start::at(grade), |(grade, failures)| Start {
        grade,
        failures,
    })
}

/// Resets of one potential by one method.
struct Resets<'a> {
    draw: Draw,
    layer: Layer,
    start: Start,
    worth: &'a LineWorth,
    options: &'a UpgradeOptions,
}

impl Resets<'_> {
    fn add(&self, item: &Item, found: &mut Found) -> Result<(), String> {
        let of = |start| PotentialResets {
            rules: self.options.rules,
            draw: self.draw,
            start,
            prices: &self.options.prices,
            worth: self.worth,
            minimum_gain: self.options.minimum_gain,
            dearest: DEAREST,
        };
        let fresh = of(Start::at(self.start.grade));
        let thresholds = fresh.thresholds().map_err(|error| error.to_string())?;
        for threshold in thresholds {
            let goal = fresh.goal(&threshold).ok();
            let cost = cost(&threshold.phases)?;
            found.upgrades.push((
                Some(self.draw.method()),
                Upgrade {
                    slot: item.slot.clone(),
                    kind: match self.layer {
                        Layer::Potential => UpgradeKind::Potential,
                        Layer::AdditionalPotential => UpgradeKind::AdditionalPotential,
                    },
                    goal,
                    to: None,
                    gain: threshold.gain,
                    change: BonusChange {
                        off: *self.worth.carried(),
                        on: threshold.weakest,
                    },
                    cost,
                    pity: self.pity(&threshold)?,
                },
            ));
        }
        Ok(())
    }

    /// The cost with the failures so far, where there are any.
    fn pity(&self, threshold: &Threshold) -> Result<Option<PityUse>, String> {
        let method: Method = self.draw.method();
        let Start { grade, failures } = self.start;
        let most = method.most_failures(grade).filter(|_| failures > 0);
        let Some(most) = most else {
            return Ok(None);
        };
        let mut phases = threshold.phases.clone();
        if let Some(first) = phases.first_mut() {
            let left = most.saturating_sub(failures).saturating_add(1);
            first.certain_on = std::num::NonZeroU32::new(left);
        }
        let cost = cost(&phases)?;
        Ok(Some(PityUse {
            method,
            grade,
            cost,
        }))
    }
}

fn cost(phases: &[Phase]) -> Result<planning::SharedCost, String> {
    let cost = CostDistribution::of(phases, Unit::Meso);
    let cost = cost.map_err(|error| error.to_string())?;
    Ok(Arc::new(cost))
}
