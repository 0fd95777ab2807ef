//! The request for a luck report, and its validation.

use std::fmt::Display;

use histories::{Cursor, HistoryKind, LuckPlan, Period, PeriodError};
use jiff::civil::Date;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

/// A luck report: whose key, which days, which histories.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LuckRequest {
    /// One's own key of the Nexon Open API. It reads the histories and is forgotten with the job.
    #[schema(value_type = String, example = "live_...")]
    pub nexon_api_key: SecretString,
    /// First day, as Korea counts days: at most 730 days back. 30 days end with `to` without it.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-01")]
    pub from: Option<String>,
    /// Last day, at most 90 days from the first one. Today without it.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-30")]
    pub to: Option<String>,
    /// The histories: `cube`, `potential`, `starforce`, `soul_potential`. All but the last without
    /// it, which needs a right of its own.
    #[serde(default)]
    #[schema(example = json!(["cube", "potential", "starforce"]))]
    pub kinds: Option<Vec<String>>,
    /// Place at which a report that ended early goes on. It stands for `from`, `to` and `kinds`.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// Fault of a request. Nothing of what was sent is repeated: it could be a key in the wrong place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LuckRequestError {
    /// A history that does not exist.
    UnknownKind {
        /// JSON pointer to it.
        pointer: String,
        /// Value that was expected.
        detail: String,
    },
    /// A value out of its range.
    Value {
        /// JSON pointer to it.
        pointer: &'static str,
        /// The range.
        detail: String,
    },
}

impl LuckRequest {
    /// Period that is read, seen on this day.
    ///
    /// # Errors
    ///
    /// [`LuckRequestError`] with the field at fault and its range.
    pub fn plan(&self, today: Date) -> Result<LuckPlan, LuckRequestError> {
        let kinds = self.kinds()?;
        let from = day("/from", self.from.as_deref())?;
        let to = day("/to", self.to.as_deref())?;
        if let Some(cursor) = &self.cursor {
            let cursor = Cursor::parse(cursor).map_err(|error| value("/cursor", error))?;
            let is_same = from.is_none_or(|from| from == cursor.from)
                && to.is_none_or(|to| to == cursor.to)
                && kinds.is_none_or(|kinds| kinds.iter().all(|kind| cursor.kinds.contains(kind)));
            if !is_same {
                let detail = "the cursor is of a report with other days or kinds";
                return Err(value("/cursor", detail));
            }
            return LuckPlan::resume(cursor, today).map_err(|error| value("/cursor", error));
        }
        let period = Period::new(from, to, today).map_err(|error| match error {
            PeriodError::Future { .. } => value("/to", error),
            PeriodError::Reversed { .. }
            | PeriodError::TooLong { .. }
            | PeriodError::TooOld { .. } => value("/from", error),
        })?;
        Ok(LuckPlan::new(period, &kinds.unwrap_or_default()))
    }

    fn kinds(&self) -> Result<Option<Vec<HistoryKind>>, LuckRequestError> {
        let Some(words) = &self.kinds else {
            return Ok(None);
        };
        let most = HistoryKind::ALL.len();
        if words.is_empty() || words.len() > most {
            return Err(value("/kinds", format!("expected 1 to {most} kinds")));
        }
        let kinds = words.iter().enumerate().map(|(index, word)| {
            let kind = word.parse::<HistoryKind>();
            kind.map_err(|error| LuckRequestError::UnknownKind {
                pointer: format!("/kinds/{index}"),
                detail: error.to_string(),
            })
        });
        kinds.collect::<Result<_, _>>().map(Some)
    }
}

fn day(pointer: &'static str, text: Option<&str>) -> Result<Option<Date>, LuckRequestError> {
    let Some(text) = text else { return Ok(None) };
    // Only the form of the contract, of the several that a date can be read from.
    let day = text
        .parse()
        .ok()
        .filter(|day: &Date| day.to_string() == text);
    let day = day.ok_or_else(|| value(pointer, "expected a day such as 2026-11-01"))?;
    Ok(Some(day))
}

fn value(pointer: &'static str, detail: impl Display) -> LuckRequestError {
    LuckRequestError::Value {
        pointer,
        detail: detail.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 22);

    fn plan(fields: &Value) -> Result<LuckPlan, LuckRequestError> {
        let mut body = json!({"nexon_api_key": "canary"});
        for (field, value) in fields.as_object().unwrap() {
            body[field] = value.clone();
        }
        let request: LuckRequest = serde_json::from_value(body).unwrap();
        request.plan(TODAY)
    }

    #[test]
    fn request_without_days_and_kinds_is_the_usual_one() {
        let usual = plan(&json!({})).unwrap();
        assert_eq!(usual.period().days(), 30);
        assert_eq!(usual.kinds(), HistoryKind::USUAL);
    }

    #[test]
    fn faults_name_their_field_and_range_and_repeat_nothing() {
        for (fields, pointer, expected) in [
            (json!({"from": "2024-11-21"}), "/from", "730 days back"),
            (
                json!({"from": "2026-08-24"}),
                "/from",
                "91 days are more than 1 to 90",
            ),
            (json!({"to": "2026-11-23"}), "/to", "in the future"),
            (json!({"from": "canary"}), "/from", "expected a day such as"),
            (
                json!({"from": "20261101"}),
                "/from",
                "expected a day such as",
            ),
            (
                json!({"from": "2026-11-02", "to": "2026-11-01"}),
                "/from",
                "is after",
            ),
            (json!({"kinds": []}), "/kinds", "expected 1 to 4 kinds"),
            (
                json!({"kinds": ["cube", "canary"]}),
                "/kinds/1",
                "expected one of cube,",
            ),
            (json!({"cursor": "canary"}), "/cursor", "no cursor"),
        ] {
            let (at, detail) = match plan(&fields).unwrap_err() {
                LuckRequestError::UnknownKind { pointer, detail } => (pointer, detail),
                LuckRequestError::Value { pointer, detail } => (pointer.to_owned(), detail),
            };
            assert_eq!(at, pointer);
            assert!(detail.contains(expected), "{detail}");
            assert!(!detail.contains("canary"), "{detail}");
        }
    }
}
