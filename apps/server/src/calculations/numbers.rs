//! Numbers as questions give them, checked into the library's types.

use cube_probability::Level;

use super::Faults;

/// The most quantiles asked for at once.
pub(super) const MAX_QUANTILES: usize = 100;

/// A whole number of a smaller type.
pub(super) fn whole<T: TryFrom<i64>>(number: i64) -> Result<T, String> {
    T::try_from(number).map_err(|_| {
        if number < 0 {
            format!("{number} is below 0")
        } else {
            format!("{number} is too large")
        }
    })
}

/// A budget that may be missing.
pub(super) fn budget(faults: &mut Faults, meso: Option<i64>) -> Option<u64> {
    let meso = meso.map(whole).transpose();
    faults.keep("/budget_meso", meso).flatten()
}

/// The levels of quantiles; the default ones where none are asked for.
pub(super) fn levels(faults: &mut Faults, given: Option<&[f64]>) -> Vec<Level> {
    let Some(given) = given else {
        return Level::DEFAULTS.to_vec();
    };
    if given.len() > MAX_QUANTILES {
        let detail = format!("{} quantiles are more than {MAX_QUANTILES}", given.len());
        faults.add("/quantiles", detail);
        return Vec::new();
    }
    let levels = given.iter().enumerate();
    levels
        .filter_map(|(i, &q)| faults.keep(&format!("/quantiles/{i}"), Level::new(q)))
        .collect()
}
