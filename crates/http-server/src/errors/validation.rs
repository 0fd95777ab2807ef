//! Problems of requests whose values are not valid.

use api::calculations::ValidationErrors;

use crate::problem::{FieldError, Problem, ProblemKind};

impl From<ValidationErrors> for Problem {
    fn from(errors: ValidationErrors) -> Self {
        let in_goal = errors.all().iter().any(|fault| fault.column.is_some());
        let (kind, detail) = if in_goal {
            (
                ProblemKind::InvalidGoal,
                "the text of the goal makes no sense where `errors` says",
            )
        } else {
            (
                ProblemKind::InvalidValue,
                "the question asks for what the game does not have",
            )
        };
        let errors = errors.all().iter().map(|fault| {
            let error = FieldError::at(&fault.pointer, &fault.detail);
            match fault.column {
                Some(column) => error.in_column(column),
                None => error,
            }
        });
        Self::new(kind, detail).with_errors(errors)
    }
}
