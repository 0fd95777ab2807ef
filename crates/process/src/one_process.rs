//! One process for each SQLite file: a second one is noticed and named in the log.
//!
//! Nothing is lost when there are two: every write is a transaction of SQLite. But the locks that
//! keep one job from running twice are of one process, and so is the quota of the upstream.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// Claim of a process to a SQLite file; it ends with the process, however that ends.
#[derive(Debug)]
pub struct Claim(Option<File>);

impl Claim {
    /// Whether no other process has the file, as far as is known.
    pub fn is_held(&self) -> bool {
        self.0.is_some()
    }
}

/// Claims a file for this process. Where another process has it, or the claim cannot be written,
/// the log says so and the service goes on.
pub fn claim(file: &Path) -> Claim {
    let mut path = file.as_os_str().to_owned();
    path.push(".process");
    let path = PathBuf::from(path);
    let shown = file.display();
    let open = OpenOptions::new().create(true).append(true).open(&path);
    let claim = match open {
        Ok(claim) => claim,
        Err(error) => {
            tracing::warn!(
                error = kernel::chain(&error),
                "whether another process uses {shown} is not known"
            );
            return Claim(None);
        }
    };
    match claim.try_lock() {
        Ok(()) => Claim(Some(claim)),
        Err(TryLockError::WouldBlock) => {
            tracing::warn!(
                "another process uses {shown}: each has a quota of the upstream and locks of its \
                 own; stop one of them, or use MariaDB or MySQL"
            );
            Claim(None)
        }
        Err(TryLockError::Error(error)) => {
            tracing::warn!(
                error = kernel::chain(&error),
                "whether another process uses {shown} is not known"
            );
            Claim(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claim_is_held_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("maple.sqlite");
        let first = claim(&file);
        assert!(first.is_held());
        assert!(!claim(&file).is_held());
        drop(first);
        assert!(claim(&file).is_held());
    }

    #[test]
    fn folder_that_is_not_there_is_no_reason_to_stop() {
        assert!(!claim(Path::new("/nowhere/maple.sqlite")).is_held());
    }
}
