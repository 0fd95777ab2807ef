//! Donation requests in flight in this process.

use std::collections::HashSet;

use kernel::MemberId;
use parking_lot::{Mutex, MutexGuard};

use crate::IdempotencyKey;

/// Keys of the requests in flight in this process, so that a concurrent copy is refused at once and
/// occupies no connection. Copies on other instances meet in the ledger.
#[derive(Debug, Default)]
pub(crate) struct InFlight(Mutex<HashSet<(MemberId, IdempotencyKey)>>);

/// Registration of a request in flight; removed when dropped.
#[derive(Debug)]
pub(crate) struct InFlightRequest<'a> {
    all: &'a InFlight,
    request: (MemberId, IdempotencyKey),
}

impl InFlight {
    /// Takes the place of a request; none when a copy of it holds it.
    pub(crate) fn enter(
        &self,
        from: MemberId,
        key: &IdempotencyKey,
    ) -> Option<InFlightRequest<'_>> {
        let request = (from, key.clone());
        let is_first = self.lock().insert(request.clone());
        is_first.then_some(InFlightRequest { all: self, request })
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<(MemberId, IdempotencyKey)>> {
        self.0.lock()
    }
}

impl Drop for InFlightRequest<'_> {
    fn drop(&mut self) {
        self.all.lock().remove(&self.request);
    }
}
