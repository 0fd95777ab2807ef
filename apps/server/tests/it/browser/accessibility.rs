//! Pages that a screen reader reads, in light and in dark.

use testkit::{Scheme, npm_file};

use super::tab::Tab;
use super::{ERRORS, PAGES};

/// Rules of WCAG 2.2 and of good practice (<https://github.com/dequelabs/axe-core>).
const AXE: (&str, &str) = ("axe-core@4.14.1", "axe.min.js");

#[tokio::test]
async fn pages_have_no_axe_violation_in_light_and_dark() {
    let axe = npm_file(AXE.0, AXE.1).unwrap();
    let tab = Tab::open().await;
    for (width, lang, scheme) in [(360, "ko", Scheme::Dark), (1_280, "en", Scheme::Light)] {
        tab.resize(width).await;
        tab.set_scheme(scheme).await;
        for path in PAGES.iter().chain(&ERRORS) {
            tab.show(path, lang).await;
            // What is folded away is read too.
            tab.value("document.querySelectorAll('details').forEach(e => { e.open = true; })")
                .await;
            tab.assert_accessible(path, &axe).await;
        }
    }
    tab.close().await;
}
