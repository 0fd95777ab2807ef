//! Ids by which a request is found again: in the answer, in the log and in a trace.

use std::sync::Arc;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use kernel::trace::{self, TraceContext};
use parking_lot::Mutex;
use rand::Rng;
use rand::rngs::SmallRng;

/// The header that carries a request's id, in and out.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(super) const TRACEPARENT: HeaderName = HeaderName::from_static(trace::TRACEPARENT);

/// Digits of an id that is made here.
const DIGITS: usize = 8;

/// The id of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId {
    shown: Arc<str>,
    trace: Option<TraceContext>,
}

impl RequestId {
    /// Id that people see and send to us: the client's own, else 8 hexadecimal digits.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Trace that the request belongs to; none where traces are off. Where we made the shown id, it
    /// is the beginning of the trace's.
    pub fn trace(&self) -> Option<TraceContext> {
        self.trace
    }

    /// The shown id, to be held on to.
    pub(super) fn shared(&self) -> Arc<str> {
        Arc::clone(&self.shown)
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
        let given = headers.get(TRACEPARENT);
        let given = given.and_then(|header| TraceContext::parse(header.to_str().ok()?));
        let trace = given.or_else(trace::begin);
        let shown = match headers.get(X_REQUEST_ID).and_then(acceptable) {
            Some(shown) => shown.into(),
            None => first_digits(trace.map_or_else(|| self.random(), |trace| trace.trace_id)),
        };
        let trace = trace.filter(|_| trace::is_on());
        RequestId { shown, trace }
    }

    fn random(&self) -> u128 {
        self.0.lock().random()
    }
}

/// The first digits of the 32 hexadecimal ones.
fn first_digits(id: u128) -> Arc<str> {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let digit = |place: usize| {
        let nibble = (id >> (124 - 4 * place)) & 0xf;
        HEX[usize::try_from(nibble).unwrap_or_default()]
    };
    let digits: [u8; DIGITS] = std::array::from_fn(digit);
    std::str::from_utf8(&digits)
        .expect("hexadecimal digits are ASCII")
        .into()
}

fn acceptable(header: &HeaderValue) -> Option<&str> {
    let text = header.to_str().ok()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    ((8..=64).contains(&text.len()) && text.bytes().all(is_plain)).then_some(text)
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
    fn made_id_has_8_digits_and_no_trace_while_traces_are_off() {
        let id = made();
        assert_eq!(id.shown().len(), 8);
        assert!(id.shown().bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(id.trace(), None);
    }

    #[test]
    fn first_digits_are_those_of_the_whole_id() {
        for id in [0, 7, u128::MAX, 0x0123_4567_89ab_cdef_0000_0000_0000_0001] {
            assert_eq!(*first_digits(id), format!("{id:032x}")[..DIGITS]);
        }
    }

    #[test]
    fn ids_differ() {
        let ids = ids();
        let all: std::collections::HashSet<_> = (0..1_000)
            .map(|_| ids.for_request(&HeaderMap::new()).shown().to_owned())
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
    fn id_of_a_clients_trace_begins_as_the_trace_does() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let id = id_of(TRACEPARENT, &format!("00-{trace}-00f067aa0ba902b7-01"));
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
