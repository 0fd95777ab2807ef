//! Rule sets, their days and their sources.

use api::responses::{RuleSet, RulesResponse};
use askama::Template;
use cube_probability::Method;

use super::render;
use super::spread::Amount;
use crate::source_words::note;
use crate::ui::Ui;
use crate::words;

#[derive(Template)]
#[template(path = "rules.html")]
struct RulesPage<'a> {
    ui: &'a Ui,
    groups: Vec<(&'static str, Vec<RuleSet>)>,
    prices: Vec<Price>,
}

struct Price {
    method: &'static str,
    is_meso_reset: bool,
    default: Option<Amount>,
}

/// Writes the page of the rules.
pub fn rules(ui: &Ui) -> String {
    let rules = RulesResponse::new();
    let prices = rules.methods.iter().map(|method| Price {
        method: words::method(method.id, ui.lang),
        is_meso_reset: Method::is_meso_reset(method.id),
        default: method
            .default_price_meso
            .map(|price| Amount::new(u128::from(price), ui.lang)),
    });
    let translated = |mut sets: Vec<RuleSet>| {
        for set in &mut sets {
            set.about = note(set.about, ui.lang);
            for source in &mut set.sources {
                source.figures = note(source.figures, ui.lang);
                source.publication = note(source.publication, ui.lang);
            }
        }
        sets
    };
    render(&RulesPage {
        ui,
        prices: prices.collect(),
        groups: vec![
            (ui.t.rules_potential, translated(rules.potential)),
            (ui.t.rules_star_force, translated(rules.star_force)),
        ],
    })
}
