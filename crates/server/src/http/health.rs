//! `/healthz`: does the process live? `/readyz`: does it do its work?

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::site::Site;
use crate::site::limits::TICK_AGE_MAX;

/// Whether the server does its work, and if not, why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Readiness {
    /// Ticks succeed and the database takes writes.
    pub is_ready: bool,
    /// What is wrong; empty when it is ready. A source that does not answer is no reason: its
    /// minutes are caught up later.
    pub reasons: Vec<Reason>,
    /// The end of the last settled minute (UTC); `null` before the first tick.
    pub watermark: Option<String>,
    /// Milliseconds since the last tick; `null` before the first.
    pub last_tick_age_ms: Option<i64>,
    /// Ledger minutes that wait in memory until the database takes them.
    pub unkept_minutes: usize,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reason {
    /// `database`, `starting` or `stuck`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// Since when (UTC), where that is known.
    pub since: Option<String>,
}

/// Whether the server does its work now.
pub(crate) fn readiness(site: &Site) -> Readiness {
    let health = site.handle().health();
    let now_ms = site.clock().now_ms();
    let mut reasons = Vec::new();
    if let Some((since_ms, error)) = &health.database {
        reasons.push(Reason {
            code: "database",
            message: format!("the database cannot be used: {error}"),
            since: Some(instant(*since_ms)),
        });
    }
    let age_ms = health.last_tick_ms.map(|at| now_ms - at);
    match age_ms {
        None => reasons.push(Reason {
            code: "starting",
            message: "no tick is over yet".to_owned(),
            since: None,
        }),
        Some(age_ms) if age_ms > i64::try_from(TICK_AGE_MAX.as_millis()).unwrap_or(i64::MAX) => {
            reasons.push(Reason {
                code: "stuck",
                message: format!("the last tick was {} s ago", age_ms / 1_000),
                since: health.last_tick_ms.map(instant),
            });
        }
        Some(_) => {}
    }
    Readiness {
        is_ready: reasons.is_empty(),
        reasons,
        watermark: health.watermark_ms.map(instant),
        last_tick_age_ms: age_ms,
        unkept_minutes: health.unkept_minutes,
    }
}

fn instant(ms: i64) -> String {
    tomoni_app::instant::rfc3339(ms)
}

/// The process lives.
pub(crate) async fn live() -> &'static str {
    "ok\n"
}

/// The process does its work.
pub(crate) async fn ready(State(site): State<Site>) -> Response {
    let readiness = readiness(&site);
    let status = if readiness.is_ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(readiness)).into_response()
}
