//! A day's minutes as a grid: a row for each hour, a cell for each minute.

use maud::{Markup, html};

use super::frame::Frame;
use super::path::short;
use crate::ui::context::Context;
use crate::ui::view::{MinuteFact, MinuteRow, Minutes};

const LEFT: f64 = 52.0;
const CELL: (f64, f64) = (11.0, 14.0);
const TOP: f64 = 22.0;
const MINUTES: f64 = 60.0;

/// The picture. `id` is unique on the page.
pub fn draw(minutes: &Minutes, context: &Context, id: &str) -> Markup {
    let times = context.times();
    let messages = context.messages();
    // The offset at the day's first minute holds for all rows: where a clock is put back, an hour
    // that comes twice gets two rows.
    let offset = minutes
        .rows
        .first()
        .map_or(0, |row| times.zone.to_offset(row.end).seconds());
    let local = |row: &MinuteRow| start_s(row) + i64::from(offset);
    let hours: Vec<&[MinuteRow]> = minutes
        .rows
        .chunk_by(|a, b| local(a).div_euclid(3_600) == local(b).div_euclid(3_600))
        .collect();
    let (width, bottom) = (
        LEFT + MINUTES * CELL.0 + 4.0,
        TOP + hours.len() as f64 * CELL.1,
    );
    let (title, text) = (format!("{id}-t"), format!("{id}-d"));
    html! {
        svg.minutes-grid viewBox=(format!("0 0 {width} {}", bottom + 4.0)) role="img"
            aria-labelledby=(format!("{title} {text}")) {
            title id=(title) { (messages.minutes_grid()) }
            desc id=(text) { (messages.minutes_grid_told()) }
            (Frame::patterns(id))
            @for minute in [0_u8, 15, 30, 45] {
                text.tick x=(LEFT + f64::from(minute) * CELL.0) y="14" { (format!(":{minute:02}")) }
            }
            @for (row, hour) in hours.iter().enumerate() {
                @let y = TOP + row as f64 * CELL.1;
                @if let Some(first) = hour.first() {
                    text.tick x=(LEFT - 8.0) y=(y + 11.0) text-anchor="end" {
                        (times.clock(first.end - jiff::SignedDuration::from_mins(1)))
                    }
                }
                @for run in hour.chunk_by(|a, b| class(a, minutes.target) == class(b, minutes.target)) {
                    @if let Some(first) = run.first() {
                        @let x = LEFT + (local(first).rem_euclid(3_600) / 60) as f64 * CELL.0;
                        @let width = run.len() as f64 * CELL.0 - 1.0;
                        @match fill(first, id) {
                            Some(pattern) => {
                                rect.edge x=(short(x)) y=(y) width=(short(width))
                                    height=(CELL.1 - 2.0) fill=(pattern) {}
                            }
                            None => {
                                rect class=(class(first, minutes.target)) x=(short(x)) y=(y)
                                    width=(short(width)) height=(CELL.1 - 2.0) {}
                            }
                        }
                    }
                }
            }
        }
    }
}

fn start_s(row: &MinuteRow) -> i64 {
    row.end.as_second() - 60
}

/// What cannot be told by a tint is told by a pattern.
fn fill(row: &MinuteRow, id: &str) -> Option<String> {
    match row.fact {
        _ if row.is_excluded => Some(format!("url(#{id}-dots)")),
        MinuteFact::Unknown | MinuteFact::Invalid => Some(format!("url(#{id}-hatch)")),
        MinuteFact::Counts { .. } => None,
    }
}

/// A minute's class: by what it spent, as a multiple of what it was allowed to.
fn class(row: &MinuteRow, target: f64) -> &'static str {
    match row.fact {
        _ if row.is_excluded => "cell-excluded",
        MinuteFact::Unknown | MinuteFact::Invalid => "cell-unknown",
        MinuteFact::Counts { total, .. } if total <= 0.0 => "cell-quiet",
        MinuteFact::Counts { bad, .. } if bad <= 0.0 => "cell-good",
        MinuteFact::Counts { bad, total } => match bad / total / (1.0 - target) {
            burn if burn < 1.0 => "cell-bad-0",
            burn if burn < 6.0 => "cell-bad-1",
            burn if burn < 14.4 => "cell-bad-2",
            _ => "cell-bad-3",
        },
    }
}
