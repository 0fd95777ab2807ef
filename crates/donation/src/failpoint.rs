//! Places where a test may stop the process, to kill it there.

/// Says that a step was reached, and does what a test asked for at this place (the variable
/// `FAILPOINTS`). Nothing without the feature `failpoints`.
pub(crate) fn reached(step: &'static str) {
    #[cfg(feature = "failpoints")]
    {
        tracing::debug!(step, "reached");
        fail::fail_point!(step);
    }
    let _ = step;
}
