//! Slots that a question names, checked against those that are worn.

use std::collections::BTreeSet;

use equipment::Equipment;

use super::options::escaped;
use crate::calculations::ValidationErrors;

/// Slots named by a question, each with the JSON pointer to its name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedSlots(Vec<(String, String)>);

impl NamedSlots {
    /// Adds slots that are keys of an object at this pointer.
    pub(crate) fn add_keys<'s>(&mut self, at: &str, slots: impl Iterator<Item = &'s String>) {
        let slots = slots.map(|slot| (format!("{at}/{}", escaped(slot)), slot.clone()));
        self.0.extend(slots);
    }

    /// Adds slots that are the entries of a list at this pointer.
    pub(crate) fn add_list(&mut self, at: &str, slots: &[String]) {
        let slots = slots.iter().enumerate();
        let slots = slots.map(|(index, slot)| (format!("{at}/{index}"), slot.clone()));
        self.0.extend(slots);
    }

    /// Whether no slot is named.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks that something is worn in each slot, in any preset.
    ///
    /// # Errors
    ///
    /// [`ValidationErrors`] with each name that is not worn, and the slots that are.
    pub fn check(&self, worn: &Equipment) -> Result<(), ValidationErrors> {
        let items = worn.presets.iter().flat_map(|preset| &preset.items);
        self.check_among(items.map(|item| item.slot.as_str()))
    }

    /// Checks that each slot is one of these.
    ///
    /// # Errors
    ///
    /// [`ValidationErrors`] with each name that is not, and the slots that are.
    pub fn check_among<'s>(
        &self,
        slots: impl Iterator<Item = &'s str>,
    ) -> Result<(), ValidationErrors> {
        let slots: BTreeSet<&str> = slots.collect();
        let mut errors = ValidationErrors::new();
        for (pointer, slot) in &self.0 {
            if !slots.contains(slot.as_str()) {
                let known: Vec<_> = slots.iter().copied().collect();
                let known = known.join(", ");
                let detail = format!("nothing is worn in the slot `{slot}`; worn are {known}");
                errors.add(pointer.clone(), detail);
            }
        }
        errors.check(Some(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_that_are_not_worn_are_named_with_those_that_are() {
        let mut slots = NamedSlots::default();
        slots.add_keys("/starts", ["모자".to_owned(), "a/b".to_owned()].iter());
        slots.add_list("/exclude_slots", &["무기".to_owned()]);
        let errors = slots
            .check_among(["모자", "반지1"].into_iter())
            .unwrap_err();
        let pointers: Vec<_> = errors.all().iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(pointers, ["/starts/a~1b", "/exclude_slots/0"]);
        assert!(errors.all()[1].detail.ends_with("worn are 모자, 반지1"));
        assert!(
            slots
                .check_among(["모자", "a/b", "무기"].into_iter())
                .is_ok()
        );
    }
}
