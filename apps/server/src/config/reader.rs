//! Reads key by key, so that every problem is found in one go.

use std::collections::BTreeSet;
use std::fmt::{self, Display};
use std::str::FromStr;
use std::time::Duration;

use secrecy::SecretString;

use super::sources::Values;
use super::{ConfigProblem, parse};

/// A key, the value it has, and who said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    key: &'static str,
    /// The value in TOML, without secrets; none when the key is not set.
    shown: Option<String>,
    origin: String,
}

impl Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, shown, origin } = self;
        match shown {
            Some(value) => write!(f, "{key} = {value}  # {origin}"),
            None => write!(f, "# {key} is not set"),
        }
    }
}

/// Takes values out of the merged sources and remembers what it saw.
pub(super) struct Reader {
    values: Values,
    settings: Vec<Setting>,
    problems: Vec<ConfigProblem>,
}

const DEFAULT: &str = "default";

impl Reader {
    pub(super) fn new(values: Values) -> Self {
        Self {
            values,
            settings: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// A value that may be missing.
    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
        show: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        let given = self
            .given(key)
            .and_then(|text| self.parsed(key, &text, parse));
        let origin = self.origin(key);
        self.settings.push(Setting {
            key,
            shown: given.as_ref().map(show),
            origin,
        });
        given
    }

    /// A value with a default. Where the value is wrong the default stands in, so that reading
    /// can go on and find the other problems; the problem itself is remembered.
    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
        default: T,
        show: impl FnOnce(&T) -> String,
    ) -> T {
        let given = self
            .given(key)
            .and_then(|text| self.parsed(key, &text, parse));
        let value = given.unwrap_or(default);
        let shown = Some(show(&value));
        let origin = self.origin(key);
        self.settings.push(Setting { key, shown, origin });
        value
    }

    /// A secret that may be missing.
    pub(super) fn secret(
        &mut self,
        key: &'static str,
        check: impl FnOnce(&str) -> Result<SecretString, String>,
    ) -> Option<SecretString> {
        self.optional(key, check, |_| parse::quoted(parse::REDACTED))
    }

    /// A value shown in quotes as it displays itself.
    pub(super) fn shown<T>(&mut self, key: &'static str, default: T) -> T
    where
        T: FromStr<Err: Display> + Display,
    {
        self.required(key, parse::from_str, default, |value| {
            parse::quoted(&value.to_string())
        })
    }

    /// A positive whole number.
    pub(super) fn number<T>(&mut self, key: &'static str, default: T) -> T
    where
        T: FromStr<Err: Display> + Display,
    {
        self.required(key, parse::from_str, default, T::to_string)
    }

    /// A duration of 1 ms to 10 minutes.
    pub(super) fn millis(&mut self, key: &'static str, default: u64) -> Duration {
        self.required(
            key,
            parse::millis,
            Duration::from_millis(default),
            |duration| duration.as_millis().to_string(),
        )
    }

    /// A duration in whole seconds.
    pub(super) fn seconds(&mut self, key: &'static str, default: u32) -> Duration {
        Duration::from_secs(self.number(key, default).into())
    }

    /// Returns the values read, and all problems.
    pub(super) fn finish(mut self) -> (Vec<Setting>, Vec<ConfigProblem>) {
        let known: BTreeSet<&str> = self.settings.iter().map(|setting| setting.key).collect();
        for (key, given) in self.values {
            if !known.contains(key.as_str()) {
                let origin = given.origin;
                self.problems
                    .push(ConfigProblem::UnknownKey { key, origin });
            }
        }
        (self.settings, self.problems)
    }

    fn given(&mut self, key: &'static str) -> Option<String> {
        let text = self.values.get(key)?.text.clone();
        if text.is_none() {
            self.refuse(key, "expected a text or a number".to_owned());
        }
        text
    }

    fn parsed<T>(
        &mut self,
        key: &'static str,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        parse(text).map_err(|reason| self.refuse(key, reason)).ok()
    }

    fn refuse(&mut self, key: &'static str, reason: String) {
        let origin = self.origin(key);
        self.problems.push(ConfigProblem::InvalidValue {
            key,
            origin,
            reason,
        });
    }

    fn origin(&self, key: &str) -> String {
        let given = self.values.get(key);
        given.map_or(DEFAULT, |given| &given.origin).to_owned()
    }
}
