//! The relaxed knapsack: at most one choice a line, parts of choices allowed.

/// Steps along the upper hull of each line, the best gain for the weight first.
pub(super) struct Knapsack {
    steps: Vec<Step>,
}

/// Weight and gain added by moving along a line's hull.
struct Step {
    line: usize,
    weight: f64,
    gain: f64,
}

impl Knapsack {
    /// Takes the weight and gain of each choice, by line.
    pub(super) fn new(lines: Vec<Vec<(f64, f64)>>) -> Self {
        let lines = lines.into_iter().enumerate();
        let mut steps: Vec<_> = lines
            .flat_map(|(line, points)| hull(line, points))
            .collect();
        steps.sort_by(|a, b| (b.gain * a.weight).total_cmp(&(a.gain * b.weight)));
        Self { steps }
    }

    /// The most gain of the lines from `next` on within a weight.
    pub(super) fn gain(&self, mut room: f64, next: usize) -> f64 {
        let mut gain = 0.0;
        for step in self.steps.iter().filter(|step| step.line >= next) {
            if step.weight > room {
                return gain + step.gain * (room / step.weight).max(0.0);
            }
            room -= step.weight;
            gain += step.gain;
        }
        gain
    }
}

/// The upper hull of a line's points from nothing on, as steps of falling ratio.
fn hull(line: usize, mut points: Vec<(f64, f64)>) -> Vec<Step> {
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
    let mut kept = vec![(0.0, 0.0)];
    for point in points {
        if point.1 <= kept[kept.len() - 1].1 {
            continue;
        }
        while let [.., before, last] = kept.as_slice() {
            let rises = (last.1 - before.1) * (point.0 - before.0);
            if rises <= (point.1 - before.1) * (last.0 - before.0) {
                kept.pop();
            } else {
                break;
            }
        }
        kept.push(point);
    }
    let steps = kept.windows(2);
    steps
        .map(|pair| Step {
            line,
            weight: pair[1].0 - pair[0].0,
            gain: pair[1].1 - pair[0].1,
        })
        .collect()
}
