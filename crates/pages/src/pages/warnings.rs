//! Warnings of an answer, in the language of the page.

use api::responses::Warning;

use crate::lang::Lang;
use crate::words;

/// Returns each warning once. One without a sentence of its own keeps the detail of the API.
pub(super) fn of(warnings: &[Warning], lang: Lang) -> Vec<String> {
    each(warnings, lang)
}

/// The same for some of an answer's warnings.
pub(super) fn each<'a>(warnings: impl IntoIterator<Item = &'a Warning>, lang: Lang) -> Vec<String> {
    let mut shown: Vec<String> = Vec::new();
    for warning in warnings {
        let sentence = words::warning(warning.code, lang);
        let text = sentence.map_or_else(|| warning.detail.clone(), str::to_owned);
        if !shown.contains(&text) {
            shown.push(text);
        }
    }
    shown
}
