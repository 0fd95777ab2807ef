//! The pages in a Chromium: no error on the console, no breach of the policy, no request to
//! another origin, nothing wider than the screen, with scripts and without.

use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};
use testkit::BrowserDriver;

use crate::app::TestApp;

/// Every page, at the state in which it shows most.
const PAGES: [&str; 6] = [
    "/",
    "/characters/아델",
    "/calculators/potential?goal=cooldown_seconds+%3E%3D+4&budget=1000%EC%96%B5",
    "/calculators/star-force?level=200&from=0&to=17",
    "/calculators/plan?items=stars+150+0-12",
    "/rules",
];

/// A window of a browser.
struct Window {
    client: Client,
    session: String,
}

impl Window {
    /// Opens a window of this width in CSS pixels.
    async fn open(driver: &BrowserDriver, width: u32, has_scripts: bool) -> Self {
        let client = Client::builder().timeout(Duration::from_secs(100));
        let mut window = Self {
            client: client.build().unwrap(),
            session: format!("http://{}/session", driver.address()),
        };
        let options = json!({
            "binary": driver.chromium(),
            "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-background-networking", "--disable-dev-shm-usage", "--remote-debugging-pipe",
            ],
            "mobileEmulation": {
                "deviceMetrics": {"width": width, "height": 900, "pixelRatio": 1, "touch": false},
            },
            "prefs": {"profile.managed_default_content_settings.javascript": if has_scripts { 1 } else { 2 }},
        });
        let capabilities = json!({"alwaysMatch": {
            "browserName": "chrome",
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "goog:chromeOptions": options,
        }});
        let opened = window.post("", json!({"capabilities": capabilities})).await;
        let id = opened["sessionId"].as_str().unwrap();
        window.session = format!("{}/{id}", window.session);
        window
    }

    async fn post(&self, command: &str, body: Value) -> Value {
        let url = format!("{}{command}", self.session);
        let response = self.client.post(url).json(&body).send().await.unwrap();
        let status = response.status();
        let mut body: Value = response.json().await.unwrap();
        assert!(status.is_success(), "{command}: {body}");
        body["value"].take()
    }

    async fn go(&self, url: &str) {
        self.post("/url", json!({"url": url})).await;
    }

    /// Value of an expression in the page.
    async fn value(&self, expression: &str) -> Value {
        let script = format!("return {expression}");
        self.post("/execute/sync", json!({"script": script, "args": []}))
            .await
    }

    /// Waits until an expression in the page is true.
    async fn wait(&self, expression: &str) {
        while self.value(expression).await != true {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        let log = self.post("/se/log", json!({"type": kind})).await;
        log.as_array().unwrap().clone()
    }

    /// Asserts that the page logged nothing and asked no other origin.
    async fn assert_quiet(&self, origin: &str, path: &str) {
        let console = self.log("browser").await;
        assert!(console.is_empty(), "{path}: {console:#?}");
        for entry in self.log("performance").await {
            let message: Value = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
            let message = &message["message"];
            if message["method"] != "Network.requestWillBeSent" {
                continue;
            }
            let url = message["params"]["request"]["url"].as_str().unwrap();
            // The browser's first tab is a page of its own.
            let own = [origin, "data:", "chrome://", "about:"];
            let is_own = own.iter().any(|start| url.starts_with(start));
            assert!(is_own, "{path} asks for {url}");
        }
    }

    /// Closes the window and its browser.
    async fn close(self) {
        self.client.delete(&self.session).send().await.unwrap();
    }
}

#[tokio::test]
async fn pages_are_quiet_and_fit_the_screen_in_a_browser() {
    let app = TestApp::start().await;
    let origin = format!("http://{}", app.public);
    let driver = BrowserDriver::start().unwrap();
    for width in [320, 1280] {
        let window = Window::open(&driver, width, true).await;
        for path in PAGES {
            for lang in ["ko", "en"] {
                let separator = if path.contains('?') { '&' } else { '?' };
                window
                    .go(&format!("{origin}{path}{separator}lang={lang}"))
                    .await;
                assert_eq!(window.value("document.documentElement.lang").await, lang);
                let wide = window.value("document.documentElement.scrollWidth").await;
                assert!(
                    wide.as_u64().unwrap() <= u64::from(width),
                    "{path} at {width}: {wide}"
                );
                window.assert_quiet(&origin, path).await;
            }
        }
        window.close().await;
    }
}

#[tokio::test]
async fn scripts_update_the_result_and_switch_the_theme() {
    let app = TestApp::start().await;
    let origin = format!("http://{}", app.public);
    let driver = BrowserDriver::start().unwrap();
    let window = Window::open(&driver, 360, true).await;
    window
        .go(&format!("{origin}/calculators/potential?lang=en"))
        .await;
    window
        .wait("!document.querySelector('[data-theme-switch]').hidden")
        .await;
    window
        .value("document.querySelector('a[data-goal]').click()")
        .await;
    window
        .wait("document.querySelector('#result svg') !== null")
        .await;
    let address = window.value("location.search").await;
    assert!(
        address.as_str().unwrap().contains("goal=cooldown_seconds"),
        "{address}"
    );
    window
        .wait("document.querySelector('figure input[type=range]') !== null")
        .await;
    window
        .value("document.querySelector('[data-theme-switch]').click()")
        .await;
    let theme = window.value("document.documentElement.dataset.theme").await;
    assert!(theme == "dark" || theme == "light", "{theme}");
    window.assert_quiet(&origin, "the calculator").await;
    window.close().await;
}

#[tokio::test]
async fn flows_work_without_scripts() {
    let app = TestApp::start().await;
    let origin = format!("http://{}", app.public);
    let driver = BrowserDriver::start().unwrap();
    let window = Window::open(&driver, 360, false).await;
    let element = async |css: &str| {
        let found = json!({"using": "css selector", "value": css});
        let found = window.post("/element", found).await;
        let id = found.as_object().unwrap().values().next().unwrap();
        format!("/element/{}", id.as_str().unwrap())
    };
    window.go(&origin).await;
    let field = element("input[name=name]").await;
    window
        .post(&format!("{field}/value"), json!({"text": "아델"}))
        .await;
    let button = element("form.search button").await;
    window.post(&format!("{button}/click"), json!({})).await;
    element("[data-character=아델]").await;
    window.go(&format!("{origin}/calculators/potential")).await;
    let chip = element("a[data-goal]").await;
    window.post(&format!("{chip}/click"), json!({})).await;
    element("#result svg").await;
    let switch = element("[data-theme-switch][hidden]").await;
    assert!(!switch.is_empty());
    window.close().await;
}
