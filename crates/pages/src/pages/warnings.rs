//! Warnings of an answer, in the language of the page.

use api::responses::Warning;

use crate::lang::Lang;
use crate::warning_words;

/// Returns each warning once.
pub(super) fn of<'a>(warnings: impl IntoIterator<Item = &'a Warning>, lang: Lang) -> Vec<String> {
    let mut shown: Vec<String> = Vec::new();
    for warning in warnings {
        let text = warning_words::warning(warning, lang);
        if !shown.contains(&text) {
            shown.push(text);
        }
    }
    shown
}
