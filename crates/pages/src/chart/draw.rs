//! Elements of a chart. Colours are attributes, since the style of a page does not reach an image;
//! on a page the classes set them anew for light and dark.

use std::fmt::Write;

use api::calculations::CurvePoint;

use super::scale::{Axis, BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, y};
use super::{Chart, Curve};

/// Colours of the curves, distinguishable with the usual colour vision deficiencies
/// (Okabe and Ito, "Color Universal Design", 2008).
const COLOURS: [&str; Chart::MAX_CURVES] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6b5b95", "#444444",
];

/// Most points of a line; neighbours are joined beyond.
const MAX_POINTS: usize = 96;

/// Left edge of the names of several curves.
const LEGEND: f64 = RIGHT - 220.0;

/// Height of the tallest bar, as a part of the plot.
const BAR_HEIGHT: f64 = 0.4;

/// Draws a chart.
pub(super) fn svg(chart: &Chart, standalone: bool) -> String {
    let curves: Vec<(&Curve, Vec<CurvePoint>)> = chart
        .curves
        .iter()
        .take(Chart::MAX_CURVES)
        .map(|curve| (curve, thinned(&curve.shape.points)))
        .collect();
    let ends = curves.iter().filter_map(|(_, points)| points.last());
    let end = ends.map(|point| point.meso).max().unwrap_or(1);
    let axis = Axis::to(end);
    let mut svg = String::new();
    head(&mut svg, chart, standalone, end);
    grid(&mut svg, axis, chart);
    if let [(_, points)] = curves.as_slice() {
        bars(&mut svg, axis, points);
    }
    for ((curve, points), colour) in curves.iter().zip(COLOURS) {
        line(&mut svg, axis, points, colour);
        if curves.len() == 1 {
            marks(&mut svg, axis, curve, chart);
        }
    }
    if curves.len() > 1 {
        legend(&mut svg, &curves);
    }
    if let Some(budget) = chart.budget.filter(|budget| *budget <= end) {
        let x = axis.x(budget);
        put(
            &mut svg,
            format_args!(
                r##"<path class="budget" d="M{x:.1} {TOP}V{BOTTOM}" fill="none" stroke="#c00" stroke-width="1.5" stroke-dasharray="4 3"/>"##
            ),
        );
    }
    svg.push_str("</svg>");
    svg
}

fn head(svg: &mut String, chart: &Chart, standalone: bool, end: u64) {
    let (title, description) = (escaped(&chart.title), escaped(&chart.description));
    let namespace = if standalone {
        r#" xmlns="http://www.w3.org/2000/svg""#
    } else {
        ""
    };
    put(
        svg,
        format_args!(
            r#"<svg{namespace} class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}" data-end="{end}" font-family="system-ui, sans-serif" font-size="13"><title>{title}</title><desc>{description}</desc>"#
        ),
    );
    if standalone {
        put(
            svg,
            format_args!(r##"<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>"##),
        );
    }
}

fn grid(svg: &mut String, axis: Axis, chart: &Chart) {
    for (chance, label) in [
        (0.0, "0%"),
        (0.25, "25%"),
        (0.5, "50%"),
        (0.75, "75%"),
        (1.0, "100%"),
    ] {
        let (y, x) = (y(chance), LEFT - 6.0);
        let text = y + 4.0;
        put(
            svg,
            format_args!(
                r##"<path class="grid" d="M{LEFT} {y:.1}H{RIGHT}" stroke="#ddd"/><text class="ink" x="{x}" y="{text:.1}" text-anchor="end" fill="#444">{label}</text>"##
            ),
        );
    }
    for tick in axis.ticks() {
        let (x, y, text) = (axis.x(tick), BOTTOM + 5.0, BOTTOM + 20.0);
        let label = chart.lang.meso(u128::from(tick));
        put(
            svg,
            format_args!(
                r##"<path class="grid" d="M{x:.1} {BOTTOM}V{y}" stroke="#888"/><text class="ink" x="{x:.1}" y="{text}" text-anchor="middle" fill="#444">{label}</text>"##
            ),
        );
    }
}

fn bars(svg: &mut String, axis: Axis, points: &[CurvePoint]) {
    let most = points
        .iter()
        .map(|point| point.probability)
        .fold(0.0, f64::max);
    if most <= 0.0 {
        return;
    }
    let mut path = String::new();
    let mut left = axis.x(0);
    for point in points {
        let right = axis.x(point.meso);
        let top = y(point.probability / most * BAR_HEIGHT);
        put(
            &mut path,
            format_args!("M{left:.1} {BOTTOM}V{top:.1}H{right:.1}V{BOTTOM}"),
        );
        left = right;
    }
    put(
        svg,
        format_args!(r##"<path class="bars" d="{path}" fill="#b9d4e8"/>"##),
    );
}

fn line(svg: &mut String, axis: Axis, points: &[CurvePoint], colour: &str) {
    let mut path = format!("M{LEFT} {BOTTOM}");
    for point in points {
        let (x, y) = (axis.x(point.meso), y(point.cumulative));
        put(&mut path, format_args!("H{x:.1}V{y:.1}"));
    }
    put(
        svg,
        format_args!(
            r#"<path class="line" d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>"#
        ),
    );
}

fn marks(svg: &mut String, axis: Axis, curve: &Curve, chart: &Chart) {
    for (label, amount) in &curve.ticks {
        let (x, label) = (axis.x(*amount), escaped(label));
        let amount = chart.lang.meso(u128::from(*amount));
        put(
            svg,
            format_args!(
                r##"<path class="tick" d="M{x:.1} {TOP}V{BOTTOM}" stroke="#0072b2" stroke-dasharray="2 4"><title>{label}: {amount}</title></path>"##
            ),
        );
    }
    // Only those names that do not touch the one before.
    let mut free_from = LEFT;
    for (label, amount) in &curve.ticks {
        let x = axis.x(*amount);
        if x < free_from {
            continue;
        }
        free_from = x + 38.0;
        let label = escaped(label);
        put(
            svg,
            format_args!(
                r##"<text class="ink" x="{x:.1}" y="{:.1}" text-anchor="middle" font-size="11" fill="#444">{label}</text>"##,
                TOP - 4.0,
            ),
        );
    }
}

fn legend(svg: &mut String, curves: &[(&Curve, Vec<CurvePoint>)]) {
    for (row, ((curve, _), colour)) in (0_u32..).zip(curves.iter().zip(COLOURS)) {
        let (y, name) = (BOTTOM - 12.0 - 20.0 * f64::from(row), escaped(&curve.name));
        let (start, end, text) = (LEGEND - 30.0, LEGEND - 6.0, LEGEND);
        put(
            svg,
            format_args!(
                r##"<path d="M{start} {y:.1}H{end}" stroke="{colour}" stroke-width="3"/><text class="ink" x="{text}" y="{:.1}" fill="#222">{name}</text>"##,
                y + 4.0,
            ),
        );
    }
}

/// Joins neighbours until at most [`MAX_POINTS`] are left.
fn thinned(points: &[CurvePoint]) -> Vec<CurvePoint> {
    let group = points.len().div_ceil(MAX_POINTS).max(1);
    let groups = points.chunks(group);
    groups
        .map(|group| CurvePoint {
            probability: group.iter().map(|point| point.probability).sum(),
            ..group[group.len() - 1]
        })
        .collect()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // Not allowed in XML 1.0.
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

fn put(to: &mut String, text: std::fmt::Arguments<'_>) {
    let _infallible = to.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use cube_probability::Method;

    use super::*;
    use crate::lang::Lang;
    use crate::words;

    /// Width of a name in the letters of a phone, which the stylesheet makes 18 units high.
    fn width(name: &str) -> f64 {
        let of = |c: char| if c.is_ascii() { 10.0 } else { 18.0 };
        name.chars().map(of).sum()
    }

    #[test]
    fn legend_has_room_for_every_method_on_a_phone() {
        for lang in Lang::ALL {
            for &method in Method::ALL {
                let name = words::method(method, lang);
                assert!(LEGEND + width(name) <= WIDTH, "{name}");
            }
        }
    }
}
