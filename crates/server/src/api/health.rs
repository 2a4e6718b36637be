//! What is wrong: findings, sources.

use axum::Json;
use axum::extract::State;
use tomoni_app::instant;
use tomoni_app::live::SourceHealth;
use tomoni_app::status::Filter;

use super::extract::{Nothing, Params};
use super::shapes::{BackfillEntry, CheckEntry, FindingEntry, FindingList, SourceRow, Sources};
use super::words::{backfill, check};
use crate::site::{Problem, Site};

/// What is wrong with documents, queries and figures, and whether each query finds anything.
#[utoipa::path(
    get, path = "/api/v1/findings", tag = "health",
    responses((status = 200, body = FindingList, description = "Findings and checks.")),
)]
pub(crate) async fn findings(
    State(site): State<Site>,
    Params(Nothing {}): Params<Nothing>,
) -> Result<Json<FindingList>, Problem> {
    let world = site.world();
    let reading = &world.reading;
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
    let in_figures = world
        .status(Filter::default())?
        .findings
        .into_iter()
        .map(|row| FindingEntry {
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
        findings: in_documents.chain(in_figures).collect(),
        checks: checks.collect(),
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
