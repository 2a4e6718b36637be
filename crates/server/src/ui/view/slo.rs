//! `/slos/{slo}`: one objective, with how its figures came about.

use jiff::Timestamp;
use jiff::civil::Date;
use tomoni_slo::{MissingData, Severity};

use super::{Peer, Row, SloKey};

/// One objective: its figures, its history, and how each figure came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Slo {
    /// The figures, as in a list.
    pub row: Row,
    /// `spec.description`.
    pub description: Option<String>,
    /// All objectives of the SLO with their titles, when there are several.
    pub siblings: Vec<(SloKey, String)>,
    /// What it is a group of, where it is one: that objective, and its title.
    pub group_of: Option<(SloKey, String)>,
    /// Its groups, worst first, where it has a budget for each; they are called by their labels.
    pub groups: Vec<Row>,
    /// How the budget is spent.
    pub method: MethodView,
    /// Whether the window is a calendar period (else it rolls).
    pub is_calendar: bool,
    /// The window's minutes: after which instant they start, and when they end.
    pub window: (Timestamp, Timestamp),
    /// Where it is defined, `file:line`.
    pub defined_at: Option<String>,
    /// Burn rates by the window's length in minutes, shortest first.
    pub burn_rates: Vec<(i64, Option<f64>)>,
    /// The alert table, page before ticket.
    pub slots: Vec<SlotRow>,
    /// The history that the pictures show.
    pub timeline: Timeline,
    /// How the figures came about.
    pub explanation: Explanation,
    /// Revisions, newest first.
    pub revisions: Vec<RevisionNote>,
    /// Generations of the SLI, newest first.
    pub generations: Vec<GenerationNote>,
}

/// How the budget is spent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MethodView {
    /// Every bad event spends.
    Occurrences,
    /// Every slice that misses its own target spends its minutes.
    Timeslices {
        /// The share that makes a slice good.
        target: f64,
        /// A slice's width in minutes.
        width_minutes: i64,
    },
    /// The mean of the slices' ratios counts.
    RatioTimeslices {
        /// A slice's width in minutes.
        width_minutes: i64,
    },
}

/// One line of the alert table.
#[derive(Clone, Debug, PartialEq)]
pub struct SlotRow {
    /// How urgent it is.
    pub severity: Severity,
    /// The long window in minutes, and its burn rate.
    pub long: (i64, Option<f64>),
    /// The short window in minutes, and its burn rate.
    pub short: (i64, Option<f64>),
    /// Both must be above this.
    pub factor: f64,
    /// Whether it is true; `None` when it is frozen for lack of coverage.
    pub holds: Option<bool>,
    /// It can never be true.
    pub is_impossible: bool,
}

/// An objective's history over the time that its pictures show.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// After which instant it starts.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// Evenly spaced, oldest first; about 300.
    pub points: Vec<TimelinePoint>,
    /// Days in the viewer's zone, oldest first.
    pub days: Vec<DayRow>,
    /// What happened: gaps, exclusions, generations, revisions, alerts.
    pub spans: Vec<Span>,
    /// The history cannot be read right now; all of the above is empty then.
    pub is_away: bool,
}

/// The figures as they stood at an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimelinePoint {
    /// When.
    pub at: Timestamp,
    /// What was left of the budget, as a fraction; `None` when unknown.
    pub remaining: Option<f64>,
    /// The service level; `None` when unknown.
    pub sli: Option<f64>,
    /// Coverage was below 0.9.
    pub is_partial: bool,
}

/// One day's counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayRow {
    /// The date in the viewer's zone.
    pub date: Date,
    /// The instant at which it begins.
    pub start: Timestamp,
    /// The instant at which it ends.
    pub end: Timestamp,
    /// Bad events.
    pub bad: f64,
    /// All events.
    pub total: f64,
    /// The share of the whole budget that the day spent; `None` when unknown.
    pub spent: Option<f64>,
    /// Minutes that are known.
    pub known_minutes: i64,
    /// Minutes of the day that lie in the window and are not excluded.
    pub minutes: i64,
}

/// Something on the time axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it is.
    pub kind: SpanKind,
    /// When it began.
    pub from: Timestamp,
    /// When it ended; the same instant for what has no length.
    pub until: Timestamp,
    /// A reason or a name, from a document or a source; may be empty.
    pub note: String,
}

/// What stands on the time axis, from the bottom lane up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpanKind {
    /// Nobody knows what happened.
    Gap,
    /// Minutes that do not count.
    Exclusion,
    /// History that is still being brought in.
    Backfill,
    /// The SLI changed: counts start anew.
    Generation,
    /// The target, window or policy changed.
    Revision,
    /// A ticket was raised.
    Ticket,
    /// A page was sent.
    Page,
}

/// How the counts come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// From raw samples, each event once.
    Exact,
    /// Evaluated at intervals and spread, since the query cannot be unwrapped.
    Evaluated,
    /// Evaluated at intervals and spread, since there is too much to read raw.
    TooLarge,
    /// A gauge's last sample in each minute, against a threshold.
    Gauge,
    /// Pushed in batches.
    Pushed,
}

/// How the figures came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// How minutes are counted.
    pub counting: Counting,
    /// Where they come from: a data source's name or address.
    pub source: String,
    /// The queries, each with its role in the document (`good`, `total`, …).
    pub queries: Vec<(String, String)>,
    /// The window's minutes.
    pub minutes: i64,
    /// Those of them that are known.
    pub known_minutes: i64,
    /// What missing minutes count as.
    pub missing_data: MissingData,
    /// Good events.
    pub good: f64,
    /// Bad events.
    pub bad: f64,
    /// All events.
    pub total: f64,
    /// Bad events and all events as the service level weighs them: with those that missing minutes
    /// count as.
    pub weighed: (f64, f64),
    /// Known slices, good slices and all slices of the window, where the method has slices.
    pub slices: Option<(i64, i64, i64)>,
    /// What others would say of the same minutes.
    pub peers: Vec<Peer>,
}

/// A revision: a target, window or policy that held from an instant on.
#[derive(Clone, Debug, PartialEq)]
pub struct RevisionNote {
    /// Its number, from 1.
    pub number: i64,
    /// From when on.
    pub since: Timestamp,
    /// The target.
    pub target: f64,
    /// The window as its document writes it.
    pub window: String,
    /// Who changed it, where that is known.
    pub author: Option<String>,
    /// Why, where somebody said so.
    pub reason: Option<String>,
}

/// A generation of the SLI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenerationNote {
    /// Its hash, shortened to 12 digits.
    pub hash: String,
    /// From when on.
    pub since: Timestamp,
}
