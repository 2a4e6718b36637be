//! What happened, on the pictures' axis of time: a lane for each kind of thing.

use maud::{Markup, html};

use super::frame::{Frame, Size};
use super::path::short;
use crate::ui::context::Context;
use crate::ui::view::{Span, SpanKind, Timeline};

const LANE_HEIGHT: f64 = 24.0;
const BAR_HEIGHT: f64 = 12.0;

/// The lanes from top to bottom.
const LANES: [SpanKind; 7] = [
    SpanKind::Page,
    SpanKind::Ticket,
    SpanKind::Revision,
    SpanKind::Generation,
    SpanKind::Exclusion,
    SpanKind::Gap,
    SpanKind::Backfill,
];

/// The picture, for one width; `None` when nothing happened. `id` is unique on the page.
pub fn draw(timeline: &Timeline, context: &Context, size: Size, id: &str) -> Option<Markup> {
    let of = |kind: SpanKind| timeline.spans.iter().filter(move |span| span.kind == kind);
    let lanes: Vec<SpanKind> = LANES
        .into_iter()
        .filter(|kind| of(*kind).count() > 0)
        .collect();
    if lanes.is_empty() {
        return None;
    }
    let height = lanes.len() as f64 * LANE_HEIGHT;
    let frame = Frame::new(size, height, timeline.from, timeline.until, true);
    let messages = context.messages();
    let content = html! {
        (Frame::patterns(id))
        (frame.time_axis(context))
        @for (place, kind) in lanes.iter().enumerate() {
            @let middle = frame.top + (place as f64 + 0.5) * LANE_HEIGHT;
            line.lane x1=(frame.left) x2=(frame.right) y1=(middle) y2=(middle) {}
            text.tick x=(frame.left - 8.0) y=(middle + 4.5) text-anchor="end" {
                (messages.span_kind(*kind))
            }
            @for span in of(*kind) { (mark(&frame, span, middle, id)) }
        }
    };
    let text = messages.lanes_told(timeline.spans.len());
    Some(frame.svg(id, messages.happened(), &text, &content))
}

fn mark(frame: &Frame, span: &Span, middle: f64, id: &str) -> Markup {
    let Some((x, width)) = frame.extent(span, 4.0) else {
        return html! {};
    };
    let (y, width) = (middle - BAR_HEIGHT / 2.0, short(width));
    html! {
        @match span.kind {
            SpanKind::Generation | SpanKind::Revision => {
                @let size = BAR_HEIGHT / 2.0 + 1.0;
                path.turn-mark d=(format!(
                    "M{} {middle}l{size} -{size}l{size} {size}l-{size} {size}Z", short(x - size))) {}
            }
            SpanKind::Page => {
                rect.page-mark x=(short(x)) y=(y) width=(width) height=(BAR_HEIGHT) rx="2" {}
            }
            SpanKind::Ticket => {
                rect.ticket-mark x=(short(x)) y=(y) width=(width) height=(BAR_HEIGHT) rx="2" {}
            }
            SpanKind::Exclusion => {
                rect.edge x=(short(x)) y=(y) width=(width) height=(BAR_HEIGHT)
                    fill=(format!("url(#{id}-dots)")) {}
            }
            SpanKind::Gap | SpanKind::Backfill => {
                rect.edge x=(short(x)) y=(y) width=(width) height=(BAR_HEIGHT)
                    fill=(format!("url(#{id}-hatch)")) {}
            }
        }
    }
}
