//! What Pyrra's documents say.

use std::collections::BTreeMap;

use crate::kubernetes::Metadata;
use crate::lower;

/// A document: one objective.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceLevelObjective {
    /// What it is called. Labels under `pyrra.dev/` go to all rules.
    pub metadata: Metadata,
    /// What it is for.
    pub description: Option<String>,
    /// The share that should be good, in percent from 0 to 100, as written.
    pub target: String,
    /// The rolling window, a duration as Prometheus writes it, as written.
    pub window: String,
    /// What is measured.
    pub indicator: Indicator,
    /// Labels whose values have a budget each.
    pub grouping: Vec<String>,
    /// Which alerts there are.
    pub alerting: Alerting,
    /// What Thanos does where a part of it does not answer: `abort`, `warn` or nothing.
    pub partial_response_strategy: Option<String>,
}

/// What an objective measures; metrics are selectors in PromQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Indicator {
    /// Errors of all events.
    Ratio {
        /// The errors.
        errors: String,
        /// All events.
        total: String,
    },
    /// Events that were fast enough, of all.
    Latency {
        /// A bucket of a histogram.
        success: String,
        /// The histogram's count.
        total: String,
    },
    /// A gauge that is 1 where all is well, and 0 where not.
    BoolGauge {
        /// The gauge.
        metric: String,
    },
}

/// Which alerts an objective has; what is not said is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alerting {
    /// Whether there are none; `false` where it is not said.
    pub disabled: Option<bool>,
    /// Whether there are burn rate alerts; `true` where it is not said.
    pub burnrates: Option<bool>,
    /// Whether there is one for missing metrics; `true` where it is not said.
    pub absent: Option<bool>,
    /// The burn rate alerts' name; `ErrorBudgetBurn` where it is not said.
    pub name: Option<String>,
    /// The name of the one for missing metrics; `SLOMetricAbsent` where it is not said.
    pub absent_name: Option<String>,
}

impl ServiceLevelObjective {
    /// Its name in a catalog: namespace and name as an RFC 1123 label.
    pub fn name(&self) -> String {
        self.metadata.full_name().unwrap_or_else(|| lower::name(""))
    }

    /// The target in percent.
    pub fn percent(&self) -> Option<f64> {
        super::check::percent(&self.target)
    }

    /// The labels under `pyrra.dev/`, without the prefix.
    pub fn labels(&self) -> BTreeMap<String, String> {
        ours(&self.metadata.labels)
    }

    /// The annotations under `pyrra.dev/`, without the prefix, which stand on its alerts.
    pub fn annotations(&self) -> BTreeMap<String, String> {
        ours(&self.metadata.annotations)
    }
}

fn ours(texts: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let named = texts
        .iter()
        .filter_map(|(key, value)| Some((key.strip_prefix(super::PREFIX)?, value)));
    named
        .map(|(key, value)| (key.to_owned(), value.clone()))
        .collect()
}
