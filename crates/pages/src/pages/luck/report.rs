//! A luck report as the page shows it.

use api::luck::{
    CountResponse, GradeLuckResponse, LuckReportResponse, ResetLuckResponse, StarsLuckResponse,
};
use cube_probability::{Grade, Method};

use super::words::{comparisons, expected, place, unknown};
use crate::lang::Lang;
use crate::pages::spread::Amount;
use crate::texts::Texts;
use crate::ui::Ui;
use crate::words as game;

/// The whole report.
pub(super) struct ReportView {
    pub(super) sections: Vec<Section>,
    pub(super) comparisons: Option<String>,
    /// Most failures before a certain rise: the method and grade, and their number.
    pub(super) failures: Vec<(String, u32)>,
}

/// One history.
pub(super) struct Section {
    pub(super) title: &'static str,
    /// Label and number of the counts over the whole history, and their places among players.
    pub(super) totals: Vec<Count>,
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
    pub(super) unknown: Option<String>,
}

/// A count over a whole history.
pub(super) struct Count {
    pub(super) label: &'static str,
    pub(super) seen: String,
    /// Expectation and place, where a chance is published.
    pub(super) beside: Option<String>,
}

impl ReportView {
    pub(super) fn of(report: &LuckReportResponse, ui: &Ui) -> Self {
        let kinds = &report.kinds;
        let t = ui.t;
        let resets = [
            (t.luck_cubes, &kinds.cube),
            (t.luck_resets, &kinds.potential),
            (t.luck_souls, &kinds.soul_potential),
        ];
        let mut sections: Vec<_> = resets
            .into_iter()
            .filter_map(|(title, resets)| Some(of_resets(title, resets.as_ref()?, ui)))
            .collect();
        let stars = kinds.star_force.as_ref();
        sections.extend(stars.map(|stars| of_stars(stars, ui)));
        let failures = report.largest_failures_before_certain.iter();
        Self {
            sections,
            comparisons: comparisons(report.comparisons, ui.lang),
            failures: failures
                .map(|(of, failures)| (method_and_grade(of, ui.lang), *failures))
                .collect(),
        }
    }
}

fn of_resets(title: &'static str, resets: &ResetLuckResponse, ui: &Ui) -> Section {
    let t = ui.t;
    let rows = resets.by_grade.iter();
    Section {
        title,
        totals: vec![
            Count::plain(t.reset_count, resets.attempts, ui.lang),
            Count::of(t.luck_rises, &resets.rises, ui),
        ],
        columns: vec![
            t.luck_what,
            t.reset_count,
            t.luck_rises,
            t.luck_expected,
            t.luck_place,
            t.luck_second_line,
            t.luck_paid,
        ],
        rows: rows.map(|grade| of_grade(grade, ui)).collect(),
        unknown: unknown(resets.unknown, ui.lang),
    }
}

fn of_grade(of: &GradeLuckResponse, ui: &Ui) -> Vec<String> {
    let lang = ui.lang;
    let grade = game::grade(of.grade, lang);
    let what = match of.method {
        Some(method) => format!("{} · {grade}", game::method(method, lang)),
        None => grade.to_owned(),
    };
    let rises = of.rises.as_ref();
    let second = of.second_lines.as_ref().map(|count| seen_of(count, ui.t));
    let paid = of.cost_meso.filter(|paid| paid.priced > 0);
    vec![
        what,
        of.attempts.to_string(),
        rises
            .map(|count| count.seen.to_string())
            .unwrap_or_default(),
        rises.map(expected).unwrap_or_default(),
        rises.map(|count| place(count, lang)).unwrap_or_default(),
        second.unwrap_or_default(),
        paid.map(|paid| Amount::new(paid.known.into(), lang).text)
            .unwrap_or_default(),
    ]
}

fn of_stars(stars: &StarsLuckResponse, ui: &Ui) -> Section {
    let t = ui.t;
    let rows = stars.by_star.iter();
    Section {
        title: t.luck_stars,
        totals: vec![
            Count::plain(t.luck_attempts, stars.attempts, ui.lang),
            Count::of(t.luck_gained, &stars.successes, ui),
            Count::of(t.destroyed, &stars.destructions, ui),
        ],
        columns: vec![
            t.luck_star,
            t.luck_attempts,
            t.luck_gained,
            t.luck_expected,
            t.luck_place,
            t.destroyed,
            t.luck_expected,
            t.luck_place,
        ],
        rows: rows
            .map(|star| {
                let mut row = vec![format!("★{}", star.star), star.attempts.to_string()];
                for count in [&star.successes, &star.destructions] {
                    row.extend([
                        count.seen.to_string(),
                        expected(count),
                        place(count, ui.lang),
                    ]);
                }
                row
            })
            .collect(),
        unknown: unknown(stars.unknown, ui.lang),
    }
}

impl Count {
    fn plain(label: &'static str, number: u64, lang: Lang) -> Self {
        Self {
            label,
            seen: lang.whole_times(number),
            beside: None,
        }
    }

    fn of(label: &'static str, count: &CountResponse, ui: &Ui) -> Self {
        let beside = count.expected.map(|_| {
            let expected = format!("{} {}", ui.t.luck_expected, expected(count));
            let place = place(count, ui.lang);
            if place.is_empty() {
                expected
            } else {
                format!("{expected} · {place}")
            }
        });
        Self {
            label,
            seen: ui.lang.whole_times(count.seen),
            beside,
        }
    }
}

/// Writes a count and its expectation in one cell.
fn seen_of(count: &CountResponse, t: &Texts) -> String {
    match count.expected {
        Some(_) => format!("{} ({} {})", count.seen, t.luck_expected, expected(count)),
        None => count.seen.to_string(),
    }
}

/// Writes `method/grade` of the API in the game's words; what is none of them stays.
fn method_and_grade(text: &str, lang: Lang) -> String {
    let words = text.split_once('/').and_then(|(method, grade)| {
        let (method, grade): (Method, Grade) = (method.parse().ok()?, grade.parse().ok()?);
        let (method, grade) = (game::method(method, lang), game::grade(grade, lang));
        Some(format!("{method} · {grade}"))
    });
    words.unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_failures_are_in_the_game_s_words() {
        let words = |text| method_and_grade(text, Lang::Ko);
        assert_eq!(
            words("meso_potential/rare"),
            "메소 재설정 (잠재능력) · 레어"
        );
        assert_eq!(words("unheard/of"), "unheard/of");
    }
}
