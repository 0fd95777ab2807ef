//! The answer as clients see it.

use cube_probability::{Distribution, PlanError, Total};
use serde::Serialize;
use utoipa::ToSchema;

use super::request::{PlanItem, PlanRequest, Solved, Validated};
use crate::calculations::potential::PotentialResponse;
use crate::calculations::star_force::StarForceResponse;
use crate::calculations::{BoundedSpread, ChanceBounds, CostCurve, ValidationErrors};
use crate::responses::{Warning, WarningCode};

/// Cost of several items together.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanResponse {
    /// Whether every item can be made.
    pub reachable: bool,
    /// The cost of all of them; null when one cannot be made or has no price, or when the mean is
    /// past 64 bits. A warning gives the reason.
    pub cost_meso: Option<BoundedSpread>,
    /// The best guess at the chance that the budget is enough for all; missing when no budget was
    /// given or the cost is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1)]
    pub within_budget: Option<f64>,
    /// Certain bounds on that chance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_budget_bounds: Option<ChanceBounds>,
    /// Shape of the total's distribution, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distribution: Option<CostCurve>,
    /// Each item's own answer, in the order of the question.
    pub items: Vec<PlanItemResponse>,
    /// Remarks on the result.
    pub warnings: Vec<Warning>,
}

/// One item's own answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanItemResponse {
    /// The item's name in the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The answer for a potential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub potential: Option<Box<PotentialResponse>>,
    /// The answer for stars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub star_force: Option<Box<StarForceResponse>>,
}

impl PlanRequest {
    /// Answers the question.
    ///
    /// # Errors
    ///
    /// [`ValidationErrors`] when an item, a word or a number is not one of the game's.
    pub fn answer(&self) -> Result<PlanResponse, ValidationErrors> {
        let question = self.checked()?;
        let mut warnings = Vec::new();
        let total = question.total(&mut warnings);
        let budgeted = total.as_ref().zip(question.budget_meso);
        let within = budgeted.map(|(total, budget)| total.within(budget));
        let cost_meso = total
            .as_ref()
            .map(|total| BoundedSpread::of(total, &question.levels, |level| total.quantile(level)));
        Ok(PlanResponse {
            reachable: question.items.iter().all(Solved::is_reachable),
            cost_meso,
            within_budget: within.map(|within| f64::midpoint(within.lower, within.upper)),
            within_budget_bounds: within.map(Into::into),
            distribution: total
                .as_ref()
                .filter(|_| self.distribution)
                .map(|total| CostCurve::of(total)),
            items: question
                .items
                .into_iter()
                .zip(&self.items)
                .map(|(solved, item)| PlanItemResponse::of(solved, item))
                .collect(),
            warnings,
        })
    }
}

impl Validated {
    /// The sum of all; none when one item cannot be made or has no price, or the mean cost is past
    /// 64 bits.
    fn total(&self, warnings: &mut Vec<Warning>) -> Option<Total> {
        for (i, item) in self.items.iter().enumerate() {
            if !item.is_reachable() {
                let detail = format!("item {i} cannot be made, so that the plan cannot either");
                warnings.push(Warning::new(WarningCode::NotReachable, detail));
            } else if item.meso().is_none() {
                let detail = format!("the cost of item {i} is not known, nor is the total");
                warnings.push(Warning::new(WarningCode::NoTotal, detail));
            }
        }
        let items: Option<Vec<_>> = self.items.iter().map(Solved::meso).collect();
        let too_large = |error: PlanError| {
            let detail = format!("the total has no distribution: {error}");
            warnings.push(Warning::new(WarningCode::NoTotal, detail));
        };
        Total::of(&items?).map_err(too_large).ok()
    }
}

impl PlanItemResponse {
    fn of(solved: Solved, item: &PlanItem) -> Self {
        let name = item.name.clone();
        let (potential, star_force) = match solved {
            Solved::Potential(answer, _) => (Some(answer), None),
            Solved::StarForce(answer, _) => (None, Some(answer)),
        };
        Self {
            name,
            potential,
            star_force,
        }
    }
}
