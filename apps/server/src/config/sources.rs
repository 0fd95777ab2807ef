//! Where configuration comes from.

use std::path::{Path, PathBuf};

use figment::providers::{Data, Toml};
use figment::util::nest;
use figment::value::{Dict, Map, Value};
use figment::{Error, Figment, Metadata, Profile, Provider};

use super::{ConfigProblem, InvalidConfig, otlp};

/// Every variable of ours begins with this.
const PREFIX: &str = "MAPLE__";

/// Where to look for configuration: an optional file, then variables.
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

    pub(super) fn figment(&self) -> Result<Figment, InvalidConfig> {
        let mut figment = Figment::new();
        if let Some(file) = &self.file {
            let toml = std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
            let provider = TomlText(Data::<Toml>::string(&toml), file.clone());
            if let Err(error) = provider.data() {
                return Err(unreadable(file, &error));
            }
            figment = figment.merge(provider);
        }
        for (name, key) in otlp::VARIABLES.into_iter().chain([otlp::ATTRIBUTES]) {
            if let Some(value) = self.value(name) {
                let key = key.to_owned();
                figment = figment.merge(Variable { name, key, value });
            }
        }
        for (name, value) in &self.variables {
            if let Some(key) = name.strip_prefix(PREFIX)
                && !value.is_empty()
            {
                figment = figment.merge(Variable {
                    name,
                    key: key.to_lowercase().replace("__", "."),
                    value,
                });
            }
        }
        Ok(figment)
    }

    /// The value of a variable that is set and not empty.
    fn value(&self, name: &str) -> Option<&str> {
        let mut all = self.variables.iter();
        let (_, value) = all.find(|(other, value)| other == name && !value.is_empty())?;
        Some(value)
    }
}

/// The user's folder for application data; a user without a home gets one in the present folder.
pub(super) fn default_data_dir() -> PathBuf {
    directories::ProjectDirs::from("", "", "maple-expectation").map_or_else(
        || PathBuf::from("maple-expectation-data"),
        |dirs| dirs.data_dir().to_owned(),
    )
}

fn unreadable(file: &Path, error: &impl ToString) -> InvalidConfig {
    InvalidConfig {
        problems: vec![ConfigProblem::UnreadableFile {
            file: file.display().to_string(),
            reason: error.to_string(),
        }],
    }
}

/// A file's text, already read, under the file's name.
struct TomlText(Data<Toml>, PathBuf);

impl Provider for TomlText {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.1.display().to_string())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        self.0.data()
    }
}

/// One variable. Its value stays text: a key made of digits is still a key, not a number.
struct Variable<'v> {
    name: &'v str,
    key: String,
    value: &'v str,
}

impl Provider for Variable<'_> {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name.to_owned())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let value = nest(&self.key, Value::from(self.value));
        let dict = value.into_dict().unwrap_or_default();
        Ok(Profile::Default.collect(dict))
    }
}
