//! An SLO as rules are made of it, of whatever format it was.

use crate::promql::Template;
use crate::sloth::Texts;

/// An SLO.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Slo {
    /// Its identity in rules, which no other has.
    pub(super) id: String,
    /// The service it belongs to.
    pub(super) service: String,
    /// Its name within the service.
    pub(super) name: String,
    /// The share that should be good, in percent.
    pub(super) objective_percent: f64,
    /// Over which time, in milliseconds.
    pub(super) period_ms: u64,
    /// What is measured.
    pub(super) sli: Sli,
    /// Labels on its recording rules.
    pub(super) labels: Texts,
    /// The alert that pages; `None` where there is none.
    pub(super) page: Option<Alert>,
    /// The alert that makes a ticket.
    pub(super) ticket: Option<Alert>,
    /// What it was read from.
    pub(super) origin: Origin,
}

/// What an SLO measures: queries in which a placeholder stands for the window.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Sli {
    /// Bad events of all events.
    Events {
        /// The bad events.
        error: Template,
        /// All events.
        total: Template,
    },
    /// A ratio of bad events to all.
    Ratio(Template),
}

/// What an alert is called, and what goes with it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Alert {
    pub(super) name: String,
    pub(super) labels: Texts,
    pub(super) annotations: Texts,
}

/// What an SLO was read from, in Sloth's words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Origin {
    /// `sloth_mode`.
    pub(super) mode: &'static str,
    /// `sloth_spec`.
    pub(super) spec: &'static str,
}
