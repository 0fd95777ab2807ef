//! Allowance of a client for characters that the upstream has to be asked for.

use std::sync::Arc;

use equipment::{AllowanceSpent, FetchAllowance};

use super::{ClientAddress, RatePolicy};
use crate::http::FETCHES;

/// Allowance of one client.
#[derive(Debug)]
pub struct ClientFetches {
    limits: Arc<RatePolicy<ClientAddress>>,
    client: ClientAddress,
}

impl ClientFetches {
    /// Limits of all clients: this many fetches a minute for each.
    pub fn limits(per_minute: std::num::NonZeroU32) -> RatePolicy<ClientAddress> {
        RatePolicy::per_minute(FETCHES, per_minute)
    }

    /// Allowance that these limits leave to a client.
    pub fn of(limits: &Arc<RatePolicy<ClientAddress>>, client: ClientAddress) -> Self {
        Self {
            limits: Arc::clone(limits),
            client,
        }
    }
}

impl FetchAllowance for ClientFetches {
    fn take(&self) -> Result<(), AllowanceSpent> {
        let taken = self.limits.take_alone(&self.client);
        taken.map(drop).map_err(|refused| AllowanceSpent {
            retry_after: refused.wait,
            per_minute: refused.limit.per_minute,
        })
    }
}
