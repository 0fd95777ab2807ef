//! The answer as clients see it.

use cube_probability::{Part, Rules, star_force};
use equipment::{Expectation, ItemExpectation, PresetExpectation, SheetOrigin, Total, TotalSpread};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ExpectationOptions, PotentialCost, StarForceCost, StartWord};
use crate::calculations::{BoundedQuantile, ChanceBounds, CostCurve};
use crate::responses::{
    CharacterSummary, Completeness, DataAge, Provenance, Warning, schema, whole_meso, whole_or_null,
};

/// Cost of making a character's gear again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Expectation)]
pub struct ExpectationResponse {
    /// The character that wears the gear.
    pub character: Subject,
    /// Source of the gear and time of its fetch; null for a document given by hand.
    pub data: Option<DataAge>,
    /// The rule set.
    #[schema(example = "kms-2026-10")]
    pub rules: &'static str,
    /// The day of the newest source of the rule set's figures.
    #[schema(example = "2026-10-11", format = Date)]
    pub rules_compiled_on: &'static str,
    /// The rule set of star force: the one of the same time.
    #[schema(example = "kms_2026-03-19")]
    pub star_force_rules: &'static str,
    /// The day of the newest source of that rule set's figures.
    #[schema(example = "2026-10-10", format = Date)]
    pub star_force_rules_compiled_on: &'static str,
    /// The origin of the stat sheet that strength is judged by: `given` in the question, or the
    /// upstream's, `quick` or `full`; null without one.
    #[schema(example = "quick")]
    pub detail: Option<&'static str>,
    /// Options of the request.
    pub options: ChosenOptions,
    /// Completeness of the prices. Where the character's equipment is not known, `presets` is empty,
    /// and a warning of the kind `equipment-missing` gives the reason.
    pub status: Completeness,
    /// The presets asked for that hold anything.
    pub presets: Vec<PresetCost>,
    /// Remarks on the result.
    pub warnings: Vec<Warning>,
}

/// The character that wears the gear; null where a document given by hand does not say.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Subject {
    /// The character's name.
    pub name: Option<String>,
    /// The world's Korean name.
    pub world: Option<String>,
    /// The class's Korean name.
    #[schema(example = "에반")]
    pub class: Option<String>,
    /// The character's level.
    #[schema(example = 285, minimum = 1, maximum = 300)]
    pub level: Option<u16>,
}

/// An assumption about one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ItemAssumption {
    /// The kind of assumption, for programs.
    #[schema(example = "free-spare-items")]
    pub code: &'static str,
    /// The assumption for people.
    pub detail: String,
}

/// Options of the request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChosenOptions {
    /// State before the first reset.
    pub from: StartWord,
    /// Method that resets the potentials.
    #[schema(schema_with = schema::method)]
    pub potential_method: &'static str,
    /// Method that resets the additional potentials.
    #[schema(schema_with = schema::method)]
    pub additional_method: &'static str,
}

/// Cost of one preset.
#[derive(Debug, Serialize, ToSchema)]
pub struct PresetCost {
    /// The preset's number.
    #[schema(minimum = 1, maximum = 3)]
    pub number: u8,
    /// Whether the character wears it now.
    pub active: bool,
    /// Completeness of its prices.
    pub status: Completeness,
    /// The sum of everything that has a price.
    pub total: Sum,
    /// The same by what is paid for.
    pub breakdown: Breakdown,
    /// The items in the order of the upstream. The summary of a stream leaves them out: they were
    /// its lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub items: Vec<ItemCost>,
}

/// A sum of several costs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Sum {
    /// On average, to the nearest meso.
    #[serde(serialize_with = "whole_or_null")]
    #[schema(value_type = Option<u64>, required = true)]
    pub mean_meso: u128,
    /// The smallest amounts that are enough for all with given probabilities; none when there is
    /// nothing to pay, or when `not_added_up` says why they are not known.
    pub quantiles: Vec<BoundedQuantile>,
    /// Reason for which the quantiles are not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_added_up: Option<String>,
    /// Certain bounds on the chance that the budget is enough for all; missing when no budget was
    /// given, or nothing has to be paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_budget: Option<ChanceBounds>,
    /// The shape of the distribution; missing where it was not asked for or is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distribution: Option<CostCurve>,
}

/// A sum by what is paid for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Breakdown {
    /// Resets of potentials.
    pub potential: Amount,
    /// Resets of additional potentials.
    pub additional_potential: Amount,
    /// Star force.
    pub star_force: Amount,
}

/// An amount of meso.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Amount {
    /// On average, to the nearest meso.
    #[serde(serialize_with = "whole_or_null")]
    #[schema(value_type = Option<u64>, required = true)]
    pub mean_meso: u128,
}

/// Cost of one item.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemCost {
    /// The slot in which it is worn, in the game's words.
    #[schema(example = "모자")]
    pub slot: String,
    /// Part whose option tables apply; null where the item carries no potential of its own.
    #[schema(schema_with = schema::optional_part)]
    pub part: Option<Part>,
    /// The item's Korean name.
    pub name: String,
    /// The required level, which costs and odds go by; null where the document's cannot be read.
    #[schema(minimum = 0, maximum = 300)]
    pub level: Option<u16>,
    /// The address of the item's picture.
    pub icon: Option<String>,
    /// Its potential.
    pub potential: PotentialCost,
    /// Its additional potential.
    pub additional_potential: PotentialCost,
    /// Its stars.
    pub star_force: StarForceCost,
    /// Assumptions about the item.
    pub assumptions: Vec<ItemAssumption>,
}

impl ExpectationResponse {
    /// The answer for a character, under this provenance.
    pub fn of_wearer(
        provenance: Provenance,
        expectation: &Expectation,
        rules: &'static Rules,
        options: &ExpectationOptions,
    ) -> Self {
        let subject = Subject::from(provenance.summary);
        let mut answer = Self::of_subject(subject, expectation, rules, options);
        answer.data = Some(provenance.data);
        answer.warnings.splice(0..0, provenance.warnings);
        answer
    }

    /// Response for a character whose equipment is not known; the provenance gives the reason.
    pub fn partial(
        provenance: Provenance,
        rules: &'static Rules,
        options: &ExpectationOptions,
    ) -> Self {
        Self {
            data: Some(provenance.data),
            status: Completeness::Partial,
            warnings: provenance.warnings,
            ..Self::without_presets(provenance.summary.into(), rules, options)
        }
    }

    /// The answer for a document given by hand.
    pub fn of_subject(
        subject: Subject,
        expectation: &Expectation,
        rules: &'static Rules,
        options: &ExpectationOptions,
    ) -> Self {
        let presets = expectation.presets.iter().map(PresetCost::from);
        let presets: Vec<_> = presets.collect();
        let is_complete = |preset: &PresetCost| preset.status == Completeness::Complete;
        let warnings = expectation.warnings.iter();
        let mut warnings: Vec<_> = warnings.map(Warning::of_evaluation).collect();
        // No part is larger than the sum.
        let sums = presets.iter().map(|preset| preset.total.mean_meso);
        warnings.extend(Warning::of_means(sums));
        Self {
            status: Completeness::of(presets.iter().all(is_complete)),
            presets,
            detail: expectation.sheet.map(SheetOrigin::id),
            warnings,
            ..Self::without_presets(subject, rules, options)
        }
    }

    fn without_presets(
        character: Subject,
        rules: &'static Rules,
        options: &ExpectationOptions,
    ) -> Self {
        Self {
            character,
            data: None,
            detail: None,
            rules: rules.name,
            rules_compiled_on: rules.compiled_on,
            star_force_rules: rules.star_force().id(),
            star_force_rules_compiled_on: star_force::Rules::COMPILED_ON,
            options: ChosenOptions {
                from: options.from,
                potential_method: options.potential_method.id(),
                additional_method: options.additional_method.id(),
            },
            status: Completeness::Complete,
            presets: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

impl From<CharacterSummary> for Subject {
    fn from(summary: CharacterSummary) -> Self {
        Self {
            name: Some(summary.name),
            world: Some(summary.world),
            class: Some(summary.class),
            level: summary.level,
        }
    }
}

impl From<&PresetExpectation> for PresetCost {
    fn from(preset: &PresetExpectation) -> Self {
        let total = &preset.total;
        Self {
            number: preset.number,
            active: preset.active,
            status: Completeness::of(total.is_complete()),
            total: Sum {
                mean_meso: whole_meso(total.mean()),
                quantiles: preset.spread.quantiles().iter().map(Into::into).collect(),
                not_added_up: match &preset.spread {
                    TotalSpread::NotAddedUp(reason) => Some(reason.to_string()),
                    TotalSpread::NothingToPay | TotalSpread::Bounded(_) => None,
                },
                within_budget: match &preset.spread {
                    TotalSpread::Bounded(spread) => spread.within_budget.map(Into::into),
                    TotalSpread::NothingToPay | TotalSpread::NotAddedUp(_) => None,
                },
                distribution: match &preset.spread {
                    TotalSpread::Bounded(spread) => {
                        spread.curve.as_deref().map(CostCurve::of_steps)
                    }
                    TotalSpread::NothingToPay | TotalSpread::NotAddedUp(_) => None,
                },
            },
            breakdown: total.into(),
            items: preset.items.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Total> for Breakdown {
    fn from(total: &Total) -> Self {
        let amount = |mean| Amount {
            mean_meso: whole_meso(mean),
        };
        Self {
            potential: amount(total.potential),
            additional_potential: amount(total.additional_potential),
            star_force: amount(total.star_force),
        }
    }
}

impl From<&ItemExpectation> for ItemCost {
    fn from(item: &ItemExpectation) -> Self {
        Self {
            slot: item.slot.clone(),
            part: item.part,
            name: item.name.clone(),
            level: item.level,
            icon: item.icon.clone(),
            potential: (&item.potential).into(),
            additional_potential: (&item.additional_potential).into(),
            star_force: (&item.star_force).into(),
            assumptions: item.assumptions.iter().map(Into::into).collect(),
        }
    }
}

impl From<&equipment::Assumption> for ItemAssumption {
    fn from(assumption: &equipment::Assumption) -> Self {
        Self {
            code: assumption.code(),
            detail: assumption.to_string(),
        }
    }
}
