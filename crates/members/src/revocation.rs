//! End of all sessions of a member, which all instances are told of.

use kernel::MemberId;

use crate::{SessionStore, SessionStoreError, SharedSessions, SharedSessionsError};

/// Result of a revocation that the store has taken.
#[derive(Debug)]
pub struct Revocation {
    /// Number of sessions that ended.
    pub ended: u64,
    /// Whether the instances were told. Where they were not, each refuses the sessions when it asks
    /// the store again, after [`SESSION_CACHE_TTL`](crate::SESSION_CACHE_TTL) at the latest.
    pub told: Result<(), SharedSessionsError>,
}

/// Ends every session of a member in the store, then tells the instances, if they share sessions.
/// An instance that has seen one of them itself goes on honouring it for
/// [`SESSION_CACHE_TTL`](crate::SESSION_CACHE_TTL) at most.
///
/// # Errors
///
/// [`SessionStoreError`] when the store fails.
pub async fn revoke_all(
    store: &dyn SessionStore,
    shared: Option<&dyn SharedSessions>,
    member: MemberId,
) -> Result<Revocation, SessionStoreError> {
    let ended = store.end_all(member).await?;
    let told = match shared {
        Some(shared) => shared.changed_all(member).await,
        None => Ok(()),
    };
    Ok(Revocation { ended, told })
}
