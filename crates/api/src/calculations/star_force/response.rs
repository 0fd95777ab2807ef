//! The answer as clients see it.

use std::collections::BTreeMap;

use cube_probability::Distribution;
use cube_probability::star_force::{
    CostTooLarge, MesoDistribution, Resolution, Rules, Solution, cheapest_safeguard,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::StarForceRequest;
use super::request::Validated;
use crate::calculations::{BoundedSpread, ChanceBounds, CostCurve, ValidationErrors};
use crate::responses::{Warning, WarningCode, whole_meso};

/// Cost of raising an item from some stars to more.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StarForceResponse {
    /// The rule set.
    #[schema(example = "kms_2026-03-19")]
    pub rules: &'static str,
    /// The day of the newest source of the rule set's figures.
    #[schema(example = "2026-10-10", format = Date)]
    pub rules_compiled_on: &'static str,
    /// Cost in meso, spare items included.
    pub cost_meso: BoundedSpread,
    /// Number of destructions of the item.
    pub destroyed: Mean,
    /// Number of spare items used up.
    pub spare_items: Mean,
    /// Number of attempts paid for.
    pub attempts: Mean,
    /// The stars at which destruction is prevented.
    pub safeguard: Vec<u8>,
    /// Restoration of a destroyed item, by the star at which it is destroyed.
    #[schema(value_type = BTreeMap<String, String>, example = json!({"18": "full"}))]
    pub restore_choice: BTreeMap<u8, &'static str>,
    /// The best guess at the chance that the budget is enough; missing when no budget was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1)]
    pub within_budget: Option<f64>,
    /// Certain bounds on that chance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_budget_bounds: Option<ChanceBounds>,
    /// Shape of the cost's distribution, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distribution: Option<CostCurve>,
    /// Remarks on the result.
    pub warnings: Vec<Warning>,
}

/// A number on average.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Mean {
    /// On average.
    #[schema(minimum = 0)]
    pub mean: f64,
}

/// A star force answer with the distribution it came from.
#[derive(Debug)]
pub(in crate::calculations) struct Solved {
    pub(in crate::calculations) answer: StarForceResponse,
    pub(in crate::calculations) meso: Option<MesoDistribution>,
}

impl StarForceRequest {
    /// Answers the question.
    ///
    /// # Errors
    ///
    /// [`ValidationErrors`] when a word, a number or the combination of them is not one of the game's.
    pub fn answer(&self) -> Result<StarForceResponse, ValidationErrors> {
        Ok(self.solve(Resolution::Fine)?.answer)
    }

    pub(in crate::calculations) fn solve(
        &self,
        resolution: Resolution,
    ) -> Result<Solved, ValidationErrors> {
        let question = self.checked()?;
        let (safeguard, solution) = question.solution()?;
        Ok(Solved::of(&question, safeguard, &solution, resolution))
    }
}

impl Validated {
    fn solution(&self) -> Result<(Vec<u8>, Solution), ValidationErrors> {
        let solution = if self.cheapest_safeguard {
            cheapest_safeguard(&self.query)
        } else {
            let solution = self.query.solve();
            solution.map(|solution| (self.query.safeguard.clone(), solution))
        };
        solution.map_err(|error| {
            let mut errors = ValidationErrors::new();
            errors.add(error.pointer(), error);
            errors
        })
    }
}

impl Solved {
    fn of(
        question: &Validated,
        safeguard: Vec<u8>,
        solution: &Solution,
        resolution: Resolution,
    ) -> Self {
        let means = solution.means();
        let notes = solution.notes().iter();
        let mut warnings: Vec<_> = notes.map(|&note| Warning::of_note(note)).collect();
        let meso = solution.distribution(resolution);
        let meso = meso
            .map_err(|error: CostTooLarge| {
                warnings.push(Warning::new(WarningCode::NotCountable, error.to_string()));
            })
            .ok();
        warnings.extend(Warning::of_means([whole_meso(means.meso)]));
        let spread = |meso: &MesoDistribution| {
            BoundedSpread::of(meso, &question.levels, |level| meso.estimate_at(level))
        };
        let cost_meso = meso
            .as_ref()
            .map_or_else(|| BoundedSpread::mean_only(means.meso), spread);
        let budgeted = meso.as_ref().zip(question.budget_meso);
        let answer = StarForceResponse {
            rules: solution.rules().id(),
            rules_compiled_on: Rules::COMPILED_ON,
            cost_meso,
            destroyed: Mean {
                mean: means.destroyed,
            },
            spare_items: Mean {
                mean: means.spare_items,
            },
            attempts: Mean {
                mean: means.attempts,
            },
            safeguard,
            restore_choice: solution
                .restore_choices()
                .map(|(star, by)| (star, by.id()))
                .collect(),
            within_budget: budgeted.map(|(meso, budget)| meso.estimate_within(budget)),
            within_budget_bounds: budgeted.map(|(meso, budget)| meso.within(budget).into()),
            distribution: meso
                .as_ref()
                .filter(|_| question.distribution)
                .map(|meso| CostCurve::of(meso)),
            warnings,
        };
        Self { answer, meso }
    }
}
