//! Basis of the calculations: rule sets, methods, words, prices, sources.

use cube_probability::{Grade, Layer, Method, Part, Prices, Rules, Source, Stat, star_force};
use planning::Template;
use serde::Serialize;
use utoipa::ToSchema;

use super::schema;

/// Basis of the calculations.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rules)]
pub struct RulesResponse {
    /// The rule sets for potentials, the current one first.
    pub potential: Vec<RuleSet>,
    /// The rule sets for star force, the current one first.
    pub star_force: Vec<RuleSet>,
    /// Methods that reset a potential.
    pub methods: Vec<MethodResponse>,
    /// The kinds of equipment.
    pub parts: Vec<Word>,
    /// The grades, from lowest to highest.
    pub grades: Vec<Word>,
    /// The stats a goal can ask for.
    #[schema(example = json!(["str_pct", "cooldown_seconds"]))]
    pub stats: Vec<&'static str>,
    /// The named targets for finished gear, the most modest first.
    pub templates: Vec<TemplateResponse>,
}

/// A named target for finished gear.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Template)]
pub struct TemplateResponse {
    /// The name it is asked for by.
    #[schema(example = "22-stars-30-21")]
    pub name: &'static str,
    /// The targets in words.
    pub about: &'static str,
}

/// A dated set of rules.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleSet {
    /// The name that answers carry.
    #[schema(example = "kms-2026-10")]
    pub name: &'static str,
    /// Difference from other rule sets.
    pub about: &'static str,
    /// The day of the newest source of the figures.
    #[schema(format = Date)]
    pub compiled_on: &'static str,
    /// The star force rules of the same time, which an expectation follows along with these.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "kms_2026-03-19")]
    pub star_force: Option<&'static str>,
    /// Sources of the figures.
    pub sources: Vec<SourceResponse>,
}

/// Source of one kind of figures.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Source)]
pub struct SourceResponse {
    /// The figures.
    pub figures: &'static str,
    /// The publication, and how it was read.
    pub publication: &'static str,
}

/// Methods that reset a potential.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Method)]
pub struct MethodResponse {
    /// The word in questions.
    #[schema(schema_with = schema::method)]
    pub id: Method,
    /// Potential of the item that it resets.
    #[schema(value_type = String, example = "potential")]
    pub layer: Layer,
    /// The grade it never rises past.
    #[schema(schema_with = schema::grade)]
    pub highest_grade: Grade,
    /// Whether a reset is paid in meso by a published price list, rather than with a cube.
    pub is_meso_reset: bool,
    /// Meso a cube is taken to cost; null for the meso resets, and where no price is known.
    pub default_price_meso: Option<u64>,
}

/// A word in questions and answers, and the game's own.
#[derive(Debug, Serialize, ToSchema)]
pub struct Word {
    /// The word in questions and answers.
    #[schema(example = "hat")]
    pub id: &'static str,
    /// The game's own word.
    #[schema(example = "모자")]
    pub korean: &'static str,
}

impl RulesResponse {
    /// Everything.
    pub fn new() -> Self {
        Self {
            potential: Rules::all().iter().map(Into::into).collect(),
            star_force: star_force::Rules::ALL
                .iter()
                .map(|&rules| rules.into())
                .collect(),
            methods: Method::ALL.iter().map(|&method| method.into()).collect(),
            parts: words(Part::ALL.iter().map(|part| (part.id(), part.korean()))),
            grades: words(Grade::ALL.iter().map(|grade| (grade.id(), grade.korean()))),
            stats: Stat::ALL.iter().map(|stat| stat.id()).collect(),
            templates: Template::all()
                .iter()
                .map(|template| TemplateResponse {
                    name: template.name,
                    about: template.about,
                })
                .collect(),
        }
    }
}

impl Default for RulesResponse {
    fn default() -> Self {
        Self::new()
    }
}

impl From<&'static Rules> for RuleSet {
    fn from(rules: &'static Rules) -> Self {
        Self {
            name: rules.name,
            about: rules.about,
            compiled_on: rules.compiled_on,
            star_force: Some(rules.star_force().id()),
            sources: rules.sources.iter().map(Into::into).collect(),
        }
    }
}

impl From<star_force::Rules> for RuleSet {
    fn from(rules: star_force::Rules) -> Self {
        Self {
            name: rules.id(),
            about: rules.about(),
            compiled_on: star_force::Rules::COMPILED_ON,
            star_force: None,
            sources: star_force::Rules::SOURCES.iter().map(Into::into).collect(),
        }
    }
}

impl From<&'static Source> for SourceResponse {
    fn from(source: &'static Source) -> Self {
        Self {
            figures: source.figures,
            publication: source.publication,
        }
    }
}

impl From<Method> for MethodResponse {
    fn from(method: Method) -> Self {
        Self {
            id: method,
            layer: method.layer(),
            highest_grade: method.highest_grade(),
            is_meso_reset: method.is_meso_reset(),
            default_price_meso: Prices::new().of(method),
        }
    }
}

fn words(pairs: impl Iterator<Item = (&'static str, &'static str)>) -> Vec<Word> {
    pairs.map(|(id, korean)| Word { id, korean }).collect()
}
