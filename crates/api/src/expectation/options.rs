//! What may be chosen about an expectation.

use cube_probability::{Method, Rules, UnknownRules};
use equipment::{EvaluationOptions, Methods, PresetChoice, StartingGrade, WrongLayer};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which presets to answer for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[schema(as = PresetChoice)]
pub enum PresetWord {
    /// The one that is worn.
    #[default]
    #[serde(rename = "active")]
    Active,
    /// The first.
    #[serde(rename = "1")]
    #[cfg_attr(feature = "clap", value(name = "1"))]
    First,
    /// The second.
    #[serde(rename = "2")]
    #[cfg_attr(feature = "clap", value(name = "2"))]
    Second,
    /// The third.
    #[serde(rename = "3")]
    #[cfg_attr(feature = "clap", value(name = "3"))]
    Third,
    /// All that hold anything.
    #[serde(rename = "all")]
    All,
}

/// Where the resets of an item start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "clap", value(rename_all = "snake_case"))]
#[schema(as = StartChoice)]
pub enum StartWord {
    /// From a fresh item: rare, without a failure.
    #[default]
    Rare,
    /// From the grade the item has now.
    CurrentGrade,
}

/// What may be chosen about an expectation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ExpectationOptions {
    /// Which presets to answer for.
    pub preset: PresetWord,
    /// Where the resets start.
    pub from: StartWord,
    /// What resets the potentials.
    pub potential_method: Method,
    /// What resets the additional potentials.
    pub additional_method: Method,
    /// The name of the rule set; the current one without.
    pub rules: Option<String>,
}

/// Why options cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOptions {
    /// A method was chosen for the potential that it does not reset.
    #[error(transparent)]
    WrongLayer(#[from] WrongLayer),
    /// There is no such rule set.
    #[error(transparent)]
    UnknownRules(#[from] UnknownRules),
}

impl Default for ExpectationOptions {
    fn default() -> Self {
        Self {
            preset: PresetWord::default(),
            from: StartWord::default(),
            potential_method: Method::MesoPotential,
            additional_method: Method::MesoAdditional,
            rules: None,
        }
    }
}

impl ExpectationOptions {
    /// The rules and options in the library's terms.
    ///
    /// # Errors
    ///
    /// [`InvalidOptions`] when a method or the rule set cannot be followed.
    pub fn checked(&self) -> Result<(&'static Rules, EvaluationOptions), InvalidOptions> {
        let rules = self.rules.as_deref();
        let rules = rules.map_or(Ok(Rules::current()), Rules::named)?;
        let options = EvaluationOptions {
            presets: self.preset.into(),
            from: self.from.into(),
            methods: Methods::new(self.potential_method, self.additional_method)?,
            ..EvaluationOptions::default()
        };
        Ok((rules, options))
    }
}

impl From<PresetWord> for PresetChoice {
    fn from(word: PresetWord) -> Self {
        match word {
            PresetWord::Active => Self::Active,
            PresetWord::First => Self::Number(1),
            PresetWord::Second => Self::Number(2),
            PresetWord::Third => Self::Number(3),
            PresetWord::All => Self::All,
        }
    }
}

impl From<StartWord> for StartingGrade {
    fn from(word: StartWord) -> Self {
        match word {
            StartWord::Rare => Self::Rare,
            StartWord::CurrentGrade => Self::Current,
        }
    }
}
