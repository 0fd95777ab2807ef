//! Answers as clients see them: the bodies that the API sends and the command line prints.

mod character;
mod completeness;
mod donation;
mod equipment;
mod heading;
mod job;
mod member;
mod meso;
mod operator;
mod rules;
pub(crate) mod schema;
mod warning;

pub use character::{CharacterAnswer, DataAge, FreshnessWord, Who};
pub use completeness::Completeness;
pub use donation::{DonationAnswer, DonationsAnswer};
pub use equipment::{EquipmentAnswer, ItemAnswer, PotentialLinesAnswer, PresetAnswer};
pub use heading::Heading;
pub use job::{JobAnswer, JobRunAnswer, JobsAnswer};
pub use member::{MeAnswer, SessionAnswer};
pub(crate) use meso::whole_meso;
pub use operator::{
    AttemptAnswer, AuditAnswer, BacklogAnswer, DeadLetterAnswer, DeadLetterHistoryAnswer,
    DeadLettersAnswer, DriftAnswer, FlawAnswer, PointAccountAnswer, PostingAnswer,
};
pub use rules::{MethodAnswer, RuleSet, RulesAnswer, SourceAnswer, Word};
pub use warning::Warning;
