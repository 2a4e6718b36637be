//! The service level against its objective, over time.

use maud::{Markup, html};

use super::frame::{Frame, Size};
use super::path::{area, line, runs, short};
use super::scale::{Linear, nice_ticks};
use crate::ui::context::Context;
use crate::ui::i18n::format;
use crate::ui::view::Timeline;

/// The share of the values' width that stays free above and below them.
const MARGIN: f64 = 0.12;

/// The picture, for one width. `id` is unique on the page.
pub fn draw(timeline: &Timeline, target: f64, context: &Context, size: Size, id: &str) -> Markup {
    let height = if size.is_wide() { 150.0 } else { 130.0 };
    let frame = Frame::new(size, height, timeline.from, timeline.until, true);
    let known = || timeline.points.iter().filter_map(|point| point.sli);
    let low = known().fold(target, f64::min);
    let high = known().fold(target, f64::max);
    let margin = ((high - low).max((1.0 - target) * 0.1)) * MARGIN;
    let (low, high) = ((low - margin).max(0.0), (high + margin).min(1.0));
    let y = Linear::new((low * 100.0, high * 100.0), (frame.bottom, frame.top));
    let (ticks, places) = nice_ticks(low * 100.0, high * 100.0, 3);
    let goal = y.place(target * 100.0);
    // The objective's own label must stay readable: a tick too near to it gives way.
    let is_clear = |tick: &f64| (y.place(*tick) - goal).abs() > 14.0;

    let all = runs(timeline.points.iter().map(|point| {
        point
            .sli
            .map(|sli| (frame.x.place_of(point.at), y.place(sli * 100.0)))
    }));
    let messages = context.messages();
    let text = match known().next_back() {
        Some(last) => {
            messages.level_told(format::service_level(last, target), format::target(target))
        }
        None => messages.nothing_known().to_owned(),
    };
    let content = html! {
        (Frame::patterns(id))
        defs {
            clipPath id=(format!("{id}-below")) {
                rect x="0" y=(short(goal)) width=(frame.width) height=(short(frame.height)) {}
            }
        }
        (frame.backdrop(id, &timeline.spans))
        (frame.time_axis(context))
        @for tick in ticks.iter().filter(|tick| is_clear(tick)) {
            (frame.value_line(y.place(*tick), &format!("{}%", format::decimals(*tick, places)), "grid"))
        }
        path.over-area d=(area(&all, goal)) clip-path=(format!("url(#{id}-below)")) {}
        line.goal x1=(frame.left) x2=(frame.right) y1=(short(goal)) y2=(short(goal)) {}
        text.tick.goal-label x=(frame.left - 8.0) y=(short(goal + 4.5)) text-anchor="end" {
            (format::target(target))
        }
        path.level-line d=(line(&all)) {}
    };
    frame.svg(id, messages.level_chart(), &text, &content)
}
