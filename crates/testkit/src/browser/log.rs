//! Entries of the driver's logs.

use serde_json::Value;

/// An entry of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Severity in the driver's words, such as `SEVERE`.
    pub level: String,
    /// Kind of the source, such as `security` for the Content-Security-Policy.
    pub source: String,
    /// Text with the place it comes from.
    pub message: String,
}

impl Entry {
    pub(super) fn of_console(entry: &Value) -> Self {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        Self {
            level: text("level"),
            source: text("source"),
            message: text("message"),
        }
    }
}

/// Returns the address that an entry of the performance log says was requested.
pub(super) fn requested(entry: &Value) -> Option<String> {
    let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
    let message = &message["message"];
    if message["method"] != "Network.requestWillBeSent" {
        return None;
    }
    let url = message["params"]["request"]["url"].as_str()?;
    Some(url.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn requested_reads_requests_only() {
        let entry = |method: &str| {
            let message =
                json!({"message": {"method": method, "params": {"request": {"url": "http://a/"}}}});
            json!({"level": "INFO", "message": message.to_string()})
        };
        let url = requested(&entry("Network.requestWillBeSent"));
        assert_eq!(url.as_deref(), Some("http://a/"));
        assert_eq!(requested(&entry("Network.dataReceived")), None);
        assert_eq!(requested(&json!({})), None);
    }
}
