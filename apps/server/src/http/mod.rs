//! HTTP: from a request to a typed question, and from an answer or error to a response.

mod answer;
mod extract;
mod problem;
mod request_id;
mod server;

pub(crate) use answer::causes;
pub use answer::{Desk, SLOW};
pub use extract::{Json, MAX_BODY_BYTES, Query};
pub use problem::{FieldError, PROBLEM_JSON, PROBLEMS_PATH, Problem, ProblemDetails, ProblemKind};
pub use request_id::{RequestId, RequestIds, X_REQUEST_ID};
pub use server::{Listeners, ServeError, serve};
