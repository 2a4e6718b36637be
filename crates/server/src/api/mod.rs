//! The API for programs, below `/api/v1`: the same use cases as the pages, as JSON.
//!
//! An operation is a handler with a `#[utoipa::path]`, a line in `drawn` or `done`, and a line in
//! `Described`; a test walks docs/openapi.json and tries them all.

mod counts;
mod documents;
mod explain;
pub(crate) mod extract;
mod figures;
mod health;
mod history;
mod ledgers;
pub(crate) mod names;
mod shapes;
mod words;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::{delete, get, post};
use utoipa::OpenApi;

pub use counts::Pushed;
pub use documents::{Documents, Export};
pub use ledgers::{Refill, Undertaken};
pub use shapes::{
    BackfillEntry, BackfillRow, Check, CheckEntry, FindingEntry, FindingList, MinuteEntry,
    MinuteList, ObjectiveSource, Services, SloDetail, SloList, SloSummary, SourceRow, Sources,
    Tally, Teams,
};

use crate::site::Site;
use extract::{Nothing, Params};

/// Who asks, as long as nobody signs in.
const ANYBODY: &str = "anybody";

/// Operations whose answer is drawn from World: as long as it is the same, so is the answer.
pub(crate) fn drawn() -> Router<Site> {
    Router::new()
        .route("/api/v1/status", get(figures::status))
        .route("/api/v1/slos", get(figures::slos))
        .route("/api/v1/slos/{slo}", get(figures::slo))
        .route("/api/v1/teams", get(figures::teams))
        .route("/api/v1/services", get(figures::services))
        .route("/api/v1/findings", get(health::findings))
        .route("/api/v1/sources", get(health::sources))
}

/// The same, of those that go through an SLO's minutes.
pub(crate) fn histories() -> Router<Site> {
    Router::new()
        .route("/api/v1/slos/{slo}/explain", get(explain::explain))
        .route("/api/v1/slos/{slo}/series", get(history::series))
        .route("/api/v1/slos/{slo}/minutes", get(history::minutes))
}

/// The same, of those that go through all minutes of all SLOs.
pub(crate) fn comparisons() -> Router<Site> {
    Router::new().route("/api/v1/compare", get(explain::compare))
}

/// Operations that do something, or whose answer does not come from World alone.
pub(crate) fn done() -> Router<Site> {
    Router::new()
        .route(
            "/api/v1/documents",
            get(documents::list).put(documents::apply),
        )
        .route("/api/v1/documents/diff", post(documents::diff))
        .route(
            "/api/v1/documents/{kind}/{name}",
            get(documents::one).delete(documents::remove),
        )
        .route("/api/v1/export", get(documents::export))
        .route("/api/v1/slos/{slo}/refill", post(ledgers::refill))
        .route("/api/v1/slos/{slo}/ledger", delete(ledgers::forget))
        .route("/api/v1/sli/{sli}/counts", post(counts::push))
        .route("/api", get(about))
        .route("/api/v1/openapi.json", get(openapi))
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tomoni",
        description = "Exact error budgets. Ratios are fractions, times RFC 3339 in UTC, durations \
                       seconds unless the name says otherwise; null means unknown. Failures are \
                       application/problem+json with a stable code.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    paths(
        figures::status,
        figures::slos,
        figures::slo,
        figures::teams,
        figures::services,
        health::findings,
        health::sources,
        explain::explain,
        explain::compare,
        history::series,
        history::minutes,
        counts::push,
        ledgers::refill,
        ledgers::forget,
        documents::list,
        documents::one,
        documents::apply,
        documents::remove,
        documents::diff,
        documents::export,
    )
)]
struct Described;

/// The description of the API, as docs/openapi.json has it.
pub fn description() -> String {
    // A description of types is always JSON.
    let mut text = Described::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

async fn openapi(Params(Nothing {}): Params<Nothing>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], description())
}

/// Where things are, for people who write programs.
async fn about(Params(Nothing {}): Params<Nothing>) -> impl IntoResponse {
    let text = include_str!("../../../../docs/API.md");
    (
        [(header::CONTENT_TYPE, "text/markdown; charset=utf-8")],
        text,
    )
}
