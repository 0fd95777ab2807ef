//! Potentials, drawn from the published tables the way a player does: again and again, keeping
//! the best.

use cube_probability::{Grade, Method, OptionLine, Part, Rules, Stat};
use rand::Rng;

/// The three lines of a potential.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Potential {
    pub(crate) grade: Grade,
    pub(crate) lines: [OptionLine; 3],
}

/// Stats that a player looks for, each with the worth of one point.
pub(super) type StatWeights = [(Stat, u32)];

impl Potential {
    /// The best of `tries` draws at a grade.
    pub(super) fn best_of(
        tries: u32,
        (method, grade): (Method, Grade),
        (part, item_level): (Part, u16),
        taste: &StatWeights,
        rng: &mut impl Rng,
    ) -> Self {
        let tables = Rules::current()
            .line_tables(method, part, item_level, grade)
            .expect("the methods used reach every grade, and the pieces have levels of the game");
        let mut draw = || tables.draw(|end| rng.random_range(0..end));
        let mut best = draw();
        for _ in 1..tries {
            let lines = draw();
            if worth(lines, taste) > worth(best, taste) {
                best = lines;
            }
        }
        Self { grade, lines: best }
    }
}

fn worth(lines: [OptionLine; 3], taste: &StatWeights) -> u32 {
    lines
        .into_iter()
        .filter_map(OptionLine::effect)
        .map(|(stat, amount)| {
            let liked = taste.iter().find(|(liked, _)| *liked == stat);
            liked.map_or(0, |(_, worth)| worth * u32::from(amount))
        })
        .sum()
}
