//! What the API answers beside the reports that `tomoni-app` defines. Ratios are fractions, times
//! RFC 3339 in UTC, durations seconds unless the name says otherwise; `null` means unknown.

use std::collections::BTreeMap;

use serde::Serialize;
use tomoni_app::status::{GroupRow, SloRow};
use utoipa::ToSchema;

/// A page of SLOs.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SloList {
    /// In the order of service and name; the groups of one stand behind it.
    pub slos: Vec<SloSummary>,
    /// What to give as `after` for the next page; `null` on the last.
    pub next: Option<String>,
}

/// An SLO in a list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SloSummary {
    /// Its name.
    pub name: String,
    /// Its name for people.
    pub display_name: Option<String>,
    /// Which group of another SLO it is; only where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub group: Option<GroupRow>,
    /// The service it belongs to.
    pub service: String,
    /// The owning team, where one is known.
    pub team: Option<String>,
    /// `active`, `draft` or `shadow`.
    pub stage: &'static str,
    /// How many objectives it has.
    pub objectives: usize,
    /// The worst state of its objectives.
    pub state: &'static str,
    /// The least that is left of a budget of its objectives; `null` when unknown.
    pub remaining: Option<f64>,
    /// The severities that fire, page first.
    pub firing: Vec<&'static str>,
}

/// One SLO with its figures.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SloDetail {
    /// Its name.
    pub name: String,
    /// Its name for people.
    pub display_name: Option<String>,
    /// What it is about, in its document's words.
    pub description: Option<String>,
    /// Which group of another SLO it is; only where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub group: Option<GroupRow>,
    /// Its groups, where it has a budget for each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<SloSummary>,
    /// The service it belongs to.
    pub service: String,
    /// The owning team, where one is known.
    pub team: Option<String>,
    /// `active`, `draft` or `shadow`.
    pub stage: &'static str,
    /// The file that defines it.
    pub file: String,
    /// The line there.
    pub line: Option<usize>,
    /// Its objectives' figures, as `status` shows them.
    pub objectives: Vec<SloRow>,
    /// Where each objective's counts come from, in the same order.
    pub sources: Vec<ObjectiveSource>,
}

/// Where an objective's counts come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ObjectiveSource {
    /// The server that is asked, without credentials; `null` when nobody can be.
    pub server: Option<String>,
    /// The ledger's name: the indicator's generation, and for a gauge its threshold.
    pub ledger: String,
    /// Whether its query finds anything.
    pub check: Check,
    /// History that is still being brought in; `null` when all is there.
    pub backfill: Option<BackfillRow>,
}

/// Whether an SLI's query finds anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Check {
    /// `not_yet`, `found`, `quiet` (nothing matches, but its job is scraped: nothing has happened),
    /// `nothing`, `failed` or `pushed`.
    pub result: &'static str,
    /// The newest minute of which something is known (UTC).
    pub newest: Option<String>,
    /// Why the source cannot be asked; only with `failed`.
    pub error: Option<String>,
}

/// How much of a ledger's history has been brought in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BackfillRow {
    /// Minutes that have been read.
    pub done_minutes: i64,
    /// Minutes that are wanted.
    pub wanted_minutes: i64,
    /// Seconds that the rest will take at the rate so far; `null` before anything has come.
    pub remaining_seconds: Option<i64>,
}

/// All teams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Teams {
    /// By name.
    pub teams: Vec<Tally>,
}

/// All services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Services {
    /// By name.
    pub services: Vec<Tally>,
}

/// A team or a service with its objectives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tally {
    /// Its name.
    pub name: String,
    /// Its name for people, where a document gives one.
    pub display_name: Option<String>,
    /// How many objectives it has.
    pub objectives: usize,
    /// How many are in which state; every state is there.
    pub states: BTreeMap<&'static str, usize>,
    /// How many of them have an alert that fires.
    pub firing: usize,
}

/// What is wrong with documents and queries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FindingList {
    /// In documents, by file and place; then in figures, by SLO.
    pub findings: Vec<FindingEntry>,
    /// Whether each objective's query finds anything.
    pub checks: Vec<CheckEntry>,
    /// What `after` has to be for the next page of both; `null` on the last one.
    pub next: Option<usize>,
    /// How many documents were read.
    pub documents: usize,
    /// How many of them are of other programs and were passed over.
    pub passed_over: usize,
    /// When they were read last (UTC).
    pub read_at: String,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FindingEntry {
    /// A stable code; docs/findings.md explains them.
    pub code: &'static str,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// The file.
    pub file: String,
    /// The line, from 1; `null` where none is known.
    pub line: Option<usize>,
    /// The column, from 1; `null` where none is known.
    pub column: Option<usize>,
    /// What is wrong, starting in lower case.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// What it is about: an object of a document, or an SLO.
    pub object: Option<String>,
    /// The last good revision of it stays in force.
    pub keeps_last_good: bool,
}

/// Whether an objective's query finds anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CheckEntry {
    /// The SLO.
    pub slo: String,
    /// The objective's number in it, counted from 1.
    pub objective_number: usize,
    /// What came back.
    #[serde(flatten)]
    pub check: Check,
}

/// Where counts come from, and how that goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Sources {
    /// The sources that were asked so far.
    pub sources: Vec<SourceRow>,
    /// Ledgers whose history is still being brought in.
    pub backfills: Vec<BackfillEntry>,
    /// The last minute that is settled by the clock (UTC); `null` before the first tick.
    pub watermark: Option<String>,
}

/// One source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourceRow {
    /// Its name, or its address without credentials.
    pub name: String,
    /// Whether it can be used.
    pub is_up: bool,
    /// Since when it cannot be used (UTC).
    pub down_since: Option<String>,
    /// What it says.
    pub error: Option<String>,
    /// Reads of one ledger that went well since the server started.
    pub reads: u64,
    /// Reads of one ledger that failed.
    pub failures: u64,
    /// When it answered last (UTC).
    pub answered_at: Option<String>,
}

/// A ledger whose history is still being brought in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BackfillEntry {
    /// The SLO.
    pub slo: String,
    /// The objective's number in it, counted from 1.
    pub objective_number: usize,
    /// How far it has come.
    #[serde(flatten)]
    pub backfill: BackfillRow,
}

/// Minutes of one objective's ledger.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MinuteList {
    /// The SLO.
    pub slo: String,
    /// The objective's number in it, counted from 1.
    pub objective_number: usize,
    /// The minutes, oldest first; none is left out.
    pub minutes: Vec<MinuteEntry>,
}

/// One minute.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MinuteEntry {
    /// Its end (UTC): it covers the sixty seconds up to it.
    pub minute: String,
    /// Bad events; `null` when nobody knows what happened.
    pub bad: Option<f64>,
    /// All events; `null` likewise, 0 when nothing happened.
    pub total: Option<f64>,
    /// It does not count: excluded.
    pub is_excluded: bool,
    /// It has been read for the last time.
    pub is_closed: bool,
    /// `approximate`, `clamped`, `invalid`: how it came about.
    pub marks: Vec<&'static str>,
}
