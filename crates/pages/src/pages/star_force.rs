//! Calculator of star force.

use api::calculations::ValidationErrors;
use api::calculations::star_force::{
    MembershipRequest, RestoreRequest, SafeguardChoice, StarForceRequest, StarForceResponse,
};
use askama::Template;

use super::shown_error::ShownError;
use super::spread::{self, Amount, QuantileRow};
use super::{render, warnings};
use crate::choices::Choice;
use crate::form::{Errors, FormError, Pairs, QueryBuilder, of_request};
use crate::ui::Ui;

/// State of the calculator: the texts and ticks of its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a box of its own in the form"
)]
pub struct StarForceForm {
    level: String,
    from: String,
    to: String,
    spare: String,
    safeguard: String,
    discount: bool,
    certain: bool,
    fewer: bool,
    budget: String,
    is_asked: bool,
}

impl StarForceForm {
    /// Reads the state of an address.
    pub fn of(pairs: &Pairs) -> Self {
        Self {
            level: pairs.or("level", "200"),
            from: pairs.or("from", "0"),
            to: pairs.or("to", "22"),
            spare: pairs.get("spare").to_owned(),
            safeguard: pairs.or("safeguard", "none"),
            discount: pairs.is_ticked("discount"),
            certain: pairs.is_ticked("certain"),
            fewer: pairs.is_ticked("fewer"),
            budget: pairs.get("budget").to_owned(),
            is_asked: pairs.has("to"),
        }
    }

    /// Returns whether there is anything to calculate.
    pub fn is_asked(&self) -> bool {
        self.is_asked
    }

    /// Returns the state in canonical order.
    pub fn query(&self) -> Vec<(String, String)> {
        if !self.is_asked {
            return Vec::new();
        }
        let safeguard = if self.safeguard == "none" {
            ""
        } else {
            &self.safeguard
        };
        QueryBuilder::default()
            .add("level", &self.level)
            .add("from", &self.from)
            .add("to", &self.to)
            .add("spare", &self.spare)
            .add("safeguard", safeguard)
            .tick("discount", self.discount)
            .tick("certain", self.certain)
            .tick("fewer", self.fewer)
            .add("budget", &self.budget)
            .finish()
    }

    /// Returns the question that the form asks.
    ///
    /// # Errors
    ///
    /// The fields whose text is no number or amount.
    pub fn request(&self) -> Result<StarForceRequest, Vec<FormError>> {
        let mut errors = Errors::default();
        let item_level = errors.number("level", &self.level);
        let from = errors.number("from", &self.from);
        let to = errors.number("to", &self.to);
        let spare = errors.amount("spare", &self.spare);
        let budget_meso = errors.amount("budget", &self.budget);
        let safeguard = match self.safeguard.as_str() {
            "none" => SafeguardChoice::default(),
            "all" => SafeguardChoice::Stars(vec![15, 16, 17]),
            word => SafeguardChoice::Word(word.to_owned()),
        };
        errors.check(StarForceRequest {
            item_level,
            from,
            to,
            rules: None,
            kind: None,
            spare_item_meso: spare.unwrap_or(0),
            safeguard,
            discount: if self.discount { 0.3 } else { 0.0 },
            certain_stars: if self.certain {
                vec![5, 10, 15]
            } else {
                Vec::new()
            },
            fewer_destructions: self.fewer,
            one_plus_one: false,
            cheaper_restore: false,
            star_catch: true,
            membership: MembershipRequest::default(),
            restore: RestoreRequest::default(),
            budget_meso,
            quantiles: None,
            distribution: true,
        })
    }

    /// Names the fields that the answer to the question found at fault.
    pub fn errors(&self, errors: &ValidationErrors) -> Vec<FormError> {
        of_request(errors, |pointer| {
            let first = pointer.trim_start_matches('/').split('/').next();
            match first.unwrap_or_default() {
                "item_level" => "level",
                "spare_item_meso" => "spare",
                "budget_meso" => "budget",
                "from" => "from",
                "to" => "to",
                _ => "safeguard",
            }
            .to_owned()
        })
    }

    fn label(&self, field: &str, ui: &Ui) -> (&'static str, &str) {
        match field {
            "level" => (ui.t.item_level, &self.level),
            "from" => (ui.t.from_stars, &self.from),
            "to" => (ui.t.to_stars, &self.to),
            "spare" => (ui.t.spare_price, &self.spare),
            "budget" => (ui.t.budget, &self.budget),
            _ => (ui.t.safeguard, &self.safeguard),
        }
    }
}

#[derive(Template)]
#[template(path = "star_force.html")]
struct StarForcePage<'a> {
    ui: &'a Ui,
    form: &'a StarForceForm,
    safeguards: Vec<Choice>,
    errors: Vec<ShownError>,
    result: Option<StarForceResult>,
}

/// An answer as the page shows it.
struct StarForceResult {
    mean: Amount,
    half: Option<Amount>,
    ninety: Option<Amount>,
    destroyed: String,
    spare_items: String,
    attempts: String,
    within: Option<String>,
    in_words: Option<String>,
    rows: Vec<QuantileRow>,
    chart: Option<String>,
    warnings: Vec<String>,
}

/// Writes the calculator, with the answer or the errors of its question where there is one.
pub fn star_force(
    ui: &Ui,
    form: &StarForceForm,
    answer: Option<&Result<StarForceResponse, Vec<FormError>>>,
) -> String {
    let errors = match answer {
        Some(Err(errors)) => errors.as_slice(),
        _ => &[],
    };
    let shown = errors.iter().map(|error| {
        let (label, text) = form.label(&error.field, ui);
        ShownError::new(error, label, text, ui.lang)
    });
    let choice = |value, label: &str| Choice::new(value, label, &form.safeguard);
    render(&StarForcePage {
        ui,
        form,
        safeguards: vec![
            choice("none", ui.t.safeguard_none),
            choice("cheapest", ui.t.safeguard_cheapest),
            choice("all", ui.t.safeguard_all),
        ],
        errors: shown.collect(),
        result: match answer {
            Some(Ok(answer)) => Some(StarForceResult::of(answer, form, ui)),
            _ => None,
        },
    })
}

impl StarForceResult {
    fn of(answer: &StarForceResponse, form: &StarForceForm, ui: &Ui) -> Self {
        let lang = ui.lang;
        let rows = spread::bounded_rows(&answer.cost_meso.quantiles, lang);
        let budget = api::amount::parse(&form.budget).ok().flatten();
        let budget = budget.and_then(|meso| u64::try_from(meso).ok());
        let chart = answer.distribution.as_ref();
        Self {
            mean: Amount::new(answer.cost_meso.mean, lang),
            half: spread::at(&rows, "50%"),
            ninety: spread::at(&rows, "90%"),
            destroyed: lang.times(answer.destroyed.mean),
            spare_items: api::amount::count(answer.spare_items.mean),
            attempts: lang.times(answer.attempts.mean),
            within: answer.within_budget.map(|chance| lang.chance(chance)),
            in_words: spread::in_words(&rows, lang),
            chart: chart.map(|shape| spread::chart(shape, &rows, budget, ui.t.chart_title, lang)),
            rows,
            warnings: warnings::of(&answer.warnings, lang),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    fn page(query: &str) -> String {
        let form = StarForceForm::of(&Pairs::of_query(query));
        let ui = Ui::new("/calculators/star-force", Some(Lang::Ko), "", true);
        let answer = form.is_asked().then(|| {
            let request = form.request()?;
            request.answer().map_err(|errors| form.errors(&errors))
        });
        star_force(&ui, &form, answer.as_ref())
    }

    #[test]
    fn star_force_page_shows_cost_and_chart() {
        let page = page("level=200&from=0&to=17&spare=3b&discount=1");
        assert!(page.contains("<svg") && page.contains("90%"), "{page}");
        assert!(!page.contains("id=\"errors\""), "{page}");
    }

    #[test]
    fn impossible_stars_are_errors_of_their_field() {
        for query in [
            "to=99",
            "to=x",
            "to=17&from=20",
            "to=17&safeguard=%3Cb%3E",
            "to=17&spare=1e9",
        ] {
            let page = page(query);
            assert!(page.contains("id=\"errors\""), "{query}");
            assert!(!page.contains("<b>"), "{query}");
        }
    }
}
