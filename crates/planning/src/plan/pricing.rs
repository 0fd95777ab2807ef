//! The costs of sets of candidates.

use cube_probability::{Bounds, Distribution, PlanError, Total};

use super::lattice::{self, Masses, MesoLattice, Reach};
use super::{Candidate, InvalidPlan, Terms};

/// Each candidate's cost on the lattice of the budget.
pub(super) struct Pricing {
    pub(super) lattice: MesoLattice,
    /// By candidate: without failures so far, and with those it shares.
    masses: Vec<(Masses, Option<Masses>)>,
    /// The same, as what is needed to bound a sum with it.
    reach: Vec<(Reach, Option<Reach>)>,
    /// The candidates by line, lines in their order, the largest gain first.
    pub(super) lines: Vec<Vec<usize>>,
    /// By line, the first one with the same gains and costs.
    pub(super) alike: Vec<usize>,
}

impl Pricing {
    pub(super) fn new(candidates: &[Candidate<'_>], terms: &Terms) -> Self {
        let lattice = MesoLattice::of(terms.budget);
        let masses = |candidate: &Candidate<'_>| {
            let pity = candidate.pity.map(|pity| lattice.masses(pity.cost));
            (lattice.masses(candidate.cost), pity)
        };
        let masses: Vec<_> = candidates.iter().map(masses).collect();
        let reach = |(fresh, with_failures): &(Masses, Option<Masses>)| {
            (fresh.reach(), with_failures.as_ref().map(Masses::reach))
        };
        let mut pricing = Self {
            lattice,
            reach: masses.iter().map(reach).collect(),
            masses,
            lines: lines(candidates),
            alike: Vec::new(),
        };
        pricing.alike = (0..pricing.lines.len())
            .map(|line| pricing.first_alike(candidates, line))
            .collect();
        pricing
    }

    /// The first line with the same gains and costs, none of which shares failures.
    fn first_alike(&self, candidates: &[Candidate<'_>], line: usize) -> usize {
        let same = |(&a, &b): (&usize, &usize)| {
            let (one, other) = (&candidates[a], &candidates[b]);
            one.gain.total_cmp(&other.gain).is_eq()
                && one.pity.is_none()
                && other.pity.is_none()
                && self.masses[a].0 == self.masses[b].0
        };
        let of = &self.lines[line];
        let alike = |&other: &usize| {
            let others = &self.lines[other];
            others.len() == of.len() && others.iter().zip(of).all(same)
        };
        (0..line).find(alike).unwrap_or(line)
    }

    /// A candidate's masses; `first` when no line before it uses the same count of failures.
    pub(super) fn masses(&self, candidate: usize, first: bool) -> &Masses {
        match &self.masses[candidate] {
            (_, Some(with_failures)) if first => with_failures,
            (fresh, _) => fresh,
        }
    }

    /// A candidate's reach, as [`masses`](Self::masses).
    pub(super) fn reach(&self, candidate: usize, first: bool) -> &Reach {
        match &self.reach[candidate] {
            (_, Some(with_failures)) if first => with_failures,
            (fresh, _) => fresh,
        }
    }

    /// The masses of a set in the order of its lines.
    pub(super) fn sum(&self, candidates: &[Candidate<'_>], chosen: &[usize]) -> Masses {
        let nothing = Masses::nothing(self.lattice);
        let of = self.in_order(candidates, chosen);
        of.fold(nothing, |sum, masses| sum.plus(masses))
    }

    /// Lower bound on the chance that the budget is enough for a set in the order of its lines.
    pub(super) fn at_least(&self, candidates: &[Candidate<'_>], chosen: &[usize]) -> f64 {
        let nothing = Masses::nothing(self.lattice).high;
        let of = self.in_order(candidates, chosen);
        let high = of.fold(nothing, |sum, masses| lattice::convolve(&sum, &masses.high));
        lattice::at_least(&high)
    }

    /// The masses of each candidate of a set in the order of its lines.
    fn in_order(
        &self,
        candidates: &[Candidate<'_>],
        chosen: &[usize],
    ) -> impl Iterator<Item = &Masses> {
        let mut used = Vec::new();
        chosen.iter().map(move |&place| {
            let count = candidates[place].pity.map(|pity| pity.count);
            let first = count.is_none_or(|count| !used.contains(&count));
            used.extend(count);
            self.masses(place, first)
        })
    }

    /// The smallest cost that a candidate can have, on the lattice.
    pub(super) fn cheapest(&self, candidate: usize) -> &Masses {
        self.masses(candidate, true)
    }
}

/// Whether the budget is enough for a set at the confidence asked for; none where even the finest
/// sum leaves that open.
pub(super) fn decide(
    candidates: &[Candidate<'_>],
    chosen: &[usize],
    terms: &Terms,
) -> Result<Option<bool>, InvalidPlan> {
    let within = within(candidates, chosen, terms.budget)?;
    let confidence = terms.confidence.get();
    Ok(if within.lower >= confidence {
        Some(true)
    } else if within.upper < confidence {
        Some(false)
    } else {
        None
    })
}

/// Bounds on the chance that a budget is enough for a set, in the order of its lines.
///
/// A set whose mean is past 64 bits costs at least as much as each of its items, and has no other
/// bound.
pub(super) fn within(
    candidates: &[Candidate<'_>],
    chosen: &[usize],
    budget: u64,
) -> Result<Bounds, InvalidPlan> {
    let costs = costs(candidates, chosen);
    Ok(match costs.as_slice() {
        [] => Bounds::exact(1.0),
        [one] => one.within(budget),
        several => match Total::of(several) {
            Ok(total) => total.within(budget),
            Err(PlanError::TooLarge { .. }) => Bounds {
                lower: 0.0,
                upper: several
                    .iter()
                    .map(|cost| cost.within(budget).upper)
                    .product(),
            },
            Err(error) => return Err(error.into()),
        },
    })
}

/// The costs of a set in the order of its lines: the failures so far count for the first.
pub(super) fn costs<'a>(
    candidates: &[Candidate<'a>],
    chosen: &[usize],
) -> Vec<&'a dyn Distribution> {
    let mut used = Vec::new();
    let cost = |&place: &usize| {
        let candidate = &candidates[place];
        match candidate.pity {
            Some(pity) if !used.contains(&pity.count) => {
                used.push(pity.count);
                pity.cost
            }
            _ => candidate.cost,
        }
    };
    chosen.iter().map(cost).collect()
}

fn lines(candidates: &[Candidate<'_>]) -> Vec<Vec<usize>> {
    let mut numbers: Vec<_> = candidates.iter().map(|candidate| candidate.line).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let of_line = |number: usize| {
        let places = 0..candidates.len();
        let mut of: Vec<_> = places
            .filter(|&place| candidates[place].line == number)
            .collect();
        of.sort_by(|&a, &b| candidates[b].gain.total_cmp(&candidates[a].gain));
        of
    };
    numbers.into_iter().map(of_line).collect()
}
