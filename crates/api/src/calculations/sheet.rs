//! Faults of a stat sheet, with their places.

use planning::{NotValued, SheetError};

use super::ValidationErrors;

/// Adds what is wrong with a sheet at `pointer`, at the field that is wrong.
pub(crate) fn add_sheet_error(errors: &mut ValidationErrors, pointer: &str, error: &SheetError) {
    let field = match error {
        SheetError::OutOfRange { field, .. }
        | SheetError::WrongAttributes { field, .. }
        | SheetError::PartsDiffer { field, .. } => field,
        SheetError::PartsMissing { .. } => "attributes",
    };
    let field = field.split('.').next().unwrap_or(field);
    errors.add(format!("{pointer}/{field}"), error);
}

/// Adds why gear cannot be valued by a sheet at `pointer`.
pub(crate) fn not_valued(errors: &mut ValidationErrors, pointer: &str, error: &NotValued) {
    match error {
        NotValued::Sheet(error) => add_sheet_error(errors, pointer, error),
        NotValued::NoDamage { .. } => errors.add(format!("{pointer}/ied_pct"), error),
        NotValued::DemonAvenger => errors.add(format!("{pointer}/main"), error),
    }
}
