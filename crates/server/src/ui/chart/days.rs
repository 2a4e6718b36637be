//! Bad events of each day; each bar leads to the day's minutes.

use maud::{Markup, html};

use super::frame::{Frame, Size};
use super::path::short;
use super::scale::{Linear, nice_ticks};
use crate::ui::context::Context;
use crate::ui::i18n::format;
use crate::ui::view::{DayRow, Timeline};

/// Room above the highest bar.
const HEADROOM: f64 = 1.08;

/// The picture, for one width. `id` is unique on the page; `link` gives the address of a day.
pub fn draw(
    timeline: &Timeline,
    context: &Context,
    size: Size,
    id: &str,
    link: &dyn Fn(&DayRow) -> String,
) -> Markup {
    let height = if size.is_wide() { 110.0 } else { 100.0 };
    let frame = Frame::new(size, height, timeline.from, timeline.until, true);
    let high = timeline
        .days
        .iter()
        .fold(1.0, |high, day| day.bad.max(high))
        * HEADROOM;
    let y = Linear::new((0.0, high), (frame.bottom, frame.top));
    let (ticks, _) = nice_ticks(0.0, high, 3);
    let messages = context.messages();
    let times = context.times();
    html! {
        svg class=(size.class()) viewBox=(format!("0 0 {} {}", frame.width, frame.height))
            role="group" aria-label=(messages.bad_by_day()) {
            (Frame::patterns(id))
            (frame.backdrop(id, &timeline.spans))
            (frame.time_axis(context))
            @for tick in ticks {
                @let class = if tick == 0.0 { "zero" } else { "grid" };
                (frame.value_line(y.place(tick), &format::compact(tick, context.language), class))
            }
            @for day in &timeline.days {
                @let start = frame.x.place_of(day.start);
                @let width = (frame.x.place_of(day.end) - start).max(2.0);
                @let top = if day.bad > 0.0 { y.place(day.bad).min(frame.bottom - 2.0) } else { frame.bottom };
                @let told = messages.day_told(
                    times.long_date(day.date), format::count(day.bad), format::count(day.total));
                a href=(link(day)) tabindex="-1" aria-label=(told) {
                    title { (told) }
                    rect.reach x=(short(start)) y=(frame.top) width=(short(width))
                        height=(frame.bottom - frame.top) {}
                    rect.bad-bar x=(short(start + width * 0.12)) y=(short(top))
                        width=(short(width * 0.76)) height=(short(frame.bottom - top)) {}
                }
            }
        }
    }
}
