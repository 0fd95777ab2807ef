//! One item of a character's page.

use api::expectation::{ChosenOptions, ItemCost, PotentialCost, StartWord};
use cube_probability::{Grade, Layer};

use super::potential::{self, PotentialForm};
use super::spread::{self, Amount, QuantileRow};
use crate::chart_query;
use crate::form::Pairs;
use crate::lang::Lang;
use crate::reasons;
use crate::ui::Ui;
use crate::words;

/// Host whose pictures the Content-Security-Policy allows.
const ICONS: &str = "https://open.api.nexon.com/";

/// An item as the page shows it.
pub(super) struct ItemView {
    pub(super) slot: String,
    pub(super) name: String,
    pub(super) level: Option<u16>,
    pub(super) icon: Option<String>,
    /// Colour class of the better of its grades.
    pub(super) class: &'static str,
    /// Mean cost of everything on it that has a price.
    pub(super) total: Amount,
    pub(super) layers: Vec<LayerView>,
    pub(super) stars: StarsView,
}

/// One of the two potentials.
pub(super) struct LayerView {
    pub(super) title: &'static str,
    pub(super) grade: Option<(&'static str, &'static str)>,
    pub(super) lines: Vec<String>,
    /// Sentence in place of figures.
    pub(super) status: Option<String>,
    pub(super) figures: Option<Figures>,
    pub(super) assumptions: Vec<String>,
}

/// Figures of a potential that has a price.
pub(super) struct Figures {
    pub(super) goal: String,
    pub(super) chance: Option<String>,
    pub(super) resets: Option<String>,
    pub(super) mean: Amount,
    pub(super) half: Option<Amount>,
    pub(super) ninety: Option<Amount>,
    pub(super) in_words: Option<String>,
    pub(super) rows: Vec<QuantileRow>,
    /// Whether chart and calculator ask for the goal, where the figures ask for boss damage.
    pub(super) is_first_order: bool,
    /// Addresses of the chart and of the calculator.
    pub(super) links: Option<(String, String)>,
}

/// Stars of an item.
pub(super) struct StarsView {
    pub(super) stars: Option<u8>,
    pub(super) mean: Option<Amount>,
    pub(super) half: Option<Amount>,
    pub(super) ninety: Option<Amount>,
    pub(super) destroyed: Option<String>,
    pub(super) status: Option<String>,
    pub(super) assumptions: Vec<String>,
}

impl ItemView {
    /// Shows an item whose cost was worked out under these options.
    pub(super) fn of(item: &ItemCost, options: &ChosenOptions, ui: &Ui) -> Self {
        let costs = [&item.potential, &item.additional_potential];
        let meso = costs.iter().filter_map(|cost| cost.cost_meso.as_ref());
        let potentials: u128 = meso.map(|cost| cost.mean).sum();
        let total = potentials + item.star_force.mean_meso.unwrap_or(0);
        let grades = costs.iter().filter_map(|cost| cost.grade);
        let layer = |of, cost, method| layer(of, cost, item, method, options.from, ui);
        Self {
            slot: item.slot.clone(),
            name: item.name.clone(),
            level: item.level,
            // Pictures of made-up items do not exist.
            icon: item
                .icon
                .clone()
                .filter(|icon| !ui.is_sandbox && icon.starts_with(ICONS)),
            class: grades.max().map_or("", words::grade_class),
            total: Amount::new(total, ui.lang),
            layers: vec![
                layer(Layer::Potential, &item.potential, options.potential_method),
                layer(
                    Layer::AdditionalPotential,
                    &item.additional_potential,
                    options.additional_method,
                ),
            ],
            stars: StarsView::of(item, ui.lang),
        }
    }
}

/// Returns the assumptions about a potential, or about the stars. That spare items are free stands
/// there in any case.
fn assumptions(item: &ItemCost, about: Option<Layer>, lang: Lang) -> Vec<String> {
    let own = item.assumptions.iter();
    let own = own.filter(|assumption| assumption.code != "free-spare-items");
    own.filter_map(|own| reasons::assumption(&own.detail, about, lang))
        .collect()
}

fn layer(
    of: Layer,
    cost: &PotentialCost,
    item: &ItemCost,
    method: &'static str,
    from: StartWord,
    ui: &Ui,
) -> LayerView {
    let lang = ui.lang;
    LayerView {
        title: match of {
            Layer::Potential => ui.t.potential,
            Layer::AdditionalPotential => ui.t.additional,
        },
        grade: cost
            .grade
            .map(|grade| (words::grade_class(grade), words::grade(grade, lang))),
        lines: cost.lines.clone(),
        status: (cost.status != "priced")
            .then(|| reasons::outcome(cost.status, cost.reason.as_deref(), lang)),
        figures: figures(cost, item, method, from, ui),
        assumptions: assumptions(item, Some(of), lang),
    }
}

fn figures(
    cost: &PotentialCost,
    item: &ItemCost,
    method: &'static str,
    from: StartWord,
    ui: &Ui,
) -> Option<Figures> {
    let lang = ui.lang;
    let goal = cost.goal.clone()?;
    let meso = cost.cost_meso.as_ref()?;
    let trials = cost.trials.as_ref();
    let counts = trials.map_or(&[][..], |trials| trials.quantiles.as_slice());
    let rows = spread::rows(&meso.quantiles, counts, lang);
    let grade = match from {
        StartWord::Rare => Grade::Rare,
        StartWord::CurrentGrade => cost.grade.unwrap_or(Grade::Rare),
    };
    let links = item.part.zip(item.level).map(|(part, level)| {
        let level = level.to_string();
        let state = [
            ("method", method),
            ("part", part.id()),
            ("level", &level),
            ("grade", grade.id()),
            ("goal", &goal),
        ];
        let form = PotentialForm::of(&Pairs::from_iter(state));
        let page = ui.href_with(potential::PATH, &state);
        (chart_query::href(&form, lang), page)
    });
    Some(Figures {
        chance: cost.success_probability.map(|chance| lang.chance(chance)),
        resets: trials.map(|trials| lang.times(trials.mean)),
        mean: Amount::new(meso.mean, lang),
        half: spread::at(&rows, "50%"),
        ninety: spread::at(&rows, "90%"),
        in_words: spread::in_words(&rows, lang),
        rows,
        is_first_order: cost.meaning == Some("as_strong"),
        goal,
        links,
    })
}

impl StarsView {
    fn of(item: &ItemCost, lang: Lang) -> Self {
        let cost = &item.star_force;
        let rows = spread::bounded_rows(&cost.quantiles, lang);
        Self {
            stars: cost.to,
            mean: cost.mean_meso.map(|mean| Amount::new(mean, lang)),
            half: spread::at(&rows, "50%"),
            ninety: spread::at(&rows, "90%"),
            destroyed: cost.mean_destroyed.map(|mean| lang.times(mean)),
            status: (cost.status != "priced")
                .then(|| reasons::outcome(cost.status, cost.reason.as_deref(), lang)),
            assumptions: assumptions(item, None, lang),
        }
    }
}
