//! The way to a target as the page shows it.

use api::expectation::{ExpectationResponse, ItemCost, PotentialCost, StarForceCost};
use api::responses::Completeness;

use super::CompletionForm;
use crate::pages::spread::{self, Amount, QuantileRow};
use crate::reasons;
use crate::stat_words;
use crate::ui::Ui;

/// Total and items.
pub(super) struct CompletionView {
    pub(super) is_partial: bool,
    pub(super) not_added_up: bool,
    pub(super) mean: Amount,
    pub(super) half: Option<Amount>,
    pub(super) ninety: Option<Amount>,
    pub(super) within: Option<String>,
    pub(super) in_words: Option<String>,
    pub(super) rows: Vec<QuantileRow>,
    pub(super) chart: Option<String>,
    pub(super) breakdown: Vec<(&'static str, Amount)>,
    /// Items with a way to go, the dearest first.
    pub(super) items: Vec<ItemWay>,
    /// Slots that have reached the target.
    pub(super) reached: Vec<String>,
}

/// The way of one item.
pub(super) struct ItemWay {
    pub(super) slot: String,
    pub(super) name: String,
    pub(super) total: Amount,
    pub(super) steps: Vec<WayStep>,
}

/// The way of one enhancement of an item.
pub(super) struct WayStep {
    pub(super) label: &'static str,
    pub(super) aim: String,
    pub(super) mean: Option<Amount>,
    pub(super) ninety: Option<Amount>,
    /// Sentence in place of an amount.
    pub(super) status: Option<String>,
}

impl CompletionView {
    /// Shows the preset that is worn; none where nothing is.
    pub(super) fn of(answer: &ExpectationResponse, form: &CompletionForm, ui: &Ui) -> Option<Self> {
        let lang = ui.lang;
        let preset = answer.presets.first()?;
        let rows = spread::bounded_rows(&preset.total.quantiles, lang);
        let amount = |meso| Amount::new(meso, lang);
        let ways = preset.items.iter().map(|item| ItemWay::of(item, ui));
        let (mut items, done): (Vec<_>, Vec<_>) = ways.partition(|way| !way.steps.is_empty());
        items.sort_by_key(|way| std::cmp::Reverse(way.total.exact));
        let within = preset.total.within_budget.as_ref();
        let budget = api::amount::parse(&form.budget).ok().flatten();
        let budget = budget.and_then(|meso| u64::try_from(meso).ok());
        let chart = preset.total.distribution.as_ref();
        let kinds = &preset.breakdown;
        Some(Self {
            is_partial: preset.status == Completeness::Partial,
            not_added_up: preset.total.not_added_up.is_some(),
            mean: amount(preset.total.mean_meso),
            half: spread::at(&rows, "50%"),
            ninety: spread::at(&rows, "90%"),
            within: within.map(|within| lang.chance(f64::midpoint(within.lower, within.upper))),
            in_words: spread::in_words(&rows, lang),
            chart: chart.map(|shape| spread::chart(shape, &rows, budget, ui.t.chart_title, lang)),
            rows,
            breakdown: vec![
                (ui.t.star_force, amount(kinds.star_force.mean_meso)),
                (ui.t.potential, amount(kinds.potential.mean_meso)),
                (
                    ui.t.additional,
                    amount(kinds.additional_potential.mean_meso),
                ),
            ],
            items,
            reached: done.into_iter().map(|way| way.slot).collect(),
        })
    }
}

impl ItemWay {
    fn of(item: &ItemCost, ui: &Ui) -> Self {
        let potentials = [
            WayStep::of_potential(ui.t.potential, &item.potential, ui),
            WayStep::of_potential(ui.t.additional, &item.additional_potential, ui),
        ];
        let stars = WayStep::of_stars(&item.star_force, ui);
        let steps: Vec<_> = stars
            .into_iter()
            .chain(potentials.into_iter().flatten())
            .collect();
        let means = steps.iter().filter_map(|step| step.mean.as_ref());
        Self {
            slot: item.slot.clone(),
            name: item.name.clone(),
            total: Amount::new(means.map(|mean| mean.exact).sum(), ui.lang),
            steps,
        }
    }
}

/// Whether an enhancement has a way to go, or one that is not known.
fn is_open(status: &str) -> bool {
    !matches!(status, "reached" | "not_applicable" | "nothing_valued")
}

impl WayStep {
    fn of_potential(label: &'static str, cost: &PotentialCost, ui: &Ui) -> Option<Self> {
        let lang = ui.lang;
        let meso = cost.cost_meso.as_ref();
        let rows = meso.map(|meso| spread::rows(&meso.quantiles, &[], lang));
        let goal = cost.goal.as_deref();
        is_open(cost.status).then(|| Self {
            label,
            aim: goal
                .map(|goal| stat_words::goal(goal, lang))
                .unwrap_or_default(),
            mean: meso.map(|meso| Amount::new(meso.mean, lang)),
            ninety: rows.and_then(|rows| spread::at(&rows, "90%")),
            status: (cost.status != "priced")
                .then(|| reasons::outcome(cost.status, cost.reason.as_deref(), lang)),
        })
    }

    fn of_stars(cost: &StarForceCost, ui: &Ui) -> Option<Self> {
        let lang = ui.lang;
        let rows = spread::bounded_rows(&cost.quantiles, lang);
        is_open(cost.status).then(|| Self {
            label: ui.t.star_force,
            aim: match (cost.from, cost.to) {
                (Some(from), Some(to)) => format!("★{from} → ★{to}"),
                (None, Some(to)) => format!("★{to}"),
                _ => String::new(),
            },
            mean: cost.mean_meso.map(|mean| Amount::new(mean, lang)),
            ninety: spread::at(&rows, "90%"),
            status: (cost.status != "priced")
                .then(|| reasons::outcome(cost.status, cost.reason.as_deref(), lang)),
        })
    }
}
