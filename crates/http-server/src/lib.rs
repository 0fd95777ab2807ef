//! HTTP transport of the service: listeners and their end, middleware, bodies and queries, content
//! codings, `ETag`, cached responses, and errors as problems (RFC 9457).
//!
//! It knows no route. A service gives its routes, and the rules of its paths as a [`Site`].

mod bearer;
mod body;
mod bulkhead;
mod cache_policy;
mod chunks;
mod client_address;
mod coding;
mod compress;
mod connections;
mod cors;
mod errors;
mod extract;
mod front;
mod inbound;
mod listener;
mod malformed;
mod middleware;
mod problem;
mod rate_limit;
mod representation;
mod request_id;
pub mod response_cache;
mod same_origin;
mod secret_json;
mod server;
mod slices;
mod spans;
mod transport;

pub use api::problem::{FieldError, PROBLEM_JSON, PROBLEMS_PATH, ProblemDetails, ProblemKind};
pub use bearer::token as bearer_token;
pub use body::BODY_DEADLINE;
pub use bulkhead::{Limits, LoadShedder, Permit, Processor};
pub use cache_policy::{CachePolicy, CharacterCachePolicy};
pub use chunks::{ChunkError, Chunks};
pub use client_address::{ClientAddress, TrustedProxies};
pub use coding::Coding;
pub use errors::FETCHES;
pub use extract::{FormBody, Json, MAX_BODY_BYTES, Query};
pub use middleware::{RequestMetrics, SLOW, log_problem, within_deadline};
pub use problem::Problem;
pub use rate_limit::RateLimit;
pub use representation::{HTML, Head, JSON, JsonResponse, Representations, Tag, json, wanted};
pub use request_id::{RequestId, RequestIds, X_REQUEST_ID};
pub use same_origin::SameOrigin;
pub use secret_json::{SecretBody, SecretJson};
pub use server::{Listeners, ServeError, serve};
pub use transport::{Shutdown, Site, Transport};
