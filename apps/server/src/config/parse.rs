//! Parsers of the kinds of values, and the form in which values are shown.

use std::fmt::Display;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use actix_web::http::Uri;
use equipment::Compression;
use secrecy::{ExposeSecret, SecretString};

/// Text shown in the place of a secret.
pub(super) const REDACTED: &str = "[redacted]";

/// An administrator's token shorter than this can be guessed.
const MIN_TOKEN_CHARS: usize = 16;

/// A secret shorter than this can be found by trying.
const MIN_SECRET_CHARS: usize = 32;

const MAX_MILLIS: u64 = 10 * 60 * 1_000;

const MAX_LINGER_MILLIS: u64 = 5_000;

/// The value as a TOML string.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

pub(super) fn from_str<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|error: T::Err| format!("`{text}`: {error}"))
}

pub(super) fn directory(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() {
        return Err("expected the path of a folder".to_owned());
    }
    Ok(PathBuf::from(text))
}

pub(super) fn millis(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(millis @ 1..=MAX_MILLIS) => Ok(Duration::from_millis(millis)),
        _ => Err(format!(
            "`{text}`: expected milliseconds from 1 to {MAX_MILLIS}"
        )),
    }
}

/// The default compression at this level.
pub(super) fn compression_level(text: &str) -> Result<Compression, String> {
    let with_level = |level| Compression::default().with_level(level).ok();
    let compression = text.parse().ok().and_then(with_level);
    compression.ok_or_else(|| format!("`{text}`: expected a level from 1 to 9"))
}

/// The default compression with the dictionary of this version.
pub(super) fn dictionary(text: &str) -> Result<Compression, String> {
    let compression = Compression::default().with_dictionary(from_str(text)?);
    compression.map_err(|error| format!("`{text}`: {error}"))
}

/// Reads a linger; the rest of ten seconds must do for the requests in flight.
pub(super) fn linger(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(millis @ 0..=MAX_LINGER_MILLIS) => Ok(Duration::from_millis(millis)),
        _ => Err(format!(
            "`{text}`: expected milliseconds from 0 to {MAX_LINGER_MILLIS}"
        )),
    }
}

pub(super) fn http_url(text: &str) -> Result<Uri, String> {
    let url: Uri = from_str(text)?;
    match (url.scheme_str(), url.host()) {
        (Some("http" | "https"), Some(_)) => Ok(url),
        _ => Err(format!("`{text}`: expected http://... or https://...")),
    }
}

pub(super) fn database_url(text: &str) -> Result<SecretString, String> {
    one_of_schemes(text, &["sqlite", "mysql", "mariadb"])
}

pub(super) fn redis_url(text: &str) -> Result<SecretString, String> {
    one_of_schemes(text, &["redis", "rediss"])
}

pub(super) fn token(text: &str) -> Result<SecretString, String> {
    if text.chars().count() < MIN_TOKEN_CHARS {
        return Err(format!("expected at least {MIN_TOKEN_CHARS} characters"));
    }
    header_value(text)
}

/// A secret of the service's own.
pub(super) fn secret(text: &str) -> Result<SecretString, String> {
    if text.chars().count() < MIN_SECRET_CHARS {
        return Err(format!("expected at least {MIN_SECRET_CHARS} characters"));
    }
    Ok(text.into())
}

pub(super) fn is_sqlite(url: &SecretString) -> bool {
    url.expose_secret().starts_with("sqlite:")
}

/// The path in `sqlite://path?parameters`.
pub(super) fn sqlite_file(url: &SecretString) -> Option<PathBuf> {
    let path = url.expose_secret().strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let (path, _parameters) = path.split_once('?').unwrap_or((path, ""));
    Some(PathBuf::from(path))
}

/// A secret that is sent in a header.
pub(super) fn header_value(text: &str) -> Result<SecretString, String> {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.into())
    } else {
        Err("expected visible ASCII characters without blanks".to_owned())
    }
}

pub(super) fn instance_id(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if (1..=64).contains(&text.len()) && text.chars().all(is_plain) {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "`{text}`: expected 1 to 64 letters, digits, `.`, `_` or `-`"
        ))
    }
}

pub(super) fn log_filter(text: &str) -> Result<String, String> {
    telemetry::check_filter(text)
        .map(|()| text.to_owned())
        .map_err(|error| format!("`{text}`: {error}"))
}

pub(super) const fn nonzero(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).expect("defaults are literals above zero")
}

/// A URL without its user, password and query.
pub(super) fn redacted_url(url: &SecretString) -> String {
    let url = url.expose_secret();
    let (plain, _query) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = plain.split_once(':').unwrap_or((plain, ""));
    match rest.rsplit_once('@') {
        Some((_login, place)) => format!("{scheme}://{REDACTED}@{place}"),
        None => plain.to_owned(),
    }
}

fn one_of_schemes(text: &str, schemes: &[&str]) -> Result<SecretString, String> {
    match text.split_once(':') {
        Some((scheme, rest)) if schemes.contains(&scheme) && !rest.is_empty() => Ok(text.into()),
        _ => Err(format!("expected an address that begins with {}", {
            let named: Vec<_> = schemes.iter().map(|s| format!("`{s}:`")).collect();
            named.join(" or ")
        })),
    }
}
