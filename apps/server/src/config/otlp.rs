//! Traces: the collector, and which of them are recorded.

use std::time::Duration;

use actix_web::http::Uri;
use actix_web::http::header::{HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};

use super::parse;
use super::reader::Reader;

/// Upper bound on spans that wait for the collector.
const QUEUE: usize = 32_768;

/// Share of the traces that begin here and are recorded, unless it is set.
const SHARE: f64 = 0.01;

/// Interval between exports.
const DELAY: Duration = Duration::from_secs(1);

const PATH: &str = "/v1/traces";

/// Variables of the OpenTelemetry specification and the keys that they set. Those that name traces
/// stand behind those for all signals, and win over them.
pub(super) const VARIABLES: [(&str, &str); 14] = [
    ("OTEL_SDK_DISABLED", "otlp.disabled"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "otlp.endpoint"),
    ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "otlp.traces_endpoint"),
    ("OTEL_EXPORTER_OTLP_HEADERS", "otlp.headers"),
    ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "otlp.headers"),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "otlp.timeout_ms"),
    ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "otlp.timeout_ms"),
    ("OTEL_EXPORTER_OTLP_PROTOCOL", "otlp.protocol"),
    ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "otlp.protocol"),
    ("OTEL_EXPORTER_OTLP_COMPRESSION", "otlp.compression"),
    ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "otlp.compression"),
    ("OTEL_TRACES_SAMPLER", "otlp.sampler"),
    ("OTEL_TRACES_SAMPLER_ARG", "otlp.sample"),
    ("OTEL_SERVICE_NAME", "otlp.service_name"),
];

/// Attributes of the process; a list of pairs, so not one of the plain keys.
pub(super) const ATTRIBUTES: (&str, &str) =
    ("OTEL_RESOURCE_ATTRIBUTES", "otlp.resource_attributes");

/// Traces as they are configured.
#[derive(Debug)]
pub struct Otlp {
    /// Address that spans are posted to; no spans are made without one.
    pub endpoint: Option<String>,
    headers: Option<SecretString>,
    timeout: Duration,
    share: f64,
    service_name: String,
    attributes: Option<String>,
}

impl Otlp {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let quote = |text: &String| parse::quoted(text);
        let is_disabled = reader.number("otlp.disabled", false);
        let base = reader.optional("otlp.endpoint", base, quote);
        let whole = reader.optional("otlp.traces_endpoint", address, quote);
        let endpoint = whole.or(base).filter(|_| !is_disabled);
        let headers = reader.secret("otlp.headers", |text| {
            headers(text)?;
            Ok(text.into())
        });
        let timeout = reader.millis("otlp.timeout_ms", 10_000);
        reader.optional("otlp.protocol", only("http/protobuf"), quote);
        reader.optional("otlp.compression", only("none"), quote);
        let sampler = reader.optional("otlp.sampler", sampler, |_| parse::quoted("set"));
        let share = reader.required("otlp.sample", share, SHARE, f64::to_string);
        Self {
            endpoint,
            headers,
            timeout,
            share: match sampler {
                Some(Sampler::Always) => 1.0,
                Some(Sampler::Never) => 0.0,
                Some(Sampler::Share) | None => share,
            },
            service_name: reader.required(
                "otlp.service_name",
                name,
                "maple-expectation".to_owned(),
                quote,
            ),
            attributes: reader.optional("otlp.resource_attributes", attributes_text, quote),
        }
    }

    /// Settings of the recorder; none where traces are off.
    pub fn settings(&self, instance: Option<&str>) -> Option<telemetry::TraceSettings> {
        let given = self.attributes.as_deref().map(attributes);
        let own = [
            ("service.name", Some(self.service_name.as_str())),
            ("service.version", Some(env!("CARGO_PKG_VERSION"))),
            ("service.instance.id", instance),
        ];
        let own = own.map(|(key, value)| Some((key.to_owned(), value?.to_owned())));
        let resource = given.and_then(Result::ok).unwrap_or_default();
        let resource = resource.into_iter().chain(own.into_iter().flatten());
        let headers = self.headers.as_ref();
        let headers = headers.and_then(|text| headers_of(text.expose_secret()).ok());
        Some(telemetry::TraceSettings {
            endpoint: self.endpoint.clone()?,
            headers: headers.unwrap_or_default(),
            timeout: self.timeout,
            delay: DELAY,
            sample: self.share,
            queue: QUEUE,
            resource: resource.collect(),
        })
    }
}

/// Samplers of the specification. Ours follow the parent always, so that both forms of each name
/// come to the same.
#[derive(Debug, Clone, Copy)]
enum Sampler {
    Always,
    Never,
    Share,
}

fn sampler(text: &str) -> Result<Sampler, String> {
    match text.strip_prefix("parentbased_").unwrap_or(text) {
        "always_on" => Ok(Sampler::Always),
        "always_off" => Ok(Sampler::Never),
        "traceidratio" => Ok(Sampler::Share),
        _ => Err(format!(
            "`{text}`: expected `parentbased_traceidratio`, `parentbased_always_on` or \
             `parentbased_always_off`"
        )),
    }
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err(format!(
            "`{text}`: expected a share from 0 to 1, such as 0.01"
        )),
    }
}

/// The address of a collector, to which the path of traces is added unless it is there.
fn base(text: &str) -> Result<String, String> {
    let address = address(text)?;
    let address = address.trim_end_matches('/');
    if address.ends_with(PATH) {
        return Ok(address.to_owned());
    }
    Ok(format!("{address}{PATH}"))
}

/// An address that is posted to. It is shown, so it must not hold a secret.
fn address(text: &str) -> Result<String, String> {
    let hidden = "expected an address without user, password and query: secrets belong in \
                  otlp.headers";
    if text.contains(['@', '?']) {
        return Err(hidden.to_owned());
    }
    parse::http_url(text).map(|_: Uri| text.to_owned())
}

fn only(word: &'static str) -> impl FnOnce(&str) -> Result<String, String> {
    move |text| match text {
        text if text == word => Ok(text.to_owned()),
        _ => Err(format!("`{text}`: expected `{word}`")),
    }
}

fn name(text: &str) -> Result<String, String> {
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err("expected a name without control characters".to_owned());
    }
    Ok(text.to_owned())
}

/// Pairs `key=value` with commas between, values percent-encoded (W3C Baggage, 3.2). A problem does
/// not repeat a value.
fn pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    let pair = |(index, pair): (usize, &str)| {
        let place = index + 1;
        let (key, value) = pair
            .split_once('=')
            .ok_or_else(|| format!("pair {place} has no `=`"))?;
        let value = percent_decode_str(value.trim()).decode_utf8();
        let value = value.map_err(|_| format!("the value of pair {place} is not UTF-8"))?;
        Ok((key.trim().to_owned(), value.into_owned()))
    };
    let pairs = text.split(',').filter(|pair| !pair.trim().is_empty());
    pairs.enumerate().map(pair).collect()
}

fn headers(text: &str) -> Result<(), String> {
    headers_of(text).map(drop)
}

fn headers_of(text: &str) -> Result<Vec<(String, String)>, String> {
    let pairs = pairs(text)?;
    for (index, (name, value)) in pairs.iter().enumerate() {
        let place = index + 1;
        let is_sound = HeaderName::from_bytes(name.as_bytes()).is_ok();
        if !is_sound {
            return Err(format!("the name of header {place} is not one of HTTP"));
        }
        if HeaderValue::from_str(value).is_err() {
            return Err(format!("the value of header {place} cannot be sent"));
        }
    }
    Ok(pairs)
}

fn attributes(text: &str) -> Result<Vec<(String, String)>, String> {
    let pairs = pairs(text)?;
    match pairs.iter().position(|(key, _)| key.is_empty()) {
        Some(index) => Err(format!("pair {} has no key", index + 1)),
        None => Ok(pairs),
    }
}

fn attributes_text(text: &str) -> Result<String, String> {
    attributes(text).map(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoint_gets_the_path_of_traces_once() {
        for (text, expected) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            ("http://c:4318/", "http://c:4318/v1/traces"),
            ("https://c/otlp", "https://c/otlp/v1/traces"),
            ("https://c/v1/traces", "https://c/v1/traces"),
        ] {
            assert_eq!(base(text).unwrap(), expected);
        }
        for text in ["", "c:4318", "ftp://c", "http://u:p@c", "http://c?token=1"] {
            assert!(base(text).is_err(), "{text}");
        }
    }

    #[test]
    fn problems_of_headers_do_not_repeat_them() {
        let sound = headers_of("authorization=Bearer%20s3cret, x-team=maple").unwrap();
        assert_eq!(sound[0], ("authorization".into(), "Bearer s3cret".into()));
        assert_eq!(sound[1], ("x-team".into(), "maple".into()));
        for text in [
            "s3cret",
            "a b=s3cret",
            "x=s3cret%0a",
            "=s3cret",
            "x=s3cret%ff",
        ] {
            let problem = headers_of(text).unwrap_err();
            assert!(!problem.contains("s3cret"), "{problem}");
        }
    }

    #[test]
    fn share_is_between_none_and_all() {
        for text in ["0", "1", "0.01", "1e-3"] {
            assert!(share(text).is_ok(), "{text}");
        }
        for text in ["", "-0.1", "1.1", "NaN", "inf", "1%", "half"] {
            assert!(share(text).is_err(), "{text}");
        }
    }
}
