//! What is promised: SLOs and their objectives.

use std::fmt;

use tomoni_ledger::{Minute, SpanSet};

use crate::group::Group;
use crate::indicator::Indicator;
use crate::key::LedgerKey;
use crate::slices::Grid;
use crate::target::Target;
use crate::threshold::Threshold;
use crate::window::Window;

/// Slices of rolling windows are counted from here.
const EPOCH: Minute = Minute::from_index(0);

/// How the budget is spent (OpenSLO's `budgetingMethod`; semantics.md, "Budgeting methods").
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// Every bad event spends.
    Occurrences,
    /// Every slice that misses its own target spends its minutes.
    Timeslices {
        /// The share of good events that makes a slice good, in `(0, 1]`.
        target: f64,
        /// A slice's width in minutes, at least 1.
        width_minutes: i64,
    },
    /// The mean of the slices' ratios counts: a quiet slice weighs as much as a busy one.
    RatioTimeslices {
        /// A slice's width in minutes, at least 1.
        width_minutes: i64,
    },
}

impl Method {
    /// The method's name in OpenSLO.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Occurrences => "Occurrences",
            Self::Timeslices { .. } => "Timeslices",
            Self::RatioTimeslices { .. } => "RatioTimeslices",
        }
    }

    /// A slice's width in minutes; `None` where there are no slices.
    pub const fn width_minutes(self) -> Option<i64> {
        match self {
            Self::Occurrences => None,
            Self::Timeslices { width_minutes, .. } | Self::RatioTimeslices { width_minutes } => {
                Some(width_minutes)
            }
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a missing minute counts as (`tomoni.dev/missing-data`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MissingData {
    /// Nothing: the figure is that of the known minutes.
    #[default]
    Ignore,
    /// All good, with the known minutes' mean traffic.
    Good,
    /// All bad, with the known minutes' mean traffic.
    Bad,
}

impl MissingData {
    /// The policy's name in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Good => "good",
            Self::Bad => "bad",
        }
    }
}

/// How far an SLO has come (`tomoni.dev/stage`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Written down, not agreed on.
    Draft,
    /// Watched, but nobody is alerted.
    Shadow,
    /// In force.
    #[default]
    Active,
}

impl Stage {
    /// The stage's name in documents and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Shadow => "shadow",
            Self::Active => "active",
        }
    }
}

/// All that decides an objective's figures, given its ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// The share that should be good.
    pub target: Target,
    /// How the budget is spent.
    pub method: Method,
    /// Over which time.
    pub window: Window,
    /// What missing minutes count as.
    pub missing_data: MissingData,
    /// Minutes that do not count, such as planned maintenance.
    pub exclusions: SpanSet,
}

impl Objective {
    /// Where its slices begin and end, seen from a minute; `None` where the method has no slices.
    pub(crate) fn grid(&self, at: Minute) -> Option<Grid> {
        let width = self.method.width_minutes()?.max(1);
        let (anchor, cut) = match &self.window {
            Window::Rolling { .. } => (EPOCH, None),
            Window::Calendar(calendar) => match calendar.period(at) {
                Some(period) => (period.after, Some(period.until)),
                None => (calendar.boundary(0).unwrap_or(EPOCH), None),
            },
        };
        Some(Grid { anchor, width, cut })
    }
}

/// One objective of an SLO, with where its counts come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Promise {
    /// The objective's display name.
    pub display_name: Option<String>,
    /// What is measured.
    pub indicator: Indicator,
    /// What makes a gauge's value good; `None` for events.
    pub threshold: Option<Threshold>,
    /// The ledger under which its minutes are kept.
    pub key: LedgerKey,
    /// The resolution at which the indicator is evaluated where it cannot be counted, in minutes.
    pub resolution_minutes: i64,
    /// What is promised.
    pub objective: Objective,
}

/// A service level objective as its document says it, or one group of it: one or more promises over
/// one service.
#[derive(Clone, Debug, PartialEq)]
pub struct Slo {
    /// `metadata.name`, its identity; of a group what [`GroupLabels::name_within`] makes of that.
    ///
    /// [`GroupLabels::name_within`]: crate::GroupLabels::name_within
    pub name: String,
    /// `metadata.displayName`.
    pub display_name: Option<String>,
    /// `spec.description`.
    pub description: Option<String>,
    /// The service it belongs to.
    pub service: String,
    /// The team that owns it, where one is known.
    pub team: Option<String>,
    /// How far it has come.
    pub stage: Stage,
    /// Labels whose values have a budget each; empty where there is one budget for all.
    pub group_by: Vec<String>,
    /// Which part of another SLO's events it is about; `None` of an SLO that a document defines.
    pub group: Option<Group>,
    /// Why minutes are excluded, in the order of the document; the spans are in each objective.
    pub exclusions: Vec<Exclusion>,
    /// Its objectives, in the order of the document; never empty.
    pub promises: Vec<Promise>,
}

/// Minutes that do not count, and why (`tomoni.dev/exclusions`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// Which minutes.
    pub span: tomoni_ledger::Span,
    /// Of what kind, such as `maintenance`.
    pub category: String,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub author: String,
}
