//! A browser beside a running application.

use std::fmt::Write;

use serde_json::Value;
use testkit::{Browser, Entry, Scheme};

use crate::app::TestApp;

/// The application, and a tab that shows its pages.
pub(super) struct Tab {
    pub(super) app: TestApp,
    pub(super) browser: Browser,
    origin: String,
}

/// Origin of the pictures of items.
const ICONS: &str = "https://open.api.nexon.com/";

impl Tab {
    pub(super) async fn open() -> Self {
        let app = TestApp::start().await;
        // Known beforehand, so that no page of a wait comes first on a busy machine.
        app.answer("/api/v1/characters/아델/expectation").await;
        let browser = Browser::start().await.unwrap();
        let origin = format!("http://{}", app.public);
        Self {
            app,
            browser,
            origin,
        }
    }

    /// Shows a page in a language.
    pub(super) async fn show(&self, path: &str, lang: &str) {
        let separator = if path.contains('?') { '&' } else { '?' };
        let url = format!("{}{path}{separator}lang={lang}", self.origin);
        self.browser.open(&url).await.unwrap();
    }

    pub(super) async fn set_scheme(&self, scheme: Scheme) {
        self.browser.set_scheme(scheme).await.unwrap();
    }

    pub(super) async fn resize(&self, width: u32) {
        self.browser.resize(width, 800).await.unwrap();
    }

    /// Value of an expression in the page.
    pub(super) async fn value(&self, expression: &str) -> Value {
        self.browser.value(expression).await.unwrap()
    }

    /// Text of the page's main part.
    pub(super) async fn text(&self) -> String {
        let text = self.value("document.querySelector('main').innerText").await;
        text.as_str().unwrap().to_owned()
    }

    /// Waits until an expression in the page is true.
    pub(super) async fn wait_until(&self, expression: &str) {
        let waited = self.browser.wait_until(expression).await;
        assert!(waited.is_ok(), "{expression}: {}", self.text().await);
    }

    /// Asserts that the page logged nothing and asked no other origin since the last call. An
    /// error page is allowed the browser's line about its own status.
    pub(super) async fn assert_quiet(&self, path: &str) {
        let console = self.browser.console().await.unwrap();
        let of_status = |entry: &Entry| {
            entry.source == "network"
                && entry
                    .message
                    .contains("the server responded with a status of 4")
        };
        let console: Vec<_> = console.iter().filter(|entry| !of_status(entry)).collect();
        assert!(console.is_empty(), "{path}: {console:#?}");
        for url in self.browser.requests().await.unwrap() {
            let is_known = [&self.origin, "data:", ICONS]
                .iter()
                .any(|start| url.starts_with(*start));
            assert!(is_known, "{path} asks for {url}");
        }
    }

    /// Asserts that a secret is in no address requested since the last call, and that neither the
    /// page nor the browser keeps it.
    pub(super) async fn assert_not_kept(&self, secret: &str) {
        for url in self.browser.requests().await.unwrap() {
            assert!(!url.contains(secret), "{url}");
        }
        for place in [
            "location.href",
            "document.referrer",
            "document.cookie",
            "document.documentElement.outerHTML",
            "JSON.stringify([{...localStorage}, {...sessionStorage}, history.state])",
        ] {
            let kept = self.value(place).await.to_string();
            assert!(!kept.contains(secret), "{place}: {kept}");
        }
    }

    /// Asserts that nothing is wider than the screen.
    pub(super) async fn assert_fits(&self, path: &str, width: u32) {
        let wide = self.value("document.documentElement.scrollWidth").await;
        if wide.as_u64() <= Some(width.into()) {
            return;
        }
        let wider = "[...document.querySelectorAll('main *, header *, footer *')]\
            .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll'))\
            .map(e => e.outerHTML.slice(0, 120))";
        let wider = self.value(wider).await;
        panic!("{path} is {wide} wide on a screen of {width}: {wider:#}");
    }

    /// Asserts that axe finds no violation (<https://github.com/dequelabs/axe-core>).
    pub(super) async fn assert_accessible(&self, path: &str, axe: &str) {
        self.browser.run(axe).await.unwrap();
        let found = self
            .value("axe.run(document, {resultTypes: ['violations'], elementRef: false})")
            .await;
        let violations = found["violations"].as_array().unwrap();
        let mut report = String::new();
        for violation in violations {
            writeln!(report, "{}: {}", violation["id"], violation["help"]).unwrap();
            for node in violation["nodes"].as_array().unwrap() {
                writeln!(report, "  {} {}", node["html"], node["failureSummary"]).unwrap();
            }
        }
        assert!(violations.is_empty(), "{path}:\n{report}");
    }

    /// Ends browser and application.
    pub(super) async fn close(self) {
        self.browser.close().await.unwrap();
        self.app.stop().await.unwrap();
    }
}
