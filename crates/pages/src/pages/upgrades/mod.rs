//! Next upgrades of a character: ranking, best set under a budget, and the stat sheet.

mod sheet;
mod view;

use api::calculations::ValidationErrors;
use api::expectation::{SpareItemOptions, StarForceOptions};
use api::responses::Provenance;
use api::upgrades::{UpgradesRequest, UpgradesResponse};
use askama::Template;
use planning::{Attribute, StatSheet};

use self::sheet::{SheetField, SheetForm};
use self::view::ResultView;
use super::shown_error::ShownError;
use super::{render, warnings};
use crate::choices::Choice;
use crate::form::{Errors, FormError, Pairs, QueryBuilder, of_request};
use crate::ui::{Ui, character_path};

/// Chances with which a budget must be enough.
const CONFIDENCES: [&str; 5] = ["50", "70", "80", "90", "95"];

/// Defences of bosses in per cent, the strongest first.
const DEFENCES: [&str; 7] = ["380", "300", "250", "200", "100", "50", "10"];

/// State of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpgradesForm {
    budget: String,
    confidence: String,
    spare: String,
    defence: String,
    sheet: SheetForm,
}

impl UpgradesForm {
    /// Reads the state of an address.
    pub fn of(pairs: &Pairs) -> Self {
        Self {
            budget: pairs.get("budget").to_owned(),
            confidence: pairs.or("confidence", "80"),
            spare: pairs.get("spare").to_owned(),
            defence: pairs.get("defence").to_owned(),
            sheet: SheetForm::of(pairs),
        }
    }

    /// Fills in a sheet that is known, unless the address holds one.
    #[must_use]
    pub fn with_sheet(mut self, sheet: &StatSheet) -> Self {
        if !self.sheet.is_given() {
            self.sheet = SheetForm::of_sheet(sheet);
        }
        self
    }

    /// Returns whether there is anything to calculate.
    pub fn is_asked(&self) -> bool {
        !self.budget.is_empty() && self.sheet.is_given()
    }

    /// Returns the state in canonical order.
    pub fn query(&self) -> Vec<(String, String)> {
        let confidence = if self.confidence == "80" {
            ""
        } else {
            &self.confidence
        };
        let query = QueryBuilder::default()
            .add("budget", &self.budget)
            .add("confidence", confidence)
            .add("spare", &self.spare)
            .add("defence", &self.defence);
        self.sheet.add_to(query).finish()
    }

    /// Returns the question that the form asks about a character of this class, and the sheet that
    /// it is judged by. `own` is the character's own sheet, where it is known.
    ///
    /// # Errors
    ///
    /// The fields whose text is no number or amount.
    pub fn request(
        &self,
        class: &str,
        own: Option<&StatSheet>,
        ui: &Ui,
    ) -> Result<(UpgradesRequest, StatSheet), Vec<FormError>> {
        let mut errors = Errors::default();
        let budget_meso = errors.amount("budget", &self.budget);
        let confidence = errors.number("confidence", &self.confidence);
        let spare = errors.amount("spare", &self.spare).unwrap_or(0);
        let defence = Some(&self.defence).filter(|defence| !defence.is_empty());
        let defence = defence.map(|defence| errors.number("defence", defence));
        let sheet = self.sheet.sheet(class, own, &mut errors, ui.t);
        let question = UpgradesRequest {
            budget_meso,
            confidence: Some(confidence as f64 / 100.0),
            boss_defence: defence.map(|defence| defence as f64 / 100.0),
            star_force: StarForceOptions {
                spare_item_meso: SpareItemOptions {
                    default: spare,
                    ..SpareItemOptions::default()
                },
                ..StarForceOptions::default()
            },
            ..UpgradesRequest::default()
        };
        // A sheet that cannot be read has left an error.
        errors.check(())?;
        Ok((question, sheet.ok_or_else(Vec::new)?))
    }

    /// Names the fields that the answer to the question found at fault.
    pub fn errors(&self, errors: &ValidationErrors) -> Vec<FormError> {
        of_request(errors, |pointer| {
            match pointer {
                "/budget_meso" => "budget",
                "/confidence" => "confidence",
                "/boss_defence" => "defence",
                pointer if pointer.starts_with("/star_force") => "spare",
                _ => "sheet",
            }
            .to_owned()
        })
    }

    fn label<'a>(&'a self, field: &str, ui: &Ui) -> (&'static str, &'a str) {
        match field {
            "budget" => (ui.t.up_budget, &self.budget),
            "confidence" => (ui.t.confidence, &self.confidence),
            "spare" => (ui.t.spare_price, &self.spare),
            "defence" => (ui.t.defence, &self.defence),
            "main" => (ui.t.sheet_kind, ""),
            field => self.sheet.label(field, ui.t).unwrap_or((ui.t.sheet, "")),
        }
    }
}

#[derive(Template)]
#[template(path = "upgrades.html")]
struct UpgradesPage<'a> {
    ui: &'a Ui,
    name: &'a str,
    facts: Vec<super::character::Fact>,
    character: String,
    form: &'a UpgradesForm,
    confidences: Vec<Choice>,
    defences: Vec<Choice>,
    /// Advice after a sheet without damage was refused.
    advice: Option<&'static str>,
    mains: Vec<Choice>,
    fields: Vec<SheetField>,
    has_own_sheet: bool,
    is_sheet_open: bool,
    is_terms_open: bool,
    warnings: Vec<String>,
    errors: Vec<ShownError>,
    result: Option<ResultView>,
}

/// Writes the page of a character's next upgrades. `has_own_sheet` says that the numbers of the
/// form are the character's own.
pub fn upgrades(
    ui: &Ui,
    form: &UpgradesForm,
    of: &Provenance,
    has_own_sheet: bool,
    answer: Option<&Result<UpgradesResponse, Vec<FormError>>>,
) -> String {
    let errors = match answer {
        Some(Err(errors)) => errors.as_slice(),
        _ => &[],
    };
    let shown = errors.iter().map(|error| {
        let (label, text) = form.label(&error.field, ui);
        ShownError::new(error, label, text, ui.lang)
    });
    let subject = &of.summary;
    let main = form.sheet.main(&subject.class);
    let mains = Attribute::ALL.map(|attribute| Choice {
        is_chosen: main == Some(attribute),
        ..Choice::new(attribute.id(), attribute.id().to_uppercase(), "")
    });
    render(&UpgradesPage {
        ui,
        name: &subject.name,
        facts: super::character::facts(ui, of),
        character: ui.href(&character_path(&subject.name)),
        form,
        confidences: CONFIDENCES
            .iter()
            .map(|&value| Choice::new(value, format!("{value}%"), &form.confidence))
            .collect(),
        defences: std::iter::once(Choice::new("", ui.t.defence_hardest, &form.defence))
            .chain(
                DEFENCES
                    .iter()
                    .map(|&value| Choice::new(value, format!("{value}%"), &form.defence)),
            )
            .collect(),
        advice: errors
            .iter()
            .any(|error| error.field == "sheet")
            .then_some(ui.t.defence_help),
        mains: mains.into(),
        fields: form.sheet.fields(ui.t),
        has_own_sheet,
        is_terms_open: !form.defence.is_empty() || !form.spare.is_empty(),
        is_sheet_open: !form.sheet.is_given() || !errors.is_empty(),
        warnings: warnings::of(&of.warnings, ui.lang),
        errors: shown.collect(),
        result: match answer {
            Some(Ok(answer)) => Some(ResultView::of(answer, ui)),
            _ => None,
        },
    })
}
