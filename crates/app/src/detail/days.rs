//! What each day of a zone contributed to a window's figures.

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tomoni_ledger::{Minute, NotLoaded, Span};
use tomoni_slo::{Figures, Portion, Replay};

/// What a day contributed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayPart {
    /// The date in the zone.
    pub date: Date,
    /// All minutes of the day: 23, 24 or 25 hours.
    pub span: Span,
    /// What those of them that are shown contributed to the window's figures.
    pub part: Portion,
}

/// The minutes of a day in a zone; `None` when that zone has no such day, or nobody can say when it
/// is. A day begins with the first minute that ends after its midnight.
pub fn day_span(date: Date, zone: &TimeZone) -> Option<Span> {
    let midnight = |date: Date| {
        let zoned = date.to_zoned_datetime(zone.clone()).ok()?;
        Some(Minute::ended_by_ms(zoned.timestamp().as_millisecond()))
    };
    let span = Span::new(midnight(date)?, midnight(date.checked_add(1.day()).ok()?)?);
    (!span.is_empty()).then_some(span)
}

/// What each day of a zone contributed to the window of these figures, oldest first; of what is not
/// to be shown nothing. The parts make up the window when all of it is shown.
///
/// # Errors
///
/// When minutes of these days are not loaded.
pub fn days(
    replay: &Replay<'_>,
    figures: &Figures,
    shown: Span,
    zone: &TimeZone,
) -> Result<Vec<DayPart>, NotLoaded> {
    let mut days = Vec::new();
    if shown.is_empty() {
        return Ok(days);
    }
    let date_of = |minute: Minute| {
        super::minutes::instant(minute - 1)
            .to_zoned_datetime(zone.clone())
            .date()
    };
    let (mut date, last) = (date_of(shown.after + 1), date_of(shown.until));
    while date <= last {
        if let Some(span) = day_span(date, zone) {
            let part = replay.portion(figures, span.intersection(shown))?;
            if !span.intersection(shown).is_empty() {
                days.push(DayPart { date, span, part });
            }
        }
        match date.tomorrow() {
            Ok(tomorrow) => date = tomorrow,
            Err(_) => break,
        }
    }
    Ok(days)
}
