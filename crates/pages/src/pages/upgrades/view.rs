//! Ranking and sets as the page shows them.

use api::calculations::CostSpread;
use api::responses::WarningCode;
use api::upgrades::{ActionResponse, BestResponse, GainResponse, GreedyResponse, UpgradesResponse};

use super::super::spread::Amount;
use super::super::warnings;
use crate::lang::Lang;
use crate::stat_words;
use crate::ui::Ui;
use crate::words;

/// Actions shown in the ranking; the rest are worth less for their price.
const MAX_SHOWN: usize = 30;

/// An answer as the page shows it.
pub(super) struct ResultView {
    pub(super) best: Option<SetView>,
    pub(super) greedy: Option<SetView>,
    /// Sentence that compares both sets.
    pub(super) comparison: Option<String>,
    pub(super) ranking: Vec<ActionView>,
    /// Sentence on the actions that are not shown.
    pub(super) rest: Option<String>,
    /// Worth of each stat in the aims.
    pub(super) rates: Vec<(&'static str, String)>,
    pub(super) warnings: Vec<String>,
    pub(super) left_out: Vec<String>,
}

/// A set of actions.
pub(super) struct SetView {
    pub(super) actions: Vec<ActionView>,
    pub(super) gain: String,
    pub(super) within: String,
    pub(super) mean: Option<Amount>,
    pub(super) half: Option<Amount>,
    pub(super) ninety: Option<Amount>,
    /// The figure by which no set is better, as a sentence.
    pub(super) proof: Option<String>,
}

/// One action.
#[derive(Clone)]
pub(super) struct ActionView {
    pub(super) slot: String,
    pub(super) kind: &'static str,
    pub(super) method: Option<&'static str>,
    pub(super) aim: String,
    pub(super) gain: String,
    pub(super) mean: Amount,
    pub(super) half: Option<Amount>,
    pub(super) ninety: Option<Amount>,
    pub(super) within: Option<String>,
    pub(super) per_10b: String,
}

impl ResultView {
    pub(super) fn of(answer: &UpgradesResponse, ui: &Ui) -> Self {
        let lang = ui.lang;
        let actions = answer.actions.iter();
        let all: Vec<_> = actions
            .map(|action| (action.id.as_str(), ActionView::of(action, ui)))
            .collect();
        // In the order of the ranking, the most for its price first.
        let chosen = |ids: &[String]| -> Vec<ActionView> {
            let chosen = all
                .iter()
                .filter(|(id, _)| ids.iter().any(|other| other == id));
            chosen.map(|(_, action)| action.clone()).collect()
        };
        let mut goals = answer
            .actions
            .iter()
            .filter_map(|action| action.goal.as_deref());
        let rates = goals.next().map(|goal| stat_words::rates(goal, lang));
        let best = answer.best.as_ref();
        let best = best.map(|best| SetView::best(best, chosen(&best.actions), lang));
        let greedy = answer.greedy.as_ref();
        let greedy = greedy.map(|greedy| SetView::greedy(greedy, chosen(&greedy.actions), lang));
        let hidden = all.len().saturating_sub(MAX_SHOWN);
        let (left_out, warned): (Vec<_>, Vec<_>) = answer
            .warnings
            .iter()
            .partition(|warning| warning.code == WarningCode::LeftOut);
        Self {
            comparison: answer
                .best
                .as_ref()
                .zip(answer.greedy.as_ref())
                .and_then(|(best, greedy)| comparison(best.gain, greedy.gain, lang)),
            rates: rates.unwrap_or_default(),
            best,
            greedy,
            rest: (hidden > 0).then(|| match lang {
                Lang::Ko => format!("효율이 더 낮은 {hidden}가지는 줄였습니다."),
                Lang::En => {
                    format!("{hidden} more, which gain less for their price, are left out.")
                }
            }),
            ranking: all
                .into_iter()
                .take(MAX_SHOWN)
                .map(|(_, action)| action)
                .collect(),
            warnings: warnings::of(warned, lang),
            left_out: warnings::of(left_out, lang),
        }
    }
}

impl SetView {
    fn best(best: &BestResponse, actions: Vec<ActionView>, lang: Lang) -> Self {
        Self {
            actions,
            gain: percent(best.gain.shown()),
            within: lang.chance(best.within_budget.value),
            mean: Some(Amount::new(best.cost_meso.mean, lang)),
            half: quantile(&best.cost_meso, 0.5, lang),
            ninety: quantile(&best.cost_meso, 0.9, lang),
            proof: best.optimal.then(|| proof(best.gain.at_least, lang)),
        }
    }

    fn greedy(greedy: &GreedyResponse, actions: Vec<ActionView>, lang: Lang) -> Self {
        Self {
            actions,
            gain: percent(greedy.gain.shown()),
            within: lang.chance(greedy.within_budget.value),
            mean: None,
            half: None,
            ninety: None,
            proof: None,
        }
    }
}

impl ActionView {
    fn of(action: &ActionResponse, ui: &Ui) -> Self {
        let lang = ui.lang;
        let aim = match (&action.goal, action.to) {
            (Some(goal), _) => stat_words::aim(goal, lang),
            (None, Some(to)) => format!("★{to}"),
            (None, None) => String::new(),
        };
        Self {
            slot: action.slot.clone(),
            kind: match action.kind {
                "potential" => ui.t.potential,
                "additional_potential" => ui.t.additional,
                _ => ui.t.star_force,
            },
            method: action.method.map(|method| words::method(method, lang)),
            aim,
            gain: percent(action.gain.at_least),
            mean: Amount::new(action.cost_meso.mean, lang),
            half: quantile(&action.cost_meso, 0.5, lang),
            ninety: quantile(&action.cost_meso, 0.9, lang),
            within: action.within_budget.map(|chance| lang.chance(chance)),
            per_10b: percent(action.gain_per_10b),
        }
    }
}

/// Tells the product by which no set is better. It is more than they gain together where
/// they overlap.
fn proof(product: f64, lang: Lang) -> String {
    let product = percent(product);
    match lang {
        Lang::Ko => format!(
            "하나씩의 상승률을 곱하면 {product}이고, 그 값이 더 큰 조합은 없음을 확인했습니다. 상승률은 서로 겹치므로 함께 올린 값은 이와 다릅니다."
        ),
        Lang::En => format!(
            "The single gains multiply to {product}, and no set has a larger product: this is proven. Gains overlap, so together they differ from that."
        ),
    }
}

/// Difference of gains that no page shows.
const NEGLIGIBLE: f64 = 0.000_05;

/// Compares the best set with the greedy one. What they gain together may be the other way round
/// than the products by which the one is the best.
fn comparison(best: GainResponse, greedy: GainResponse, lang: Lang) -> Option<String> {
    if best.at_least - greedy.at_least <= NEGLIGIBLE {
        let same = "순위대로 차례로 골라도 결과가 같습니다.";
        return Some(
            lang.pick(same, "Picking down the ranking gains the same.")
                .to_owned(),
        );
    }
    let more = best.shown() - greedy.shown();
    let figure = percent(more.abs());
    (more.abs() > NEGLIGIBLE).then(|| match (lang, more > 0.0) {
        (Lang::Ko, true) => {
            format!("순위대로 차례로 고른 것보다 보스 데미지가 {figure} 더 오릅니다.")
        }
        (Lang::En, true) => {
            format!("This gains {figure} more boss damage than picking down the ranking.")
        }
        (Lang::Ko, false) => {
            format!("다만 함께 올렸을 때는 순위대로 고른 조합이 {figure} 더 오릅니다.")
        }
        (Lang::En, false) => {
            format!("Made together, picking down the ranking gains {figure} more.")
        }
    })
}

fn quantile(cost: &CostSpread, q: f64, lang: Lang) -> Option<Amount> {
    let mut quantiles = cost.quantiles.iter();
    let found = quantiles.find(|quantile| (quantile.q - q).abs() < 1e-9)?;
    found.value.map(|meso| Amount::new(u128::from(meso), lang))
}

/// Writes a gain: `+1.25%`.
fn percent(gain: f64) -> String {
    let percent = gain * 100.0;
    if percent < 0.1 {
        format!("+{percent:.3}%")
    } else {
        format!("+{percent:.2}%")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(product: f64, together: f64) -> GainResponse {
        GainResponse {
            at_least: product,
            mean: None,
            together: Some(together),
        }
    }

    #[test]
    fn comparison_says_which_set_gains_more_together() {
        let said = |best, greedy| comparison(best, greedy, Lang::En);
        let greedy = set(0.30, 0.21);
        assert!(
            said(set(0.32, 0.25), greedy)
                .unwrap()
                .contains("This gains +4.00% more")
        );
        let less = said(set(0.32, 0.20), greedy).unwrap();
        assert!(
            less.starts_with("Made together") && less.contains("+1.00% more"),
            "{less}"
        );
        assert_eq!(said(set(0.32, 0.21), greedy), None);
        assert!(said(greedy, greedy).unwrap().contains("the same"));
    }

    #[test]
    fn proof_names_the_product_that_it_is_about() {
        assert!(proof(0.3, Lang::En).contains("+30.00%"));
        assert!(proof(0.3, Lang::Ko).contains("+30.00%"));
    }
}
