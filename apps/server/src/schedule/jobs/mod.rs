//! The jobs there are.

mod outbox;
mod popular;
mod purge;
mod sessions;
mod warm_up;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kernel::Clock;
use tokio_util::sync::CancellationToken;

pub use outbox::PurgeOutbox;
pub use popular::RefreshPopular;
pub use purge::PurgeSnapshots;
pub use sessions::PurgeSessions;
pub use warm_up::WarmUp;

/// Small enough that no statement holds its locks for long.
const BATCH: u32 = 500;

/// Purges what is older than `keep_for`, batch after batch, until nothing is left or the job is to
/// stop. Tells how much that was, and before when.
async fn purge_in_batches<P, E>(
    keep_for: Duration,
    clock: &dyn Clock,
    stop: &CancellationToken,
    purge: impl Fn(Timestamp, u32) -> P,
) -> anyhow::Result<(u64, Timestamp)>
where
    P: Future<Output = Result<u64, E>>,
    E: std::error::Error + Send + Sync + 'static,
{
    let before = clock
        .now()
        .checked_sub(SignedDuration::try_from(keep_for)?)?;
    let mut purged = 0;
    while !stop.is_cancelled() {
        match purge(before, BATCH).await? {
            0 => break,
            some => purged += some,
        }
    }
    Ok((purged, before))
}
