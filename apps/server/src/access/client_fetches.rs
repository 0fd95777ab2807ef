//! Allowance of a client for characters that the upstream has to be asked for.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use equipment::{AllowanceSpent, FetchAllowance};
use resilience::RateLimiter;

use super::ClientAddress;

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

/// Upper bounds on the fetches of each client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchBounds {
    /// Characters in a minute.
    pub per_minute: NonZeroU32,
    /// Characters in a day; as many as there are without.
    pub per_day: Option<NonZeroU32>,
}

/// Fetches of all clients, counted by this process.
#[derive(Debug)]
pub struct FetchLimits {
    /// A window and the permits of each client in it.
    limiters: Vec<(Duration, RateLimiter<ClientAddress>)>,
}

impl FetchLimits {
    /// Limits within these bounds.
    pub fn new(bounds: FetchBounds) -> Self {
        let FetchBounds {
            per_minute,
            per_day,
        } = bounds;
        let windows = [(MINUTE, Some(per_minute)), (DAY, per_day)];
        let limiters = windows
            .into_iter()
            .filter_map(|(window, permits)| Some((window, RateLimiter::per(window, permits?))));
        Self {
            limiters: limiters.collect(),
        }
    }
}

/// Allowance of one client.
#[derive(Debug)]
pub struct ClientFetches {
    limits: Arc<FetchLimits>,
    client: ClientAddress,
}

impl ClientFetches {
    /// Allowance that these limits leave to a client.
    pub fn of(limits: &Arc<FetchLimits>, client: ClientAddress) -> Self {
        Self {
            limits: Arc::clone(limits),
            client,
        }
    }
}

impl FetchAllowance for ClientFetches {
    fn take(&self) -> Result<(), AllowanceSpent> {
        for (window, limiter) in &self.limits.limiters {
            limiter
                .take(&self.client)
                .map_err(|refused| AllowanceSpent {
                    retry_after: refused.wait,
                    permits: limiter.limit(),
                    window: *window,
                })?;
        }
        Ok(())
    }
}
