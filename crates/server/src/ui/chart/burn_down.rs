//! What was left of the budget, over time.

use maud::{Markup, html};

use super::frame::{Frame, Size};
use super::path::{area, line, runs, short};
use super::scale::{Linear, nice_ticks};
use crate::ui::context::Context;
use crate::ui::i18n::format;
use crate::ui::view::Timeline;

/// The picture, for one width. `id` is unique on the page.
pub fn draw(timeline: &Timeline, context: &Context, size: Size, id: &str) -> Markup {
    let height = if size.is_wide() { 230.0 } else { 170.0 };
    let frame = Frame::new(size, height, timeline.from, timeline.until, true);
    let known = || timeline.points.iter().filter_map(|point| point.remaining);
    let low = known().fold(0.0, f64::min);
    let high = known().fold(1.0, f64::max);
    let y = Linear::new((low, high), (frame.bottom, frame.top));
    let (ticks, _) = nice_ticks(low, high, if size.is_wide() { 5 } else { 4 });
    let zero = y.place(0.0);

    let place = |remaining: Option<f64>, at| remaining.map(|r| (frame.x.place_of(at), y.place(r)));
    let all = runs(timeline.points.iter().map(|p| place(p.remaining, p.at)));
    let whole = runs(
        timeline
            .points
            .iter()
            .map(|p| place(p.remaining.filter(|_| !p.is_partial), p.at)),
    );
    let last = all.last().and_then(|run| run.last()).copied();

    let messages = context.messages();
    let text = match (known().next(), known().next_back()) {
        (Some(first), Some(last)) => {
            messages.burn_down_told(format::share(first), format::share(last))
        }
        _ => messages.nothing_known().to_owned(),
    };
    let clip = |name: &str| format!("url(#{id}-{name})");
    let content = html! {
        (Frame::patterns(id))
        defs {
            clipPath id=(format!("{id}-above")) {
                rect x="0" y="0" width=(frame.width) height=(short(zero)) {}
            }
            clipPath id=(format!("{id}-below")) {
                rect x="0" y=(short(zero)) width=(frame.width) height=(short(frame.height)) {}
            }
        }
        (frame.backdrop(id, &timeline.spans))
        (frame.time_axis(context))
        @for tick in ticks {
            @let class = if tick == 0.0 { "zero" } else { "grid" };
            (frame.value_line(y.place(tick), &format::percent(tick, 0), class))
        }
        path.left-area d=(area(&all, zero)) clip-path=(clip("above")) {}
        path.over-area d=(area(&all, zero)) clip-path=(clip("below")) {}
        path.partial-line d=(line(&all)) {}
        path.left-line d=(line(&whole)) clip-path=(clip("above")) {}
        path.over-line d=(line(&whole)) clip-path=(clip("below")) {}
        @if let Some((x, y)) = last {
            circle.now cx=(short(x)) cy=(short(y)) r="5" {}
        }
    };
    frame.svg(id, messages.burn_down(), &text, &content)
}
