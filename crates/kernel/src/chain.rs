//! Chain of an error and its causes, for log lines.

use std::error::Error;

/// Messages of an error and of every error under it, outermost first, joined by `: `; a message that
/// the one before it ends with is left out. The one way in which the log shows an error: `Display`
/// shows the outermost message only.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    for cause in std::iter::successors(error.source(), |&cause| cause.source()) {
        let cause = cause.to_string();
        if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the batch is not written")]
    struct Outer(#[source] std::io::Error);

    #[derive(Debug, thiserror::Error)]
    #[error("no answer: {0}")]
    struct Repeating(#[source] Outer);

    #[test]
    fn chain_has_every_cause_once_and_in_order() {
        let full = || Outer(std::io::Error::other("the disk is full"));
        let expected = "the batch is not written: the disk is full";
        assert_eq!(chain(&full()), expected);
        assert_eq!(
            chain(&Repeating(full())),
            "no answer: the batch is not written: the disk is full"
        );
    }
}
