//! HTTP: from a request to a typed question, and from an answer or error to a response.

mod answer;
mod coding;
mod extract;
mod inbound;
mod keeping;
mod pieces;
mod problem;
mod rate_limit;
mod representation;
mod request_id;
mod secret_json;
mod server;

pub(crate) use answer::causes;
pub use answer::{Desk, SLOW};
pub use coding::Coding;
pub use extract::{Json, MAX_BODY_BYTES, Query};
pub use keeping::{CharacterKeeping, Keeping};
pub use pieces::{BrokenOff, Pieces};
pub use problem::{FieldError, PROBLEM_JSON, PROBLEMS_PATH, Problem, ProblemDetails, ProblemKind};
pub use rate_limit::RateLimit;
pub use representation::{Answer, JSON, Representations, Tag, json};
pub(crate) use representation::{Head, wanted};
pub use request_id::{RequestId, RequestIds, X_REQUEST_ID};
pub(crate) use secret_json::{SecretBody, SecretJson};
pub use server::{Listeners, ServeError, serve};
