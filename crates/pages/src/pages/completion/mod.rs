//! Way of a character's gear to a target: the target, its cost by item and in total, and the
//! chance that a budget is enough.

mod form;
mod view;

use api::expectation::ExpectationResponse;
use api::responses::Provenance;
use askama::Template;
use planning::Template as NamedTarget;

pub use self::form::CompletionForm;
use self::form::{OWN, SlotRow};
use self::view::CompletionView;
use super::shown_error::ShownError;
use super::{render, warnings};
use crate::choices::Choice;
use crate::form::FormError;
use crate::lang::Lang;
use crate::ui::{Ui, character_path};

#[derive(Template)]
#[template(path = "completion.html")]
struct CompletionPage<'a> {
    ui: &'a Ui,
    name: &'a str,
    facts: Vec<super::character::Fact>,
    character: String,
    form: &'a CompletionForm,
    targets: Vec<Choice>,
    is_own: bool,
    rows: Vec<RowView<'a>>,
    warnings: Vec<String>,
    errors: Vec<ShownError>,
    shown: Option<CompletionView>,
}

/// Fields of a slot with a target of its own.
struct RowView<'a> {
    row: SlotRow,
    /// Worn slots, and whether each is chosen.
    slots: Vec<(&'a str, bool)>,
}

/// Writes the page. `slots` are those that are worn.
pub fn completion(
    ui: &Ui,
    form: &CompletionForm,
    of: &Provenance,
    slots: &[String],
    answer: &Result<ExpectationResponse, Vec<FormError>>,
) -> String {
    let errors = answer.as_ref().err().map_or(&[][..], Vec::as_slice);
    let shown = errors.iter().map(|error| {
        let (label, text) = form.label(&error.field, ui);
        ShownError::new(error, &label, text, ui.lang)
    });
    let subject = &of.summary;
    let names = NamedTarget::all().iter().map(|target| target.name);
    let targets = names.chain([OWN]);
    render(&CompletionPage {
        ui,
        name: &subject.name,
        facts: super::character::facts(ui, of),
        character: ui.href(&character_path(&subject.name)),
        form,
        targets: targets
            .map(|name| Choice::new(name, target(name, ui.lang), form.target()))
            .collect(),
        is_own: form.is_own(),
        rows: rows(form, slots),
        warnings: match answer {
            Ok(answer) => warnings::of(&answer.warnings, ui.lang),
            Err(_) => warnings::of(&of.warnings, ui.lang),
        },
        errors: shown.collect(),
        shown: answer
            .as_ref()
            .ok()
            .and_then(|answer| CompletionView::of(answer, form, ui)),
    })
}

fn rows<'a>(form: &CompletionForm, slots: &'a [String]) -> Vec<RowView<'a>> {
    let rows = form.rows().into_iter();
    rows.map(|row| RowView {
        slots: slots
            .iter()
            .map(|slot| (slot.as_str(), *slot == row.slot))
            .collect(),
        row,
    })
    .collect()
}

/// Returns the name of a target.
fn target(name: &'static str, lang: Lang) -> &'static str {
    let (ko, en) = match name {
        "17-stars-21" => (
            "17성, 주스탯 21%, 에디셔널 7%",
            "17 stars, 21 % main stat, 7 % additional",
        ),
        "22-stars-30-21" => (
            "22성, 주스탯 30%, 에디셔널 21%",
            "22 stars, 30 % main stat, 21 % additional",
        ),
        "finished" => (
            "종결: 22성, 주스탯 33%, 에디셔널 21%, 장갑 크뎀 2줄",
            "Finished: 22 stars, 33 % main stat, 21 % additional, gloves with 2 critical lines",
        ),
        OWN => ("직접 정하기", "My own target"),
        name => (name, name),
    };
    lang.pick(ko, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_a_name_in_both_languages() {
        for named in NamedTarget::all() {
            let names = Lang::ALL.map(|lang| target(named.name, lang));
            assert!(names.iter().all(|name| *name != named.name), "{names:?}");
            assert_ne!(names[0], names[1]);
        }
    }
}
