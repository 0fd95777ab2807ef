//! A character's gear, item by item.

use api::expectation::{
    ExpectationOptions, ExpectationResponse, PresetCost, PresetWord, StartWord,
};
use api::responses::{Completeness, DataAge, Provenance};
use askama::Template;
use cube_probability::{Layer, Method};
use jiff::Timestamp;

use super::item::ItemView;
use super::spread::{self, Amount, QuantileRow};
use super::{render, warnings};
use crate::choices::{self, Choice};
use crate::form::{Pairs, QueryBuilder};
use crate::ui::Ui;

/// State of a character's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CharacterForm {
    preset: String,
    from: String,
    potential_method: String,
    additional_method: String,
    is_refresh: bool,
}

impl CharacterForm {
    /// Reads the state of an address.
    pub fn of(pairs: &Pairs) -> Self {
        Self {
            preset: pairs.or("preset", "active"),
            from: pairs.or("from", "rare"),
            potential_method: pairs.or("potential_method", "meso_potential"),
            additional_method: pairs.or("additional_method", "meso_additional"),
            is_refresh: pairs.is_ticked("refresh"),
        }
    }

    /// Returns whether newer data were asked for.
    pub fn is_refresh(&self) -> bool {
        self.is_refresh
    }

    /// Returns the options chosen. A word that is none of the game's counts as not given, so that a
    /// link that was cut off still opens.
    pub fn options(&self) -> ExpectationOptions {
        let default = ExpectationOptions::default();
        let method = |word: &str, layer: Layer, default: Method| {
            let method = word.parse::<Method>().ok();
            method.filter(|m| m.layer() == layer).unwrap_or(default)
        };
        ExpectationOptions {
            preset: match self.preset.as_str() {
                "1" => PresetWord::First,
                "2" => PresetWord::Second,
                "3" => PresetWord::Third,
                _ => PresetWord::Active,
            },
            from: match self.from.as_str() {
                "current_grade" => StartWord::CurrentGrade,
                _ => StartWord::Rare,
            },
            potential_method: method(
                &self.potential_method,
                Layer::Potential,
                default.potential_method,
            ),
            additional_method: method(
                &self.additional_method,
                Layer::AdditionalPotential,
                default.additional_method,
            ),
            ..default
        }
    }

    /// Returns the state in canonical order, without what is the default.
    pub fn query(&self) -> Vec<(String, String)> {
        let unless = |value: &str, default: &str| {
            if value == default {
                String::new()
            } else {
                value.to_owned()
            }
        };
        QueryBuilder::default()
            .add("preset", &unless(&self.preset, "active"))
            .add("from", &unless(&self.from, "rare"))
            .add(
                "potential_method",
                &unless(&self.potential_method, "meso_potential"),
            )
            .add(
                "additional_method",
                &unless(&self.additional_method, "meso_additional"),
            )
            .finish()
    }
}

#[derive(Template)]
#[template(path = "character.html")]
struct CharacterPage<'a> {
    ui: &'a Ui,
    name: &'a str,
    facts: Vec<(&'static str, String)>,
    /// Source and age of the data.
    data: Vec<String>,
    refresh: String,
    upgrades: String,
    completion: String,
    like: String,
    tabs: Vec<Tab>,
    preset: &'a str,
    potential_methods: Vec<Choice>,
    additional_methods: Vec<Choice>,
    starts: Vec<Choice>,
    warnings: Vec<String>,
    shown: Option<PresetView>,
    /// Whether the preset is known and holds nothing.
    is_empty: bool,
}

struct Tab {
    label: String,
    href: String,
    is_chosen: bool,
}

/// A preset as the page shows it.
struct PresetView {
    is_partial: bool,
    mean: Amount,
    half: Option<Amount>,
    ninety: Option<Amount>,
    in_words: Option<String>,
    not_added_up: bool,
    rows: Vec<QuantileRow>,
    breakdown: Vec<(&'static str, Amount)>,
    items: Vec<ItemView>,
}

/// Writes the page of a character.
pub fn character(ui: &Ui, form: &CharacterForm, answer: &ExpectationResponse) -> String {
    let subject = &answer.character;
    let level = subject.level.map(|level| level.to_string());
    let facts = [
        (ui.t.world, subject.world.clone()),
        (ui.t.class, subject.class.clone()),
        (ui.t.level, level),
        (ui.t.meaning, Some(meaning(ui, answer).to_owned())),
    ];
    let facts = facts.into_iter();
    let options = form.options();
    let start = |value, label: &str, word| Choice {
        is_chosen: options.from == word,
        ..Choice::new(value, label, "")
    };
    let preset = answer.presets.first();
    render(&CharacterPage {
        ui,
        name: subject.name.as_deref().unwrap_or_default(),
        facts: facts
            .filter_map(|(label, value)| Some((label, value?)))
            .collect(),
        data: data(ui, answer),
        refresh: ui.here_with("refresh", "true"),
        like: ui.href(&format!("{}/like", ui.path())),
        upgrades: ui.href(&format!("{}/upgrades", ui.path())),
        completion: ui.href(&format!("{}/completion", ui.path())),
        tabs: tabs(ui, options.preset, preset),
        preset: match options.preset {
            PresetWord::First => "1",
            PresetWord::Second => "2",
            PresetWord::Third => "3",
            PresetWord::Active | PresetWord::All => "",
        },
        potential_methods: choices::methods(
            Some(Layer::Potential),
            options.potential_method.id(),
            ui.lang,
        ),
        additional_methods: choices::methods(
            Some(Layer::AdditionalPotential),
            options.additional_method.id(),
            ui.lang,
        ),
        starts: vec![
            start("rare", ui.t.start_rare, StartWord::Rare),
            start("current_grade", ui.t.start_current, StartWord::CurrentGrade),
        ],
        warnings: warnings::of(&answer.warnings, ui.lang),
        is_empty: preset.is_none() && answer.status == Completeness::Complete,
        shown: preset.map(|preset| PresetView::of(preset, answer, ui)),
    })
}

/// Returns the meaning of making gear again that the answer has: by strength with a stat sheet.
fn meaning(ui: &Ui, answer: &ExpectationResponse) -> &'static str {
    match answer.detail {
        Some(_) => ui.t.as_strong,
        None => ui.t.same_lines,
    }
}

/// Returns the source and the age of the data.
fn data(ui: &Ui, answer: &ExpectationResponse) -> Vec<String> {
    let data = answer.data.as_ref();
    data.map_or_else(
        || vec![ui.t.unknown.to_owned()],
        |data| age(ui, data).into(),
    )
}

/// Label of a fact, and its value in parts that are not broken up.
pub(super) type Fact = (&'static str, Vec<String>);

/// Returns the facts about a character whose gear is known.
pub(super) fn facts(ui: &Ui, of: &Provenance) -> Vec<Fact> {
    let subject = &of.summary;
    let level = subject.level.map(|level| level.to_string());
    let facts = [
        (ui.t.world, Some(vec![subject.world.clone()])),
        (ui.t.class, Some(vec![subject.class.clone()])),
        (ui.t.level, level.map(|level| vec![level])),
        (ui.t.data_from, Some(age(ui, &of.data).into())),
    ];
    let known = facts
        .into_iter()
        .filter_map(|(label, value)| Some((label, value?)));
    known.collect()
}

fn age(ui: &Ui, data: &DataAge) -> [String; 2] {
    let source = if data.source == "sandbox" {
        ui.t.source_sandbox
    } else {
        ui.t.source_nexon
    };
    // To the minute, as the page is kept for as long.
    let age = match data.age_seconds {
        Some(seconds) => ui.lang.age(seconds),
        None => korean_time(data.fetched_at),
    };
    [source.to_owned(), age]
}

/// Writes an instant to the minute in the game's time zone.
fn korean_time(at: Timestamp) -> String {
    let korea = jiff::tz::offset(9).to_datetime(at);
    korea.strftime("%Y-%m-%d %H:%M KST").to_string()
}

fn tabs(ui: &Ui, chosen: PresetWord, shown: Option<&PresetCost>) -> Vec<Tab> {
    let tab = |value: &str, label: String, is_chosen| Tab {
        label,
        href: ui.here_with("preset", value),
        is_chosen,
    };
    let worn = shown.filter(|preset| preset.active);
    let mut tabs = Vec::new();
    // The worn one has no number while another is shown.
    if worn.is_none() {
        let is_chosen = chosen == PresetWord::Active;
        tabs.push(tab("active", ui.t.worn.to_owned(), is_chosen));
    }
    for (number, value, word) in [
        (1, "1", PresetWord::First),
        (2, "2", PresetWord::Second),
        (3, "3", PresetWord::Third),
    ] {
        let label = format!("{} {number}", ui.t.preset);
        tabs.push(if worn.is_some_and(|worn| worn.number == number) {
            tab("active", format!("{label} ({})", ui.t.worn), true)
        } else {
            tab(value, label, chosen == word)
        });
    }
    tabs
}

impl PresetView {
    fn of(preset: &PresetCost, answer: &ExpectationResponse, ui: &Ui) -> Self {
        let rows = spread::bounded_rows(&preset.total.quantiles, ui.lang);
        let amount = |meso| Amount::new(meso, ui.lang);
        let items = preset.items.iter();
        let mut items: Vec<_> = items
            .map(|item| ItemView::of(item, &answer.options, ui))
            .collect();
        items.sort_by_key(|item| std::cmp::Reverse(item.total.exact));
        let kinds = &preset.breakdown;
        Self {
            is_partial: preset.status == Completeness::Partial,
            mean: amount(preset.total.mean_meso),
            half: spread::at(&rows, "50%"),
            ninety: spread::at(&rows, "90%"),
            in_words: spread::in_words(&rows, ui.lang),
            not_added_up: preset.total.not_added_up.is_some(),
            rows,
            breakdown: vec![
                (ui.t.potential, amount(kinds.potential.mean_meso)),
                (
                    ui.t.additional,
                    amount(kinds.additional_potential.mean_meso),
                ),
                (ui.t.star_force, amount(kinds.star_force.mean_meso)),
            ],
            items,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_a_link_that_was_cut_off_are_the_default() {
        let form = CharacterForm::of(&Pairs::of_query(
            "preset=9&from=curr&potential_method=meso_additional&additional_method=%3C",
        ));
        assert_eq!(form.options(), ExpectationOptions::default());
    }

    #[test]
    fn query_names_only_what_differs_from_the_default() {
        let form = CharacterForm::of(&Pairs::of_query("from=rare&preset=2&refresh=true"));
        assert_eq!(form.query(), [("preset".to_owned(), "2".to_owned())]);
    }
}
