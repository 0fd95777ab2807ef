//! The first page: a search field and the ways to calculate without a character.

use askama::Template;

use super::render;
use crate::ui::{EXAMPLES, Ui, character_path};

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    ui: &'a Ui,
    examples: Vec<(&'static str, String)>,
}

/// Writes the first page.
pub fn home(ui: &Ui) -> String {
    let examples = EXAMPLES.iter().filter(|_| ui.is_sandbox);
    let examples = examples.map(|&name| (name, ui.href(&character_path(name))));
    render(&Home {
        ui,
        examples: examples.collect(),
    })
}
