//! Pages that log nothing, ask nobody else, and fit the screen.

use super::tab::Tab;
use super::{ERRORS, PAGES, WIDTHS};

/// Most of the sum of the layout's shifts (<https://web.dev/articles/cls> asks for 0.1).
const MAX_SHIFT: f64 = 0.05;

/// Sum of the shifts of the layout since the page was opened.
const SHIFT: &str = "new Promise(done => { let sum = 0; \
    new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; }) \
    .observe({type: 'layout-shift', buffered: true}); \
    requestAnimationFrame(() => setTimeout(() => done(sum), 0)); })";

#[tokio::test]
async fn pages_are_quiet_and_fit_phones_and_screens_in_both_languages() {
    let tab = Tab::open().await;
    for width in WIDTHS {
        tab.resize(width).await;
        for path in PAGES.iter().chain(&ERRORS) {
            for lang in ["ko", "en"] {
                tab.show(path, lang).await;
                assert_eq!(tab.value("document.documentElement.lang").await, lang);
                tab.assert_fits(path, width).await;
                let shift = tab.value(SHIFT).await;
                assert!(shift.as_f64() <= Some(MAX_SHIFT), "{path} shifts {shift}");
                tab.assert_quiet(path).await;
            }
        }
    }
    tab.close().await;
}

#[tokio::test]
async fn pages_fit_320_pixels_and_text_of_twice_the_size() {
    let tab = Tab::open().await;
    for path in PAGES.iter().chain(&ERRORS) {
        for lang in ["ko", "en"] {
            tab.resize(320).await;
            tab.show(path, lang).await;
            tab.assert_fits(path, 320).await;
            // Zoom of 200 % halves the CSS pixels of a screen.
            tab.resize(640).await;
            tab.assert_fits(path, 640).await;
        }
    }
    tab.close().await;
}

#[tokio::test]
async fn console_entries_and_foreign_requests_are_noticed() {
    let tab = Tab::open().await;
    tab.show("/", "en").await;
    tab.assert_quiet("/").await;
    // A style in the markup is against the policy, and so is a picture of another host.
    tab.browser
        .run("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')")
        .await
        .unwrap();
    let console = tab.browser.console().await.unwrap();
    let is_policy = |text: &str| text.contains("Content Security Policy");
    assert!(
        console.iter().any(|entry| is_policy(&entry.message)),
        "{console:#?}"
    );
    tab.close().await;
}
