//! What a chart with zoom and hover asks for.
//!
//! `GET /api/v1/slos/{slo}/series?objective=&from=&to=&step=`: `objective` counts from 1 and may be
//! left out; `from` and `to` are RFC 3339, by default the window; `step` is in seconds, by default
//! what gives about 300 points, at least 60, and the answer says which was used. All columns are as
//! long as `t`. `web/src/series.ts` is this shape in TypeScript.

use serde::Serialize;
use utoipa::ToSchema;

/// Figures over time, in columns.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Series {
    /// The SLO's name.
    pub slo: String,
    /// The objective's place, from 1.
    pub objective: usize,
    /// The share that should be good.
    pub target: f64,
    /// The distance of two points, in seconds.
    pub step: i64,
    /// The end of each step, in seconds since the Unix epoch.
    pub t: Vec<i64>,
    /// What was left of the budget at that instant, as a fraction; `null` when unknown.
    pub remaining: Vec<Option<f64>>,
    /// The service level over the window that ends there; `null` when unknown.
    pub sli: Vec<Option<f64>>,
    /// Coverage of that window was below 0.9.
    pub is_partial: Vec<bool>,
    /// Bad events in the step; `null` when no minute of it is known.
    pub bad: Vec<Option<f64>>,
    /// All events in the step; `null` likewise.
    pub total: Vec<Option<f64>>,
    /// What stands on the time axis.
    pub spans: Vec<SeriesSpan>,
}

/// Something on the time axis.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SeriesSpan {
    /// `gap`, `exclusion`, `backfill`, `generation`, `revision`, `ticket` or `page`.
    pub kind: &'static str,
    /// When it began, in seconds since the Unix epoch.
    pub from: i64,
    /// When it ended.
    pub until: i64,
    /// A reason or a name; may be empty.
    pub note: String,
}
