//! Answers as clients see them: the bodies that the API sends and the command line prints.

mod character;
mod completeness;
mod donation;
mod equipment;
mod job;
mod member;
mod meso;
mod operator;
mod provenance;
mod rules;
pub mod schema;
mod stat_sheet;
mod warning;
mod warning_code;

pub use character::{CharacterResponse, CharacterSummary, DataAge, FreshnessWord};
pub use completeness::Completeness;
pub use donation::{DonationResponse, DonationsResponse};
pub use equipment::{EquipmentResponse, ItemResponse, PotentialLinesResponse, PresetResponse};
pub use job::{JobResponse, JobRunResponse, JobsResponse};
pub use member::{MeResponse, SessionResponse};
pub use meso::whole_meso;
pub(crate) use meso::{optional_whole_or_null, whole_or_null};
pub use operator::{
    AttemptResponse, AuditResponse, BacklogResponse, DeadLetterHistoryResponse, DeadLetterResponse,
    DeadLettersResponse, DriftResponse, FlawResponse, PointAccountResponse, PostingResponse,
};
pub use provenance::Provenance;
pub use rules::{MethodResponse, RuleSet, RulesResponse, SourceResponse, Word};
pub use stat_sheet::{DetailWord, RestResponse, StatSheetResponse, UnknownFieldResponse};
pub use warning::{Warning, WarningSubject};
pub use warning_code::WarningCode;
