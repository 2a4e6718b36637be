//! What `tomoni explain` answers: how figures came about, down to the minutes.

mod arithmetic;
mod counting;
mod minutes;
mod report;
mod spending;

use std::slice;

use tomoni_ledger::{Minute, NotLoaded};
use tomoni_slo::{Figures, Method, Objective, Peer, Window, burn_rates, minutes_text, slots};
use tomoni_sources::prometheus::Observation;

pub use crate::span::SpanRow;
pub use counting::{CountedBy, counted_by, queries};
pub use report::{
    BurnRow, CountingRow, CoverageRow, ExclusionRow, Explanation, Explanations, Gaps, MinuteRow,
    QueryRow, SeriesRow, SeveritySlot, SlicesRow, Spending, SpentRow, Step, WindowRow,
};

use crate::detail::History;
use crate::error::AppError;
use crate::peers::peers;
use crate::refresh::Ledger;
use crate::select::{self, Chosen};
use crate::status::{Count, Sources, figures_of, grouped, row, slot_rows};
use crate::world::Standing;
use crate::{findings, instant};

/// What is to be explained.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The SLO's name.
    pub slo: &'a str,
    /// Which of its objectives, counted from 0; all when it is not said.
    pub objective: Option<usize>,
    /// How many minutes are listed, up to the window's end; none when it is not said.
    pub minutes: Option<usize>,
    /// The one peer that is asked; all of them when it is not said.
    pub peer: Option<Peer>,
}

/// Brings the SLO's ledgers up to date and tells how its figures came about.
///
/// # Errors
///
/// When there is no such SLO or objective, the store cannot be used, or nothing at all is known.
pub async fn explain(
    sources: &Sources<'_>,
    question: Question<'_>,
) -> Result<Explanations, AppError> {
    // Which groups there are need only be asked where one is meant.
    let documents = sources.documents.catalog.slos.iter();
    let mut documents = documents.map(|slo| &slo.value.name);
    let of = match question.slo.split_once(':') {
        Some((of, _)) if !documents.any(|name| name == question.slo) => Some(of),
        _ => None,
    };
    let grouped = grouped(sources, |slo| of == Some(slo.name.as_str())).await?;
    let chosen = select::named(&grouped.catalog, question.slo, question.objective)?;
    let ledgers = sources.refresh(&chosen, true).await?;
    let mut objectives = Vec::new();
    let mut figures = Vec::new();
    for chosen in &chosen {
        let ledger = ledgers.get(&chosen.promise.key);
        let of_one = figures_of(*chosen, ledger, sources.at())?;
        objectives.push(one(*chosen, ledger, &of_one, sources.at(), question)?);
        figures.push((*chosen, ledger, of_one));
    }
    let findings = findings::of(
        figures
            .iter()
            .map(|(chosen, ledger, f)| (*chosen, ledger.reports(), f)),
    );
    Ok(Explanations {
        at: instant::of_minute(sources.at()),
        objectives,
        findings,
    })
}

/// Tells how figures came about that are drawn already: as [`explain()`] would, asking nobody.
///
/// # Errors
///
/// When the history lacks minutes of the window ([`Details::of_explanation`] has them).
///
/// [`Details::of_explanation`]: crate::detail::Details::of_explanation
pub fn of_standing(standing: &Standing, history: &History) -> Result<Explanation, NotLoaded> {
    let ledger = Ledger {
        series: history.series.clone(),
        settled: history.settled.clone(),
        watermark: standing.watermark,
        server: standing.server.clone(),
        failures: standing.failures.clone(),
        seen: standing.seen.clone(),
        ..Ledger::default()
    };
    let figures = &standing.measures.figures;
    let question = Question {
        slo: &standing.slo.value.name,
        objective: None,
        minutes: None,
        peer: None,
    };
    one(standing.chosen(), &ledger, figures, standing.end, question)
}

fn one(
    chosen: Chosen<'_>,
    ledger: &Ledger,
    figures: &Figures,
    at: Minute,
    question: Question<'_>,
) -> Result<Explanation, NotLoaded> {
    let objective = &chosen.promise.objective;
    let series = &ledger.series;
    Ok(Explanation {
        figures: row(chosen, ledger, figures, at)?,
        description: chosen.slo.value.description.clone(),
        window: window(&objective.window, figures),
        counting: counting::row(chosen.promise, ledger, figures),
        slices: slices(objective, figures),
        coverage: minutes::coverage(ledger, objective, figures)?,
        exclusions: minutes::exclusions(&chosen.slo.value.exclusions, figures.window),
        series: seen(ledger),
        arithmetic: arithmetic::steps(objective, figures),
        spending: spending::of(series, objective, figures)?,
        burn_rates: burns(ledger, chosen, at)?,
        slots: severity_slots(ledger, chosen, at)?,
        peers: peers(
            question.peer.as_ref().map_or(&Peer::ALL, slice::from_ref),
            (series, chosen.promise),
            figures,
        )?,
        minutes: question
            .minutes
            .map(|count| minutes::list(series, objective, figures.window, count))
            .transpose()?,
    })
}

fn window(window: &Window, figures: &Figures) -> WindowRow {
    let ends = [
        figures.window.after,
        figures.window.until,
        figures.whole_window.until,
    ];
    let [from, until, whole_until] = ends.map(instant::of_minute);
    let zone = match window {
        Window::Rolling { .. } => None,
        Window::Calendar(calendar) => Some(&calendar.zone),
    };
    WindowRow {
        text: window.to_string(),
        kind: if zone.is_some() {
            "calendar"
        } else {
            "rolling"
        },
        from,
        until,
        whole_until,
        zone: zone.and_then(|zone| zone.iana_name().map(str::to_owned)),
        local: zone.map(|zone| ends.map(|minute| instant::local(minute, zone))),
        minutes: figures.window.len(),
    }
}

fn slices(objective: &Objective, figures: &Figures) -> Option<SlicesRow> {
    let slices = figures.slices?;
    Some(SlicesRow {
        width_minutes: objective.method.width_minutes()?,
        target: match objective.method {
            Method::Timeslices { target, .. } => Some(target),
            Method::Occurrences | Method::RatioTimeslices { .. } => None,
        },
        all: slices.all,
        known: slices.known,
        good: slices.good,
        with_traffic: slices.with_traffic,
    })
}

fn burns(ledger: &Ledger, chosen: Chosen<'_>, at: Minute) -> Result<Vec<BurnRow>, NotLoaded> {
    let end = ledger.watermark.unwrap_or(at);
    let rates = burn_rates(&ledger.series, &chosen.promise.objective, end)?;
    let rows = rates.iter().map(|rate| {
        let is_known = rate.coverage.is_some_and(|coverage| coverage > 0.0);
        BurnRow {
            window: minutes_text(rate.minutes),
            bad: is_known.then_some(Count(rate.bad)),
            total: is_known.then_some(Count(rate.total)),
            rate: rate.rate,
            one_failure: rate.one_failure,
            lacks_coverage: rate.lacks_coverage,
        }
    });
    Ok(rows.collect())
}

fn severity_slots(
    ledger: &Ledger,
    chosen: Chosen<'_>,
    at: Minute,
) -> Result<Vec<SeveritySlot>, NotLoaded> {
    let end = ledger.watermark.unwrap_or(at);
    let slots = slots(&ledger.series, &chosen.promise.objective, end)?;
    let rows = slot_rows(slots.iter());
    let named = slots.iter().zip(rows).map(|(slot, row)| SeveritySlot {
        severity: slot.severity.as_str(),
        bad_min: Count(slot.bad_min),
        slot: row,
    });
    Ok(named.collect())
}

/// What this run saw of series.
fn seen(ledger: &Ledger) -> Option<SeriesRow> {
    let mut row = SeriesRow::default();
    let mut is_read = false;
    for (span, observation) in &ledger.seen {
        if let Observation::Series {
            births,
            deaths,
            resets,
            interval_ms,
        } = observation
        {
            is_read = true;
            row.read_minutes += span.len();
            row.births += births;
            row.deaths += deaths;
            row.resets += resets;
            let seconds = interval_ms.map(|ms| (ms + 500) / 1_000);
            row.interval_seconds = row.interval_seconds.max(seconds);
        }
    }
    is_read.then_some(row)
}
