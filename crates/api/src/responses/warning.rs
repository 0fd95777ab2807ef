//! Remarks on a result: missing parts, and deviations from what a reader expects.

use cube_probability::star_force::Note;
use equipment::{Aged, CharactersError, Degradation, Freshness, UpstreamError};
use planning::StatSource;
use serde::Serialize;
use utoipa::ToSchema;

/// Something to know about an answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Warning {
    /// The kind of warning, for programs.
    #[schema(example = "stale")]
    pub code: &'static str,
    /// The warning for people.
    pub detail: String,
}

impl Warning {
    /// A warning of this kind.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }

    /// Warning that a mean is given as null, where one of these is past 64 bits.
    pub(crate) fn of_means(means: impl IntoIterator<Item = u128>) -> Option<Self> {
        let is_too_large = |mean: u128| u64::try_from(mean).is_err();
        means.into_iter().any(is_too_large).then(|| {
            let detail = format!("a mean above {} meso is given as null", u64::MAX);
            Self::new("mean-too-large", detail)
        })
    }

    /// Warnings about data that are known: their age, and degradations on the way.
    pub(crate) fn of_known<T>(known: &Aged<T>) -> Vec<Self> {
        let stale = (known.freshness == Freshness::Stale)
            .then(|| Self::new("stale", "this is older than 15 minutes"));
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
        Self::new("equipment-missing", detail)
    }

    /// A source of stats could not be read.
    pub(crate) fn of_missing_source(source: StatSource) -> Self {
        let detail = format!("{source} could not be read; its part is estimated");
        Self::new("stat-source-missing", detail)
    }

    /// Warning about a degradation on the way to the response; the log has its cause.
    fn of_degradation(degradation: &Degradation) -> Self {
        let code = match degradation {
            Degradation::Upstream(UpstreamError::AllowanceSpent(_)) => "too-many-requests",
            Degradation::Upstream(_) => "upstream-failed",
            Degradation::RefreshTooSoon { .. } => "refresh-too-soon",
            Degradation::Store(_) => "store-failed",
            Degradation::StoredDocument(_) => "stored-document-unreadable",
        };
        Self::new(code, degradation.to_string())
    }

    /// Warning about an expectation.
    pub(crate) fn of_evaluation(warning: &equipment::Warning) -> Self {
        use equipment::Warning as Given;
        let code = match warning {
            Given::UnknownClass { .. } => "unknown-class",
            Given::UnknownLevel { .. } => "unknown-level",
            Given::PointsOfHp { .. } => "points-of-hp",
            Given::NoStatSheet => "no-stat-sheet",
            Given::SheetOfAnotherClass => "sheet-of-another-class",
            Given::SheetNotValued(_) => "stat-sheet-not-valued",
            Given::WeakerBoss(_) => "weaker-boss",
            Given::StarForce(note) => return Self::of_note(*note),
            Given::ImpossibleLines { .. } => "impossible-lines",
            Given::GoalNotMet { .. } => "goal-not-met",
        };
        Self::new(code, warning.to_string())
    }

    /// Warning about a price of stars.
    pub(crate) fn of_note(note: Note) -> Self {
        let code = match note {
            Note::FreeSpareItems => "free-spare-items",
            Note::SuperiorUnverified => "superior-unverified",
            Note::RestoreFeeByRule => "restore-fee-by-rule",
            Note::SuperiorWithoutChanceTime => "superior-without-chance-time",
        };
        Self::new(code, note.to_string())
    }
}
