//! The way of a character's gear to a target.

use std::collections::BTreeMap;

use cube_probability::{Method, Rules};
use equipment::{EvaluationOptions, Targets};
use planning::{MainStat, Target, Template};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::options::{MAX_SLOTS, escaped};
use super::{ExpectationOptions, GoalWord, NamedSlots, PresetWord, StarForceOptions, StartOptions};
use crate::calculations::ValidationErrors;
use crate::calculations::numbers::{at_most, saturating_i64_by_name, saturating_i64_option, up_to};
use crate::calculations::star_force::MAX_STARS;
use crate::responses::schema;

/// Targets of a character's gear, and the terms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CompletionRequest {
    /// A named target of `GET /api/v1/rules`; either this or `targets`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "22-stars-30-21")]
    pub template: Option<String>,
    /// Targets of one's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targets: Option<TargetsRequest>,
    /// Presets to answer for.
    pub preset: PresetWord,
    /// The method for the potentials.
    #[schema(schema_with = schema::method)]
    pub potential_method: Method,
    /// The method for the additional potentials.
    #[schema(schema_with = schema::method)]
    pub additional_method: Method,
    /// The name of the rule set; the current one without.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "kms-2026-10")]
    pub rules: Option<String>,
    /// Meso a cube costs, by method, where that differs from the default.
    #[serde(
        deserialize_with = "saturating_i64_by_name",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    #[schema(value_type = BTreeMap<String, u64>, example = json!({"red": 12_000_000}))]
    pub prices: BTreeMap<String, i64>,
    /// The terms of star force.
    pub star_force: StarForceOptions,
    /// Starts that differ from the present gear, by slot in the game's words.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub starts: BTreeMap<String, StartOptions>,
    /// An amount of meso whose chance of being enough for everything is asked for.
    #[serde(
        deserialize_with = "saturating_i64_option",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(example = 500_000_000_000_u64, minimum = 0)]
    pub budget_meso: Option<i64>,
}

/// Targets by slot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Targets)]
pub struct TargetsRequest {
    /// The target of every slot that is not named.
    #[schema(example = json!({"stars": 22, "potential": "main_pct >= 30"}))]
    pub default: TargetRequest,
    /// The targets of named slots, in the game's words.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(example = json!({"무기": {"potential": "attack_pct >= 21"}}))]
    pub by_slot: BTreeMap<String, TargetRequest>,
}

/// A target; what is left out is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Target)]
pub struct TargetRequest {
    /// Stars at least.
    #[serde(
        deserialize_with = "saturating_i64_option",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(example = 22, minimum = 0, maximum = 30)]
    pub stars: Option<i64>,
    /// The goal of the potential; `main_pct`, `main_flat`, `attack_pct` and `attack_flat` are the
    /// class's own stats.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "main_pct >= 30", max_length = 1000)]
    pub potential: Option<String>,
    /// The goal of the additional potential.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "main_pct >= 21", max_length = 1000)]
    pub additional_potential: Option<String>,
}

impl Default for CompletionRequest {
    fn default() -> Self {
        let ExpectationOptions {
            preset,
            potential_method,
            additional_method,
            ..
        } = ExpectationOptions::default();
        Self {
            template: None,
            targets: None,
            preset,
            potential_method,
            additional_method,
            rules: None,
            prices: BTreeMap::new(),
            star_force: StarForceOptions::default(),
            starts: BTreeMap::new(),
            budget_meso: None,
        }
    }
}

impl CompletionRequest {
    /// The rules and options in the library's terms.
    ///
    /// # Errors
    ///
    /// [`ValidationErrors`] when a word or a number cannot be followed.
    pub fn checked(&self) -> Result<(&'static Rules, EvaluationOptions), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        let targets = self.checked_targets(&mut errors);
        let options = self.options().checked();
        let options = options.map_err(|faults| errors.add_all("", &faults)).ok();
        let ((rules, options), targets) = errors.check(options.zip(targets))?;
        let options = EvaluationOptions {
            targets: Some(targets),
            ..options
        };
        Ok((rules, options))
    }

    /// The options that the question shares with an expectation.
    pub fn options(&self) -> ExpectationOptions {
        ExpectationOptions {
            goal: Some(GoalWord::SameLines),
            preset: self.preset,
            from: super::StartWord::CurrentGrade,
            potential_method: self.potential_method,
            additional_method: self.additional_method,
            rules: self.rules.clone(),
            prices: self.prices.clone(),
            star_force: self.star_force.clone(),
            starts: self.starts.clone(),
            budget_meso: self.budget_meso,
            ..ExpectationOptions::default()
        }
    }

    /// The slots that are named and must be worn.
    pub fn named_slots(&self) -> NamedSlots {
        let mut slots = self.options().named_slots();
        if let Some(targets) = &self.targets {
            slots.add_keys("/targets/by_slot", targets.by_slot.keys());
        }
        slots
    }

    /// The question as text, equal to another's if it asks the same.
    pub fn key(&self) -> String {
        let json = serde_json::to_string(self).expect("a question is plain data");
        format!("completion {json}")
    }

    fn checked_targets(&self, errors: &mut ValidationErrors) -> Option<Targets> {
        match (&self.template, &self.targets) {
            (Some(name), None) => {
                let template = Template::named(name).map(Targets::Template);
                if template.is_none() {
                    let names: Vec<_> = Template::all().iter().map(|t| t.name).collect();
                    let detail = format!(
                        "unknown template `{name}`; expected one of {}",
                        names.join(" ")
                    );
                    errors.add("/template", detail);
                }
                template
            }
            (None, Some(targets)) => targets.checked(errors),
            _ => {
                errors.add("/template", "expected either `template` or `targets`");
                None
            }
        }
    }
}

impl TargetsRequest {
    fn checked(&self, errors: &mut ValidationErrors) -> Option<Targets> {
        let default = self.default.checked("/targets/default", errors);
        if !at_most(errors, "/targets/by_slot", MAX_SLOTS, self.by_slot.len()) {
            return None;
        }
        let by_slot = self.by_slot.iter().map(|(slot, target)| {
            let at = format!("/targets/by_slot/{}", escaped(slot));
            Some((slot.clone(), target.checked(&at, errors)?))
        });
        // Each slot is looked at, so that every fault is named at once.
        let by_slot: Vec<Option<_>> = by_slot.collect();
        let by_slot: Option<BTreeMap<_, _>> = by_slot.into_iter().collect();
        let (default, by_slot) = default.zip(by_slot)?;
        Some(Targets::Given { default, by_slot })
    }
}

impl TargetRequest {
    fn checked(&self, at: &str, errors: &mut ValidationErrors) -> Option<Target> {
        let stars = self.stars.map(|stars| up_to(MAX_STARS, stars));
        let stars = errors.collect(&format!("{at}/stars"), stars.transpose());
        let mut goal = |name: &str, text: &Option<String>| {
            // What is a goal for one class is one for every class.
            let target = Target {
                potential: text.clone(),
                ..Target::default()
            };
            let goal = target.of_class(MainStat::Int);
            goal.map_err(|error| {
                errors.add_in_goal(&format!("{at}/{name}"), error.column, &error.reason);
            })
            .ok()
        };
        let potential = goal("potential", &self.potential);
        let additional = goal("additional_potential", &self.additional_potential);
        let ((stars, _), _) = stars.zip(potential).zip(additional)?;
        Some(Target {
            stars,
            potential: self.potential.clone(),
            additional_potential: self.additional_potential.clone(),
        })
    }
}
