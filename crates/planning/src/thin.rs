//! Thinning of thresholds to a few that stand for all.

use crate::Threshold;

/// At most so many thresholds: the ends, those with the most gain for their price, and between
/// them some spread evenly over the logarithm of the price.
pub(crate) fn thin(all: Vec<Threshold>, most: usize) -> Vec<Threshold> {
    if all.len() <= most {
        return all;
    }
    let mut chosen = efficient(&all);
    chosen.extend([0, all.len() - 1]);
    chosen.sort_unstable();
    chosen.dedup();
    while chosen.len() > most {
        let closest = |&i: &usize| price(&all[chosen[i + 1]]) - price(&all[chosen[i - 1]]);
        let inner = 1..chosen.len() - 1;
        let dropped = inner.min_by(|a, b| closest(a).total_cmp(&closest(b)));
        chosen.remove(dropped.expect("more than two are chosen"));
    }
    while chosen.len() < most {
        let Some(between) = widest(&all, &chosen) else {
            break;
        };
        chosen.push(between);
        chosen.sort_unstable();
    }
    let kept = all
        .into_iter()
        .enumerate()
        .filter(|(index, _)| chosen.contains(index));
    kept.map(|(_, threshold)| threshold).collect()
}

fn price(threshold: &Threshold) -> f64 {
    threshold.mean.max(1.0).ln()
}

/// The corners of the upper hull of gain over price: no mix of two others beats them.
fn efficient(all: &[Threshold]) -> Vec<usize> {
    let gain = |index: usize| all[index].gain.at_least.ln_1p();
    let mut hull: Vec<usize> = Vec::new();
    for index in 0..all.len() {
        while let [.., before, last] = hull.as_slice() {
            let (b, l) = (*before, *last);
            let over = (gain(l) - gain(b)) * (all[index].mean - all[b].mean);
            if over <= (gain(index) - gain(b)) * (all[l].mean - all[b].mean) {
                hull.pop();
            } else {
                break;
            }
        }
        hull.push(index);
    }
    hull
}

/// The threshold closest to the middle of the widest gap in price that holds any.
fn widest(all: &[Threshold], chosen: &[usize]) -> Option<usize> {
    let gaps = chosen.windows(2).filter(|pair| pair[1] - pair[0] > 1);
    let width = |pair: &[usize]| price(&all[pair[1]]) - price(&all[pair[0]]);
    let pair = gaps.max_by(|a, b| width(a).total_cmp(&width(b)))?;
    let middle = f64::midpoint(price(&all[pair[0]]), price(&all[pair[1]]));
    let from_middle = |index: &usize| (price(&all[*index]) - middle).abs();
    (pair[0] + 1..pair[1]).min_by(|a, b| from_middle(a).total_cmp(&from_middle(b)))
}
