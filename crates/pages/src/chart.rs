//! Charts as SVG: a step line of the cumulative chance over bars of the density.

mod draw;
mod scale;

use api::calculations::CostCurve;

use crate::lang::Lang;

/// Distribution of one cost, with the name that the legend shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Name in the legend.
    pub name: String,
    /// Amounts and chances.
    pub shape: CostCurve,
    /// Marked amounts: the chance as text, and the amount that is enough with it.
    pub ticks: Vec<(String, u64)>,
}

/// Chart of one distribution or of several.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Accessible name.
    pub title: String,
    /// Sentence that says what the chart shows.
    pub description: String,
    /// Distributions, at most [`Chart::MAX_CURVES`].
    pub curves: Vec<Curve>,
    /// Amount marked as the budget.
    pub budget: Option<u64>,
    /// Language of the amounts.
    pub lang: Lang,
}

impl Chart {
    /// Upper bound on the distributions of one chart.
    pub const MAX_CURVES: usize = 8;

    /// Draws the chart. It is an element for a page, and with `standalone` a document of its own.
    pub fn svg(&self, standalone: bool) -> String {
        draw::svg(self, standalone)
    }
}

#[cfg(test)]
mod tests {
    use api::calculations::CurvePoint;

    use super::*;

    fn chart(points: &[(u64, f64)]) -> Chart {
        let mut before = 0.0;
        let points = points.iter().map(|&(meso, cumulative)| {
            let probability = cumulative - before;
            before = cumulative;
            CurvePoint {
                meso,
                probability,
                cumulative,
            }
        });
        Chart {
            title: "<제목> & \"표\"".to_owned(),
            description: "설명".to_owned(),
            curves: vec![Curve {
                name: "메소".to_owned(),
                shape: CostCurve {
                    points: points.collect(),
                },
                ticks: vec![("50%".to_owned(), 2_000_000_000)],
            }],
            budget: Some(3_000_000_000),
            lang: Lang::Ko,
        }
    }

    #[test]
    fn chart_of_three_amounts_is_drawn_as_recorded() {
        let chart = chart(&[
            (1_000_000_000, 0.25),
            (2_000_000_000, 0.5),
            (4_000_000_000, 1.0),
        ]);
        insta::assert_snapshot!(chart.svg(true));
    }

    #[test]
    fn chart_escapes_its_texts() {
        let svg = chart(&[(1, 1.0)]).svg(false);
        assert!(svg.contains("&lt;제목&gt; &amp; &quot;표&quot;"), "{svg}");
    }

    #[test]
    fn chart_of_nothing_and_of_the_largest_amounts_has_finite_coordinates() {
        for points in [
            &[][..],
            &[(0, 1.0)],
            &[(u64::MAX, 1.0)],
            &[(u64::MAX - 1, 0.5), (u64::MAX, 1.0)],
        ] {
            let svg = chart(points).svg(true);
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }

    #[test]
    fn chart_of_512_amounts_is_small() {
        let points: Vec<_> = (1..=512_u32)
            .map(|k| (u64::from(k) * 1_000_000, f64::from(k) / 512.0))
            .collect();
        let svg = chart(&points).svg(true);
        assert!(svg.len() < 8_000, "{} bytes", svg.len());
    }
}
