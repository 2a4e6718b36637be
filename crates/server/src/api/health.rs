//! What is wrong: findings, sources.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tomoni_app::instant;
use tomoni_app::live::SourceHealth;
use tomoni_app::status::Filter;

use super::extract::{Nothing, Params};
use super::figures::page_limit;
use super::shapes::{BackfillEntry, CheckEntry, FindingEntry, FindingList, SourceRow, Sources};
use super::words::{backfill, check};
use crate::site::{Problem, ProblemBody, Site};

/// Which part of both lists.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// How many entries of each at most: 1 to 1000, by default 1000.
    limit: Option<usize>,
    /// The `next` of the page before.
    after: Option<usize>,
}

/// What is wrong with documents, queries and figures, and whether each query finds anything; in pages.
#[utoipa::path(
    get, path = "/api/v1/findings", tag = "health", params(Part),
    responses(
        (status = 200, body = FindingList, description = "A page of findings, and one of checks."),
        (status = 400, body = ProblemBody, content_type = "application/problem+json",
         description = "`bad-query`: the limit is out of range."),
    ),
)]
pub(crate) async fn findings(
    State(site): State<Site>,
    Params(part): Params<Part>,
) -> Result<Json<FindingList>, Problem> {
    let (limit, start) = (page_limit(part.limit)?, part.after.unwrap_or(0));
    let world = site.world();
    let reading = &world.reading;
    let in_figures = world.status(Filter::default())?.findings;
    let counts = [
        reading.findings.len() + in_figures.len(),
        world.standings.len(),
    ];
    let end = start.saturating_add(limit);
    let in_documents = reading.findings.iter().map(|told| {
        let finding = &told.finding;
        let place = &finding.place;
        FindingEntry {
            code: finding.code,
            severity: finding.severity.as_str(),
            file: place.file.to_string(),
            line: (place.line > 0).then_some(place.line),
            column: (place.column > 0).then_some(place.column),
            message: finding.message.clone(),
            help: finding.help.clone(),
            object: finding.object.clone(),
            keeps_last_good: told.keeps_last_good,
        }
    });
    let in_figures = in_figures.into_iter().map(|row| FindingEntry {
        code: row.code,
        severity: row.severity,
        file: row.file,
        line: row.line,
        column: row.column,
        message: row.message,
        help: row.help,
        object: row.slo,
        keeps_last_good: false,
    });
    let checks = world.standings.iter().map(|standing| CheckEntry {
        slo: standing.slo.value.name.clone(),
        objective_number: standing.index + 1,
        check: check(&standing.check),
    });
    Ok(Json(FindingList {
        findings: in_documents
            .chain(in_figures)
            .skip(start)
            .take(limit)
            .collect(),
        checks: checks.skip(start).take(limit).collect(),
        next: counts.iter().any(|count| *count > end).then_some(end),
        documents: reading.documents,
        passed_over: reading.passed_over,
        read_at: instant::rfc3339(reading.read_at_ms),
    }))
}

/// Where counts come from, how that goes, and which histories are still being brought in.
#[utoipa::path(
    get, path = "/api/v1/sources", tag = "health",
    responses((status = 200, body = Sources, description = "Sources and backfills.")),
)]
pub(crate) async fn sources(
    State(site): State<Site>,
    Params(Nothing {}): Params<Nothing>,
) -> Json<Sources> {
    let world = site.world();
    let backfills = world.standings.iter().filter_map(|standing| {
        standing.backfill.map(|progress| BackfillEntry {
            slo: standing.slo.value.name.clone(),
            objective_number: standing.index + 1,
            backfill: backfill(progress),
        })
    });
    Json(Sources {
        sources: site
            .handle()
            .health()
            .sources
            .into_iter()
            .map(row)
            .collect(),
        backfills: backfills.collect(),
        watermark: world.watermark.map(instant::of_minute),
    })
}

fn row(source: SourceHealth) -> SourceRow {
    let (since_ms, error) = source.outage.unzip();
    SourceRow {
        name: source.name,
        is_up: since_ms.is_none(),
        down_since: since_ms.map(instant::rfc3339),
        error,
        reads: source.reads,
        failures: source.failures,
        answered_at: source.answered_ms.map(instant::rfc3339),
    }
}
