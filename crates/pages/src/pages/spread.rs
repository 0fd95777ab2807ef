//! Quantile tables and the sentences that go with them.

use api::calculations::{BoundedQuantile, CostCurve, Quantile};

use crate::chart::{Chart, Curve};
use crate::lang::Lang;

/// One row of a quantile table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QuantileRow {
    /// The chance, such as `90%`.
    pub(crate) chance: String,
    /// The amount that is enough with this chance, in the page's units; none where it is not known.
    pub(crate) meso: Option<Amount>,
    /// Number of resets, where they are counted.
    pub(crate) trials: Option<String>,
}

/// An amount as players read it and as programs do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) exact: u128,
    pub(crate) text: String,
}

impl Amount {
    pub(crate) fn new(meso: u128, lang: Lang) -> Self {
        Self {
            exact: meso,
            text: lang.meso(meso),
        }
    }
}

/// Returns the rows of an exact distribution, with resets beside the amounts.
pub(super) fn rows(meso: &[Quantile], trials: &[Quantile], lang: Lang) -> Vec<QuantileRow> {
    let source = if meso.is_empty() { trials } else { meso };
    let rows = source.iter().enumerate();
    rows.map(|(i, quantile)| {
        let cost = meso.get(i).and_then(|quantile| quantile.value);
        let count = trials.get(i).and_then(|quantile| quantile.value);
        QuantileRow {
            chance: percent(quantile.q),
            meso: cost.map(|cost| Amount::new(u128::from(cost), lang)),
            trials: count.map(|count| lang.whole_times(count)),
        }
    })
    .collect()
}

/// Returns the rows of a distribution known between bounds.
pub(super) fn bounded_rows(quantiles: &[BoundedQuantile], lang: Lang) -> Vec<QuantileRow> {
    let rows = quantiles.iter();
    rows.map(|quantile| QuantileRow {
        chance: percent(quantile.q),
        meso: quantile
            .value
            .map(|meso| Amount::new(u128::from(meso), lang)),
        trials: None,
    })
    .collect()
}

/// Returns the amount of the row with this chance.
pub(super) fn at(rows: &[QuantileRow], chance: &str) -> Option<Amount> {
    rows.iter()
        .find(|row| row.chance == chance)
        .and_then(|row| row.meso.clone())
}

/// Returns the sentence that puts the quantiles into words; none where they are not known.
pub(super) fn in_words(rows: &[QuantileRow], lang: Lang) -> Option<String> {
    let (half, ninety) = (at(rows, "50%")?.text, at(rows, "90%")?.text);
    Some(match lang {
        Lang::Ko => {
            format!("둘에 한 명은 {half} 안에 끝나고, 열에 한 명은 {ninety}보다 더 씁니다.")
        }
        Lang::En => format!("Half finish within {half}; one in ten spends more than {ninety}."),
    })
}

/// Returns the chart of one distribution, drawn for a page.
pub(super) fn chart(
    shape: &CostCurve,
    rows: &[QuantileRow],
    budget: Option<u64>,
    title: &str,
    lang: Lang,
) -> String {
    let ticks = rows.iter().filter_map(|row| {
        let meso = row.meso.as_ref()?.exact;
        Some((row.chance.clone(), u64::try_from(meso).ok()?))
    });
    let chart = Chart {
        title: title.to_owned(),
        description: in_words(rows, lang).unwrap_or_default(),
        curves: vec![Curve {
            name: title.to_owned(),
            shape: shape.clone(),
            ticks: ticks.collect(),
        }],
        budget,
        lang,
    };
    chart.svg(false)
}

/// Writes the chance of a quantile.
pub(crate) fn percent(q: f64) -> String {
    let text = format!("{:.4}", q * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_has_no_trailing_zeros() {
        assert_eq!(percent(0.5), "50%");
        assert_eq!(percent(0.999), "99.9%");
    }

    #[test]
    fn unknown_quantiles_are_no_numbers() {
        let unknown = [BoundedQuantile {
            q: 0.9,
            value: None,
            lower: 1,
            upper: None,
        }];
        let rows = bounded_rows(&unknown, Lang::Ko);
        assert_eq!(rows[0].meso, None);
        assert_eq!(in_words(&rows, Lang::Ko), None);
    }
}
