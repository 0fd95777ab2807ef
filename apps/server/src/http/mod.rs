//! HTTP: from a request to a typed question, and from an answer or error to a response.

mod body;
mod cache_policy;
mod chunks;
mod coding;
mod connections;
mod cors;
mod extract;
pub(crate) mod html;
mod inbound;
mod malformed;
mod middleware;
mod problem;
mod rate_limit;
mod representation;
mod request_id;
mod secret_json;
mod server;
mod spans;
mod transport;

pub use api::problem::{FieldError, PROBLEM_JSON, PROBLEMS_PATH, ProblemDetails, ProblemKind};
pub use body::BODY_DEADLINE;
pub use cache_policy::{CachePolicy, CharacterCachePolicy};
pub use chunks::{ChunkError, Chunks};
pub use coding::Coding;
pub(crate) use extract::FormBody;
pub use extract::{Json, MAX_BODY_BYTES, Query};
pub use middleware::{RequestMetrics, SLOW};
pub(crate) use middleware::{log_problem, within_deadline};
pub use problem::Problem;
pub use rate_limit::RateLimit;
pub(crate) use representation::{Head, wanted};
pub use representation::{JSON, JsonResponse, Representations, Tag, json};
pub use request_id::{RequestId, RequestIds, X_REQUEST_ID};
pub(crate) use secret_json::{SecretBody, SecretJson};
pub use server::{Listeners, ServeError, serve};
