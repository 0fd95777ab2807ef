//! Ids by which a request is found again: in the answer, in the log and in a trace.

use std::fmt::{self, Display};
use std::sync::Mutex;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use rand::Rng;
use rand::rngs::SmallRng;

/// The header that carries a request's id, in and out.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The id of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId {
    shown: String,
    trace: u128,
}

impl RequestId {
    /// What people see and send to us: the id the client gave, else 8 hexadecimal digits.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The 128 bits that tell this request from every other, in 32 hexadecimal digits: the trace
    /// id of W3C Trace Context. Where we made it, the shown id is its beginning.
    pub fn trace(&self) -> impl Display + use<> {
        HexDigits(self.trace)
    }

    /// The shown id as a header.
    pub fn header_value(&self) -> HeaderValue {
        HeaderValue::from_str(&self.shown).expect("an id has only letters, digits, `.`, `_`, `-`")
    }
}

/// Gives requests their ids.
#[derive(Debug)]
pub struct RequestIds(Mutex<SmallRng>);

impl RequestIds {
    /// Ids drawn from this generator. They need not be secret, only different.
    pub fn new(random: SmallRng) -> Self {
        Self(Mutex::new(random))
    }

    /// The id of a request with these headers: the client's own where it is
    /// `[A-Za-z0-9._-]{8,64}`, in the client's trace where there is one, else made.
    pub fn for_request(&self, headers: &HeaderMap) -> RequestId {
        let trace = headers
            .get(TRACEPARENT)
            .and_then(trace_id)
            .unwrap_or_else(|| self.random());
        let shown = headers
            .get(X_REQUEST_ID)
            .and_then(acceptable)
            .map_or_else(|| format!("{:08x}", trace >> 96), str::to_owned);
        RequestId { shown, trace }
    }

    fn random(&self) -> u128 {
        self.0
            .lock()
            .expect("no holder of this lock panics")
            .random()
    }
}

struct HexDigits(u128);

impl Display for HexDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

fn acceptable(header: &HeaderValue) -> Option<&str> {
    let text = header.to_str().ok()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    ((8..=64).contains(&text.len()) && text.bytes().all(is_plain)).then_some(text)
}

/// The trace id of a `traceparent` header: `version-trace-parent-flags`, all hexadecimal.
fn trace_id(header: &HeaderValue) -> Option<u128> {
    let mut fields = header.to_str().ok()?.split('-');
    let (version, trace, parent) = (fields.next()?, fields.next()?, fields.next()?);
    let is_hex = |text: &str, len: usize| {
        text.len() == len && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    if !is_hex(version, 2) || version == "ff" || !is_hex(trace, 32) || !is_hex(parent, 16) {
        return None;
    }
    u128::from_str_radix(trace, 16).ok().filter(|&id| id != 0)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn ids() -> RequestIds {
        RequestIds::new(SmallRng::seed_from_u64(7))
    }

    fn id_of(name: HeaderName, value: &str) -> RequestId {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        ids().for_request(&headers)
    }

    fn made() -> RequestId {
        ids().for_request(&HeaderMap::new())
    }

    #[test]
    fn made_id_shows_the_first_8_of_its_32_digits() {
        let id = made();
        assert_eq!(id.shown().len(), 8);
        assert_eq!(id.trace().to_string().len(), 32);
        assert!(id.trace().to_string().starts_with(id.shown()));
    }

    #[test]
    fn ids_differ() {
        let ids = ids();
        let all: std::collections::HashSet<_> = (0..1_000)
            .map(|_| ids.for_request(&HeaderMap::new()).trace().to_string())
            .collect();
        assert_eq!(all.len(), 1_000);
    }

    #[test]
    fn acceptable_id_is_kept() {
        for text in ["12345678", "my.request_id-1", &"x".repeat(64)] {
            assert_eq!(id_of(X_REQUEST_ID, text).shown(), text);
        }
    }

    #[test]
    fn any_other_is_replaced() {
        for text in ["1234567", &"x".repeat(65), "with blank", "<script>x", ""] {
            assert_eq!(id_of(X_REQUEST_ID, text), made(), "{text}");
        }
    }

    #[test]
    fn clients_trace_is_joined() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let id = id_of(TRACEPARENT, &format!("00-{trace}-00f067aa0ba902b7-01"));
        assert_eq!(id.trace().to_string(), trace);
        assert_eq!(id.shown(), "4bf92f35");
    }

    #[test]
    fn broken_traceparent_is_no_trace() {
        let zeros = "0".repeat(32);
        for text in [
            "00-4bf92f3577b34da6a3ce929d0e0e4736",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            &format!("00-{zeros}-00f067aa0ba902b7-01"),
        ] {
            assert_eq!(id_of(TRACEPARENT, text), made(), "{text}");
        }
    }
}
