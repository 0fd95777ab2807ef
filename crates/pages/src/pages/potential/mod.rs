//! Calculator of one potential.

mod more;
mod shown;

use std::collections::BTreeMap;

use api::calculations::ValidationErrors;
use api::calculations::potential::{PotentialRequest, StartingState};
use askama::Template;
use cube_probability::{Method, Part, Stat};

pub use self::more::PotentialAnswer;
use self::shown::{MoreView, PotentialResult};
use super::render;
use super::shown_error::ShownError;
use crate::choices::{self, Choice};
use crate::form::{Errors, FormError, Pairs, QueryBuilder, of_request};
use crate::goal_builder::{self, Term};
use crate::goals::{self, CommonGoal};
use crate::stat_words;
use crate::ui::Ui;

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
    /// Methods ticked to be compared.
    compared: Vec<String>,
    /// Seed of a play; empty for none.
    seed: String,
    /// Stat that is valued, the worth of 1 % of it, and the amount there is now.
    stat: String,
    worth: String,
    now: String,
}

/// Most methods compared, so that a chart has a colour for each.
const MAX_COMPARED: usize = crate::chart::Chart::MAX_CURVES - 1;

impl PotentialForm {
    /// Reads the state of an address.
    pub fn of(pairs: &Pairs) -> Self {
        let mut compared: Vec<String> = Vec::new();
        for method in pairs.all("with") {
            if compared.len() < MAX_COMPARED && !compared.iter().any(|other| other == method) {
                compared.push(method.to_owned());
            }
        }
        Self {
            compared,
            seed: pairs.get("seed").to_owned(),
            stat: pairs.or("stat", "int_pct"),
            worth: pairs.get("worth").to_owned(),
            now: pairs.or("now", "0"),
            method: pairs.or("method", "meso_potential"),
            part: pairs.or("part", "hat"),
            level: pairs.or("level", "250"),
            grade: pairs.or("grade", "rare"),
            failures: pairs.or("failures", "0"),
            goal: goal_of(pairs),
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
        let query = QueryBuilder::default()
            .add("method", &self.method)
            .add("part", &self.part)
            .add("level", &self.level)
            .add("grade", &self.grade)
            .add("failures", failures)
            .add("goal", &self.goal)
            .add("budget", &self.budget)
            .add("price", &self.price);
        let compared = self.compared.iter();
        let query = compared.fold(query, |query, method| query.add("with", method));
        let query = query.add("seed", &self.seed);
        if self.worth.is_empty() {
            return query.finish();
        }
        query
            .add("stat", &self.stat)
            .add("worth", &self.worth)
            .add("now", &self.now)
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
                "/keep_line_1" => "method",
                "/method" | "/part" | "/goal" => &pointer[1..],
                "/value_meso_per_unit" => "worth",
                "/current" => "now",
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
            "worth" => (ui.t.keep_worth, &self.worth),
            "now" => (ui.t.keep_now, &self.now),
            _ => (ui.t.goal, &self.goal),
        }
    }

    /// The other methods of the same potential, as boxes.
    fn others(&self, ui: &Ui) -> Vec<Choice> {
        let method: Option<Method> = self.method.parse().ok();
        let methods = choices::methods(method.map(Method::layer), "", ui.lang).into_iter();
        methods
            .filter(|choice| choice.value != self.method)
            .map(|choice| Choice {
                is_chosen: self.compared.iter().any(|other| other == choice.value),
                ..choice
            })
            .collect()
    }

    /// Goals that come of one more condition.
    fn more_goals(&self, word: &str, ui: &Ui) -> Vec<(String, String, String)> {
        let (Ok(method), Ok(part)) = (self.method.parse::<Method>(), self.part.parse::<Part>())
        else {
            return Vec::new();
        };
        if self.goal.is_empty() {
            return Vec::new();
        }
        let conditions = goal_builder::conditions(method, part).into_iter();
        conditions
            .map(|condition| {
                let goal = goal_builder::joined(&self.goal, word, &condition);
                let href = ui.here_with("goal", &goal);
                (stat_words::goal(&condition, ui.lang), goal, href)
            })
            .collect()
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

/// Returns the goal of a query. Sliders move the numbers of the goal they were made for; once its
/// text was changed, the text wins.
fn goal_of(pairs: &Pairs) -> String {
    let goal = pairs.get("goal");
    if goal != pairs.get("of") {
        return goal.to_owned();
    }
    let names: Vec<String> = (0..8).map(|i| format!("t{i}")).collect();
    goal_builder::moved(goal, |i| names.get(i).map_or("", |name| pairs.get(name)))
}

#[derive(Template)]
#[template(path = "potential.html")]
struct PotentialPage<'a> {
    ui: &'a Ui,
    form: &'a PotentialForm,
    methods: Vec<Choice>,
    others: Vec<Choice>,
    parts: Vec<Choice>,
    grades: Vec<Choice>,
    goals: Vec<(CommonGoal, String, bool)>,
    terms: Vec<Term>,
    /// Conditions to add with `and` and with `or`: label, goal, address.
    more_goals: [Vec<(String, String, String)>; 2],
    words: Vec<(&'static str, &'static str)>,
    stats: Vec<Choice>,
    errors: Vec<ShownError>,
    result: Option<PotentialResult>,
    more: MoreView,
}

/// Stats whose worth can be told.
const VALUED: [Stat; 6] = [
    Stat::StrPct,
    Stat::DexPct,
    Stat::IntPct,
    Stat::LukPct,
    Stat::AttPct,
    Stat::MattPct,
];

/// Writes the calculator, with the answer or the errors of its question where there is one.
pub fn potential(ui: &Ui, form: &PotentialForm, answer: Option<&PotentialAnswer>) -> String {
    let errors = match answer.map(|answer| &answer.main) {
        Some(Err(errors)) => errors.as_slice(),
        _ => &[],
    };
    let shown = errors.iter().map(|error| {
        let (label, text) = form.label(&error.field, ui);
        ShownError::new(error, label, text, ui.lang)
    });
    let words = Stat::ALL.iter();
    let stats =
        VALUED.map(|stat| Choice::new(stat.id(), stat_words::stat(stat, ui.lang), &form.stat));
    render(&PotentialPage {
        ui,
        form,
        methods: choices::methods(None, &form.method, ui.lang),
        others: form.others(ui),
        parts: choices::parts(&form.part, ui.lang),
        grades: choices::grades(&form.grade, ui.lang),
        goals: form.common_goals(ui),
        terms: goal_builder::terms(&form.goal, ui.lang),
        more_goals: ["and", "or"].map(|word| form.more_goals(word, ui)),
        words: words
            .map(|&stat| (stat.id(), stat_words::stat(stat, ui.lang)))
            .collect(),
        stats: stats.into(),
        errors: shown.collect(),
        result: answer
            .filter(|answer| !answer.is_refused())
            .and_then(|answer| PotentialResult::of(answer, form, ui)),
        more: answer.map_or_else(MoreView::default, |answer| MoreView::of(answer, form, ui)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    fn page(query: &str, lang: Lang) -> String {
        let form = PotentialForm::of(&Pairs::of_query(query));
        let ui = Ui::new(PATH, Some(lang), "", true).with_query(form.query());
        let answer = form.is_asked().then(|| form.answer());
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
    fn sliders_move_the_goal_they_were_made_for_and_no_other() {
        let goal = |query: &str| PotentialForm::of(&Pairs::of_query(query)).goal;
        assert_eq!(goal("goal=int_pct>=9&of=int_pct>=9&t0=12"), "int_pct>=12");
        assert_eq!(goal("goal=int_pct>=9&of=luk_pct>=9&t0=12"), "int_pct>=9");
        assert_eq!(goal("goal=int_pct>=9&t0=12"), "int_pct>=9");
    }

    #[test]
    fn methods_ticked_stand_side_by_side_with_the_cheapest_mix() {
        let query = "goal=int_pct>=21&level=200&with=red&with=black&with=red&with=%3Cb%3E";
        let page = page(query, Lang::En);
        assert!(
            page.contains("id=\"compared\"") && page.contains("id=\"mix\""),
            "{page}"
        );
        assert_eq!(page.matches("class=\"line\"").count(), 3);
        assert!(!page.contains("<b>"));
    }

    #[test]
    fn play_with_a_seed_is_the_same_every_time() {
        let query = "goal=int_pct>=21&level=200&seed=7";
        let first = page(query, Lang::Ko);
        assert!(first.contains("썼습니다"), "{first}");
        assert_eq!(first, page(query, Lang::Ko));
        assert_ne!(first, page(&query.replace("seed=7", "seed=8"), Lang::Ko));
    }

    #[test]
    fn lines_worth_more_are_kept_from_a_higher_mark() {
        let query = "goal=int_pct>=21&level=200&worth=50%EC%96%B5&now=21";
        let page = page(query, Lang::Ko);
        assert!(page.contains("id=\"keep\""), "{page}");
        let odd = "goal=int_pct>=21&level=200&worth=1e999&now=NaN";
        let odd = super::potential(
            &Ui::new(PATH, None, "", true),
            &PotentialForm::of(&Pairs::of_query(odd)),
            Some(&PotentialForm::of(&Pairs::of_query(odd)).answer()),
        );
        assert!(odd.contains("id=\"errors\""), "{odd}");
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
