//! File descriptors of the process: the soft limit is raised at the start, and connections are
//! bounded below it, so that the admin listener, the database and the upstream always find some.

use std::io;

/// Descriptors that no connection of a client takes: the admin listener, the database, Redis, the
/// upstream, the log and files.
const RESERVED: usize = 256;

/// Connections of clients that the service starts with at least.
const FEWEST_CONNECTIONS: usize = 64;

/// Upper bound on connections of clients, however many descriptors there are.
const MOST_CONNECTIONS: usize = 50_000;

/// Reason why the process cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum DescriptorError {
    /// The limit cannot be read or raised.
    #[error("cannot read the limit of open files")]
    Limit(#[source] io::Error),
    /// The limit is too low.
    #[error(
        "the limit of open files is {found}, and the service needs {needed} at least: raise it \
         (`ulimit -n`, `LimitNOFILE=` of the unit)"
    )]
    TooFew {
        /// Hard limit of open files.
        found: u64,
        /// Lowest limit that the service starts with.
        needed: u64,
    },
}

/// Raises the soft limit of open files to the hard limit; returns the connections of clients that
/// it leaves room for.
///
/// # Errors
///
/// [`DescriptorError`] when the limit is too low or cannot be read.
pub fn raise_limit() -> Result<usize, DescriptorError> {
    let (before, _) =
        rlimit::getrlimit(rlimit::Resource::NOFILE).map_err(DescriptorError::Limit)?;
    let limit = rlimit::increase_nofile_limit(u64::MAX).map_err(DescriptorError::Limit)?;
    let connections = connections(limit)?;
    tracing::info!(before, limit, connections, "limit of open files");
    Ok(connections)
}

/// Connections of clients under this limit of open files.
fn connections(limit: u64) -> Result<usize, DescriptorError> {
    let found = usize::try_from(limit).unwrap_or(usize::MAX);
    let reserved = RESERVED.min(found / 2);
    let left = found - reserved;
    if left < FEWEST_CONNECTIONS {
        let needed = 2 * FEWEST_CONNECTIONS as u64 - 1;
        return Err(DescriptorError::TooFew {
            found: limit,
            needed,
        });
    }
    Ok(left.min(MOST_CONNECTIONS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_stay_below_the_limit() {
        for (limit, expected) in [
            (128, Some(64)),
            (512, Some(256)),
            (1_024, Some(768)),
            (1_048_576, Some(50_000)),
            (u64::MAX, Some(50_000)),
            (127, Some(64)),
            (126, None),
            (16, None),
            (0, None),
        ] {
            assert_eq!(connections(limit).ok(), expected, "{limit}");
        }
        let error = connections(16).unwrap_err().to_string();
        assert!(error.contains("is 16") && error.contains("127"), "{error}");
    }
}
