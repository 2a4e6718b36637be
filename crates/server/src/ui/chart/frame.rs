//! What the pictures over time share: their measures, their axes, what lies behind the line.

use jiff::Timestamp;
use maud::{Markup, html};

use super::path::short;
use super::scale::{Linear, time_ticks};
use crate::ui::context::Context;
use crate::ui::view::{Span, SpanKind};

/// For which width a picture is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Size {
    /// For a desk's or a meeting room's screen.
    Wide,
    /// For a telephone.
    Narrow,
}

impl Size {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Wide, Self::Narrow];

    /// The class by which the style shows one of the two.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Narrow => "narrow",
        }
    }

    pub(super) const fn is_wide(self) -> bool {
        matches!(self, Self::Wide)
    }
}

/// The plot's place in a picture, and its axis of time.
pub(super) struct Frame {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    pub(super) x: Linear,
    size: Size,
    from: Timestamp,
    until: Timestamp,
}

/// What one label of the time axis takes, in units of the picture.
const LABEL_WIDTH: f64 = 76.0;

impl Frame {
    /// A frame whose plot is `plot_height` high; with room for labels below where it has an axis.
    pub(super) fn new(
        size: Size,
        plot_height: f64,
        from: Timestamp,
        until: Timestamp,
        has_axis: bool,
    ) -> Self {
        let (width, left) = if size.is_wide() {
            (1_100.0, 76.0)
        } else {
            (380.0, 76.0)
        };
        let (right, top) = (width - 14.0, 12.0);
        let bottom = top + plot_height;
        let height = bottom + if has_axis { 28.0 } else { 8.0 };
        let seconds = (from.as_second() as f64, until.as_second() as f64);
        let x = Linear::new(seconds, (left, right));
        Self {
            width,
            height,
            left,
            right,
            top,
            bottom,
            x,
            size,
            from,
            until,
        }
    }

    /// The root element around a picture's content.
    pub(super) fn svg(&self, id: &str, title: &str, text: &str, content: &Markup) -> Markup {
        let (title_id, text_id) = (format!("{id}-t"), format!("{id}-d"));
        html! {
            svg class=(self.size.class()) viewBox=(format!("0 0 {} {}", self.width, self.height))
                role="img" aria-labelledby=(format!("{title_id} {text_id}")) {
                title id=(title_id) { (title) }
                desc id=(text_id) { (text) }
                (content)
            }
        }
    }

    /// Round instants below the plot, with lines up into it.
    pub(super) fn time_axis(&self, context: &Context) -> Markup {
        let room = ((self.right - self.left) / LABEL_WIDTH) as usize;
        let ticks = time_ticks(self.from, self.until, &context.times(), room);
        html! {
            @for (at, label) in ticks {
                @let x = self.x.place_of(at);
                line.grid x1=(short(x)) x2=(short(x)) y1=(self.top) y2=(self.bottom) {}
                text.tick x=(short(self.label_x(x, &label))) y=(self.bottom + 20.0)
                    text-anchor="middle" { (label) }
            }
        }
    }

    /// A label's middle, held inside the picture.
    fn label_x(&self, x: f64, label: &str) -> f64 {
        let half = label.chars().count() as f64 * 4.0;
        x.clamp(half, (self.width - half).max(half))
    }

    /// A horizontal line with its label on the left.
    pub(super) fn value_line(&self, y: f64, label: &str, class: &str) -> Markup {
        html! {
            line class=(class) x1=(self.left) x2=(self.right) y1=(short(y)) y2=(short(y)) {}
            text.tick x=(self.left - 8.0) y=(short(y + 4.5)) text-anchor="end" { (label) }
        }
    }

    /// Where a span lies, at least `width_min` wide; `None` when it lies outside.
    pub(super) fn extent(&self, span: &Span, width_min: f64) -> Option<(f64, f64)> {
        if span.until < self.from || span.from > self.until {
            return None;
        }
        let (start, end) = (self.x.place_of(span.from), self.x.place_of(span.until));
        let start = start.min(self.right - width_min);
        Some((start, (end - start).max(width_min)))
    }

    /// Patterns that fill what is unknown and what does not count.
    pub(super) fn patterns(id: &str) -> Markup {
        html! {
            defs {
                pattern id=(format!("{id}-hatch")) width="6" height="6"
                    patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect.hatch-ground width="6" height="6" {}
                    line.hatch x1="0" y1="0" x2="0" y2="6" {}
                }
                pattern id=(format!("{id}-dots")) width="6" height="6"
                    patternUnits="userSpaceOnUse" {
                    rect.dots-ground width="6" height="6" {}
                    circle.dots cx="3" cy="3" r="1.1" {}
                }
            }
        }
    }

    /// Gaps and exclusions behind the line, generations and revisions across it.
    pub(super) fn backdrop(&self, id: &str, spans: &[Span]) -> Markup {
        let height = self.bottom - self.top;
        html! {
            @for span in spans {
                @if let Some((x, width)) = self.extent(span, 1.5) {
                    @match span.kind {
                        SpanKind::Gap | SpanKind::Backfill => {
                            rect x=(short(x)) y=(self.top) width=(short(width)) height=(height)
                                fill=(format!("url(#{id}-hatch)")) {}
                        }
                        SpanKind::Exclusion => {
                            rect x=(short(x)) y=(self.top) width=(short(width)) height=(height)
                                fill=(format!("url(#{id}-dots)")) {}
                        }
                        SpanKind::Generation | SpanKind::Revision => {
                            line.turn x1=(short(x)) x2=(short(x)) y1=(self.top) y2=(self.bottom) {}
                        }
                        SpanKind::Ticket | SpanKind::Page => {}
                    }
                }
            }
        }
    }
}
