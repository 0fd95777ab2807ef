//! Luck report of a player: a form with the key, progress, and the counts beside what was to be
//! expected. The key is no part of any value here.

mod report;
mod words;

use api::luck::{LuckReportResponse, ProgressResponse};
use api::problem::ProblemKind;
use askama::Template;
use jiff::ToSpan;
use jiff::civil::Date;

use self::report::ReportView;
use super::render;
use crate::choices::Choice;
use crate::form::Pairs;
use crate::ui::Ui;

/// Lengths of the period, in days.
const DAYS: [&str; 4] = ["7", "30", "60", "90"];

/// Histories by their words in the API; the last one needs a right of its own.
const KINDS: [&str; 4] = ["cube", "potential", "starforce", "soul_potential"];

/// Place in a page where the events of the job go. No text of a visitor can hold it, as `<` is
/// escaped.
const EVENTS: &str = "<!--events-->";

/// State of the form, without the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LuckForm {
    days: &'static str,
    /// Last day; empty for today.
    to: String,
    kinds: [bool; KINDS.len()],
    cursor: String,
}

/// Reason for which a form was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LuckRefusal {
    /// The text in the field of the key cannot be a key.
    Key,
    /// The last day is none, or in the future.
    LastDay,
    /// The period begins more than 730 days ago.
    TooOld,
    /// No history is ticked.
    NoHistory,
    /// The place to go on at is cut off, or too old.
    Cursor,
    /// A problem with the key, Nexon or the service.
    Problem(ProblemKind),
}

impl LuckForm {
    /// Names of the fields, without the key.
    pub const FIELDS: [&str; 7] = [
        "days",
        "to",
        "cube",
        "potential",
        "starforce",
        "soul_potential",
        "cursor",
    ];

    /// Reads the state of a form. A text that is no day is not kept: it could be the key in the
    /// wrong field.
    pub fn of(pairs: &Pairs) -> Self {
        let days = DAYS.into_iter().find(|days| *days == pairs.get("days"));
        let to = pairs.get("to");
        let is_day = to.len() <= 10 && to.chars().all(|c| c.is_ascii_digit() || c == '-');
        let is_sent = pairs.has("sent") || Self::FIELDS.iter().any(|field| pairs.has(field));
        Self {
            days: days.unwrap_or("30"),
            to: if is_day { to } else { "?" }.to_owned(),
            // Without a form, what a key can read without further consent.
            kinds: KINDS.map(|kind| pairs.is_ticked(kind) || (!is_sent && kind != KINDS[3])),
            cursor: pairs.get("cursor").to_owned(),
        }
    }

    /// Returns the place at which an earlier report goes on.
    pub fn cursor(&self) -> Option<String> {
        Some(self.cursor.clone()).filter(|cursor| !cursor.is_empty())
    }

    /// Returns the first day. The cursor of an earlier report stands for the days and histories.
    pub fn from(&self, today: Date) -> Option<String> {
        let to = match self.to()? {
            today_too if today_too.is_empty() => today,
            to => to.parse().ok()?,
        };
        let days: i32 = self.days.parse().ok()?;
        to.checked_sub((days - 1).days())
            .ok()
            .map(|day| day.to_string())
    }

    /// Returns the last day; none for today.
    pub fn last_day(&self) -> Option<String> {
        self.to().filter(|to| !to.is_empty())
    }

    fn to(&self) -> Option<String> {
        self.cursor.is_empty().then(|| self.to.clone())
    }

    /// Returns the histories that are ticked.
    pub fn kinds(&self) -> Option<Vec<String>> {
        self.cursor.is_empty().then(|| {
            let ticked = KINDS
                .iter()
                .zip(self.kinds)
                .filter(|(_, is_ticked)| *is_ticked);
            ticked.map(|(kind, _)| (*kind).to_owned()).collect()
        })
    }
}

#[derive(Template)]
#[template(path = "luck.html")]
struct LuckPage<'a> {
    ui: &'a Ui,
    days: Vec<Choice>,
    to: &'a str,
    /// Name, label, and whether it is ticked.
    kinds: Vec<(&'static str, &'static str, bool)>,
    refusal: Option<&'static str>,
    cursor: Option<&'a str>,
    /// Whether the events of a job take the place of the form.
    has_events: bool,
}

/// Writes the page with the form. After a refusal it says why; with a cursor it goes on where an
/// earlier report ended.
pub fn luck(
    ui: &Ui,
    form: &LuckForm,
    refusal: Option<LuckRefusal>,
    cursor: Option<&str>,
) -> String {
    let refusal = refusal.map(|refusal| words::refusal(refusal, ui.lang));
    page(ui, form, refusal, cursor, false)
}

/// Writes the page around the events of a job: the part before them and the part after them.
pub fn luck_frame(ui: &Ui, form: &LuckForm) -> (String, String) {
    let page = page(ui, form, None, None, true);
    let (before, after) = page.split_once(EVENTS).unwrap_or((page.as_str(), ""));
    (before.to_owned(), after.to_owned())
}

fn page(
    ui: &Ui,
    form: &LuckForm,
    refusal: Option<&'static str>,
    cursor: Option<&str>,
    has_events: bool,
) -> String {
    let t = ui.t;
    let labels = [t.luck_cubes, t.luck_resets, t.luck_stars, t.luck_souls];
    let kinds = KINDS.into_iter().zip(labels).zip(form.kinds);
    let days = DAYS.map(|days| Choice::new(days, format!("{days}{}", t.luck_days_word), form.days));
    render(&LuckPage {
        ui,
        days: days.into(),
        to: form.to.trim_matches('?'),
        kinds: kinds
            .map(|((kind, label), tick)| (kind, label, tick))
            .collect(),
        refusal,
        cursor,
        has_events,
    })
}

#[derive(Template)]
#[template(path = "luck_progress.html")]
struct ProgressPart<'a> {
    ui: &'a Ui,
    progress: ProgressResponse,
    text: String,
}

/// Writes the progress of a job; the stylesheet shows the last one written.
pub fn luck_progress(ui: &Ui, progress: ProgressResponse) -> String {
    render(&ProgressPart {
        ui,
        progress,
        text: words::progress(progress, ui.lang),
    })
}

#[derive(Template)]
#[template(path = "luck_report.html")]
struct ReportPart<'a> {
    ui: &'a Ui,
    report: ReportView,
    refusal: Option<&'static str>,
    cursor: Option<&'a str>,
}

/// Writes a report. One that ended early says why, and with a cursor how to go on.
pub fn luck_report(
    ui: &Ui,
    report: &LuckReportResponse,
    ended: Option<ProblemKind>,
    cursor: Option<&str>,
) -> String {
    let refusal = ended.map(|kind| words::refusal(LuckRefusal::Problem(kind), ui.lang));
    render(&ReportPart {
        ui,
        report: ReportView::of(report, ui),
        refusal,
        cursor,
    })
}

/// Writes the end of a job that broke without a report.
pub fn luck_broken(ui: &Ui) -> String {
    let refusal = words::refusal(LuckRefusal::Problem(ProblemKind::Internal), ui.lang);
    format!("<p class=\"note bad\" role=\"alert\">{refusal}</p>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    const TODAY: Date = jiff::civil::date(2026, 11, 22);

    fn form(query: &str) -> LuckForm {
        LuckForm::of(&Pairs::of_query(query))
    }

    #[test]
    fn period_ends_today_or_on_the_day_given() {
        let usual = form("");
        assert_eq!(usual.from(TODAY).as_deref(), Some("2026-10-24"));
        assert_eq!(usual.last_day(), None);
        assert_eq!(usual.kinds().unwrap(), KINDS[..3]);
        let own = form("days=7&to=2026-11-07&cube=1");
        assert_eq!(own.from(TODAY).as_deref(), Some("2026-11-01"));
        assert_eq!(own.last_day().as_deref(), Some("2026-11-07"));
        assert_eq!(own.kinds().unwrap(), ["cube"]);
        assert!(form("days=7").kinds().unwrap().is_empty());
    }

    #[test]
    fn cursor_stands_for_days_and_histories() {
        let rest = form("days=7&cube=1&cursor=abc");
        assert_eq!(rest.cursor().as_deref(), Some("abc"));
        assert_eq!(
            (rest.from(TODAY), rest.last_day(), rest.kinds()),
            (None, None, None)
        );
    }

    #[test]
    fn text_in_the_wrong_field_is_neither_kept_nor_shown() {
        let ui = Ui::new("/luck", Some(Lang::En), "", true);
        for field in LuckForm::FIELDS {
            let form = form(&format!("{field}=live_canary"));
            let page = luck(&ui, &form, Some(LuckRefusal::LastDay), None);
            assert!(!page.contains("canary"), "{field}: {page}");
        }
        assert_eq!(form("to=live_canary").last_day().as_deref(), Some("?"));
    }

    #[test]
    fn frame_holds_the_events_in_its_middle() {
        for lang in Lang::ALL {
            let ui = Ui::new("/luck", Some(lang), "", true);
            let (before, after) = luck_frame(&ui, &form("to=%3C!--events--%3E"));
            assert!(before.contains("<main") && !before.contains("</main>"));
            assert!(
                after.contains("</main>") && !after.contains("<form"),
                "{after}"
            );
        }
    }
}
