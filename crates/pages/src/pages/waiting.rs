//! The page that is shown while Nexon is asked.

use askama::Template;

use super::render;
use crate::ui::Ui;

#[derive(Template)]
#[template(path = "waiting.html")]
struct WaitingPage<'a> {
    ui: &'a Ui,
    name: &'a str,
    /// Address that waits for the answer.
    next: String,
}

/// Writes the page of a character whose data are being fetched. It leads to the page that waits.
pub fn waiting(ui: &Ui, name: &str) -> String {
    render(&WaitingPage {
        ui,
        name,
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
        let page = waiting(&ui, "<b>");
        let refresh = "content=\"0; url=/characters/%3Cb%3E?wait=1&#38;lang=en\"";
        assert!(page.contains(refresh), "{page}");
        assert!(!page.contains("<b>"), "{page}");
    }
}
