//! Answers as tables of comma-separated values (RFC 4180), with a byte order mark so that
//! spreadsheets read them as UTF-8.

use std::fmt::Write;

use super::plan::PlanResponse;
use super::potential::PotentialResponse;
use super::star_force::StarForceResponse;
use super::{BoundedQuantile, CostCurve};

/// Media type of the tables.
pub const CSV: &str = "text/csv; charset=utf-8";

const BYTE_ORDER_MARK: char = '\u{feff}';

/// An answer that can be written as a table: the shape of the distribution where it was asked for,
/// else the quantiles. What is not known is an empty cell.
pub trait ToCsv {
    /// Returns the table.
    fn to_csv(&self) -> String;
}

impl ToCsv for PotentialResponse {
    fn to_csv(&self) -> String {
        if let Some(curve) = &self.distribution {
            return of_curve(curve);
        }
        let cost = self.cost_meso.as_ref().and_then(Option::as_ref);
        let cost = cost.map_or(&[][..], |cost| &cost.quantiles);
        let trials = self.trials.as_ref();
        let trials = trials.map_or(&[][..], |trials| &trials.quantiles);
        let levels = if trials.is_empty() { cost } else { trials };
        let rows = levels.iter().enumerate().map(|(i, level)| {
            let resets = trials.get(i).and_then(|quantile| quantile.value);
            let meso = cost.get(i).and_then(|quantile| quantile.value);
            format!("{},{},{}", level.q, cell(resets), cell(meso))
        });
        table("probability,resets,meso", rows)
    }
}

impl ToCsv for StarForceResponse {
    fn to_csv(&self) -> String {
        match &self.distribution {
            Some(curve) => of_curve(curve),
            None => of_quantiles(&self.cost_meso.quantiles),
        }
    }
}

impl ToCsv for PlanResponse {
    fn to_csv(&self) -> String {
        match &self.distribution {
            Some(curve) => of_curve(curve),
            None => of_quantiles(self.cost_meso.as_ref().map_or(&[], |cost| &cost.quantiles)),
        }
    }
}

fn of_curve(curve: &CostCurve) -> String {
    let rows = curve.points.iter();
    let rows = rows.map(|p| format!("{},{},{}", p.meso, p.probability, p.cumulative));
    table("meso,probability,cumulative", rows)
}

fn of_quantiles(quantiles: &[BoundedQuantile]) -> String {
    let rows = quantiles.iter().map(|quantile| {
        let (value, upper) = (cell(quantile.value), cell(quantile.upper));
        format!("{},{value},{},{upper}", quantile.q, quantile.lower)
    });
    table("probability,meso,lower,upper", rows)
}

fn table(head: &str, rows: impl Iterator<Item = String>) -> String {
    let mut table = String::from(BYTE_ORDER_MARK);
    let _infallible = write!(table, "{head}\r\n");
    for row in rows {
        let _infallible = write!(table, "{row}\r\n");
    }
    table
}

fn cell(value: Option<u64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}
