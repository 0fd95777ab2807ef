//! Answers beside the calculator's question: other methods, the cheapest mix, keep or
//! reroll, and a play with a seed.

use std::collections::BTreeMap;

use api::calculations::potential::{
    CompareRequest, MixCost, PotentialResponse, SimulationRequest, SimulationResponse,
    StartingState, StopAt, StoppingRequest,
};
use cube_probability::{Layer, Method, Stat};

use super::PotentialForm;
use crate::form::{Errors, FormError};

/// Resets left that the table of keep or reroll shows.
const LEFT: [u32; 8] = [1, 2, 3, 5, 10, 20, 50, 100];

/// Most resets of a play.
const MAX_PLAY: i64 = 10_000;

/// Answer to everything that the form asks.
#[derive(Debug)]
pub struct PotentialAnswer {
    pub(super) main: Result<PotentialResponse, Vec<FormError>>,
    pub(super) compared: Vec<(Method, PotentialResponse)>,
    pub(super) mix: Option<MixCost>,
    pub(super) keep: Option<KeepAnswer>,
    pub(super) play: Option<SimulationResponse>,
}

/// Marks from which lines are kept.
#[derive(Debug)]
pub(super) struct KeepAnswer {
    pub(super) stops: Vec<StopAt>,
    /// Mean worth of going on by the best rule, less what the lines are worth now, in meso.
    pub(super) gain_meso: f64,
    pub(super) resets: f64,
}

impl PotentialAnswer {
    /// Returns whether a field of the form is at fault.
    pub fn is_refused(&self) -> bool {
        self.main.is_err()
    }
}

impl PotentialForm {
    /// Answers everything that the form asks.
    pub fn answer(&self) -> PotentialAnswer {
        let mut answer = PotentialAnswer {
            main: self.main(),
            compared: Vec::new(),
            mix: None,
            keep: None,
            play: None,
        };
        let is_reachable = match &answer.main {
            Ok(main) => main.reachable,
            Err(_) => return answer,
        };
        if is_reachable {
            answer.compared = self.compared();
            answer.mix = self.mix();
            answer.play = self.play();
        }
        match self.keep().transpose() {
            Ok(keep) => answer.keep = keep,
            Err(errors) => answer.main = Err(errors),
        }
        answer
    }

    fn main(&self) -> Result<PotentialResponse, Vec<FormError>> {
        let request = self.request()?;
        request.answer().map_err(|errors| self.errors(&errors))
    }

    /// The methods ticked, as far as they answer the question.
    fn compared(&self) -> Vec<(Method, PotentialResponse)> {
        let ticked = self.compared.iter().filter(|word| **word != self.method);
        let methods = ticked.filter_map(|word| word.parse::<Method>().ok());
        let answers = methods.filter_map(|method| {
            let form = Self {
                method: method.id().to_owned(),
                failures: "0".to_owned(),
                price: String::new(),
                ..self.clone()
            };
            Some((method, form.main().ok()?))
        });
        answers.collect()
    }

    /// The cheapest mix of methods, where methods are compared.
    fn mix(&self) -> Option<MixCost> {
        let request = self.request().ok()?;
        let method: Method = self.method.parse().ok()?;
        if self.compared.is_empty() || request.from.failures != 0 {
            return None;
        }
        let layer = match method.layer() {
            Layer::Potential => "potential",
            Layer::AdditionalPotential => "additional_potential",
        };
        let question = CompareRequest {
            part: request.part,
            item_level: request.item_level,
            layer: Some(layer.to_owned()),
            from: request.from,
            goal: self.goal.clone(),
            prices: request.prices,
            budget_meso: request.budget_meso,
            quantile: Some(0.9),
            rules: None,
        };
        question.answer().ok()?.mix
    }

    fn play(&self) -> Option<SimulationResponse> {
        let seed = self.seed.parse().ok()?;
        let request = self.request().ok()?;
        let play = SimulationRequest {
            seed,
            resets: MAX_PLAY,
            method: request.method,
            part: request.part,
            item_level: request.item_level,
            from: request.from,
            goal: self.goal.clone(),
            keep_line_1: None,
            prices: request.prices,
            rules: None,
        };
        play.answer().ok()
    }

    /// Marks from which lines are kept, where the form says what a stat is worth.
    fn keep(&self) -> Option<Result<KeepAnswer, Vec<FormError>>> {
        if self.worth.is_empty() {
            return None;
        }
        let method: Method = self.method.parse().ok()?;
        let mut errors = Errors::default();
        let worth = errors.amount("worth", &self.worth).unwrap_or(0);
        let current = errors.decimal("now", &self.now);
        let stat: Stat = self.stat.parse().unwrap_or(Stat::IntPct);
        let item_level = errors.number("level", &self.level);
        let price = errors.amount("price", &self.price);
        let question = errors.check(StoppingRequest {
            method: self.method.clone(),
            part: self.part.clone(),
            item_level,
            from: StartingState {
                grade: method.highest_grade().id().to_owned(),
                failures: 0,
            },
            keep_line_1: None,
            weights: BTreeMap::from([(stat.id().to_owned(), 1.0)]),
            value_meso_per_unit: worth,
            current,
            resets: None,
            prices: price
                .map(|price| (self.method.clone(), price))
                .into_iter()
                .collect(),
            rules: None,
        });
        Some(question.and_then(|question| self.stops(question, worth, current)))
    }

    fn stops(
        &self,
        question: StoppingRequest,
        worth: i64,
        current: f64,
    ) -> Result<KeepAnswer, Vec<FormError>> {
        let answer = |question: &StoppingRequest| {
            let answer = question.answer();
            answer.map_err(|errors| self.errors(&errors))
        };
        let unlimited = answer(&question)?;
        let limited = answer(&StoppingRequest {
            resets: LEFT.last().map(|&most| i64::from(most)),
            ..question
        })?;
        let shown = |stop: &StopAt| stop.resets_left.is_some_and(|left| LEFT.contains(&left));
        let stops = limited.thresholds.into_iter().filter(shown);
        Ok(KeepAnswer {
            stops: stops.chain(unlimited.thresholds).collect(),
            gain_meso: unlimited.value_meso - current * worth as f64,
            resets: unlimited.expected_resets,
        })
    }
}
