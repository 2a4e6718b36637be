//! How many objectives are in which state, as one bar.

use maud::{Markup, html};

use super::icon::class;
use super::path::short;
use crate::ui::view::StateCounts;

const WIDTH: f64 = 400.0;
const GAP: f64 = 2.0;

/// The bar. The figures stand beside it, so it is hidden from screen readers.
pub fn draw(counts: &StateCounts) -> Markup {
    let all = counts.all().max(1) as f64;
    let mut x = 0.0;
    let mut parts = Vec::new();
    for (state, count) in counts.worst_first() {
        if count > 0 {
            let width = WIDTH * count as f64 / all;
            let gap = if x + width < WIDTH - 0.5 { GAP } else { 0.0 };
            parts.push((state, x, (width - gap).max(1.0)));
            x += width;
        }
    }
    html! {
        svg.states-bar viewBox=(format!("0 0 {WIDTH} 10")) preserveAspectRatio="none"
            aria-hidden="true" focusable="false" {
            @for (state, x, width) in parts {
                rect class=(format!("part {}", class(state))) x=(short(x)) y="0"
                    width=(short(width)) height="10" {}
            }
        }
    }
}
