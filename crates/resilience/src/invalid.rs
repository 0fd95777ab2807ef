//! Errors of settings.

/// A setting that cannot work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{setting} {rule}")]
pub struct InvalidSettings {
    /// The setting, by its name in the code.
    pub setting: &'static str,
    /// The rule it breaks, as the end of a sentence that starts with the setting.
    pub rule: &'static str,
}

/// Refuses `setting` unless the rule is `kept`.
pub(crate) fn require(
    kept: bool,
    setting: &'static str,
    rule: &'static str,
) -> Result<(), InvalidSettings> {
    if kept {
        Ok(())
    } else {
        Err(InvalidSettings { setting, rule })
    }
}
