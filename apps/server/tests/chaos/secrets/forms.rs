//! The forms in which a secret may come to light.

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Characters that are not encoded in a part of an address (RFC 3986, "unreserved").
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Looks for secrets in all of their forms at once.
pub(super) struct Search {
    automaton: AhoCorasick,
    /// Patterns, each with its secret and form.
    patterns: Vec<(String, &'static str)>,
}

impl Search {
    pub(super) fn new(secrets: &[String]) -> Self {
        let (mut patterns, mut texts) = (Vec::new(), Vec::new());
        for secret in secrets {
            for (form, text) in forms(secret) {
                patterns.push((secret.clone(), form));
                texts.push(text);
            }
        }
        Self {
            automaton: AhoCorasick::new(texts).unwrap(),
            patterns,
        }
    }

    /// The first secret in these bytes, its form, and where.
    pub(super) fn find(&self, bytes: &[u8]) -> Option<(&str, &'static str, usize)> {
        let found = self.automaton.find(bytes)?;
        let (secret, form) = &self.patterns[found.pattern().as_usize()];
        Some((secret, form, found.start()))
    }
}

fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let bytes = secret.as_bytes();
    let hex = hex(bytes);
    let list = format!("{bytes:?}");
    let component = utf8_percent_encode(secret, COMPONENT).to_string();
    let mut forms = vec![
        ("uncoded", secret.to_owned()),
        ("in JSON", escaped(secret)),
        ("in JSON within JSON", escaped(&escaped(secret))),
        ("percent-encoded in lower case", lower(&component)),
        ("percent-encoded", component),
        (
            "percent-encoded throughout",
            utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        ),
        (
            "in a form",
            form_urlencoded::byte_serialize(bytes).collect(),
        ),
        ("in upper hexadecimal", hex.to_uppercase()),
        ("in hexadecimal", hex),
        (
            "as a list of bytes",
            list.trim_matches(['[', ']']).to_owned(),
        ),
    ];
    for before in 0..3 {
        forms.push(("in base64", in_base64(&STANDARD, bytes, before)));
        forms.push((
            "in base64 for addresses",
            in_base64(&URL_SAFE, bytes, before),
        ));
    }
    forms
}

fn hex(bytes: &[u8]) -> String {
    format!("{bytes:02x?}").replace(['[', ']', ',', ' '], "")
}

/// As it stands within a JSON string; Rust's `Debug` writes ASCII the same.
fn escaped(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

/// With the digits of `%2F` in lower case, and the rest unchanged.
fn lower(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (digits, rest) = part.split_at(2);
        format!("{text}%{}{rest}", digits.to_lowercase())
    })
}

/// The digits that are the secret's alone when so many bytes, and any that follow, are encoded with
/// it.
fn in_base64(engine: &impl Engine, secret: &[u8], before: usize) -> String {
    let text = [&vec![0; before], secret].concat();
    let encoded = engine.encode(&text);
    encoded[(before * 8).div_ceil(6)..text.len() * 8 / 6].to_owned()
}

#[test]
fn secret_is_found_in_each_form() {
    let secret = "can\"ary/with+all=that%needs\\escape~s";
    let search = Search::new(&["another-secret".to_owned(), secret.to_owned()]);
    let body = serde_json::json!({"key": secret}).to_string();
    let log = serde_json::json!({"body": body}).to_string();
    let url = format!("/a?key={}", utf8_percent_encode(secret, COMPONENT));
    let mut said = vec![
        format!("the key is {secret}."),
        body,
        log,
        format!("{:?}", ("Debug", secret)),
        format!("{:?}", secret.as_bytes()),
        format!("Bytes {:?} and more", [b"..", secret.as_bytes()].concat()),
        lower(&url),
        url,
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        form_urlencoded::Serializer::new(String::new())
            .append_pair("key", secret)
            .finish(),
        hex(secret.as_bytes()),
        hex(secret.as_bytes()).to_uppercase(),
    ];
    for before in ["", "a", "ab", "abc", "user:"] {
        for after in ["", "z", "yz"] {
            let text = format!("{before}{secret}{after}");
            said.push(STANDARD.encode(&text));
            said.push(URL_SAFE.encode(&text));
        }
    }
    for text in said {
        let found = search.find(text.as_bytes()).map(|(found, ..)| found);
        assert_eq!(found, Some(secret), "{text}");
    }
    for text in ["", "another", "can\"ary/with+all", "Y2FuYXJ5"] {
        assert_eq!(search.find(text.as_bytes()), None, "{text}");
    }
}
