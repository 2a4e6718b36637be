//! One objective, with how its figures came about.

use std::sync::Arc;

use jiff::tz::TimeZone;
use tomoni_app::detail::{self, Course, DayPart, Details, Happened, History, Kind};
use tomoni_app::explain::{CountedBy, counted_by, queries};
use tomoni_app::world::{Standing, World};
use tomoni_app::{AppError, beside};
use tomoni_slo::{Method, Severity, Slot, Window};

use super::groups::{Summaries, group_of, groups};
use super::row::row;
use super::{edition, instant, key, peers, place, title};
use crate::ui::view::{
    Counting, DayRow, Explanation, GenerationNote, MethodView, Peer, RevisionNote, Row, Slo,
    SlotRow, Span, SpanKind, Timeline, TimelinePoint,
};

/// What the journal knows of an objective's past.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    /// Revisions, newest first.
    pub revisions: Vec<RevisionNote>,
    /// Generations of the SLI, newest first.
    pub generations: Vec<GenerationNote>,
}

/// `/slos/{slo}`. While the store cannot be read, the history is missing and the page says so.
///
/// # Errors
///
/// When there is a defect: minutes were asked for that were not loaded.
pub async fn slo(
    details: &Details,
    world: &World,
    standing: &Arc<Standing>,
    past: Past,
    zone: &TimeZone,
) -> Result<Slo, AppError> {
    let promise = standing.promise();
    let figures = &standing.measures.figures;
    let history = match details.of_window(promise, figures, edition(world)).await {
        Ok(history) => Some(history),
        // The outage stands on top of every page.
        Err(AppError::Store(_)) => None,
        Err(error) => return Err(error),
    };
    let told = match history {
        Some(history) => {
            let (standing, zone) = (Arc::clone(standing), zone.clone());
            Some(beside(move || told(&history, &standing, &zone)).await?)
        }
        None => None,
    };
    let (course, peers) = told.unzip();
    let of_slo = world.of_slo(&standing.slo.value.name);
    let siblings: Vec<_> = of_slo.map(|other| (key(other), title(other))).collect();
    let mut burn_rates: Vec<(i64, Option<f64>)> = standing
        .measures
        .burn_rates
        .iter()
        .map(|burn| (burn.minutes, burn.rate))
        .collect();
    // A short period scales several windows to the same minutes.
    burn_rates.dedup_by_key(|(minutes, _)| *minutes);
    Ok(Slo {
        row: Row {
            groups: Summaries::of(world).get(standing),
            ..row(world, standing)
        },
        group_of: group_of(world, standing),
        groups: groups(world, standing),
        description: standing.slo.value.description.clone(),
        siblings: if siblings.len() > 1 {
            siblings
        } else {
            Vec::new()
        },
        method: method(promise.objective.method),
        is_calendar: matches!(promise.objective.window, Window::Calendar(_)),
        window: (instant(figures.window.after), instant(figures.window.until)),
        defined_at: Some(place(&standing.slo.place)),
        burn_rates,
        slots: standing.measures.slots.iter().map(slot).collect(),
        timeline: timeline(course, standing),
        explanation: explanation(standing, peers.unwrap_or_default()),
        revisions: past.revisions,
        generations: past.generations,
    })
}

fn told(
    history: &History,
    standing: &Standing,
    zone: &TimeZone,
) -> Result<(Course, Vec<Peer>), AppError> {
    let promise = standing.promise();
    let figures = &standing.measures.figures;
    let is_backfilling = standing.backfill.is_some();
    let slo = &standing.slo.value;
    let course = detail::course(history, slo, promise, figures, is_backfilling, zone)?;
    // Of a longer window not all minutes are at hand.
    let peers = if course.shown == figures.window {
        peers::of(&course, history, standing)?
    } else {
        Vec::new()
    };
    Ok((course, peers))
}

const fn method(method: Method) -> MethodView {
    match method {
        Method::Occurrences => MethodView::Occurrences,
        Method::Timeslices {
            target,
            width_minutes,
        } => MethodView::Timeslices {
            target,
            width_minutes,
        },
        Method::RatioTimeslices { width_minutes } => MethodView::RatioTimeslices { width_minutes },
    }
}

const fn slot(slot: &Slot) -> SlotRow {
    SlotRow {
        severity: slot.severity,
        long: (slot.long.minutes, slot.long.rate),
        short: (slot.short.minutes, slot.short.rate),
        factor: slot.factor,
        holds: slot.holds,
        is_impossible: slot.is_impossible,
    }
}

fn timeline(course: Option<Course>, standing: &Standing) -> Timeline {
    let is_away = course.is_none();
    let course = course.unwrap_or_else(|| Course {
        shown: standing.measures.figures.window,
        points: Vec::new(),
        days: Vec::new(),
        happened: Vec::new(),
    });
    Timeline {
        from: instant(course.shown.after),
        until: instant(course.shown.until),
        points: course
            .points
            .iter()
            .map(|point| TimelinePoint {
                at: instant(point.at),
                remaining: point.remaining,
                sli: point.sli,
                is_partial: point.is_partial,
            })
            .collect(),
        days: course.days.iter().map(day).collect(),
        spans: course.happened.into_iter().map(span).collect(),
        is_away,
    }
}

fn day(day: &DayPart) -> DayRow {
    DayRow {
        date: day.date,
        start: instant(day.span.after),
        end: instant(day.span.until),
        bad: day.part.bad.as_f64(),
        total: day.part.total.as_f64(),
        spent: day.part.share,
        known_minutes: day.part.known_minutes,
        minutes: day.part.minutes,
    }
}

fn span(happened: Happened) -> Span {
    Span {
        kind: match happened.kind {
            Kind::Gap => SpanKind::Gap,
            Kind::Exclusion => SpanKind::Exclusion,
            Kind::Backfill => SpanKind::Backfill,
            Kind::Alert(Severity::Ticket) => SpanKind::Ticket,
            Kind::Alert(Severity::Page) => SpanKind::Page,
        },
        from: instant(happened.span.after),
        until: instant(happened.span.until),
        note: happened.note,
    }
}

fn explanation(standing: &Standing, peers: Vec<Peer>) -> Explanation {
    let promise = standing.promise();
    let figures = &standing.measures.figures;
    let queries = queries(&promise.indicator).into_iter();
    Explanation {
        counting: match counted_by(promise, figures) {
            CountedBy::RawSamples => Counting::Exact,
            CountedBy::Evaluation => Counting::Evaluated,
            CountedBy::EvaluationForSize => Counting::TooLarge,
            CountedBy::LastSample => Counting::Gauge,
            CountedBy::Push => Counting::Pushed,
        },
        source: standing.server.clone().unwrap_or_default(),
        queries: queries
            .map(|(role, query)| (role.to_owned(), query.to_owned()))
            .collect(),
        minutes: figures.minutes,
        known_minutes: figures.known_minutes,
        missing_data: promise.objective.missing_data,
        good: figures.good.as_f64(),
        bad: figures.bad.as_f64(),
        total: figures.total.as_f64(),
        weighed: (figures.basis.all - figures.basis.good, figures.basis.all),
        slices: figures
            .slices
            .map(|slices| (slices.known, slices.good, slices.all)),
        peers,
    }
}
