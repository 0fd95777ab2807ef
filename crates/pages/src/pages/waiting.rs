//! The page that is shown while Nexon is asked.

use api::responses::Provenance;
use askama::Template;

use super::render;
use crate::ui::Ui;

/// Gear that is stored while newer data are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredGear {
    /// Character, and age of the data.
    pub provenance: Provenance,
    /// Slot and name of each item worn.
    pub items: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "waiting.html")]
struct WaitingPage<'a> {
    ui: &'a Ui,
    name: &'a str,
    facts: Vec<super::character::Fact>,
    items: &'a [(String, String)],
    /// Address that waits for the answer.
    next: String,
}

/// Writes the page of a character whose data are being fetched, with what is stored. It leads to
/// the page that waits.
pub fn waiting(ui: &Ui, name: &str, stored: Option<&StoredGear>) -> String {
    let facts = stored.map(|stored| super::character::facts(ui, &stored.provenance));
    render(&WaitingPage {
        ui,
        name,
        facts: facts.unwrap_or_default(),
        items: stored.map_or(&[], |stored| &stored.items),
        next: ui.here_with("wait", "1"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn waiting_page_leads_to_the_page_that_waits() {
        let ui = Ui::new("/characters/%3Cb%3E", Some(Lang::En), "", false);
        let page = waiting(&ui, "<b>", None);
        let refresh = "content=\"0; url=/characters/%3Cb%3E?wait=1&#38;lang=en\"";
        assert!(page.contains(refresh), "{page}");
        assert!(!page.contains("<b>"), "{page}");
    }
}
