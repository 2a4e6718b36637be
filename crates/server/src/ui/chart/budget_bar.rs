//! A budget as a bar: what is left to the right of its zero line, what is overspent to the left.
//!
//! The zero line stands at the same place in every bar, so that down a list the eye finds at once
//! who has crossed it.

use maud::{Markup, html};
use tomoni_slo::State;

use super::path::short;

const WIDTH: f64 = 200.0;
const HEIGHT: f64 = 14.0;
const ZERO: f64 = 50.0;

/// The bar of a budget of which `remaining` (a fraction) is left. It repeats the figure beside it,
/// so it is hidden from screen readers.
pub fn draw(remaining: Option<f64>, state: State) -> Markup {
    let room = WIDTH - ZERO;
    html! {
        svg.budget-bar viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) preserveAspectRatio="none"
            aria-hidden="true" focusable="false" {
            rect.bar-room x=(ZERO) y="2" width=(room) height=(HEIGHT - 4.0) {}
            @match remaining {
                Some(left) if left >= 0.0 => {
                    rect class=(class(state)) x=(ZERO) y="2" height=(HEIGHT - 4.0)
                        width=(short((left.min(1.0) * room).max(0.5))) {}
                }
                Some(left) => {
                    // A bar that overspends by more than its room ends in an arrow.
                    @let width = (-left * room).min(ZERO - 2.0);
                    @let is_cut = -left * room > ZERO - 2.0;
                    rect.bar-over x=(short(ZERO - width)) y="2" width=(short(width))
                        height=(HEIGHT - 4.0) {}
                    @if is_cut { path.bar-cut d="M9 0L2 7L9 14Z" {} }
                }
                None => {}
            }
            line.bar-zero x1=(ZERO) x2=(ZERO) y1="0" y2=(HEIGHT) {}
        }
    }
}

const fn class(state: State) -> &'static str {
    match state {
        State::Ok => "bar-ok",
        State::AtRisk => "bar-risk",
        State::Exhausted => "bar-over",
        State::Partial | State::NoTraffic | State::NoData => "bar-unsure",
    }
}
