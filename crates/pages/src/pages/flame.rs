//! Calculator of 환생의 불꽃.

use std::collections::BTreeMap;

use api::calculations::ValidationErrors;
use api::calculations::flame::{FlameRequest, FlameResponse};
use askama::Template;
use cube_probability::Part;
use cube_probability::flame::{Flame, FlameItem};

use super::shown_error::ShownError;
use super::spread::{self, Amount, QuantileRow};
use super::{render, warnings};
use crate::choices::Choice;
use crate::form::{Errors, FormError, Pairs, QueryBuilder, of_request};
use crate::remarks;
use crate::ui::Ui;
use crate::words;

/// Stats that a score can weigh in the form: the word of the API and the name.
const WEIGHED: [(&str, &str, &str); 10] = [
    ("str", "STR", "STR"),
    ("dex", "DEX", "DEX"),
    ("int", "INT", "INT"),
    ("luk", "LUK", "LUK"),
    ("all_stat_pct", "올스탯 1%", "1 % of all stats"),
    ("att", "공격력", "Attack"),
    ("matt", "마력", "Magic attack"),
    ("boss_damage_pct", "보스 데미지 1%", "1 % of boss damage"),
    ("damage_pct", "데미지 1%", "1 % of damage"),
    ("max_hp", "최대 HP", "Max HP"),
];

/// State of the calculator: the texts of its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlameForm {
    flame: String,
    part: String,
    level: String,
    is_boss_gear: bool,
    weights: [String; WEIGHED.len()],
    at_least: String,
    attack: String,
    price: String,
    budget: String,
    is_asked: bool,
}

impl FlameForm {
    /// Reads the state of an address.
    pub fn of(pairs: &Pairs) -> Self {
        let is_asked = pairs.has("at_least");
        let default = |word: &str| match word {
            "int" if !is_asked => "1",
            "all_stat_pct" if !is_asked => "10",
            _ => "",
        };
        Self {
            flame: pairs.or("flame", "meso"),
            part: pairs.or("part", "hat"),
            level: pairs.or("level", "200"),
            is_boss_gear: pairs.is_ticked("boss") || !is_asked,
            weights: WEIGHED.map(|(word, ..)| pairs.or(word, default(word))),
            at_least: pairs.or("at_least", "120"),
            attack: pairs.get("attack").to_owned(),
            price: pairs.get("price").to_owned(),
            budget: pairs.get("budget").to_owned(),
            is_asked,
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
        let query = QueryBuilder::default()
            .add("flame", &self.flame)
            .add("part", &self.part)
            .add("level", &self.level)
            .tick("boss", self.is_boss_gear);
        let weights = WEIGHED.iter().zip(&self.weights);
        let query = weights.fold(query, |query, ((word, ..), text)| query.add(word, text));
        query
            .add("at_least", &self.at_least)
            .add("attack", &self.attack)
            .add("price", &self.price)
            .add("budget", &self.budget)
            .finish()
    }

    /// Returns the question that the form asks.
    ///
    /// # Errors
    ///
    /// The fields whose text is no number or amount.
    pub fn request(&self) -> Result<FlameRequest, Vec<FormError>> {
        let mut errors = Errors::default();
        let item_level = errors.number("level", &self.level);
        let mut weights = BTreeMap::new();
        for ((word, ..), text) in WEIGHED.iter().zip(&self.weights) {
            if !text.is_empty() {
                weights.insert((*word).to_owned(), errors.decimal(word, text));
            }
        }
        let at_least = errors.decimal("at_least", &self.at_least);
        let own = match self.attack.as_str() {
            "" => None,
            text => Some(errors.number("attack", text)),
        };
        let (attack, magic) = (
            own.filter(|_| weights.contains_key("att")),
            own.filter(|_| weights.contains_key("matt")),
        );
        // The price of the reset for meso is published.
        let price = errors.amount("price", &self.price);
        let price_meso = price.filter(|_| self.flame != "meso");
        let budget_meso = errors.amount("budget", &self.budget);
        errors.check(FlameRequest {
            flame: self.flame.clone(),
            part: self.part.clone(),
            item_level,
            boss_gear: self.is_boss_gear,
            weights,
            at_least,
            attack,
            magic,
            price_meso,
            budget_meso,
            quantiles: None,
        })
    }

    /// Names the fields that the answer to the question found at fault.
    pub fn errors(&self, errors: &ValidationErrors) -> Vec<FormError> {
        of_request(errors, |pointer| {
            match pointer {
                "/flame" | "/part" | "/at_least" | "/attack" => &pointer[1..],
                "/item_level" => "level",
                "/magic" => "attack",
                "/price_meso" => "price",
                "/budget_meso" => "budget",
                _ => "weights",
            }
            .to_owned()
        })
    }

    fn label(&self, field: &str, ui: &Ui) -> (&'static str, &str) {
        match field {
            "flame" => (ui.t.flame, &self.flame),
            "part" => (ui.t.part, &self.part),
            "level" => (ui.t.item_level, &self.level),
            "at_least" => (ui.t.flame_score, &self.at_least),
            "attack" => (ui.t.flame_attack, &self.attack),
            "price" => (ui.t.flame_price, &self.price),
            "budget" => (ui.t.budget, &self.budget),
            field => {
                let mut weights = WEIGHED.iter().zip(&self.weights);
                let weight = weights.find(|((word, ..), _)| *word == field);
                weight.map_or((ui.t.flame_weights, ""), |((_, ko, en), text)| {
                    (ui.lang.pick(ko, en), text)
                })
            }
        }
    }
}

#[derive(Template)]
#[template(path = "flame.html")]
struct FlamePage<'a> {
    ui: &'a Ui,
    form: &'a FlameForm,
    flames: Vec<Choice>,
    parts: Vec<Choice>,
    weights: Vec<(&'static str, &'static str, &'a str)>,
    errors: Vec<ShownError>,
    result: Option<FlameResult>,
}

/// An answer as the page shows it.
struct FlameResult {
    chance: String,
    is_reachable: bool,
    reason: Option<String>,
    flames: Option<String>,
    mean: Option<Amount>,
    half: Option<Amount>,
    ninety: Option<Amount>,
    within: Option<String>,
    in_words: Option<String>,
    rows: Vec<QuantileRow>,
    warnings: Vec<String>,
}

/// Writes the calculator, with the answer or the errors of its question where there is one.
pub fn flame(
    ui: &Ui,
    form: &FlameForm,
    answer: Option<&Result<FlameResponse, Vec<FormError>>>,
) -> String {
    let errors = match answer {
        Some(Err(errors)) => errors.as_slice(),
        _ => &[],
    };
    let shown = errors.iter().map(|error| {
        let (label, text) = form.label(&error.field, ui);
        ShownError::new(error, label, text, ui.lang)
    });
    let flames = Flame::ALL.iter();
    let parts = Part::ALL.iter();
    let weights = WEIGHED.iter().zip(&form.weights);
    render(&FlamePage {
        ui,
        form,
        flames: flames
            .map(|flame| Choice::new(flame.id(), words::flame(*flame, ui.lang), &form.flame))
            .collect(),
        parts: parts
            .filter(|part| FlameItem::new(**part, 200, false).is_ok())
            .map(|part| Choice::new(part.id(), words::part(*part, ui.lang), &form.part))
            .collect(),
        weights: weights
            .map(|((word, ko, en), text)| (*word, ui.lang.pick(ko, en), text.as_str()))
            .collect(),
        errors: shown.collect(),
        result: match answer {
            Some(Ok(answer)) => Some(FlameResult::of(answer, ui)),
            _ => None,
        },
    })
}

impl FlameResult {
    fn of(answer: &FlameResponse, ui: &Ui) -> Self {
        let lang = ui.lang;
        let cost = answer.cost_meso.as_ref().and_then(Option::as_ref);
        let flames = answer.flames.as_ref();
        let rows = spread::rows(
            cost.map_or(&[], |cost| cost.quantiles.as_slice()),
            flames.map_or(&[], |flames| flames.quantiles.as_slice()),
            lang,
        );
        Self {
            chance: lang.chance(answer.probability),
            is_reachable: answer.reachable,
            reason: answer
                .reason
                .as_ref()
                .map(|reason| remarks::remark(reason, lang)),
            flames: flames.map(|flames| lang.times(flames.mean)),
            mean: cost.map(|cost| Amount::new(cost.mean, lang)),
            half: spread::at(&rows, "50%"),
            ninety: spread::at(&rows, "90%"),
            within: answer.within_budget.map(|chance| lang.chance(chance)),
            in_words: spread::in_words(&rows, lang),
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
        let form = FlameForm::of(&Pairs::of_query(query));
        let ui = Ui::new("/calculators/flame", Some(Lang::En), "", true).with_query(form.query());
        let answer = form.is_asked().then(|| {
            let request = form.request()?;
            request.answer().map_err(|errors| form.errors(&errors))
        });
        flame(&ui, &form, answer.as_ref())
    }

    #[test]
    fn flame_page_answers_its_own_defaults() {
        let page = page("at_least=120&boss=1&int=1&all_stat_pct=10");
        assert!(
            page.contains("<table") && !page.contains("id=\"errors\""),
            "{page}"
        );
    }

    #[test]
    fn fields_that_cannot_be_read_are_named() {
        for (query, label) in [
            ("at_least=1e999&int=1", "Score wanted"),
            ("at_least=10&int=<b>", "INT"),
            ("at_least=10", "Worth of each stat"),
            ("at_least=10&int=1&part=badge", "Part"),
            ("at_least=10&part=weapon&att=1", "attack"),
        ] {
            let page = page(query);
            let errors = page.split("id=\"errors\"").nth(1);
            assert!(errors.is_some_and(|e| e.contains(label)), "{query}: {page}");
            assert!(!page.contains("<b>"), "{query}");
        }
    }

    #[test]
    fn address_of_the_page_gives_the_same_form_again() {
        let query = "at_least=90&luk=1&all_stat_pct=9&flame=eternal&level=150&price=30%EC%96%B5";
        let form = FlameForm::of(&Pairs::of_query(query));
        let state = form.query();
        let state = state.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        assert_eq!(FlameForm::of(&state.collect::<Pairs>()), form);
    }
}
