//! Chromium, driven over WebDriver (<https://www.w3.org/TR/webdriver2/>).
//!
//! A [`Browser`] is a driver, one session of it and a new, empty profile. Every command has a time
//! limit, so that a page that never loads fails its test and does not hang it.

mod driver;
mod log;
mod npm;
mod session;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

pub use log::Entry;
pub use npm::npm_file;

use crate::ServerError;
use driver::Driver;
use session::Session;

/// Upper bound on one page load and on one script.
const PATIENCE: Duration = Duration::from_mins(1);

/// Upper bound on one command; longer than the driver's own limits, so that it tells what was late.
const COMMAND_PATIENCE: Duration = Duration::from_secs(90);

/// Arguments of Chromium. Root needs `--no-sandbox`; the rest keeps it from asking other hosts.
/// Over the pipe it ends when its driver does.
const ARGUMENTS: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
];

/// A Chromium with one window, gone with this value.
#[derive(Debug)]
pub struct Browser {
    session: Session,
    _driver: Driver,
}

/// Error of starting or driving a browser.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// Driver or Chromium is not there, or does not start.
    #[error(transparent)]
    Start(#[from] ServerError),
    /// The driver does not answer, or not in time.
    #[error("chromedriver does not answer")]
    Connection(#[from] reqwest::Error),
    /// The driver refused a command, or could not finish it in time.
    #[error("{error}: {message}")]
    Refused {
        /// The error's code, such as `no such element`.
        error: String,
        /// The driver's explanation.
        message: String,
    },
    /// A condition did not become true in time.
    #[error("`{0}` was not true within {PATIENCE:?}")]
    Late(String),
    /// The picture cannot be read.
    #[error("the driver sent no picture")]
    NoPicture,
}

/// Keys without a letter (<https://www.w3.org/TR/webdriver2/#keyboard-actions>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key;

impl Key {
    /// Tabulator.
    pub const TAB: &'static str = "\u{e004}";
    /// Enter.
    pub const ENTER: &'static str = "\u{e007}";
    /// Space bar.
    pub const SPACE: &'static str = " ";
    /// Arrow to the right.
    pub const RIGHT: &'static str = "\u{e014}";
}

/// Colour scheme that the system asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark text on light ground.
    Light,
    /// Light text on dark ground.
    Dark,
}

impl Browser {
    /// Starts a browser; installs Chromium, its driver and Korean letters where they are missing
    /// and apt can.
    ///
    /// # Errors
    ///
    /// [`BrowserError`] when it does not start within a minute.
    pub async fn start() -> Result<Self, BrowserError> {
        let driver = Driver::start()?;
        let capabilities = capabilities(&driver);
        let session = Session::open(&driver.address(), &capabilities, COMMAND_PATIENCE).await?;
        let browser = Self {
            session,
            _driver: driver,
        };
        // What the browser's own first tab loads is no page's.
        browser.open("about:blank").await?;
        browser.console().await?;
        browser.requests().await?;
        Ok(browser)
    }

    /// Sets the size of the window in CSS pixels, as of a phone or a screen.
    ///
    /// # Errors
    ///
    /// [`BrowserError`] when the browser refuses.
    pub async fn resize(&self, width: u32, height: u32) -> Result<(), BrowserError> {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", size)
            .await
            .map(drop)
    }

    /// Sets the colour scheme of the system.
    ///
    /// # Errors
    ///
    /// [`BrowserError`] when the browser refuses.
    pub async fn set_scheme(&self, scheme: Scheme) -> Result<(), BrowserError> {
        let value = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
        self.devtools("Emulation.setEmulatedMedia", media)
            .await
            .map(drop)
    }

    /// Turns the scripts of pages on or off; those of the test run anyway.
    ///
    /// # Errors
    ///
    /// [`BrowserError`] when the browser refuses.
    pub async fn set_scripts(&self, are_on: bool) -> Result<(), BrowserError> {
        let off = json!({"value": !are_on});
        self.devtools("Emulation.setScriptExecutionDisabled", off)
            .await
            .map(drop)
    }

    /// Opens an address and waits for the page's `load` event.
    ///
    /// # Errors
    ///
    /// [`BrowserError`] when it is not loaded in time.
    pub async fn open(&self, url: &str) -> Result<(), BrowserError> {
        self.session
            .post("/url", &json!({"url": url}))
            .await
            .map(drop)
    }

    /// Value of an expression in the page; a promise is waited for.
    ///
    /// # Errors
    ///
    /// [`BrowserError`] when the expression throws.
    pub async fn value(&self, expression: &str) -> Result<Value, BrowserError> {
        self.run(&format!("return {expression}")).await
    }

    /// Runs statements in the page, such as the text of a library.
    ///
    /// # Errors
    ///
    /// [`BrowserError`] when a statement throws.
    pub async fn run(&self, statements: &str) -> Result<Value, BrowserError> {
        let script = json!({"script": statements, "args": []});
        self.session.post("/execute/sync", &script).await
    }

    /// Waits until an expression in the page is true.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Late`] when it is not in time.
    pub async fn wait_until(&self, expression: &str) -> Result<(), BrowserError> {
        let wait = async {
            while self.value(expression).await? != true {
                tokio::time::sleep(Duration::from_millis(25)).await;
            }
            Ok(())
        };
        tokio::time::timeout(PATIENCE, wait)
            .await
            .unwrap_or_else(|_| Err(BrowserError::Late(expression.to_owned())))
    }

    /// Clicks on the first element of a CSS selector.
    ///
    /// # Errors
    ///
    /// [`BrowserError`] when there is none, or another element is in front of it.
    pub async fn click(&self, selector: &str) -> Result<(), BrowserError> {
        let element = self.session.element(selector).await?;
        let command = format!("{element}/click");
        self.session.post(&command, &json!({})).await.map(drop)
    }

    /// Types into the first element of a CSS selector; see [`Key`].
    ///
    /// # Errors
    ///
    /// [`BrowserError`] when there is none that takes text.
    pub async fn write(&self, selector: &str, text: &str) -> Result<(), BrowserError> {
        let element = self.session.element(selector).await?;
        let command = format!("{element}/value");
        let body = json!({"text": text});
        self.session.post(&command, &body).await.map(drop)
    }

    /// Presses keys one after the other, wherever the focus is.
    ///
    /// # Errors
    ///
    /// [`BrowserError`] when the browser takes no keys.
    pub async fn press(&self, keys: &str) -> Result<(), BrowserError> {
        let actions = keys.chars().flat_map(|key| {
            ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key.to_string()}))
        });
        let actions: Vec<Value> = actions.collect();
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": actions});
        let body = json!({"actions": [keyboard]});
        self.session.post("/actions", &body).await.map(drop)
    }

    /// Takes the console entries since the last call, errors of the Content-Security-Policy among
    /// them.
    ///
    /// # Errors
    ///
    /// [`BrowserError`] when the driver has no log.
    pub async fn console(&self) -> Result<Vec<Entry>, BrowserError> {
        let entries = self.logged("browser").await?;
        Ok(entries.iter().map(Entry::of_console).collect())
    }

    /// Takes the addresses requested since the last call.
    ///
    /// # Errors
    ///
    /// [`BrowserError`] when the driver has no log.
    pub async fn requests(&self) -> Result<Vec<String>, BrowserError> {
        let entries = self.logged("performance").await?;
        Ok(entries.iter().filter_map(log::requested).collect())
    }

    /// Returns what the window shows as a PNG.
    ///
    /// # Errors
    ///
    /// [`BrowserError`] when the browser takes no picture.
    pub async fn picture(&self) -> Result<Vec<u8>, BrowserError> {
        let picture = self.session.get("/screenshot").await?;
        let text = picture.as_str().ok_or(BrowserError::NoPicture)?;
        BASE64.decode(text).map_err(|_| BrowserError::NoPicture)
    }

    /// Closes the window and ends the session.
    ///
    /// # Errors
    ///
    /// [`BrowserError`] when the browser does not close in time; its process ends in any case.
    pub async fn close(self) -> Result<(), BrowserError> {
        self.session.end().await
    }

    async fn logged(&self, kind: &str) -> Result<Vec<Value>, BrowserError> {
        let log = self.session.post("/se/log", &json!({"type": kind})).await?;
        let Value::Array(entries) = log else {
            return Ok(Vec::new());
        };
        Ok(entries)
    }

    /// Runs a command of the DevTools protocol (<https://chromedevtools.github.io/devtools-protocol/>).
    async fn devtools(&self, name: &str, parameters: Value) -> Result<Value, BrowserError> {
        let body = json!({"cmd": name, "params": parameters});
        self.session.post("/goog/cdp/execute", &body).await
    }
}

fn capabilities(driver: &Driver) -> Value {
    let mut arguments: Vec<String> = ARGUMENTS.map(str::to_owned).into();
    arguments.push(format!("--user-data-dir={}", driver.profile().display()));
    let patience = u64::try_from(PATIENCE.as_millis()).expect("the patience is short");
    json!({
        "browserName": "chrome",
        "pageLoadStrategy": "normal",
        "timeouts": {"implicit": 0, "pageLoad": patience, "script": patience},
        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        "goog:chromeOptions": {
            "binary": driver.chromium(),
            "args": arguments,
            "perfLoggingPrefs": {"enableNetwork": true, "enablePage": false},
        },
    })
}
