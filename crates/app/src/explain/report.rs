//! The shape of `explain`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::findings::FindingRow;
use crate::peers::Peers;
use crate::span::SpanRow;
use crate::status::{Count, SloRow, SlotRow};

/// How the figures of an SLO's objectives came about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Explanations {
    /// The instant the figures are for, floored to the minute.
    pub at: String,
    /// One for each objective that was asked for.
    pub objectives: Vec<Explanation>,
    /// What has to be known to read the figures rightly.
    pub findings: Vec<FindingRow>,
}

/// How one objective's figures came about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Explanation {
    /// The figures themselves, as `status` shows them.
    pub figures: SloRow,
    /// What the SLO is about, in its document's words.
    pub description: Option<String>,
    /// Over which time.
    pub window: WindowRow,
    /// What is counted, and where.
    pub counting: CountingRow,
    /// The slices that the method looks at; `null` where it looks at events.
    pub slices: Option<SlicesRow>,
    /// What is known of the window's minutes.
    pub coverage: CoverageRow,
    /// Minutes that do not count, and why.
    pub exclusions: Vec<ExclusionRow>,
    /// Births, deaths and resets of series; `null` when this run counted none: its minutes were kept
    /// by earlier runs, or the server evaluates them.
    pub series: Option<SeriesRow>,
    /// The arithmetic, written out with the real numbers.
    pub arithmetic: Vec<Step>,
    /// What spent the budget.
    pub spending: Spending,
    /// Burn rates with the counts they are made of, shortest window first.
    pub burn_rates: Vec<BurnRow>,
    /// The pairs of windows that raise alerts.
    pub slots: Vec<SeveritySlot>,
    /// What Sloth and Pyrra would say of the same minutes.
    pub peers: Peers,
    /// The minutes that were asked for, oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<Vec<MinuteRow>>,
}

/// A window's place in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WindowRow {
    /// As the document wrote it.
    pub text: String,
    /// `rolling` or `calendar`.
    pub kind: &'static str,
    /// Its first minute begins here (UTC).
    pub from: String,
    /// Its last minute ends here (UTC): the watermark.
    pub until: String,
    /// Where the whole calendar period ends (UTC).
    pub whole_until: String,
    /// The IANA zone of a calendar window.
    pub zone: Option<String>,
    /// The same three on that zone's clock.
    pub local: Option<[String; 3]>,
    /// Its minutes so far.
    pub minutes: i64,
}

/// Slices of the window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SlicesRow {
    /// How long each is.
    pub width_minutes: i64,
    /// The share of good events that makes one good; `null` where its ratio itself counts.
    pub target: Option<f64>,
    /// How many there are so far.
    pub all: i64,
    /// Those that are known.
    pub known: i64,
    /// Those that are known and good; where the ratio counts, those without a bad event.
    pub good: i64,
    /// Those that are known and had traffic.
    pub with_traffic: i64,
}

/// What is counted, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountingRow {
    /// The server, without credentials.
    pub server: Option<String>,
    /// The ledger's name: the indicator's generation, and for a gauge its threshold.
    pub ledger: String,
    /// `ratio`, `raw` or `threshold`.
    pub indicator: &'static str,
    /// What makes a gauge's value good, such as `value >= 12`.
    pub threshold: Option<String>,
    /// The queries.
    pub queries: Vec<QueryRow>,
}

/// A query and how it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QueryRow {
    /// `good`, `bad`, `total`, `success`, `failure` or `value`.
    pub role: &'static str,
    /// As the document wrote it.
    pub promql: String,
    /// `exact` or `approximate`.
    pub counting: &'static str,
    /// What is read: the counters whose raw samples are counted, or why the server evaluates it.
    pub read_as: String,
}

/// What is known of the window's minutes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CoverageRow {
    /// Known over not excluded; `null` when all are excluded.
    pub share: Option<f64>,
    /// The window's minutes that are not excluded.
    pub minutes: i64,
    /// Those of them that are known.
    pub known: i64,
    /// The window's minutes that this run read; the others were kept by earlier runs.
    pub read: i64,
    /// Those that are known and were evaluated and spread, not counted.
    pub approximate: i64,
    /// How a missing minute counts: `ignore`, `good` or `bad`.
    pub missing_data: &'static str,
    /// Missing minutes that this made good or bad.
    pub imputed: i64,
    /// Where minutes are missing, oldest first.
    pub gaps: Gaps,
    /// Where bad (or good) came out above total.
    pub clamped: Gaps,
    /// Where the source answered what is no count.
    pub invalid: Gaps,
}

/// Stretches of minutes: how many there are, and the longest of them in order of time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Gaps {
    /// How many stretches there are.
    pub count: usize,
    /// How many minutes they have together.
    pub minutes: i64,
    /// The longest of them, in order of time.
    pub longest: Vec<SpanRow>,
}

/// Minutes that do not count, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExclusionRow {
    /// Which: the part inside the window.
    #[serde(flatten)]
    pub span: SpanRow,
    /// Of what kind.
    pub category: String,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub author: String,
}

/// What became of series in the time that this run read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeriesRow {
    /// Ledger minutes that this run read.
    pub read_minutes: i64,
    /// Series that began.
    pub births: u64,
    /// Series that ended.
    pub deaths: u64,
    /// Counters that dropped and counted anew.
    pub resets: u64,
    /// The usual time between two samples, in seconds. What a process counted after its last scrape
    /// is lost: at most one such interval for each death and reset.
    pub interval_seconds: Option<i64>,
}

/// One line of arithmetic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Step {
    /// What is computed: `sli`, `allowed`, `spent`, `remaining`, `imputed`.
    pub name: &'static str,
    /// With names.
    pub formula: String,
    /// With numbers.
    pub numbers: String,
    /// What comes of it; `null` when unknown.
    pub result: Option<f64>,
}

/// What spent the budget: the worst first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Spending {
    /// Every UTC day of the window, oldest first.
    pub days: Vec<SpentRow>,
    /// The worst hours.
    pub hours: Vec<SpentRow>,
    /// The worst minutes.
    pub minutes: Vec<SpentRow>,
}

/// What a stretch of time spent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SpentRow {
    /// Which.
    #[serde(flatten)]
    pub span: SpanRow,
    /// Bad events; `null` when nothing is known.
    pub bad: Option<Count>,
    /// All events.
    pub total: Option<Count>,
    /// Its part of the whole budget; `null` when nothing is known of it or there is no budget.
    pub share_of_budget: Option<f64>,
}

/// A burn rate with what it is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BurnRow {
    /// The window.
    pub window: String,
    /// Bad events in it; `null` when nothing is known.
    pub bad: Option<Count>,
    /// All events in it.
    pub total: Option<Count>,
    /// `(1 - SLI) / (1 - target)`; `null` when the SLI is unknown.
    pub rate: Option<f64>,
    /// The burn rate of a single failure at this window's traffic.
    pub one_failure: Option<f64>,
    /// Whether too little is known to act on it.
    pub lacks_coverage: bool,
}

/// A pair of windows with how urgent it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SeveritySlot {
    /// `page` or `ticket`.
    pub severity: &'static str,
    /// It is true only with so many bad events in the short window.
    pub bad_min: Count,
    /// The pair.
    #[serde(flatten)]
    pub slot: SlotRow,
}

/// One minute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct MinuteRow {
    /// Its end (UTC).
    pub end: String,
    /// Bad events; `null` when the minute is unknown.
    pub bad: Option<Count>,
    /// All events.
    pub total: Option<Count>,
    /// Whether it is taken out.
    pub excluded: bool,
    /// `approximate`, `clamped`, `invalid`: how it came about.
    pub marks: Vec<&'static str>,
}
