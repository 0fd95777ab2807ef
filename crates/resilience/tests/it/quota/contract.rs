//! The local gate keeps the contract of the port.

use std::sync::Arc;

use resilience::{QuotaGate, quota_contract};

use super::*;

async fn local(settings: QuotaSettings) -> Arc<dyn QuotaGate> {
    let noon = || Day::at(Duration::from_hours(12), Duration::ZERO);
    Arc::new(LocalQuota::new(settings, noon).unwrap())
}

#[tokio::test(start_paused = true)]
async fn local_quota_keeps_the_contract() {
    quota_contract::check_all(local).await;
}
