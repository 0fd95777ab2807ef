//! A session of a WebDriver server: commands as JSON over HTTP
//! (<https://www.w3.org/TR/webdriver2/#endpoints>).

use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::BrowserError;

/// Key of an element's reference (<https://www.w3.org/TR/webdriver2/#elements>).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A session; its window closes with the driver.
#[derive(Debug)]
pub(super) struct Session {
    client: Client,
    address: String,
}

impl Session {
    /// Opens a session; no command of it waits longer than `patience`.
    pub(super) async fn open(
        driver: &str,
        capabilities: &Value,
        patience: Duration,
    ) -> Result<Self, BrowserError> {
        // The client wants one even for plain HTTP; another part of the process may have set it.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().timeout(patience).no_proxy();
        let mut session = Self {
            client: client.build()?,
            address: format!("{driver}/session"),
        };
        let body = json!({"capabilities": {"alwaysMatch": capabilities}});
        let opened = session.send(Method::POST, "", Some(&body)).await?;
        let id = opened["sessionId"].as_str().unwrap_or_default();
        session.address = format!("{}/{id}", session.address);
        Ok(session)
    }

    /// Runs a command with a body.
    pub(super) async fn post(&self, command: &str, body: &Value) -> Result<Value, BrowserError> {
        self.send(Method::POST, command, Some(body)).await
    }

    /// Runs a command that only reads.
    pub(super) async fn get(&self, command: &str) -> Result<Value, BrowserError> {
        self.send(Method::GET, command, None).await
    }

    /// Ends the session.
    pub(super) async fn end(&self) -> Result<(), BrowserError> {
        self.send(Method::DELETE, "", None).await.map(drop)
    }

    /// Path of the first element of a CSS selector.
    pub(super) async fn element(&self, selector: &str) -> Result<String, BrowserError> {
        let search = json!({"using": "css selector", "value": selector});
        let found = self.post("/element", &search).await?;
        let id = found[ELEMENT].as_str().unwrap_or_default();
        Ok(format!("/element/{id}"))
    }

    async fn send(
        &self,
        method: Method,
        command: &str,
        body: Option<&Value>,
    ) -> Result<Value, BrowserError> {
        let url = format!("{}{command}", self.address);
        let mut request = self.client.request(method, url);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await?;
        let is_done = response.status().is_success();
        let mut answer: Value = response.json().await?;
        let value = answer["value"].take();
        if is_done {
            return Ok(value);
        }
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        Err(BrowserError::Refused {
            error: text("error"),
            message: text("message"),
        })
    }
}
