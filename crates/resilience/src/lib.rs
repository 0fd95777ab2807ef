//! Keeps an upstream that is slow, down or over quota from hurting its callers.

mod backoff;
mod breaker;
mod deadline;
mod invalid;
mod quota;
mod retry;
mod single_flight;

pub use backoff::{Backoff, Jitter};
pub use breaker::{
    BreakerCounts, BreakerSettings, BreakerState, BreakerStatus, CallError, CircuitBreaker,
    OpenCause, Outcome, Permit, Rejected, SlowCalls,
};
pub use deadline::{Deadline, DeadlineExceeded, TimedOut};
pub use invalid::InvalidSettings;
pub use quota::{
    CallMade, Day, LocalQuota, QuotaError, QuotaGate, QuotaPermit, QuotaSettings, QuotaUsage,
};
pub use retry::{Advice, GaveUp, Idempotent, Retry, RetryBudget, RetryError};
pub use single_flight::{FlightError, SingleFlight};
