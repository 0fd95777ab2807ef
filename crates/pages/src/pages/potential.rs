//! Calculator of one potential.

use std::collections::BTreeMap;

use api::calculations::ValidationErrors;
use api::calculations::potential::{PotentialRequest, PotentialResponse, StartingState};
use askama::Template;
use cube_probability::{Grade, Method, Part, Stat};

use super::shown_error::ShownError;
use super::spread::{self, Amount, QuantileRow};
use super::{render, warnings};
use crate::choices::{self, Choice};
use crate::form::{Errors, FormError, Pairs, QueryBuilder, of_request};
use crate::goals::{self, CommonGoal};
use crate::ui::Ui;
use crate::words;

/// Path of the calculator.
pub(crate) const PATH: &str = "/calculators/potential";

/// State of the calculator: the texts of its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PotentialForm {
    pub(crate) method: String,
    pub(crate) part: String,
    pub(crate) level: String,
    pub(crate) grade: String,
    pub(crate) failures: String,
    pub(crate) goal: String,
    pub(crate) budget: String,
    pub(crate) price: String,
}

impl PotentialForm {
    /// Reads the state of an address.
    pub fn of(pairs: &Pairs) -> Self {
        Self {
            method: pairs.or("method", "meso_potential"),
            part: pairs.or("part", "hat"),
            level: pairs.or("level", "250"),
            grade: pairs.or("grade", "rare"),
            failures: pairs.or("failures", "0"),
            goal: pairs.get("goal").to_owned(),
            budget: pairs.get("budget").to_owned(),
            price: pairs.get("price").to_owned(),
        }
    }

    /// Returns whether there is anything to calculate.
    pub fn is_asked(&self) -> bool {
        !self.goal.is_empty()
    }

    /// Returns the state in canonical order.
    pub fn query(&self) -> Vec<(String, String)> {
        let failures = if self.failures == "0" {
            ""
        } else {
            &self.failures
        };
        QueryBuilder::default()
            .add("method", &self.method)
            .add("part", &self.part)
            .add("level", &self.level)
            .add("grade", &self.grade)
            .add("failures", failures)
            .add("goal", &self.goal)
            .add("budget", &self.budget)
            .add("price", &self.price)
            .finish()
    }

    /// Returns the question that the form asks.
    ///
    /// # Errors
    ///
    /// The fields whose text is no number or amount.
    pub fn request(&self) -> Result<PotentialRequest, Vec<FormError>> {
        let mut errors = Errors::default();
        let item_level = errors.number("level", &self.level);
        let failures = errors.number("failures", &self.failures);
        let budget_meso = errors.amount("budget", &self.budget);
        let price = errors.amount("price", &self.price);
        let prices = price.map(|price| (self.method.clone(), price));
        errors.check(PotentialRequest {
            method: self.method.clone(),
            part: self.part.clone(),
            item_level,
            from: StartingState {
                grade: self.grade.clone(),
                failures,
            },
            goal: Some(self.goal.clone()),
            strength: None,
            keep_line_1: None,
            prices: BTreeMap::from_iter(prices),
            budget_meso,
            quantiles: None,
            rules: None,
            exact: false,
            distribution: true,
        })
    }

    /// Names the fields that the answer to the question found at fault.
    pub fn errors(&self, errors: &ValidationErrors) -> Vec<FormError> {
        of_request(errors, |pointer| {
            match pointer {
                "/item_level" => "level",
                "/from/grade" => "grade",
                "/from/failures" => "failures",
                "/budget_meso" => "budget",
                "/method" | "/part" | "/goal" => &pointer[1..],
                _ => "price",
            }
            .to_owned()
        })
    }

    fn label(&self, field: &str, ui: &Ui) -> (&'static str, &str) {
        match field {
            "method" => (ui.t.method, &self.method),
            "part" => (ui.t.part, &self.part),
            "level" => (ui.t.item_level, &self.level),
            "grade" => (ui.t.grade, &self.grade),
            "failures" => (ui.t.failures, &self.failures),
            "budget" => (ui.t.budget, &self.budget),
            "price" => (ui.t.cube_price, &self.price),
            _ => (ui.t.goal, &self.goal),
        }
    }

    fn common_goals(&self, ui: &Ui) -> Vec<(CommonGoal, String, bool)> {
        let (Ok(method), Ok(part)) = (self.method.parse::<Method>(), self.part.parse::<Part>())
        else {
            return Vec::new();
        };
        let goals = goals::common(method, part, ui.lang).into_iter();
        goals
            .map(|common| {
                let href = ui.here_with("goal", common.goal);
                let is_chosen = common.goal == self.goal;
                (common, href, is_chosen)
            })
            .collect()
    }
}

#[derive(Template)]
#[template(path = "potential.html")]
struct PotentialPage<'a> {
    ui: &'a Ui,
    form: &'a PotentialForm,
    methods: Vec<Choice>,
    parts: Vec<Choice>,
    grades: Vec<Choice>,
    goals: Vec<(CommonGoal, String, bool)>,
    stats: Vec<&'static str>,
    errors: Vec<ShownError>,
    result: Option<PotentialResult>,
}

/// An answer as the page shows it.
struct PotentialResult {
    goal: String,
    is_reachable: bool,
    is_certain: bool,
    reason: Option<String>,
    by_grade: Vec<(&'static str, &'static str, String)>,
    mean_resets: Option<String>,
    mean: Option<Amount>,
    half: Option<Amount>,
    ninety: Option<Amount>,
    within: Option<String>,
    in_words: Option<String>,
    rows: Vec<QuantileRow>,
    chart: Option<String>,
    chart_href: String,
    warnings: Vec<String>,
}

/// Writes the calculator, with the answer or the errors of its question where there is one.
pub fn potential(
    ui: &Ui,
    form: &PotentialForm,
    answer: Option<&Result<PotentialResponse, Vec<FormError>>>,
) -> String {
    let errors = match answer {
        Some(Err(errors)) => errors.as_slice(),
        _ => &[],
    };
    let shown = errors.iter().map(|error| {
        let (label, text) = form.label(&error.field, ui);
        ShownError::new(error, label, text, ui.lang)
    });
    let result = match answer {
        Some(Ok(answer)) => Some(PotentialResult::of(answer, form, ui)),
        _ => None,
    };
    render(&PotentialPage {
        ui,
        form,
        methods: choices::methods(None, &form.method, ui.lang),
        parts: choices::parts(&form.part, ui.lang),
        grades: choices::grades(&form.grade, ui.lang),
        goals: form.common_goals(ui),
        stats: Stat::ALL.iter().map(|stat| stat.id()).collect(),
        errors: shown.collect(),
        result,
    })
}

impl PotentialResult {
    fn of(answer: &PotentialResponse, form: &PotentialForm, ui: &Ui) -> Self {
        let lang = ui.lang;
        let cost = answer.cost_meso.as_ref().and_then(Option::as_ref);
        let trials = answer.trials.as_ref();
        let rows = spread::rows(
            cost.map_or(&[], |cost| cost.quantiles.as_slice()),
            trials.map_or(&[], |trials| trials.quantiles.as_slice()),
            lang,
        );
        let chances = &answer.success_probability;
        let by_grade = [
            (Grade::Rare, chances.rare),
            (Grade::Epic, chances.epic),
            (Grade::Unique, chances.unique),
            (Grade::Legendary, chances.legendary),
        ];
        let by_grade = by_grade.into_iter().filter_map(|(grade, chance)| {
            let name = words::grade(grade, lang);
            Some((words::grade_class(grade), name, lang.chance(chance?)))
        });
        let budget = api::amount::parse(&form.budget).ok().flatten();
        let budget = budget.and_then(|meso| u64::try_from(meso).ok());
        let chart = answer.distribution.as_ref();
        Self {
            goal: answer.goal.clone(),
            is_reachable: answer.reachable,
            is_certain: answer.reachable && trials.is_some_and(|trials| trials.mean <= 1.0),
            reason: answer.reason.clone(),
            by_grade: by_grade.collect(),
            mean_resets: trials.map(|trials| lang.times(trials.mean)),
            mean: cost.map(|cost| Amount::new(cost.mean, lang)),
            half: spread::at(&rows, "50%"),
            ninety: spread::at(&rows, "90%"),
            within: answer
                .within_budget
                .flatten()
                .map(|chance| lang.chance(chance)),
            in_words: spread::in_words(&rows, lang),
            chart: chart.map(|shape| spread::chart(shape, &rows, budget, ui.t.chart_title, lang)),
            rows,
            chart_href: crate::chart_query::href(form, lang),
            warnings: warnings::of(&answer.warnings, lang),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    fn page(query: &str, lang: Lang) -> String {
        let form = PotentialForm::of(&Pairs::of_query(query));
        let ui = Ui::new(PATH, Some(lang), "", true).with_query(form.query());
        let answer = form.is_asked().then(|| {
            let request = form.request()?;
            request.answer().map_err(|errors| form.errors(&errors))
        });
        potential(&ui, &form, answer.as_ref())
    }

    /// The worked example of docs/enhancement.md: cooldown of four seconds on a hat of level 250.
    #[test]
    fn potential_page_shows_the_figures_of_the_worked_example() {
        let query = "goal=cooldown_seconds+%3E%3D+4&budget=1000%EC%96%B5";
        let ko = page(query, Lang::Ko);
        for text in [
            "827억 6,771만",
            "582억 5,500만",
            "1,869억 1,750만",
            "1,682회",
        ] {
            assert!(ko.contains(text), "{text}");
        }
        let en = page(query, Lang::En);
        for text in ["82.8B", "58.3B", "187B", "1,682"] {
            assert!(en.contains(text), "{text}");
        }
        assert_eq!(en.matches("<svg").count(), 1);
    }

    #[test]
    fn errors_of_the_goal_stand_at_their_column() {
        let page = page("goal=int_pct+%3E%3D+%3Cb%3E", Lang::Ko);
        assert!(page.contains("12번째 글자"), "{page}");
        assert!(page.contains("<mark>&#60;</mark>b&#62;"), "{page}");
        assert!(!page.contains("<b>"), "{page}");
    }

    #[test]
    fn odd_numbers_are_errors_and_never_panics() {
        for query in [
            "goal=a&level=1e999",
            "goal=int_pct>=1&level=-1",
            "goal=int_pct>=1&failures=99999999999999999999",
            "goal=int_pct>=1&budget=%00",
            "goal=int_pct>=1&price=999999%EA%B2%BD",
            "goal=int_pct>=1&method=%3Cscript%3E&part=x&grade=y",
            "goal=(((((((((((((((((((((",
        ] {
            let page = page(query, Lang::Ko);
            assert!(page.contains("id=\"errors\""), "{query}");
            assert!(!page.contains("<script>"), "{query}");
        }
    }

    #[test]
    fn state_is_read_back_from_its_canonical_query() {
        let form = PotentialForm::of(&Pairs::of_query(
            "goal=x&level=200&budget=30%EC%96%B5&lang=en",
        ));
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form.query())
            .finish();
        assert_eq!(PotentialForm::of(&Pairs::of_query(&query)), form);
    }
}
