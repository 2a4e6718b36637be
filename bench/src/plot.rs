//! A cost against a size, both by powers of ten, as SVG: a straight line upward is linear.

use std::fmt::Write as _;

/// One picture: a heading with its unit, and what was measured at each size.
#[derive(Clone, Debug)]
pub struct Panel {
    /// What was measured, with its unit.
    pub heading: String,
    /// Size and cost.
    pub points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 56.0;
const TOP: f64 = 40.0;
const RIGHT: f64 = 14.0;
const BOTTOM: f64 = 44.0;

/// Pictures side by side. The dashed line is what a cost would be that grows as the size does, from
/// the largest size downward.
pub fn svg(panels: &[Panel], across: &str) -> String {
    let width = WIDTH * panels.len() as f64;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"11\">\n\
         <rect width=\"{width}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n"
    );
    for (panel, number) in panels.iter().zip(0..) {
        let _ = writeln!(
            text,
            "<g transform=\"translate({} 0)\">\n{}</g>",
            WIDTH * f64::from(number),
            draw(panel, across)
        );
    }
    text + "</svg>\n"
}

/// Powers of ten that hold all values.
fn decades(values: impl Iterator<Item = f64>) -> (i32, i32) {
    let logs: Vec<f64> = values.filter(|v| *v > 0.0).map(f64::log10).collect();
    let least = logs.iter().copied().fold(f64::INFINITY, f64::min);
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if logs.is_empty() {
        return (0, 1);
    }
    let least = least.floor() as i32;
    (least, (most.ceil() as i32).max(least + 1))
}

fn draw(panel: &Panel, across: &str) -> String {
    let (x0, x1) = decades(panel.points.iter().map(|p| p.0));
    let (y0, y1) = decades(panel.points.iter().map(|p| p.1));
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    let x = |v: f64| LEFT + (v.log10() - f64::from(x0)) / f64::from(x1 - x0) * (right - LEFT);
    let y = |v: f64| bottom - (v.log10() - f64::from(y0)) / f64::from(y1 - y0) * (bottom - TOP);
    let mut text = String::new();
    let _ = writeln!(
        text,
        "<text x=\"{LEFT}\" y=\"20\" font-weight=\"bold\">{}</text>\n\
         <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{across}</text>",
        panel.heading,
        (LEFT + right) / 2.0,
        HEIGHT - 10.0
    );
    for power in x0..=x1 {
        let (at, value) = (x(10_f64.powi(power)), 10_f64.powi(power));
        let _ = writeln!(
            text,
            "<path d=\"M{at:.1} {TOP}V{bottom}\" stroke=\"#ddd\"/>\
             <text x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{value}</text>",
            bottom + 15.0
        );
    }
    for power in y0..=y1 {
        let (at, value) = (y(10_f64.powi(power)), 10_f64.powi(power));
        let _ = writeln!(
            text,
            "<path d=\"M{LEFT} {at:.1}H{right}\" stroke=\"#ddd\"/>\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{value}</text>",
            LEFT - 6.0,
            at + 4.0
        );
    }
    let points: Vec<&(f64, f64)> = panel.points.iter().filter(|p| p.1 > 0.0).collect();
    if let (Some(first), Some(last)) = (points.first(), points.last()) {
        // Down to where the picture ends.
        let size = (last.0 / last.1 * 10_f64.powi(y0)).max(first.0);
        let _ = writeln!(
            text,
            "<path d=\"M{:.1} {:.1}L{:.1} {:.1}\" stroke=\"#999\" stroke-dasharray=\"4 4\"/>",
            x(last.0),
            y(last.1),
            x(size),
            y(last.1 * size / last.0)
        );
    }
    let line: Vec<String> = points
        .iter()
        .map(|p| format!("{:.1} {:.1}", x(p.0), y(p.1)))
        .collect();
    let _ = writeln!(
        text,
        "<path d=\"M{}\" fill=\"none\" stroke=\"#1f5fbf\" stroke-width=\"2\"/>",
        line.join("L")
    );
    for p in points {
        let (cx, cy) = (x(p.0), y(p.1));
        let _ = writeln!(
            text,
            "<circle cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"3.5\" fill=\"#1f5fbf\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            cx - 6.0,
            cy - 6.0,
            short(p.1)
        );
    }
    text
}

/// Three digits at most behind which nobody looks.
fn short(value: f64) -> String {
    match value {
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_linear_lies_on_the_dashed_line() {
        let panel = Panel {
            heading: "ms".into(),
            points: vec![(10.0, 1.0), (100.0, 10.0), (1_000.0, 100.0)],
        };
        let text = svg(&[panel], "SLOs");
        assert!(
            text.contains("M286.0 40.0L56.0 216.0\" stroke=\"#999\""),
            "{text}"
        );
        assert!(
            text.contains("M56.0 216.0L171.0 128.0L286.0 40.0\" fill"),
            "{text}"
        );
    }

    #[test]
    fn decades_hold_all_values() {
        assert_eq!(decades([3.0, 950.0].into_iter()), (0, 3));
        assert_eq!(decades([100.0].into_iter()), (2, 3));
        assert_eq!(decades([0.0].into_iter()), (0, 1));
    }
}
