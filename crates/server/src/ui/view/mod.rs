//! What the pages show, as plain values.
//!
//! Whoever answers a request fills one of these; the page does the rest. Nothing in here is text of
//! ours: names, reasons, queries and findings come from documents and sources as they are. Lists
//! are in the order in which they are shown.

mod findings;
mod minutes;
mod peer;
mod slo;

use jiff::Timestamp;
use tomoni_slo::{Budget, Severity, Stage, State};

pub use findings::{Check, CheckResult, Finding, FindingSeverity, Findings};
pub use minutes::{MinuteFact, MinuteRow, Minutes};
pub use peer::{Peer, PeerCannot, PeerCause, PeerDay, PeerFigures, PeerTraffic, Spending};
pub use slo::{
    Counting, DayRow, Explanation, GenerationNote, MethodView, RevisionNote, Slo, SlotRow, Span,
    SpanKind, Timeline, TimelinePoint,
};

/// A name as addresses and documents know it, and as people call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The identity: `metadata.name`, or a team's name.
    pub name: String,
    /// `metadata.displayName`, where there is one.
    pub display_name: Option<String>,
}

impl Named {
    /// What people call it.
    pub fn title(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.name)
    }
}

/// Which objective of which SLO.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SloKey {
    /// The SLO's name.
    pub name: String,
    /// The objective's place in its document, from 1; `None` where there is only one.
    pub objective: Option<usize>,
}

/// An alert of one severity that is not inactive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// How urgent it is.
    pub severity: Severity,
    /// Whether it fires; else it is pending.
    pub is_firing: bool,
    /// Since when.
    pub since: Timestamp,
}

/// How much of an SLO's history has been brought in so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backfill {
    /// Minutes that have been read.
    pub done_minutes: i64,
    /// Minutes that are wanted.
    pub wanted_minutes: i64,
    /// Seconds that the rest will take at the present rate, where that is known.
    pub remaining_s: Option<i64>,
}

/// What limits how far a figure can be trusted. All zero (and coverage 1) for a plain one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// Known minutes over minutes that are not excluded; `None` when all are excluded.
    pub coverage: Option<f64>,
    /// Known minutes that were evaluated and spread, not counted.
    pub approximate_minutes: i64,
    /// Minutes in which bad exceeded total.
    pub clamped_minutes: i64,
    /// Minutes for which the source answered what is no count.
    pub invalid_minutes: i64,
    /// Minutes taken out by exclusions.
    pub excluded_minutes: i64,
    /// Missing minutes that the missing-data policy made good or bad.
    pub imputed_minutes: i64,
}

impl Quality {
    /// A figure with nothing to say against it.
    pub const PLAIN: Self = Self {
        coverage: Some(1.0),
        approximate_minutes: 0,
        clamped_minutes: 0,
        invalid_minutes: 0,
        excluded_minutes: 0,
        imputed_minutes: 0,
    };
}

/// One objective in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Which one.
    pub key: SloKey,
    /// The SLO's name for people; of several objectives, with the objective's own.
    pub title: String,
    /// Its service.
    pub service: Named,
    /// The team that owns it, where one is known.
    pub team: Option<Named>,
    /// How far it has come.
    pub stage: Stage,
    /// The share that should be good.
    pub target: f64,
    /// The window as its document writes it, such as `28d`.
    pub window: String,
    /// The service level; `None` when it is unknown.
    pub sli: Option<f64>,
    /// The error budget.
    pub budget: Budget,
    /// The state.
    pub state: State,
    /// Alerts that are pending or firing.
    pub alerts: Vec<Alert>,
    /// Some slot's windows lack coverage: it keeps its value.
    pub is_frozen: bool,
    /// The burn rate over the last hour (or the window that stands for it), where it is known.
    pub burn_rate: Option<f64>,
    /// What limits the figures.
    pub quality: Quality,
    /// History that is still being brought in.
    pub backfill: Option<Backfill>,
    /// What was left of the budget (a fraction), evenly spaced over the window, oldest first; about
    /// sixty values.
    pub spark: Vec<Option<f64>>,
    /// Its groups, where it has a budget for each.
    pub groups: Option<Groups>,
}

/// How the groups of an objective are doing, in short.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Groups {
    /// How many there are.
    pub count: i64,
    /// What is left of the worst one's budget; `None` where nothing is known of any.
    pub least_left: Option<f64>,
}

/// How many objectives are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StateCounts {
    /// [`State::Exhausted`].
    pub exhausted: i64,
    /// [`State::AtRisk`].
    pub at_risk: i64,
    /// [`State::Ok`].
    pub ok: i64,
    /// [`State::Partial`].
    pub partial: i64,
    /// [`State::NoTraffic`].
    pub no_traffic: i64,
    /// [`State::NoData`].
    pub no_data: i64,
}

impl StateCounts {
    /// Counts rows.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Self {
        let mut counts = Self::default();
        for row in rows {
            *counts.slot(row.state) += 1;
        }
        counts
    }

    fn slot(&mut self, state: State) -> &mut i64 {
        match state {
            State::Exhausted => &mut self.exhausted,
            State::AtRisk => &mut self.at_risk,
            State::Ok => &mut self.ok,
            State::Partial => &mut self.partial,
            State::NoTraffic => &mut self.no_traffic,
            State::NoData => &mut self.no_data,
        }
    }

    /// States with their counts, worst first.
    pub fn worst_first(&self) -> [(State, i64); 6] {
        [
            (State::Exhausted, self.exhausted),
            (State::AtRisk, self.at_risk),
            (State::NoData, self.no_data),
            (State::Partial, self.partial),
            (State::NoTraffic, self.no_traffic),
            (State::Ok, self.ok),
        ]
    }

    /// All of them.
    pub fn all(&self) -> i64 {
        self.worst_first().iter().map(|(_, count)| count).sum()
    }
}

/// A team or a service in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Who or what.
    pub named: Named,
    /// Its objectives' states.
    pub states: StateCounts,
    /// Of how many objectives and groups an alert fires.
    pub firing: i64,
}

/// Which rows of a long list stand on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The first one's place in the whole list, from 1.
    pub first: usize,
    /// How many stand on a page at most.
    pub per_page: usize,
    /// How many there are.
    pub all: usize,
}

impl Cut {
    /// The page that shows the row of this place, counted from 1; the last page for one beyond.
    pub fn at(place: usize, per_page: usize, all: usize) -> Self {
        let per_page = per_page.max(1);
        let index = place.clamp(1, all.max(1)) - 1;
        Self {
            first: index - index % per_page + 1,
            per_page,
            all,
        }
    }

    /// The last one's place; less than the first one's where there is none.
    pub fn last(self) -> usize {
        (self.first - 1 + self.per_page).min(self.all)
    }

    /// Where the page before begins.
    pub const fn before(self) -> Option<usize> {
        if self.first > self.per_page {
            Some(self.first - self.per_page)
        } else {
            None
        }
    }

    /// Where the next page begins.
    pub fn after(self) -> Option<usize> {
        (self.last() < self.all).then(|| self.last() + 1)
    }

    /// The rows of the whole list that stand on this page.
    pub fn of<T>(self, rows: Vec<T>) -> Vec<T> {
        rows.into_iter()
            .skip(self.first - 1)
            .take(self.per_page)
            .collect()
    }
}

/// `/`: where should we look today.
#[derive(Clone, Debug, PartialEq)]
pub struct Overview {
    /// All objectives' states.
    pub states: StateCounts,
    /// Objectives with an alert that fires, most urgent first; a page full at most.
    pub firing: Vec<Row>,
    /// How many there are.
    pub firing_all: i64,
    /// The worst budgets that do not fire, worst first; a dozen at most.
    pub worst: Vec<Row>,
    /// Objectives whose data is missing or doubtful and not still being brought in, worst first; a
    /// dozen at most.
    pub doubtful: Vec<Row>,
    /// Objectives whose history is still being brought in; a dozen at most.
    pub backfilling: Vec<Row>,
    /// How many there are.
    pub backfilling_all: i64,
    /// Teams, worst first.
    pub teams: Vec<Tally>,
    /// Errors in documents and queries that find nothing.
    pub findings: i64,
}

/// `/teams/{team}`: all of a team's objectives on one screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Team {
    /// The team.
    pub team: Named,
    /// The states of all its objectives.
    pub states: StateCounts,
    /// Its objectives, worst first: those of this page.
    pub rows: Vec<Row>,
    /// Which ones these are.
    pub cut: Cut,
    /// Its services.
    pub services: Vec<Tally>,
}

/// `/services/{service}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// The service.
    pub service: Named,
    /// What its document says about it.
    pub description: Option<String>,
    /// The team that owns it, where one is known.
    pub team: Option<Named>,
    /// The states of all its objectives.
    pub states: StateCounts,
    /// Its objectives, worst first: those of this page.
    pub rows: Vec<Row>,
    /// Which ones these are.
    pub cut: Cut,
    /// Where it is defined, `file:line`.
    pub defined_at: Option<String>,
}

/// Something that does not work right now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outage {
    /// The database refuses writes or cannot be reached; what is known is shown.
    Database {
        /// Since when.
        since: Timestamp,
    },
    /// A source of metrics does not answer; minutes are caught up later.
    Source {
        /// Its name.
        name: String,
        /// Since when.
        since: Timestamp,
        /// What it said.
        error: String,
    },
}

/// A page that could not be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorPage {
    /// Nothing stands at this address (404).
    NotFound {
        /// What was asked for.
        path: String,
        /// The name that was probably meant, and its address.
        near: Option<(String, String)>,
    },
    /// A request that is not answered, since something is wrong with it (400 and others).
    Refused {
        /// The HTTP status.
        status: u16,
        /// What is wrong with it, in English.
        detail: String,
    },
    /// A defect of ours (500).
    Internal {
        /// The request's id, under which the log tells more.
        request_id: String,
    },
    /// Nothing can be shown at the moment (503).
    Unavailable {
        /// When to try again, in seconds.
        retry_after_s: i64,
    },
}
