//! The order in which a plan's items are added: a few of like size at a time.
//!
//! Rounding to a lattice costs one step per item, and a step is as long as the sum on it reaches
//! divided by its points. A sum of few items reaches far less than that of all, so its steps are
//! short; what it is rounded to next counts for one item only.

use std::borrow::Borrow;
use std::ptr;
use std::sync::Arc;

use super::Total;
use super::table::{Table, mass, reach};
use crate::Distribution;
use crate::distribution::gcd;

/// Independent items of the same distribution.
#[derive(Clone)]
pub(super) struct Items<'a> {
    each: Each<'a>,
    pub(super) times: usize,
    /// The cost up to which each is followed.
    pub(super) reach: u64,
    /// The chance of a cost that is followed at all, at most.
    pub(super) mass: f64,
    /// The width of each one's own bounds.
    width: u64,
}

/// An item of the plan, or a sum of some.
#[derive(Clone)]
enum Each<'a> {
    Given(&'a dyn Distribution),
    Sum(Arc<Total>),
}

impl<'a> Items<'a> {
    fn given(each: &'a dyn Distribution) -> Self {
        Self {
            each: Each::Given(each),
            times: 1,
            reach: reach(each),
            mass: mass(each),
            width: 0,
        }
    }

    fn summed(sum: Total, times: usize) -> Self {
        Self {
            times,
            reach: reach(&sum),
            mass: mass(&sum),
            width: sum.width,
            each: Each::Sum(Arc::new(sum)),
        }
    }

    /// The distribution of each.
    pub(super) fn each(&self) -> &dyn Distribution {
        match &self.each {
            Each::Given(item) => *item,
            Each::Sum(sum) => sum.as_ref(),
        }
    }
}

/// The most items, or sums of items, on one lattice. With fewer the steps are shorter, and there
/// are more sums to make.
const TOGETHER: usize = 10;
/// So few distributions are transformed quickly, and deserve twice the points.
const FEW: usize = 4;
/// Items of like reach share a lattice.
const LIKE: u64 = 8;

/// The sum of items on a last lattice of so many points, twice as many for a [`FEW`]; the others
/// have half as many.
pub(super) fn sum<'a>(items: &[&'a dyn Distribution], points: usize) -> Total {
    let mut waiting = alike(items);
    loop {
        waiting = waiting
            .into_iter()
            .flat_map(|items| by_powers(items, points / 2))
            .collect();
        waiting.sort_by_key(|items| items.reach);
        let next = next(&waiting);
        if count(&waiting) <= TOGETHER && next == waiting.len() {
            let few = waiting.len() <= FEW;
            return add_up(&waiting, if few { 2 * points } else { points });
        }
        let rest = waiting.split_off(next);
        let summed = |batch: &[Items<'a>]| match batch {
            [one] if one.times == 1 => one.clone(),
            _ => Items::summed(add_up(batch, points / 2), 1),
        };
        waiting = batches(&waiting).map(summed).chain(rest).collect();
    }
}

/// The items, those that are the same reference together.
fn alike<'a>(items: &[&'a dyn Distribution]) -> Vec<Items<'a>> {
    let mut alike: Vec<(&dyn Distribution, usize)> = Vec::with_capacity(items.len());
    for &item in items {
        match alike.iter_mut().find(|(each, _)| ptr::eq(*each, item)) {
            Some((_, times)) => *times += 1,
            None => alike.push((item, 1)),
        }
    }
    let items = alike.into_iter().map(|(each, times)| Items {
        times,
        ..Items::given(each)
    });
    items.collect()
}

/// More of the same than go together as sums of [`TOGETHER`], and the rest.
fn by_powers(items: Items<'_>, points: usize) -> Vec<Items<'_>> {
    if items.times <= TOGETHER {
        return vec![items];
    }
    let (sums, left) = (items.times / TOGETHER, items.times % TOGETHER);
    let some = |times| Items {
        times,
        ..items.clone()
    };
    let mut split = by_powers(
        Items::summed(add_up(&[some(TOGETHER)], points), sums),
        points,
    );
    split.extend((left > 0).then(|| some(left)));
    split
}

/// The number of items, sorted by reach, that are added next: those like the smallest, or the
/// smallest and those like the one after it.
fn next(sorted: &[Items<'_>]) -> usize {
    let like = |first: usize| {
        let most = sorted
            .get(first)
            .map_or(0, |items| items.reach.saturating_mul(LIKE));
        sorted.partition_point(|items| items.reach <= most)
    };
    match like(0) {
        1 if sorted[0].times == 1 => like(1).max(1),
        next => next,
    }
}

/// The items in runs of about equal numbers, at most [`TOGETHER`] in each.
fn batches<'a, 'b>(items: &'b [Items<'a>]) -> impl Iterator<Item = &'b [Items<'a>]> {
    let runs = count(items).div_ceil(TOGETHER);
    let most = count(items).div_ceil(runs);
    let mut rest = items;
    std::iter::from_fn(move || {
        let mut taken = 0;
        let fit = |items: &Items<'_>| {
            taken += items.times;
            taken > most
        };
        let end = rest.iter().position(fit).unwrap_or(rest.len());
        let (batch, after) = rest.split_at(end.max(1).min(rest.len()));
        rest = after;
        (!batch.is_empty()).then_some(batch)
    })
}

fn add_up(items: &[Items<'_>], points: usize) -> Total {
    let table = Table::of(items, points);
    let carried = items
        .iter()
        .map(|items| items.width.saturating_mul(items.times as u64))
        .fold(0, u64::saturating_add);
    let means = items
        .iter()
        .map(|items| items.times as f64 * items.each().mean());
    Total {
        mean: means.sum(),
        unit: items
            .iter()
            .fold(0, |unit, items| gcd(unit, items.each().unit())),
        width: carried.saturating_add(table.width),
        table,
    }
}

/// The number of items altogether.
pub(super) fn count<'a>(items: impl IntoIterator<Item = impl Borrow<Items<'a>>>) -> usize {
    items.into_iter().map(|items| items.borrow().times).sum()
}
