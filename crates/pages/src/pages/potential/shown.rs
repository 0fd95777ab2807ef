//! The calculator's answers as the page shows them.

use api::calculations::potential::{MixCost, PotentialResponse, SimulationResponse};
use cube_probability::{Grade, Method};

use super::super::spread::{self, Amount, QuantileRow};
use super::super::warnings;
use super::PotentialForm;
use super::more::{KeepAnswer, PotentialAnswer};
use crate::chart::{Chart, Curve};
use crate::lang::Lang;
use crate::remarks;
use crate::stat_words;
use crate::ui::Ui;
use crate::words;

/// An answer as the page shows it.
pub(super) struct PotentialResult {
    pub(super) goal: String,
    pub(super) is_reachable: bool,
    pub(super) is_certain: bool,
    pub(super) reason: Option<String>,
    pub(super) by_grade: Vec<(&'static str, &'static str, String)>,
    pub(super) mean_resets: Option<String>,
    pub(super) mean: Option<Amount>,
    pub(super) half: Option<Amount>,
    pub(super) ninety: Option<Amount>,
    pub(super) within: Option<String>,
    pub(super) in_words: Option<String>,
    pub(super) rows: Vec<QuantileRow>,
    pub(super) chart: Option<String>,
    pub(super) chart_href: String,
    pub(super) warnings: Vec<String>,
}

impl PotentialResult {
    pub(super) fn of(all: &PotentialAnswer, form: &PotentialForm, ui: &Ui) -> Option<Self> {
        let answer = all.main.as_ref().ok()?;
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
        Some(Self {
            goal: stat_words::goal(&answer.goal, lang),
            is_reachable: answer.reachable,
            is_certain: answer.reachable && trials.is_some_and(|trials| trials.mean <= 1.0),
            reason: answer
                .reason
                .as_ref()
                .map(|reason| remarks::remark(reason, lang)),
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
            chart: chart(all, form, &rows, budget, ui),
            rows,
            chart_href: crate::chart_query::href(form, lang),
            warnings: warnings::of(&answer.warnings, lang),
        })
    }
}

/// Draws the distribution asked for, and those of the methods compared over it.
fn chart(
    all: &PotentialAnswer,
    form: &PotentialForm,
    rows: &[QuantileRow],
    budget: Option<u64>,
    ui: &Ui,
) -> Option<String> {
    let (main, title) = (all.main.as_ref().ok()?, ui.t.chart_title);
    let shape = main.distribution.as_ref()?;
    if all.compared.is_empty() {
        return Some(spread::chart(shape, rows, budget, title, ui.lang));
    }
    let method: Method = form.method.parse().ok()?;
    let compared = all
        .compared
        .iter()
        .map(|(method, answer)| (*method, answer));
    let curves = std::iter::once((method, main)).chain(compared);
    let curves = curves.filter_map(|(method, answer)| {
        Some(Curve {
            name: words::method(method, ui.lang).to_owned(),
            shape: answer.distribution.clone()?,
            ticks: Vec::new(),
        })
    });
    let chart = Chart {
        title: title.to_owned(),
        description: spread::in_words(rows, ui.lang).unwrap_or_default(),
        curves: curves.collect(),
        budget,
        lang: ui.lang,
    };
    Some(chart.svg(false))
}

/// Answers beside the question.
#[derive(Default)]
pub(super) struct MoreView {
    pub(super) compared: Vec<ComparedRow>,
    pub(super) mix: Option<MixView>,
    pub(super) keep: Option<KeepView>,
    pub(super) play: Option<PlayView>,
    /// Address of the next play.
    pub(super) next_play: String,
}

/// One method of the comparison.
pub(super) struct ComparedRow {
    pub(super) method: &'static str,
    pub(super) mean: Option<Amount>,
    pub(super) half: Option<Amount>,
    pub(super) ninety: Option<Amount>,
    pub(super) resets: Option<String>,
    pub(super) within: Option<String>,
}

/// The cheapest mix: the method at each grade, and its cost.
pub(super) struct MixView {
    pub(super) steps: Vec<(&'static str, &'static str, &'static str)>,
    pub(super) mean: Amount,
}

/// Marks from which lines are kept.
pub(super) struct KeepView {
    pub(super) verdict: String,
    pub(super) rows: Vec<(String, String)>,
}

/// A play.
pub(super) struct PlayView {
    pub(super) verdict: String,
    pub(super) steps: Vec<(&'static str, &'static str, Vec<String>)>,
}

/// Steps of a play that are shown, the last ones.
const MAX_STEPS: usize = 12;

impl MoreView {
    pub(super) fn of(answer: &PotentialAnswer, form: &PotentialForm, ui: &Ui) -> Self {
        let seed: u32 = form.seed.parse().unwrap_or(0);
        let next = seed.checked_add(1).unwrap_or(1);
        Self {
            compared: compared(answer, form, ui.lang),
            mix: answer.mix.as_ref().map(|mix| MixView::of(mix, ui.lang)),
            keep: answer
                .keep
                .as_ref()
                .map(|keep| KeepView::of(keep, form, ui.lang)),
            play: answer.play.as_ref().map(|play| PlayView::of(play, ui.lang)),
            next_play: ui.here_with("seed", &next.to_string()),
        }
    }
}

/// The rows of the comparison, the method asked for first.
fn compared(answer: &PotentialAnswer, form: &PotentialForm, lang: Lang) -> Vec<ComparedRow> {
    let (Ok(main), Ok(method)) = (&answer.main, form.method.parse::<Method>()) else {
        return Vec::new();
    };
    if answer.compared.is_empty() {
        return Vec::new();
    }
    let rows = answer
        .compared
        .iter()
        .map(|(method, answer)| (*method, answer));
    std::iter::once((method, main))
        .chain(rows)
        .map(|(method, answer)| ComparedRow::of(method, answer, lang))
        .collect()
}

impl ComparedRow {
    fn of(method: Method, answer: &PotentialResponse, lang: Lang) -> Self {
        let cost = answer.cost_meso.as_ref().and_then(Option::as_ref);
        let quantiles = cost.map_or(&[][..], |cost| cost.quantiles.as_slice());
        let rows = spread::rows(quantiles, &[], lang);
        let trials = answer.trials.as_ref();
        Self {
            method: words::method(method, lang),
            mean: cost.map(|cost| Amount::new(cost.mean, lang)),
            half: spread::at(&rows, "50%"),
            ninety: spread::at(&rows, "90%"),
            resets: trials.map(|trials| lang.times(trials.mean)),
            within: answer
                .within_budget
                .flatten()
                .map(|chance| lang.chance(chance)),
        }
    }
}

impl MixView {
    fn of(mix: &MixCost, lang: Lang) -> Self {
        let steps = mix.by_grade.iter().map(|(grade, id)| {
            let method = id.parse::<Method>();
            let method = method.map_or(*id, |method| words::method(method, lang));
            (
                words::grade_class(*grade),
                words::grade(*grade, lang),
                method,
            )
        });
        Self {
            steps: steps.collect(),
            mean: Amount::new(mix.mean_meso, lang),
        }
    }
}

impl KeepView {
    fn of(keep: &KeepAnswer, form: &PotentialForm, lang: Lang) -> Self {
        let rows = keep.stops.iter().map(|stop| {
            let left = match (stop.resets_left, lang) {
                (Some(left), Lang::Ko) => format!("{left}회 남음"),
                (Some(left), Lang::En) => format!("{left} left"),
                (None, lang) => lang.pick("제한 없음", "No limit").to_owned(),
            };
            let stop_at = if stop.stop_at < 0.0 {
                lang.pick("돌리지 않기", "Do not reset").to_owned()
            } else {
                format!("{:.1}%", stop.stop_at)
            };
            (left, stop_at)
        });
        let current: f64 = crate::form::decimal(&form.now).unwrap_or(0.0);
        let stop_at = keep
            .stops
            .last()
            .map_or(f64::NEG_INFINITY, |stop| stop.stop_at);
        let verdict = if current >= stop_at {
            lang.pick(
                "지금 옵션을 그대로 쓰는 것이 낫습니다.",
                "Keep the lines you have.",
            )
            .to_owned()
        } else {
            let gain = lang.meso(whole(keep.gain_meso));
            let resets = lang.times(keep.resets);
            match lang {
                Lang::Ko => {
                    format!("다시 돌리는 것이 낫습니다: 평균 {resets} 돌려 {gain} 이득입니다.")
                }
                Lang::En => format!("Reset: on average {resets} resets gain {gain}."),
            }
        };
        Self {
            verdict,
            rows: rows.collect(),
        }
    }
}

impl PlayView {
    fn of(play: &SimulationResponse, lang: Lang) -> Self {
        let spent = play.spent_meso.map(|meso| lang.meso(u128::from(meso)));
        let spent = spent.unwrap_or_else(|| lang.texts().unknown.to_owned());
        let resets = lang.times(play.resets as f64);
        let luck = play
            .percentile
            .map(|share| luck(share, lang))
            .unwrap_or_default();
        let verdict = match (play.met_after, lang) {
            (Some(_), Lang::Ko) => format!("{resets} 만에 성공, {spent} 썼습니다. {luck}"),
            (Some(_), Lang::En) => format!("Met after {resets} resets for {spent}. {luck}"),
            (None, Lang::Ko) => format!("{resets}를 돌려도 나오지 않았습니다. {spent} 썼습니다."),
            (None, Lang::En) => format!("Not met within {resets} resets; {spent} spent."),
        };
        let first = play.path.len().saturating_sub(MAX_STEPS);
        let steps = play.path[first..].iter().map(|step| {
            let (class, name) = (
                words::grade_class(step.grade),
                words::grade(step.grade, lang),
            );
            (class, name, step.lines.clone())
        });
        Self {
            verdict,
            steps: steps.collect(),
        }
    }
}

/// Writes how usual a play is; `share` of players need at most as many resets.
fn luck(share: f64, lang: Lang) -> String {
    let percent = (share * 100.0).round().clamp(1.0, 99.0);
    match lang {
        Lang::Ko => format!("100명 중 {percent}명은 이만큼 돌리기 전에 성공합니다."),
        Lang::En => format!("{percent} of 100 players need at most as many resets."),
    }
}

/// Returns an amount of meso as a whole number; a loss is none.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the amount is not negative, and a float that is too large saturates"
)]
fn whole(meso: f64) -> u128 {
    meso.max(0.0).round() as u128
}
