//! The minutes that a number came from.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use tomoni_app::detail::{self, Details, History, MinuteOf, day_span};
use tomoni_app::world::{Standing, World};
use tomoni_app::{AppError, beside};
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
    standing: &Arc<Standing>,
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
    let starts = history.series.extent();
    let rows = minutes_of(history, standing, ended).await?;
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

/// The minutes of a span, worked out beside the threads that answer requests.
///
/// # Errors
///
/// When the history lacks some of them.
pub(crate) async fn minutes_of(
    history: Arc<History>,
    standing: &Arc<Standing>,
    span: Span,
) -> Result<Vec<MinuteOf>, AppError> {
    let standing = Arc::clone(standing);
    let work = move || detail::minutes(&history, &standing.promise().objective, span);
    Ok(beside(work).await?)
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
