//! Branch and bound over the lines.

use cube_probability::Bounds;

use super::bound::Relaxation;
use super::lattice::{Masses, convolve};
use super::pricing::{Pricing, decide};
use super::{Best, Candidate, InvalidPlan, Plan, Terms, pricing};

/// The work of one fine sum, in sums on the lattice of the budget.
const FINE_SUM: u64 = 20;

/// Bounds on a sum that are as much work as the sum itself.
const CHECKS: u64 = 128;

/// A gain that is better by less than this is no better.
const TOLERANCE: f64 = 1e-12;

pub(super) struct Search<'s, 'a> {
    candidates: &'s [Candidate<'a>],
    terms: &'s Terms,
    pricing: &'s Pricing,
    relaxation: Relaxation,
    /// The logarithm of the gain to beat.
    best: f64,
    chosen: Vec<usize>,
    /// The largest logarithm of a gain that was not ruled out.
    open: f64,
    work: u64,
    /// Bounds on sums since the last one that counted as work.
    checks: u64,
    /// A gain that is enough, so that the search may end.
    enough: f64,
}

/// A set of decisions on the first lines.
#[derive(Clone)]
struct Node {
    chosen: Vec<usize>,
    gain: f64,
    /// The masses of the cost so far, rounded down.
    low: Vec<f64>,
    /// By line that others are like: the place of the last choice among them. Later ones choose
    /// no larger gain, since the sets with their choices exchanged are the same.
    last: Vec<usize>,
}

impl<'s, 'a> Search<'s, 'a> {
    pub(super) fn new(
        candidates: &'s [Candidate<'a>],
        terms: &'s Terms,
        pricing: &'s Pricing,
        start: &[usize],
    ) -> Self {
        let gain = start.iter().map(|&place| candidates[place].gain.ln_1p());
        Self {
            candidates,
            terms,
            pricing,
            relaxation: Relaxation::new(candidates, terms, pricing),
            best: gain.sum(),
            chosen: start.to_vec(),
            open: f64::NEG_INFINITY,
            work: 0,
            checks: 0,
            enough: f64::INFINITY,
        }
    }

    /// Makes the search end with the first set of this logarithm of the gain; smaller ones are not
    /// looked for.
    pub(super) fn until(mut self, enough: f64) -> Self {
        self.best = self.best.max(enough - 2.0 * TOLERANCE);
        self.enough = enough - TOLERANCE;
        self
    }

    pub(super) fn run(&mut self) -> Result<(), InvalidPlan> {
        let root = Node {
            chosen: Vec::new(),
            gain: 0.0,
            low: Masses::nothing(self.pricing.lattice).low,
            last: vec![0; self.pricing.lines.len()],
        };
        self.visit(&root, 0)
    }

    /// Whether a set of the gain asked for was found; none where that is left open.
    pub(super) fn found(&self) -> Option<bool> {
        if self.best >= self.enough {
            return Some(true);
        }
        (self.open < self.enough).then_some(false)
    }

    pub(super) fn chosen(&self) -> &[usize] {
        &self.chosen
    }

    pub(super) const fn work(&self) -> u64 {
        self.work
    }

    pub(super) fn finish(self, greedy: Plan) -> Best {
        let bound = self.open.max(self.best);
        let within = pricing::within(self.candidates, &self.chosen, self.terms.budget);
        Best {
            plan: Plan {
                gain: self.best.exp_m1(),
                within: within.unwrap_or(Bounds {
                    lower: 0.0,
                    upper: 1.0,
                }),
                chosen: self.chosen,
            },
            greedy,
            gain_bound: bound.exp_m1(),
            optimal: self.open <= self.best + TOLERANCE,
            work: self.work,
        }
    }

    /// Decides the line `next` and all after it.
    fn visit(&mut self, node: &Node, next: usize) -> Result<(), InvalidPlan> {
        let Some(of_line) = self.pricing.lines.get(next) else {
            return Ok(());
        };
        if self.best >= self.enough {
            return Ok(());
        }
        let missing = self.best + TOLERANCE - node.gain;
        let (added, rooms) = self.relaxation.gain(&node.low, next, missing);
        let bound = node.gain + added;
        if bound <= self.best + TOLERANCE {
            return Ok(());
        }
        if self.work >= self.terms.work {
            self.open = self.open.max(bound);
            return Ok(());
        }
        let alike = self.pricing.alike[next];
        for (choice, &place) in of_line.iter().enumerate().skip(node.last[alike]) {
            let gain = node.gain + self.candidates[place].gain.ln_1p();
            let is_first = self.is_first(node, place);
            if !self.take(node, place, gain, is_first)? {
                continue;
            }
            let bound = gain + self.relaxation.gain_with(&rooms, place, next + 1);
            if bound > self.best + TOLERANCE {
                let mut child = self.child(node, place, gain, is_first);
                child.last[alike] = choice;
                self.visit(&child, next + 1)?;
            }
        }
        if !self.pricing.alike[next + 1..].contains(&alike) {
            return self.visit(node, next + 1);
        }
        let mut without = node.clone();
        without.last[alike] = of_line.len();
        self.visit(&without, next + 1)
    }

    /// Whether the budget can be enough for a set with one candidate more; that set is taken as the
    /// best where it is.
    fn take(
        &mut self,
        node: &Node,
        place: usize,
        gain: f64,
        is_first: bool,
    ) -> Result<bool, InvalidPlan> {
        self.checks += 1;
        if self.checks == CHECKS {
            self.checks = 0;
            self.work += 1;
        }
        let reach = self.pricing.reach(place, is_first);
        if reach.within(&node.low) < self.terms.confidence.get() {
            return Ok(false);
        }
        if gain > self.best + TOLERANCE {
            let mut chosen = node.chosen.clone();
            chosen.push(place);
            self.consider(&chosen, gain)?;
        }
        Ok(true)
    }

    /// Whether no candidate of a set uses the same count of failures.
    fn is_first(&self, node: &Node, place: usize) -> bool {
        self.candidates[place].pity.is_none_or(|pity| {
            let same = |&other: &usize| {
                (self.candidates[other].pity).is_some_and(|used| used.count == pity.count)
            };
            !node.chosen.iter().any(same)
        })
    }

    /// The node with one candidate more.
    fn child(&mut self, node: &Node, place: usize, gain: f64, is_first: bool) -> Node {
        self.work += 1;
        let masses = self.pricing.masses(place, is_first);
        let mut chosen = node.chosen.clone();
        chosen.push(place);
        Node {
            gain,
            chosen,
            low: convolve(&node.low, &masses.low),
            last: node.last.clone(),
        }
    }

    /// Takes a better set if the budget is enough for it.
    fn consider(&mut self, chosen: &[usize], gain: f64) -> Result<(), InvalidPlan> {
        let mut enough = Some(true);
        self.work += chosen.len() as u64;
        let at_least = self.pricing.at_least(self.candidates, chosen);
        if at_least < self.terms.confidence.get() {
            self.work += FINE_SUM;
            enough = decide(self.candidates, chosen, self.terms)?;
        }
        match enough {
            Some(true) => {
                self.best = gain;
                self.chosen = chosen.to_vec();
            }
            Some(false) => {}
            None => self.open = self.open.max(gain),
        }
        Ok(())
    }
}
