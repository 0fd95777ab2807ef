//! Remarks on a result: missing parts, and deviations from what a reader expects.

use cube_probability::Layer;
use cube_probability::star_force::Note;
use equipment::{Aged, CharactersError, Degradation, Freshness, LeftOut, UpstreamError};
use planning::StatSource;
use serde::Serialize;
use utoipa::ToSchema;

use super::WarningCode;

/// Something to know about an answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Warning {
    /// The kind of warning, for programs.
    #[schema(value_type = String, example = "stale")]
    pub code: WarningCode,
    /// The warning for people.
    pub detail: String,
    /// Subject, for readers that write the warning in another language.
    #[serde(skip)]
    pub subject: WarningSubject,
}

/// Part of an answer that a warning is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum WarningSubject {
    /// The whole answer.
    #[default]
    Answer,
    /// One potential of an item.
    Potential {
        /// Slot of the item.
        slot: String,
        /// The item.
        name: String,
        /// The potential.
        layer: Layer,
    },
    /// An item without an upgrade.
    LeftOut(LeftOut),
}

impl Warning {
    /// A warning of this kind.
    pub fn new(code: WarningCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            subject: WarningSubject::Answer,
        }
    }

    /// Warning that an item has no upgrade.
    pub(crate) fn of_left_out(left_out: &LeftOut) -> Self {
        let detail = format!("{}: {}", left_out.slot, left_out.reason);
        Self {
            subject: WarningSubject::LeftOut(left_out.clone()),
            ..Self::new(WarningCode::LeftOut, detail)
        }
    }

    /// Warning that a mean is given as null, where one of these is past 64 bits.
    pub(crate) fn of_means(means: impl IntoIterator<Item = u128>) -> Option<Self> {
        let is_too_large = |mean: u128| u64::try_from(mean).is_err();
        means.into_iter().any(is_too_large).then(|| {
            let detail = format!("a mean above {} meso is given as null", u64::MAX);
            Self::new(WarningCode::MeanTooLarge, detail)
        })
    }

    /// Warnings about data that are known: their age, and degradations on the way.
    pub(crate) fn of_known<T>(known: &Aged<T>) -> Vec<Self> {
        let stale = (known.freshness == Freshness::Stale)
            .then(|| Self::new(WarningCode::Stale, "this is older than 15 minutes"));
        let mut warnings = Vec::from_iter(stale);
        for warning in known.degradations.iter().map(Self::of_degradation) {
            // The client need not know how often.
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
        warnings
    }

    /// Warning that the character's equipment is not known.
    pub(crate) fn of_missing_equipment(missing: &CharactersError) -> Self {
        let detail = format!("what the character wears is not known: {missing}");
        Self::new(WarningCode::EquipmentMissing, detail)
    }

    /// A source of stats could not be read.
    pub(crate) fn of_missing_source(source: StatSource) -> Self {
        let detail = format!("{source} could not be read; its part is estimated");
        Self::new(WarningCode::StatSourceMissing, detail)
    }

    /// Warning about a degradation on the way to the response; the log has its cause.
    fn of_degradation(degradation: &Degradation) -> Self {
        let code = match degradation {
            Degradation::Upstream(UpstreamError::AllowanceSpent(_)) => WarningCode::TooManyRequests,
            Degradation::Upstream(_) => WarningCode::UpstreamFailed,
            Degradation::RefreshTooSoon { .. } => WarningCode::RefreshTooSoon,
            Degradation::Store(_) => WarningCode::StoreFailed,
            Degradation::StoredDocument(_) => WarningCode::StoredDocumentUnreadable,
        };
        Self::new(code, degradation.to_string())
    }

    /// Warning about an expectation.
    pub(crate) fn of_evaluation(warning: &equipment::Warning) -> Self {
        use equipment::Warning as Given;
        let code = match warning {
            Given::UnknownClass { .. } => WarningCode::UnknownClass,
            Given::UnknownLevel { .. } => WarningCode::UnknownLevel,
            Given::PointsOfHp { .. } => WarningCode::PointsOfHp,
            Given::NoStatSheet => WarningCode::NoStatSheet,
            Given::SheetOfAnotherClass => WarningCode::SheetOfAnotherClass,
            Given::SheetNotValued(_) => WarningCode::StatSheetNotValued,
            Given::WeakerBoss(_) => WarningCode::WeakerBoss,
            Given::StarForce(note) => return Self::of_note(*note),
            Given::ImpossibleLines { .. } => WarningCode::ImpossibleLines,
            Given::GoalNotMet { .. } => WarningCode::GoalNotMet,
        };
        let subject = match warning {
            Given::ImpossibleLines { slot, name, layer }
            | Given::GoalNotMet { slot, name, layer } => WarningSubject::Potential {
                slot: slot.clone(),
                name: name.clone(),
                layer: *layer,
            },
            _ => WarningSubject::Answer,
        };
        Self {
            subject,
            ..Self::new(code, warning.to_string())
        }
    }

    /// Warning about a price of stars.
    pub(crate) fn of_note(note: Note) -> Self {
        let code = match note {
            Note::FreeSpareItems => WarningCode::FreeSpareItems,
            Note::SuperiorUnverified => WarningCode::SuperiorUnverified,
            Note::RestoreFeeByRule => WarningCode::RestoreFeeByRule,
            Note::SuperiorWithoutChanceTime => WarningCode::SuperiorWithoutChanceTime,
        };
        Self::new(code, note.to_string())
    }
}
