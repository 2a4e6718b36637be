//! What Sloth's documents say.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::kubernetes::Metadata;
use crate::lower;

/// Labels or annotations.
pub type Texts = BTreeMap<String, String>;

/// Fields that are not known here, or have no effect here: kept as they were written.
pub type Unknown = BTreeMap<String, Value>;

/// A document: the SLOs of a service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceLevel {
    /// What it is called as a Kubernetes object (`sloth.slok.dev/v1`, camelCase); `None` of a
    /// document that is none (`version: prometheus/v1`, snake_case).
    pub object: Option<Metadata>,
    /// The service that the SLOs belong to.
    pub service: String,
    /// Labels on all rules of the service.
    pub labels: Texts,
    /// Its SLOs that nothing is wrong with, in order.
    pub slos: Vec<Slo>,
    /// Other fields.
    pub unknown: Unknown,
}

/// An SLO.
#[derive(Clone, Debug, PartialEq)]
pub struct Slo {
    /// Its name, which is its own within the service.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The share that should be good, in percent: above 0, and at most 100.
    pub objective: f64,
    /// Labels on all rules of the SLO; they win over the service's.
    pub labels: Texts,
    /// What is measured.
    pub sli: Sli,
    /// Who is told when.
    pub alerting: Alerting,
    /// Other fields.
    pub unknown: Unknown,
}

/// What an SLO measures; queries are PromQL with `{{.window}}` for the range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sli {
    /// Bad events of all events.
    Events {
        /// The bad events.
        error_query: String,
        /// All events.
        total_query: String,
    },
    /// A ratio of bad events, from 0 to 1, that is computed already.
    Raw {
        /// The ratio.
        error_ratio_query: String,
    },
}

/// The alerts of an SLO.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Alerting {
    /// The alerts' name; there is one unless both are disabled.
    pub name: Option<String>,
    /// Labels on both alerts.
    pub labels: Texts,
    /// Annotations on both alerts.
    pub annotations: Texts,
    /// The alert that pages.
    pub page: Alert,
    /// The alert that makes a ticket.
    pub ticket: Alert,
    /// Other fields.
    pub unknown: Unknown,
}

/// One alert of an SLO.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Alert {
    /// Whether it is left out.
    pub disable: bool,
    /// Labels on this alert; they win over those on both.
    pub labels: Texts,
    /// Annotations on this alert; they win over those on both.
    pub annotations: Texts,
    /// Other fields.
    pub unknown: Unknown,
}

impl ServiceLevel {
    /// Sloth's identity of one of the SLOs: `SERVICE-SLO`, as written.
    pub fn id(&self, slo: &Slo) -> String {
        format!("{}-{}", self.service, slo.name)
    }

    /// The name of one of the SLOs in a catalog: its identity as an RFC 1123 label.
    pub fn name_of(&self, slo: &Slo) -> String {
        lower::name(&self.id(slo))
    }
}

/// A catalogue of windows: when the alerts of SLOs of one period tell.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertWindows {
    /// The SLOs' period, in milliseconds.
    pub period_ms: u64,
    /// When somebody is paged.
    pub page: WindowPair,
    /// When a ticket is made.
    pub ticket: WindowPair,
}

/// The windows of a severity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WindowPair {
    /// For much of the budget at once.
    pub quick: AlertWindow,
    /// For what goes on for long.
    pub slow: AlertWindow,
}

/// A long and a short window; an alert tells when the burn rates of both are above the factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AlertWindow {
    /// How much of the budget is spent in the long window when the alert tells, in percent.
    pub error_budget_percent: f64,
    /// The short window, in milliseconds.
    pub short_ms: u64,
    /// The long window, in milliseconds.
    pub long_ms: u64,
}
