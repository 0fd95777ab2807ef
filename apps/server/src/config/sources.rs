//! Sources of the configuration.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{ConfigProblem, InvalidConfig, otlp};

/// Every variable of ours begins with this.
const PREFIX: &str = "MAPLE__";

/// Sources of the configuration: an optional file, then variables.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// A TOML file.
    pub file: Option<PathBuf>,
    /// Environment variables, name and value; those that are not ours are left alone.
    pub variables: Vec<(String, String)>,
}

impl Sources {
    /// The given file and the environment of this process.
    pub fn from_process(file: Option<PathBuf>) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one place that reads the environment"
        )]
        let all = std::env::vars_os();
        let variables = all
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self { file, variables }
    }

    /// The value of each key that is set; a variable wins over the file.
    pub(super) fn values(&self) -> Result<Values, InvalidConfig> {
        let mut values = Values::new();
        if let Some(file) = &self.file {
            let text = std::fs::read_to_string(file)
                .map_err(|error| unreadable(file, error.to_string()))?;
            let table = text.parse().map_err(|error: toml::de::Error| {
                unreadable(file, format!("{}{}", line(&text, &error), error.message()))
            })?;
            collect("", &table, &file.display().to_string(), &mut values);
        }
        for (name, key) in otlp::VARIABLES.into_iter().chain([otlp::ATTRIBUTES]) {
            if let Some(text) = self.value(name) {
                let given = Given {
                    text: Some(text.to_owned()),
                    origin: name.to_owned(),
                };
                values.insert(key.to_owned(), given);
            }
        }
        for (name, text) in &self.variables {
            if let Some(key) = name.strip_prefix(PREFIX)
                && !text.is_empty()
            {
                let given = Given {
                    text: Some(text.clone()),
                    origin: name.clone(),
                };
                values.insert(key.to_lowercase().replace("__", "."), given);
            }
        }
        Ok(values)
    }

    /// The value of a variable that is set and not empty.
    fn value(&self, name: &str) -> Option<&str> {
        let mut all = self.variables.iter();
        let (_, value) = all.find(|(other, value)| other == name && !value.is_empty())?;
        Some(value)
    }
}

/// Values by key, as the file would write the key.
pub(super) type Values = BTreeMap<String, Given>;

/// Value of a key, and its origin.
#[derive(Debug, Clone)]
pub(super) struct Given {
    /// The value as text: a key made of digits is still a key, not a number. None for a value that
    /// is neither a text nor a number nor a truth value.
    pub(super) text: Option<String>,
    /// File or variable that set it.
    pub(super) origin: String,
}

/// Adds the values of a table and of the tables in it.
fn collect(prefix: &str, table: &Table, origin: &str, values: &mut Values) {
    for (name, value) in table {
        let key = format!("{prefix}{name}");
        let text = match value {
            Value::Table(inner) => {
                collect(&format!("{key}."), inner, origin, values);
                continue;
            }
            Value::String(text) => Some(text.clone()),
            Value::Integer(number) => Some(number.to_string()),
            Value::Float(number) => Some(number.to_string()),
            Value::Boolean(value) => Some(value.to_string()),
            Value::Array(_) | Value::Datetime(_) => None,
        };
        let origin = origin.to_owned();
        values.insert(key, Given { text, origin });
    }
}

/// Line of an error, without its text, which may hold a secret.
fn line(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    before.map_or_else(String::new, |before| {
        format!("line {}: ", before.matches('\n').count() + 1)
    })
}

/// The user's folder for application data; a user without a home gets one in the present folder.
pub(super) fn default_data_dir() -> PathBuf {
    directories::ProjectDirs::from("", "", "maple-expectation").map_or_else(
        || PathBuf::from("maple-expectation-data"),
        |dirs| dirs.data_dir().to_owned(),
    )
}

fn unreadable(file: &Path, reason: String) -> InvalidConfig {
    let file = file.display().to_string();
    InvalidConfig {
        problems: vec![ConfigProblem::UnreadableFile { file, reason }],
    }
}
