//! The minutes that a number came from.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use tomoni_app::AppError;
use tomoni_app::detail::{self, Details, MinuteOf, day_span};
use tomoni_app::world::{Standing, World};
use tomoni_ledger::{Marks, Span};

use super::{edition, instant, key, service_named, title};
use crate::ui::view::{MinuteFact, MinuteRow, Minutes};

/// `/slos/{slo}/minutes`: a day in the viewer's zone, by default the last one. `None` when there is
/// no such day in that zone, or it lies ahead.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn minutes(
    details: &Details,
    world: &World,
    standing: &Standing,
    day: Option<Date>,
    zone: &TimeZone,
    is_all: bool,
) -> Result<Option<Minutes>, AppError> {
    let promise = standing.promise();
    let today = instant(standing.end - 1)
        .to_zoned_datetime(zone.clone())
        .date();
    let day = day.unwrap_or(today);
    let Some(span) = day_span(day, zone).filter(|span| span.after < standing.end) else {
        return Ok(None);
    };
    let ended = Span::new(span.after, span.until.min(standing.end));
    let history = details.of_span(promise, ended, edition(world)).await?;
    let rows = detail::minutes(&history, &promise.objective, ended)?;
    let starts = history.series.extent();
    Ok(Some(Minutes {
        key: key(standing),
        title: title(standing),
        service: service_named(&world.catalog, &standing.slo.value.service),
        target: promise.objective.target.fraction(),
        day,
        previous: day.yesterday().ok().filter(|_| starts.after < span.after),
        next: day.tomorrow().ok().filter(|_| span.until < standing.end),
        rows: rows.iter().map(row).collect(),
        is_all,
    }))
}

fn row(minute: &MinuteOf) -> MinuteRow {
    let marks = minute.fact.marks;
    let fact = match minute.fact.counts {
        Some(counts) => MinuteFact::Counts {
            bad: counts.bad.as_f64(),
            total: counts.total.as_f64(),
        },
        None if marks.has(Marks::INVALID) => MinuteFact::Invalid,
        None => MinuteFact::Unknown,
    };
    MinuteRow {
        end: instant(minute.end),
        fact,
        is_excluded: minute.is_excluded,
        is_approximate: marks.has(Marks::APPROXIMATE),
        is_clamped: marks.has(Marks::CLAMPED),
        is_closed: minute.is_closed,
    }
}
