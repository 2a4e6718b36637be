//! What a chart with zoom and hover asks for.

use std::sync::Arc;

use tomoni_app::detail::{self, Details, History, Kind, NotASeries, Range};
use tomoni_app::world::{Standing, World};
use tomoni_app::{AppError, beside};
use tomoni_ledger::{Events, MINUTE_S, Minute};
use tomoni_slo::{Replay, Severity};

use super::edition;
use crate::ui::series::{Series, SeriesSpan};

/// Figures over time; what is not given is the objective's window in about 300 steps. The inner
/// error says what is wrong with the question.
///
/// # Errors
///
/// When the store cannot be read.
pub async fn series(
    details: &Details,
    world: &World,
    standing: &Arc<Standing>,
    from: Option<Minute>,
    to: Option<Minute>,
    step_s: Option<i64>,
) -> Result<Result<Series, NotASeries>, AppError> {
    let promise = standing.promise();
    let range = match Range::new(&standing.measures.figures, from, to, step_s) {
        Ok(range) => range,
        Err(error) => return Ok(Err(error)),
    };
    let history = details.of_range(promise, &range, edition(world)).await?;
    let standing = Arc::clone(standing);
    let work = move || drawn(&history, &standing, &range).map(Ok);
    beside(work).await
}

fn drawn(history: &History, standing: &Standing, range: &Range) -> Result<Series, AppError> {
    let promise = standing.promise();
    let objective = &promise.objective;
    let replay = Replay::new(&history.series, objective, range.steps.span())?;
    let columns = detail::series(&replay, range)?;
    let happened = detail::happened(
        history,
        &standing.slo.value.exclusions,
        &replay,
        range.steps.span(),
        standing.backfill.is_some(),
    )?;
    let spans = happened.into_iter().map(|happened| SeriesSpan {
        kind: kind(happened.kind),
        from: happened.span.after.end_s(),
        until: happened.span.until.end_s(),
        note: happened.note,
    });
    let events = |column: Vec<Option<Events>>| {
        let numbers = column.into_iter().map(|events| events.map(Events::as_f64));
        numbers.collect()
    };
    Ok(Series {
        slo: standing.slo.value.name.clone(),
        objective: standing.index + 1,
        target: promise.objective.target.fraction(),
        step: range.steps.minutes() * MINUTE_S,
        t: columns.at.iter().map(|at| at.end_s()).collect(),
        remaining: columns.remaining,
        sli: columns.sli,
        is_partial: columns.is_partial,
        bad: events(columns.bad),
        total: events(columns.total),
        spans: spans.collect(),
    })
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Gap => "gap",
        Kind::Exclusion => "exclusion",
        Kind::Backfill => "backfill",
        Kind::Alert(Severity::Ticket) => "ticket",
        Kind::Alert(Severity::Page) => "page",
    }
}
