//! What spent the budget: days, hours, minutes.

use std::cmp::Ordering;

use tomoni_ledger::{Events, Minute, NotLoaded, Series, Span};
use tomoni_slo::{Figures, Objective, portion};

use super::report::{Spending, SpentRow};
use crate::span::span_row;
use crate::status::Count;

/// How many of the worst hours and minutes are listed.
const WORST_MAX: usize = 5;
const HOUR_MINUTES: i64 = 60;

pub(super) fn of(
    series: &Series,
    objective: &Objective,
    figures: &Figures,
) -> Result<Spending, NotLoaded> {
    let window = figures.window;
    let days = window
        .days()
        .map(|day| row(series, objective, figures, day.span().intersection(window)))
        .collect::<Result<_, _>>()?;
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
    figures: &Figures,
    span: Span,
) -> Result<SpentRow, NotLoaded> {
    let part = portion(series, objective, figures, span)?;
    let known = |events: Events| (part.known_minutes > 0).then_some(Count(events));
    Ok(SpentRow {
        span: span_row(span),
        bad: known(part.bad),
        total: known(part.total),
        share_of_budget: part.share,
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
    let mut spenders = Vec::new();
    for span in parts {
        let share = portion(series, objective, figures, span)?.share;
        spenders.extend(
            share
                .filter(|share| *share > 0.0)
                .map(|share| (share, span)),
        );
    }
    spenders.sort_by(|a, b| match b.0.total_cmp(&a.0) {
        Ordering::Equal => b.1.until.cmp(&a.1.until),
        unequal => unequal,
    });
    spenders.truncate(WORST_MAX);
    let worst = spenders.into_iter();
    worst
        .map(|(_, span)| row(series, objective, figures, span))
        .collect()
}
