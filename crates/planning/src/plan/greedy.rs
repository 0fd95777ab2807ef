//! The greedy set: by gain for the mean cost, as long as the budget is enough.

use super::pricing::{Pricing, decide};
use super::{Candidate, InvalidPlan, Terms};

/// The greedy set, in the order of its lines.
pub(super) fn set(
    candidates: &[Candidate<'_>],
    terms: &Terms,
    pricing: &Pricing,
) -> Result<Vec<usize>, InvalidPlan> {
    let mut chosen: Vec<usize> = Vec::new();
    for place in by_worth(candidates) {
        // A single cost that is too large by itself need not be added up.
        if pricing.cheapest(place).within().upper < terms.confidence.get() {
            continue;
        }
        let Some(with) = joined(candidates, &chosen, place) else {
            continue;
        };
        let within = pricing.sum(candidates, &with).within();
        let enough = if within.lower >= terms.confidence.get() {
            true
        } else {
            within.upper >= terms.confidence.get()
                && decide(candidates, &with, terms)? == Some(true)
        };
        if enough {
            chosen = with;
        }
    }
    Ok(chosen)
}

/// The candidates, the largest gain for its mean cost first.
pub(super) fn by_worth(candidates: &[Candidate<'_>]) -> Vec<usize> {
    let worth = |place: usize| {
        let candidate = &candidates[place];
        candidate.gain.ln_1p() / candidate.cost.mean().max(1.0)
    };
    let mut order: Vec<_> = (0..candidates.len()).collect();
    order.sort_by(|&a, &b| worth(b).total_cmp(&worth(a)).then(a.cmp(&b)));
    order
}

/// A set with one candidate more, in place of a smaller gain of the same line; none where the line
/// already gains as much.
pub(super) fn joined(
    candidates: &[Candidate<'_>],
    chosen: &[usize],
    place: usize,
) -> Option<Vec<usize>> {
    let candidate = &candidates[place];
    let of_line = |other: &usize| candidates[*other].line == candidate.line;
    let taken = chosen.iter().copied().find(|other| of_line(other));
    if taken.is_some_and(|other| candidates[other].gain >= candidate.gain) {
        return None;
    }
    let mut with: Vec<_> = chosen
        .iter()
        .copied()
        .filter(|other| !of_line(other))
        .collect();
    with.push(place);
    with.sort_by_key(|&place| candidates[place].line);
    Some(with)
}
