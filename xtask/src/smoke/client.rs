//! HTTP as a client outside sees it: a status is an answer and no error, redirects are not
//! followed, bodies arrive as they were sent.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::Value;
use ureq::Agent;
use ureq::http::{Request, Response};
use ureq::tls::TlsConfig;

/// Time for one exchange; a busy machine may need some of it.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Upper bound on a body, in bytes.
const MAX_BODY: u64 = 16 * 1024 * 1024;

/// A client of one base address.
pub(crate) struct Client {
    base: String,
    agent: Agent,
}

/// An answer, read whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: Response<()>,
    body: Vec<u8>,
}

impl Client {
    /// A client of this address; `insecure` takes any certificate.
    pub(crate) fn new(base: &str, insecure: bool) -> Self {
        let tls = TlsConfig::builder().disable_verification(insecure).build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(TIMEOUT))
            .tls_config(tls)
            .build();
        Self {
            base: base.trim_end_matches('/').to_owned(),
            agent: config.into(),
        }
    }

    /// Sends a request; `path` may contain any letters, which are percent-encoded.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> anyhow::Result<Answer> {
        let url = format!("{}{}", self.base, encoded(path));
        let mut request = Request::builder().method(method).uri(&url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if body.is_some() {
            request = request.header("Content-Type", "application/json");
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = request.body(body)?;
        let answer = self.agent.run(request);
        let mut answer = answer.with_context(|| format!("{method} {url}"))?;
        let bytes = answer
            .body_mut()
            .with_config()
            .limit(MAX_BODY)
            .read_to_vec()?;
        let (parts, _) = answer.into_parts();
        Ok(Answer {
            status: parts.status.as_u16(),
            head: Response::from_parts(parts, ()),
            body: bytes,
        })
    }

    /// Sends a GET without further headers.
    pub(crate) fn get(&self, path: &str) -> anyhow::Result<Answer> {
        self.send("GET", path, &[], None)
    }

    /// Sends a POST with a JSON body.
    pub(crate) fn post(&self, path: &str, body: &Value) -> anyhow::Result<Answer> {
        self.send("POST", path, &[], Some(body))
    }
}

impl Answer {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.headers().get(name)?.to_str().ok()
    }

    /// The bytes of the body.
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as text.
    pub(crate) fn text(&self) -> anyhow::Result<&str> {
        std::str::from_utf8(&self.body).context("the body is not UTF-8")
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> anyhow::Result<Value> {
        let shown = || String::from_utf8_lossy(&self.body).into_owned();
        serde_json::from_slice(&self.body).with_context(shown)
    }

    /// The same answer, if it has this status.
    pub(crate) fn with_status(self, status: u16) -> anyhow::Result<Self> {
        let shown = String::from_utf8_lossy(&self.body);
        ensure!(self.status == status, "status {}: {shown}", self.status);
        Ok(self)
    }
}

/// Percent-encodes everything that is not ASCII.
fn encoded(path: &str) -> String {
    let bytes = path.bytes().map(|byte| match byte {
        b'!'..=b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    });
    bytes.collect()
}

#[test]
fn paths_are_percent_encoded() {
    assert_eq!(encoded("/a/아?q=1"), "/a/%EC%95%84?q=1");
}
