//! Causes of an error, for log lines.

use std::error::Error;

/// Messages of every error under this one, outermost first, joined by `: `; empty without any.
pub fn causes(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
