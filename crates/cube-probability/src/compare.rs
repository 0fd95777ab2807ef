//! Methods compared: which is cheapest, and the cheapest mix of several.

use crate::distribution::{Process, Stage};
use crate::{
    CostBracket, CostDistribution, Goal, Grade, Layer, Level, Method, Part, Phase, PhaseError,
    Prices, ResetError, Rules, Start, Unit,
};

/// What one method takes until the goal is met.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The method.
    pub method: Method,
    /// The meso it takes, or why that cannot be told.
    pub meso: Result<CostDistribution, PhaseError>,
    /// The resets it takes, or why that cannot be told.
    pub resets: Result<CostDistribution, PhaseError>,
}

/// By what methods are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aim {
    /// The smallest mean cost.
    Mean,
    /// The smallest quantile of the cost.
    Quantile(Level),
    /// The largest chance that this much meso is enough.
    Within(u64),
}

impl Comparison {
    /// Tells what each method takes by its own phases.
    pub fn of(processes: &[(Method, Vec<Phase>)]) -> Vec<Self> {
        processes
            .iter()
            .map(|(method, phases)| Self {
                method: *method,
                meso: CostDistribution::of(phases, Unit::Meso),
                resets: CostDistribution::of(phases, Unit::Resets),
            })
            .collect()
    }

    /// The comparisons that can be told, best first.
    pub fn best_first(comparisons: &[Self], aim: Aim) -> Vec<&Self> {
        let mut told: Vec<_> = comparisons
            .iter()
            .filter_map(|comparison| Some((comparison.meso.as_ref().ok()?, comparison)))
            .collect();
        match aim {
            Aim::Mean => told.sort_by(|(a, _), (b, _)| a.mean().total_cmp(&b.mean())),
            Aim::Quantile(level) => {
                told.sort_by_key(|(meso, _)| meso.quantile(level).unwrap_or(u64::MAX));
            }
            Aim::Within(budget) => {
                told.sort_by(|(a, _), (b, _)| b.at_most(budget).total_cmp(&a.at_most(budget)));
            }
        }
        told.into_iter().map(|(_, comparison)| comparison).collect()
    }
}

/// The cheapest way to a goal when the method may change with the grade.
#[derive(Debug, Clone, PartialEq)]
pub struct Mix {
    choices: Vec<(Grade, Method)>,
    mean: f64,
    process: Process,
}

/// There is no cheapest mix.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MixError {
    /// No method whose price is known leads to the goal for certain.
    #[error("no method with a known price meets the goal for certain")]
    NoWay,
    /// A method's phases do not describe a process.
    #[error("the phases of {method} are not a process")]
    Phases {
        /// The method at fault.
        method: Method,
        /// What is wrong with its phases.
        source: PhaseError,
    },
}

impl Mix {
    /// The mix with the smallest mean cost: one method per grade, until the item rises or the goal
    /// is met.
    ///
    /// Found from the highest grade down: the best a method can do at a grade is to rise to where
    /// the best mix from the next grade on is known. A rising reset draws its lines by the method
    /// that made it. Failures so far count for the first phase as given; every other phase is
    /// entered with none. Methods without a price are passed over.
    ///
    /// # Errors
    ///
    /// [`MixError`] when no mix meets the goal for certain, or phases are invalid.
    pub fn cheapest(processes: &[(Method, Vec<Phase>)]) -> Result<Self, MixError> {
        let lowest = processes
            .iter()
            .filter_map(|(_, phases)| phases.first())
            .map(|phase| phase.grade)
            .min()
            .ok_or(MixError::NoWay)?;
        let mut best: Option<Self> = None;
        for &grade in Grade::ALL.iter().rev().filter(|&&grade| grade >= lowest) {
            let above = best.take();
            for (method, phases) in processes {
                let Some(at) = phases.iter().position(|phase| phase.grade == grade) else {
                    continue;
                };
                let mix = Self::starting(*method, &phases[at..], above.as_ref());
                let cheaper = mix?.filter(|mix| best.as_ref().is_none_or(|b| mix.mean < b.mean));
                best = cheaper.or(best);
            }
        }
        best.ok_or(MixError::NoWay)
    }

    /// The method to use at each grade, from the lowest up.
    pub fn choices(&self) -> &[(Grade, Method)] {
        &self.choices
    }

    /// The mean cost, by its closed form.
    pub const fn mean(&self) -> f64 {
        self.mean
    }

    /// The distribution of the cost.
    ///
    /// # Errors
    ///
    /// [`PhaseError::TooFine`] when a climb without a pity is too long to be followed.
    pub fn distribution(&self) -> Result<CostBracket, PhaseError> {
        CostBracket::of_process(&self.process)
    }

    /// The mix that uses a method in the first of `phases` and the best one above it; none when
    /// that does not lead to the goal or has no known price.
    fn starting(
        method: Method,
        phases: &[Phase],
        above: Option<&Self>,
    ) -> Result<Option<Self>, MixError> {
        let grade = phases[0].grade;
        let process = match (phases, above) {
            ([_, _, ..], None) => return Ok(None),
            ([phase, next, ..], Some(above)) => Stage::new(phase, next.success, Unit::Meso)
                .and_then(|stage| {
                    let mut process = above.process.clone();
                    process.climb.insert(0, stage);
                    process.check_end().map(|()| process)
                }),
            (last, _) => Process::new(last, Unit::Meso),
        };
        match process {
            Ok(process) => {
                let above = above.filter(|_| phases.len() > 1);
                let above = above.map_or(&[][..], |above| &above.choices);
                Ok(Some(Self {
                    choices: [&[(grade, method)], above].concat(),
                    mean: process.moments().mean,
                    process,
                }))
            }
            Err(
                PhaseError::Unpriced { .. }
                | PhaseError::MayNeverEnd { .. }
                | PhaseError::TooRare { .. },
            ) => Ok(None),
            Err(source) => Err(MixError::Phases { method, source }),
        }
    }
}

impl Rules {
    /// The phases of every method that resets all lines of the layer and works at the grade, each
    /// with no failures so far: what [`Comparison::of`] and [`Mix::cheapest`] take.
    ///
    /// # Errors
    ///
    /// [`ResetError`] if there are no items of the level.
    pub fn processes(
        &'static self,
        layer: Layer,
        part: Part,
        item_level: u16,
        goal: &Goal,
        from: Grade,
        prices: &Prices,
    ) -> Result<Vec<(Method, Vec<Phase>)>, ResetError> {
        Method::ALL
            .iter()
            .filter(|method| method.layer() == layer && method.grades().contains(&from))
            .filter(|method| !method.keeps_first_line())
            .map(|&method| {
                let start = Start::at(from);
                let phases = self.phases(method, part, item_level, goal, start, prices)?;
                Ok((method, phases))
            })
            .collect()
    }
}
