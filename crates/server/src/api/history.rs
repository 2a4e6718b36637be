//! An objective over time: series, minutes.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tomoni_app::{detail, instant};
use tomoni_ledger::{DAY_MINUTES, Fact, Marks, Minute, Span};

use super::extract::{InPath, Params};
use super::names;
use super::shapes::{MinuteEntry, MinuteList};
use crate::present;
use crate::site::limits::MINUTES_MAX;
use crate::site::{Code, Problem, ProblemBody, Site};
use crate::ui::series::Series;

/// Which objective, over which time.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Over {
    /// The objective's number, counted from 1; by default the first.
    objective: Option<usize>,
    /// After which instant it starts (RFC 3339, or how long ago: `2h`, `7d`).
    from: Option<String>,
    /// At which instant it ends; by default the last settled minute.
    to: Option<String>,
}

/// The same, in steps.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Stepped {
    /// The objective's number, counted from 1; by default the first.
    objective: Option<usize>,
    /// After which instant it starts (RFC 3339, or how long ago: `2h`, `7d`); by default with the
    /// window.
    from: Option<String>,
    /// At which instant it ends; by default the last settled minute.
    to: Option<String>,
    /// Seconds from one point to the next, a multiple of 60; by default what gives about 300.
    step: Option<i64>,
}

/// The minute that has ended at an instant that people write.
fn minute(site: &Site, name: &str, text: Option<&str>) -> Result<Option<Minute>, Problem> {
    let parse = |text: &str| {
        let at_ms = instant::parse(text, site.clock().now_ms());
        at_ms
            .map(Minute::ended_by_ms)
            .map_err(|error| Problem::new(Code::BadQuery, format!("`{name}`: {error}")))
    };
    text.map(parse).transpose()
}

/// What a chart shows: figures over time, in columns of equal length.
#[utoipa::path(
    get, path = "/api/v1/slos/{slo}/series", tag = "history",
    params(("slo" = String, Path, description = "The SLO's name."), Stepped),
    responses(
        (status = 200, body = Series, description = "Figures over time."),
        (status = 400, body = ProblemBody, content_type = "application/problem+json",
         description = "`bad-query`: no time, no step, or too many points."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "`unknown-name`: no such SLO or objective."),
        (status = 503, body = ProblemBody, content_type = "application/problem+json",
         description = "`database-unavailable`, `not-ready`: try again."),
    ),
)]
pub(crate) async fn series(
    State(site): State<Site>,
    InPath(name): InPath<String>,
    Params(over): Params<Stepped>,
) -> Result<Json<Series>, Problem> {
    let world = site.world();
    let standing = names::standing(&world, &name, over.objective)?;
    let from = minute(&site, "from", over.from.as_deref())?;
    let to = minute(&site, "to", over.to.as_deref())?;
    let details = site.details();
    let series = present::series(details, &world, &standing, from, to, over.step).await?;
    series
        .map(Json)
        .map_err(|error| Problem::new(Code::BadQuery, error.to_string()))
}

/// The minutes that a number came from; by default the last day.
#[utoipa::path(
    get, path = "/api/v1/slos/{slo}/minutes", tag = "history",
    params(("slo" = String, Path, description = "The SLO's name."), Over),
    responses(
        (status = 200, body = MinuteList, description = "Every minute of the time, a week at most."),
        (status = 400, body = ProblemBody, content_type = "application/problem+json",
         description = "`bad-query`: no time, or too much of it."),
        (status = 404, body = ProblemBody, content_type = "application/problem+json",
         description = "`unknown-name`: no such SLO or objective."),
        (status = 503, body = ProblemBody, content_type = "application/problem+json",
         description = "`database-unavailable`, `not-ready`: try again."),
    ),
)]
pub(crate) async fn minutes(
    State(site): State<Site>,
    InPath(name): InPath<String>,
    Params(over): Params<Over>,
) -> Result<Json<MinuteList>, Problem> {
    let world = site.world();
    let standing = names::standing(&world, &name, over.objective)?;
    let to = minute(&site, "to", over.to.as_deref())?;
    let until = to.unwrap_or(standing.end).min(standing.end);
    let from = minute(&site, "from", over.from.as_deref())?;
    let span = Span::new(from.unwrap_or(until - DAY_MINUTES), until);
    if span.is_empty() {
        let end = instant::of_minute(standing.end);
        let detail = format!("`from` is not before `to`; figures end at {end}");
        return Err(Problem::new(Code::BadQuery, detail));
    }
    if span.len() > MINUTES_MAX {
        let detail = format!(
            "{} minutes are too many: {MINUTES_MAX} at once, a week",
            span.len()
        );
        return Err(Problem::new(Code::BadQuery, detail));
    }
    let promise = standing.promise();
    let history = site
        .details()
        .of_span(promise, span, present::edition(&world))
        .await?;
    let minutes = present::minutes_of(history, &standing, span).await?;
    Ok(Json(MinuteList {
        slo: standing.slo.value.name.clone(),
        objective_number: standing.index + 1,
        minutes: minutes.iter().map(entry).collect(),
    }))
}

fn entry(minute: &detail::MinuteOf) -> MinuteEntry {
    MinuteEntry {
        minute: instant::of_minute(minute.end),
        bad: minute.fact.counts.map(|counts| counts.bad.as_f64()),
        total: minute.fact.counts.map(|counts| counts.total.as_f64()),
        is_excluded: minute.is_excluded,
        is_closed: minute.is_closed,
        marks: marks(minute.fact),
    }
}

fn marks(fact: Fact) -> Vec<&'static str> {
    let marks = [
        (Marks::APPROXIMATE, "approximate"),
        (Marks::CLAMPED, "clamped"),
        (Marks::INVALID, "invalid"),
    ];
    let marks = marks.into_iter().filter(|(mark, _)| fact.marks.has(*mark));
    marks.map(|(_, word)| word).collect()
}
