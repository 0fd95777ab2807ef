//! Settings of the use case.

use std::time::Duration;

use crate::Compression;

/// Settings of [`Characters`](crate::Characters).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CharactersSettings {
    /// Upper bound on the time of a question. A fetch that takes longer goes on without the asker.
    pub deadline: Duration,
    /// The oldest that is ever served.
    pub serve_stale_for: Duration,
    /// The age below which a refresh that a client asks for is answered from the store.
    pub refresh_after: Duration,
    /// Time for which a character whose refresh failed is left alone before a stale answer starts
    /// another.
    pub rest_after_failure: Duration,
    /// The bytes of memory for names, characters and snapshots together.
    pub memory_bytes: u64,
    /// Compression of documents from now on.
    pub compression: Compression,
}

impl Default for CharactersSettings {
    /// 3 s; 7 days; 2 min; 10 s; 32 MiB; the default compression.
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(3),
            serve_stale_for: Duration::from_hours(7 * 24),
            refresh_after: Duration::from_mins(2),
            rest_after_failure: Duration::from_secs(10),
            memory_bytes: 32 * 1024 * 1024,
            compression: Compression::default(),
        }
    }
}

/// The parts of the memory, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shares {
    pub(super) names: u64,
    pub(super) characters: u64,
    /// Of failures of one kind; there are two.
    pub(super) failures: u64,
    pub(super) readings: u64,
    pub(super) snapshots: u64,
}

impl Shares {
    /// Names, characters, failures and readings of stats are small: a sixteenth each holds a
    /// thousand of them or more in 32 MiB. The rest is for snapshots: equipment of about 10 KB, and stats of less than 1 KB.
    pub(super) fn of(bytes: u64) -> Self {
        let small = bytes / 16;
        Self {
            names: small,
            characters: small,
            failures: small / 2,
            readings: small,
            snapshots: bytes - 4 * small,
        }
    }
}
