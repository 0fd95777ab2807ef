//! Calculator of several items with one budget.

use api::calculations::ValidationErrors;
use api::calculations::plan::{PlanItem, PlanItemResponse, PlanRequest, PlanResponse};
use askama::Template;

use super::potential::PotentialForm;
use super::shown_error::ShownError;
use super::spread::{self, Amount, QuantileRow};
use super::star_force::StarForceForm;
use super::{render, warnings};
use crate::form::{Errors, FormError, Pairs, QueryBuilder};
use crate::ui::Ui;

/// Plan that the link to an example fills in.
const EXAMPLE: &str = "meso_potential hat 200 rare int_pct >= 30\n\
     meso_additional hat 200 rare int_pct >= 14\n\
     stars 200 0-22";

/// State of the calculator: one item a line, and the budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanForm {
    items: String,
    budget: String,
}

impl PlanForm {
    /// Reads the state of an address.
    pub fn of(pairs: &Pairs) -> Self {
        let items: Vec<&str> = pairs.get("items").lines().map(str::trim).collect();
        Self {
            items: items.join("\n").trim().to_owned(),
            budget: pairs.get("budget").to_owned(),
        }
    }

    /// Returns whether there is anything to calculate.
    pub fn is_asked(&self) -> bool {
        !self.items.is_empty()
    }

    /// Returns the state in canonical order.
    pub fn query(&self) -> Vec<(String, String)> {
        QueryBuilder::default()
            .add("items", &self.items)
            .add("budget", &self.budget)
            .finish()
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        self.items.lines().filter(|line| !line.is_empty())
    }

    /// Returns the question that the form asks.
    ///
    /// # Errors
    ///
    /// The lines that cannot be read.
    pub fn request(&self) -> Result<PlanRequest, Vec<FormError>> {
        let mut errors = Errors::default();
        let budget_meso = errors.amount("budget", &self.budget);
        let mut items = Vec::new();
        for (number, line) in (1..).zip(self.lines()) {
            match item(line) {
                Ok(item) => items.push(item),
                Err(details) => {
                    for detail in details {
                        errors.add("items", &format!("line {number}: {detail}"));
                    }
                }
            }
        }
        errors.check(PlanRequest {
            items,
            budget_meso,
            quantiles: None,
            distribution: true,
        })
    }

    /// Names the lines that the answer to the question found at fault.
    pub fn errors(&self, errors: &ValidationErrors) -> Vec<FormError> {
        let errors = errors.all().iter();
        errors
            .map(|error| {
                let mut tokens = error.pointer.split('/').skip(2);
                let index: Option<usize> = tokens.next().and_then(|token| token.parse().ok());
                let field = error.pointer.rsplit('/').next().unwrap_or_default();
                let detail = index.map_or_else(
                    || error.detail.clone(),
                    |index| format!("line {}, {field}: {}", index + 1, error.detail),
                );
                FormError {
                    field: if error.pointer == "/budget_meso" {
                        "budget"
                    } else {
                        "items"
                    }
                    .to_owned(),
                    column: None,
                    detail,
                }
            })
            .collect()
    }
}

/// Reads a line: `METHOD PART LEVEL GRADE GOAL` or `stars LEVEL FROM-TO`.
fn item(line: &str) -> Result<PlanItem, Vec<String>> {
    let details = |errors: Vec<FormError>| -> Vec<String> {
        errors.into_iter().map(|error| error.detail).collect()
    };
    let name = Some(line.to_owned());
    let mut rest = line;
    let mut word = || {
        let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        rest = after.trim_start();
        word.to_owned()
    };
    let first = word();
    let level = word();
    if first.eq_ignore_ascii_case("stars") {
        let way = word();
        let Some((from, to)) = way.split_once('-') else {
            return Err(vec![format!("`{way}`: expected stars like 0-22")]);
        };
        let query = [("level", level.as_str()), ("from", from), ("to", to)];
        let mut request = StarForceForm::of(&Pairs::from_iter(query))
            .request()
            .map_err(details)?;
        request.distribution = false;
        return Ok(PlanItem {
            name,
            potential: None,
            star_force: Some(request),
        });
    }
    let (part, level, grade) = (level, word(), word());
    let query = [
        ("method", first.as_str()),
        ("part", part.as_str()),
        ("level", level.as_str()),
        ("grade", grade.as_str()),
        ("goal", rest),
    ];
    let mut request = PotentialForm::of(&Pairs::from_iter(query))
        .request()
        .map_err(details)?;
    request.distribution = false;
    Ok(PlanItem {
        name,
        potential: Some(request),
        star_force: None,
    })
}

#[derive(Template)]
#[template(path = "plan.html")]
struct PlanPage<'a> {
    ui: &'a Ui,
    form: &'a PlanForm,
    example: String,
    errors: Vec<ShownError>,
    result: Option<PlanResult>,
}

/// An answer as the page shows it.
struct PlanResult {
    mean: Option<Amount>,
    half: Option<Amount>,
    ninety: Option<Amount>,
    within: Option<String>,
    in_words: Option<String>,
    rows: Vec<QuantileRow>,
    chart: Option<String>,
    items: Vec<(String, Option<Amount>)>,
    warnings: Vec<String>,
}

/// Writes the calculator, with the answer or the errors of its question where there is one.
pub fn plan(
    ui: &Ui,
    form: &PlanForm,
    answer: Option<&Result<PlanResponse, Vec<FormError>>>,
) -> String {
    let errors = match answer {
        Some(Err(errors)) => errors.as_slice(),
        _ => &[],
    };
    let shown = errors.iter().map(|error| {
        let label = if error.field == "budget" {
            ui.t.budget
        } else {
            ui.t.plan_lines
        };
        ShownError::new(error, label, "", ui.lang)
    });
    render(&PlanPage {
        ui,
        form,
        example: ui.here_with("items", EXAMPLE),
        errors: shown.collect(),
        result: match answer {
            Some(Ok(answer)) => Some(PlanResult::of(answer, form, ui)),
            _ => None,
        },
    })
}

impl PlanResult {
    fn of(answer: &PlanResponse, form: &PlanForm, ui: &Ui) -> Self {
        let lang = ui.lang;
        let cost = answer.cost_meso.as_ref();
        let rows = cost.map(|cost| spread::bounded_rows(&cost.quantiles, lang));
        let rows = rows.unwrap_or_default();
        let budget = api::amount::parse(&form.budget).ok().flatten();
        let budget = budget.and_then(|meso| u64::try_from(meso).ok());
        let items = answer.items.iter().map(|item| {
            let mean = mean_of(item).map(|mean| Amount::new(mean, lang));
            (item.name.clone().unwrap_or_default(), mean)
        });
        let chart = answer.distribution.as_ref();
        Self {
            mean: cost.map(|cost| Amount::new(cost.mean, lang)),
            half: spread::at(&rows, "50%"),
            ninety: spread::at(&rows, "90%"),
            within: answer.within_budget.map(|chance| lang.chance(chance)),
            in_words: spread::in_words(&rows, lang),
            chart: chart.map(|shape| spread::chart(shape, &rows, budget, ui.t.chart_title, lang)),
            rows,
            items: items.collect(),
            warnings: warnings::of(&answer.warnings, lang),
        }
    }
}

fn mean_of(item: &PlanItemResponse) -> Option<u128> {
    match (&item.potential, &item.star_force) {
        (Some(answer), _) => {
            let cost = answer.cost_meso.as_ref().and_then(Option::as_ref)?;
            Some(cost.mean)
        }
        (None, Some(answer)) => Some(answer.cost_meso.mean),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    fn page(items: &str, budget: &str) -> String {
        let form = PlanForm::of(&Pairs::from_iter([("items", items), ("budget", budget)]));
        let ui = Ui::new("/calculators/plan", Some(Lang::Ko), "", true);
        let answer = form.is_asked().then(|| {
            let request = form.request()?;
            request.answer().map_err(|errors| form.errors(&errors))
        });
        plan(&ui, &form, answer.as_ref())
    }

    #[test]
    fn plan_page_answers_its_own_example() {
        let page = page(EXAMPLE, "5000억");
        assert!(
            page.contains("<svg") && !page.contains("id=\"errors\""),
            "{page}"
        );
    }

    #[test]
    fn lines_that_cannot_be_read_are_named_by_their_number() {
        for (items, line) in [
            ("stars 200 0-17\nnonsense", "2번째 줄"),
            ("stars 200 22", "1번째 줄"),
            ("red hat 200 rare <b>", "1번째 줄"),
            ("red hat x rare int_pct >= 9", "1번째 줄"),
        ] {
            let page = page(items, "");
            assert!(page.contains(line), "{items}: {page}");
            assert!(!page.contains("<b>"), "{items}");
        }
    }
}
