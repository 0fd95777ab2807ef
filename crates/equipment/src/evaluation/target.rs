//! Pricing the way of an item to a target.

use std::sync::Arc;

use cube_probability::{Goal, Grade, Layer, Level, OptionLine, Part, Start};
use planning::ClassTarget;

use super::meaning::MeaningCondition;
use super::potential::{Potential, Question, Terms};
use super::stars::{Stars, TermsKey};
use super::{Assumption, NotApplicable, NotPriced, Outcome, StarForceOutcome, StarsNotPriced};
use crate::{Item, PotentialLines, Slot, UnreadableField};

/// An item's potential on the way to a target.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) item: &'a Item,
    pub(super) layer: Layer,
    pub(super) carried: Option<&'a PotentialLines>,
}

/// The target of an item for its class.
pub(super) fn target_of(item: &Item, terms: &Terms<'_>) -> Option<Result<ClassTarget, NotPriced>> {
    let targets = terms.options.targets.as_ref()?;
    let Some(main) = terms.main else {
        return Some(Err(NotPriced::UnknownClass));
    };
    let target = targets.of(&item.slot).of_class(main);
    Some(target.map_err(NotPriced::NoGoal))
}

impl Wanted<'_> {
    /// Question whose answer prices the way, or the outcome that is known without it.
    pub(super) fn question(
        self,
        target: &ClassTarget,
        terms: &Terms<'_>,
        levels: &Arc<[Level]>,
    ) -> Result<Question, Outcome> {
        let nothing = |reason| Err(Outcome::NotApplicable(reason));
        let part = match Slot::of(&self.item.slot, &self.item.kind) {
            Slot::Part(part) => part,
            Slot::SharedWithWeapon => return nothing(NotApplicable::SharedWithWeapon),
            Slot::WithoutPotential | Slot::Unknown => {
                return nothing(NotApplicable::CarriesNoPotential);
            }
        };
        let goal = match self.layer {
            Layer::Potential => &target.potential,
            Layer::AdditionalPotential => &target.additional_potential,
        };
        let Some(goal) = goal else {
            return nothing(NotApplicable::NoTarget);
        };
        let lines = self.lines();
        if goal.holds(&lines) {
            return Err(Outcome::Reached { goal: goal.clone() });
        }
        self.asked(part, goal, terms, levels)
    }

    fn asked(
        self,
        part: Part,
        goal: &Goal,
        terms: &Terms<'_>,
        levels: &Arc<[Level]>,
    ) -> Result<Question, Outcome> {
        let grade = match self.carried {
            Some(carried) => carried
                .grade
                .clone()
                .map_err(|text| Outcome::NotPriced(NotPriced::UnknownGrade(text)))?,
            None => Grade::Rare,
        };
        let item_level = self.item.level.clone();
        let item_level =
            item_level.map_err(|field| Outcome::NotPriced(NotPriced::Unreadable(field)))?;
        let options = terms.options;
        let start = Potential::start_of(self.item, self.layer, options);
        let method = options.methods.of(self.layer);
        Ok(Question {
            rules: terms.rules.name,
            method,
            cube_price: options.prices.of(method),
            start: start.unwrap_or(Start::at(grade)),
            levels: Arc::clone(levels),
            part,
            item_level,
            grade: method.highest_grade(),
            two_lines: false,
            condition: MeaningCondition::target(goal.clone()),
        })
    }

    /// The lines that are known; one that is not counts as nothing.
    fn lines(self) -> Vec<OptionLine> {
        let texts = self.carried.iter().flat_map(|carried| &carried.lines);
        let lines = texts.flatten().filter_map(|text| text.parse().ok());
        lines.collect()
    }

    /// Assumptions of a price of this way.
    pub(super) fn assumptions(self) -> Option<Assumption> {
        let layer = self.layer;
        let is_new = self.carried.is_none();
        is_new.then_some(Assumption::NoPotentialYet { layer })
    }
}

/// The stars still to be made, or what can be said without asking.
pub(super) fn stars_to(
    item: &Item,
    target: &ClassTarget,
    terms: &Terms<'_>,
    key: &TermsKey,
    assumptions: &mut Vec<Assumption>,
) -> Result<Stars, StarForceOutcome> {
    let nothing = |reason| Err(StarForceOutcome::NotApplicable(reason));
    let Some(wanted) = target.stars else {
        return nothing(NotApplicable::NoTarget);
    };
    let slot = Slot::of(&item.slot, &item.kind);
    if slot == Slot::SharedWithWeapon {
        return nothing(NotApplicable::SharedWithWeapon);
    }
    let not_priced = |reason| StarForceOutcome::NotPriced {
        stars: item.stars.as_ref().ok().copied(),
        reason,
    };
    let unreadable =
        |field: &UnreadableField| not_priced(StarsNotPriced::Unreadable(field.clone()));
    let now = *item.stars.as_ref().map_err(unreadable)?;
    let level = *item.level.as_ref().map_err(unreadable)?;
    let from = terms.options.starts.get(&item.slot);
    let from = from.map_or(now, |start| start.stars);
    if from >= wanted {
        return Err(StarForceOutcome::Reached { stars: from });
    }
    let takes_stars = match slot {
        Slot::Part(Part::Emblem | Part::Secondary | Part::ForceShield) => now > 0,
        Slot::Part(_) => true,
        Slot::SharedWithWeapon | Slot::WithoutPotential | Slot::Unknown => false,
    };
    if !takes_stars {
        return nothing(NotApplicable::TakesNoStars);
    }
    let most = Stars::most_of(item, level, terms.rules.star_force());
    if wanted > most {
        assumptions.push(Assumption::FewerStars { most });
    }
    let to = wanted.min(most);
    if from >= to {
        return Err(StarForceOutcome::Reached { stars: from });
    }
    let stars = Stars::way(item, terms.rules.star_force(), (from, Some(to)), key)?;
    if now == 0 {
        assumptions.push(Assumption::TakesStarForce);
    }
    Ok(stars)
}
