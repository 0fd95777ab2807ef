//! The question as clients ask it.

use cube_probability::star_force::{MesoDistribution, Resolution};
use cube_probability::{CostDistribution, Distribution, Level, Total};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::calculations::ValidationErrors;
use crate::calculations::numbers::{budget, levels, saturating_i64_option};
use crate::calculations::potential::{PotentialRequest, PotentialResponse};
use crate::calculations::star_force::{StarForceRequest, StarForceResponse};

/// Several items that are made independently.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanRequest {
    /// The items to be made.
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<PlanItem>,
    /// An amount of meso whose chance of being enough for everything is asked for.
    #[serde(
        default,
        deserialize_with = "saturating_i64_option",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(example = 500_000_000_000_u64, minimum = 0)]
    pub budget_meso: Option<i64>,
    /// The probabilities of the total's quantiles; 0.5, 0.75, 0.9, 0.95 and 0.99 without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!([0.5, 0.9]), max_items = 100)]
    pub quantiles: Option<Vec<f64>>,
    /// Whether the shape of the total's distribution is wanted too.
    #[serde(default)]
    pub distribution: bool,
}

/// One thing to make: a potential or stars, exactly one of them.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanItem {
    /// The item's name in the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "hat")]
    pub name: Option<String>,
    /// A potential or an additional potential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub potential: Option<PotentialRequest>,
    /// Stars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub star_force: Option<StarForceRequest>,
}

/// A question that can be answered, item by item.
#[derive(Debug)]
pub(super) struct Validated {
    pub(super) items: Vec<Solved>,
    pub(super) budget_meso: Option<u64>,
    pub(super) levels: Vec<Level>,
}

/// An item's own answer, with the distribution of its cost where there is one.
#[derive(Debug)]
pub(super) enum Solved {
    Potential(Box<PotentialResponse>, Option<CostDistribution>),
    StarForce(Box<StarForceResponse>, Option<MesoDistribution>),
}

impl PlanRequest {
    pub(super) fn checked(&self) -> Result<Validated, ValidationErrors> {
        let mut errors = ValidationErrors::new();
        let budget_meso = budget(&mut errors, self.budget_meso);
        let levels = levels(&mut errors, self.quantiles.as_deref());
        if !(1..=Total::MAX_ITEMS).contains(&self.items.len()) {
            let (given, most) = (self.items.len(), Total::MAX_ITEMS);
            errors.add("/items", format!("{given} items; expected 1 to {most}"));
            return Err(errors);
        }
        let solved = self.items.iter().enumerate().filter_map(|(i, item)| {
            let add = |part| errors.add_all(&format!("/items/{i}"), &part);
            item.solve().map_err(add).ok()
        });
        let items: Vec<_> = solved.collect();
        errors.check(Some(Validated {
            items,
            budget_meso,
            levels,
        }))
    }
}

impl PlanItem {
    fn solve(&self) -> Result<Solved, ValidationErrors> {
        let within = |pointer: &'static str| {
            move |part: ValidationErrors| {
                let mut errors = ValidationErrors::new();
                errors.add_all(pointer, &part);
                errors
            }
        };
        match (&self.potential, &self.star_force) {
            (Some(question), None) => {
                let solved = question.solve().map_err(within("/potential"))?;
                Ok(Solved::Potential(Box::new(solved.answer), solved.meso))
            }
            (None, Some(question)) => {
                // The total is rounded more coarsely than this.
                let solved = question.solve(Resolution::Coarse);
                let solved = solved.map_err(within("/star_force"))?;
                Ok(Solved::StarForce(Box::new(solved.answer), solved.meso))
            }
            _ => {
                let mut errors = ValidationErrors::new();
                errors.add("", "expected either `potential` or `star_force`");
                Err(errors)
            }
        }
    }
}

impl Solved {
    /// Whether the item can be made at all.
    pub(super) fn is_reachable(&self) -> bool {
        match self {
            Self::Potential(answer, _) => answer.reachable,
            Self::StarForce(..) => true,
        }
    }

    pub(super) fn meso(&self) -> Option<&dyn Distribution> {
        match self {
            Self::Potential(_, meso) => meso.as_ref().map(|meso| meso as _),
            Self::StarForce(_, meso) => meso.as_ref().map(|meso| meso as _),
        }
    }
}
