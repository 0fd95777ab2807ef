//! Failures of commands, and their exit codes.

use std::fmt::{self, Display};
use std::process::ExitCode;

use equipment::CharactersError;

use crate::config::InvalidConfig;
use api::calculations::ValidationErrors;
use kernel::chain;

/// Failure of a command.
#[derive(Debug)]
pub(super) enum Failure {
    /// The input cannot be used.
    BadInput(String),
    /// The upstream knows no such character.
    UnknownCharacter(String),
    /// The upstream gives no answer, or a wrong one.
    Upstream(String),
    /// Nobody reads standard output, as after `| head`: nothing is left to do.
    ReaderLeft,
    /// Anything else.
    Other(anyhow::Error),
}

impl Failure {
    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::ReaderLeft => 0,
            Self::Other(_) => 1,
            Self::BadInput(_) => 2,
            Self::UnknownCharacter(_) => 3,
            Self::Upstream(_) => 4,
        })
    }
}

impl Failure {
    /// The same with a line more, about what can be done.
    pub(super) fn with_hint(self, hint: &str) -> Self {
        match self {
            Self::BadInput(text) => Self::BadInput(format!("{text}\n{hint}")),
            Self::Upstream(text) => Self::Upstream(format!("{text}\n{hint}")),
            other => other,
        }
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadInput(text) | Self::UnknownCharacter(text) | Self::Upstream(text) => {
                f.write_str(text)
            }
            Self::ReaderLeft => f.write_str("the reader of standard output has left"),
            Self::Other(error) => write!(f, "{error:#}"),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl From<ValidationErrors> for Failure {
    fn from(errors: ValidationErrors) -> Self {
        let lines = errors.all().iter().map(|fault| match fault.column {
            Some(column) => format!("\n  {}: column {column}: {}", fault.pointer, fault.detail),
            None => format!("\n  {}: {}", fault.pointer, fault.detail),
        });
        Self::BadInput(format!("{errors}{}", lines.collect::<String>()))
    }
}

impl From<InvalidConfig> for Failure {
    fn from(error: InvalidConfig) -> Self {
        let problems = error
            .problems
            .iter()
            .map(|problem| format!("\n  {problem}"));
        Self::BadInput(format!("{error}{}", problems.collect::<String>()))
    }
}

impl From<CharactersError> for Failure {
    fn from(error: CharactersError) -> Self {
        let text = chain(&error);
        match error {
            CharactersError::UnknownCharacter(_) => Self::UnknownCharacter(error.to_string()),
            CharactersError::UpstreamInvalid(_) | CharactersError::Unavailable(_) => {
                Self::Upstream(text)
            }
        }
    }
}
