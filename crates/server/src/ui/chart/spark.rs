//! A budget's course in the size of a word.

use maud::{Markup, html};

use super::path::{line, runs, short};
use super::scale::Linear;

const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 32.0;

/// What was left of a budget, evenly spaced, oldest first. It repeats what stands beside it, so it
/// is hidden from screen readers.
pub fn draw(values: &[Option<f64>]) -> Markup {
    let known = || values.iter().copied().flatten();
    let low = known().fold(0.0, f64::min);
    let x = Linear::new(
        (0.0, values.len().saturating_sub(1) as f64),
        (2.0, WIDTH - 4.0),
    );
    let y = Linear::new((low, 1.0), (HEIGHT - 3.0, 3.0));
    let runs = runs(
        values
            .iter()
            .enumerate()
            .map(|(place, value)| value.map(|value| (x.place(place as f64), y.place(value)))),
    );
    let last = runs.last().and_then(|run| run.last()).copied();
    let is_over = known().last().is_some_and(|value| value <= 0.0);
    html! {
        svg.spark viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) preserveAspectRatio="none" aria-hidden="true"
            focusable="false" {
            line.zero x1="0" x2=(WIDTH) y1=(short(y.place(0.0))) y2=(short(y.place(0.0))) {}
            path.spark-line d=(line(&runs)) {}
            @if let Some((x, y)) = last {
                path class=(if is_over { "spark-end is-over" } else { "spark-end" })
                    d=(format!("M{} {}h0", short(x), short(y))) {}
            }
        }
    }
}
