//! What spent the budget: days, hours, minutes.

use std::cmp::Ordering;

use tomoni_ledger::{Events, Minute, NotLoaded, Series, Span};
use tomoni_slo::{Figures, Objective, evaluate};

use super::minutes::span_row;
use super::report::{Spending, SpentRow};
use crate::status::{Count, part, spent, spent_by_day};

/// How many of the worst hours and minutes are listed.
const WORST_MAX: usize = 5;
const HOUR_MINUTES: i64 = 60;

pub(super) fn of(
    series: &Series,
    objective: &Objective,
    figures: &Figures,
) -> Result<Spending, NotLoaded> {
    let window = figures.window;
    let mut days = Vec::new();
    for (day, share) in spent_by_day(series, objective, figures) {
        let span = day.span().intersection(window);
        days.push(row(series, objective, span, share)?);
    }
    // A slice spends where it ends, so a part that is no whole slice tells little.
    let width = objective.method.width_minutes().unwrap_or(1);
    let hours = if HOUR_MINUTES % width == 0 {
        worst(series, objective, figures, HOUR_MINUTES)?
    } else {
        Vec::new()
    };
    let minutes = if width == 1 {
        worst_minutes(series, objective, figures)?
    } else {
        Vec::new()
    };
    Ok(Spending {
        days,
        hours,
        minutes,
    })
}

fn row(
    series: &Series,
    objective: &Objective,
    span: Span,
    share_of_budget: Option<f64>,
) -> Result<SpentRow, NotLoaded> {
    let figures = evaluate(series, &part(objective, span), span.until)?;
    let known = |events: Events| (figures.known_minutes > 0).then_some(Count(events));
    Ok(SpentRow {
        span: span_row(span),
        bad: known(figures.bad),
        total: known(figures.total),
        share_of_budget,
    })
}

/// The parts of the window, so many minutes long and aligned to UTC, that spent most.
fn worst(
    series: &Series,
    objective: &Objective,
    figures: &Figures,
    minutes: i64,
) -> Result<Vec<SpentRow>, NotLoaded> {
    let window = figures.window;
    let first = window.after.index().div_euclid(minutes);
    let last = (window.until - 1).index().div_euclid(minutes);
    let parts = (first..=last).map(|i| {
        let after = Minute::from_index(i * minutes);
        Span::new(after, after + minutes).intersection(window)
    });
    worst_of(series, objective, figures, parts)
}

/// Of minutes, only those with a bad event are looked at closely.
fn worst_minutes(
    series: &Series,
    objective: &Objective,
    figures: &Figures,
) -> Result<Vec<SpentRow>, NotLoaded> {
    let mut bad: Vec<(Events, Minute)> = Vec::new();
    for minute in figures.window.minutes() {
        let counts = series.fact(minute)?.counts.unwrap_or_default();
        if counts.bad > Events::ZERO && !objective.exclusions.contains(minute) {
            bad.push((counts.bad, minute));
        }
    }
    bad.sort_by(|a, b| b.cmp(a));
    bad.truncate(WORST_MAX);
    let parts = bad
        .into_iter()
        .map(|(_, minute)| Span::ending_at(minute, 1));
    worst_of(series, objective, figures, parts)
}

fn worst_of(
    series: &Series,
    objective: &Objective,
    figures: &Figures,
    parts: impl Iterator<Item = Span>,
) -> Result<Vec<SpentRow>, NotLoaded> {
    let mut spenders: Vec<(f64, Span)> = parts
        .filter_map(|span| spent(series, objective, figures, span).map(|share| (share, span)))
        .filter(|(share, _)| *share > 0.0)
        .collect();
    spenders.sort_by(|a, b| match b.0.total_cmp(&a.0) {
        Ordering::Equal => b.1.until.cmp(&a.1.until),
        unequal => unequal,
    });
    spenders.truncate(WORST_MAX);
    spenders
        .into_iter()
        .map(|(share, span)| row(series, objective, span, Some(share)))
        .collect()
}
