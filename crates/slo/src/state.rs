//! In what state an objective is.

use crate::budget::Budget;
use crate::level::Level;
use crate::window::Extent;

/// Below this coverage a figure is partial (semantics.md, "The ledger").
pub const COVERAGE_MIN: f64 = 0.9;

/// Below this share of the budget an objective is at risk (semantics.md, "State").
pub const AT_RISK_BELOW: f64 = 0.25;

/// In what state an objective is: the first that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// No minute of the window is known, or all are excluded, or no period has begun.
    NoData,
    /// Nothing happened in the known minutes.
    NoTraffic,
    /// Coverage below 0.9, in minutes or in slices, or a calendar period in its first tenth.
    Partial,
    /// Nothing of the budget is left.
    Exhausted,
    /// Less than a quarter of the budget is left.
    AtRisk,
    /// A quarter or more is left.
    Ok,
}

impl State {
    /// The state's name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoData => "no_data",
            Self::NoTraffic => "no_traffic",
            Self::Partial => "partial",
            Self::Exhausted => "exhausted",
            Self::AtRisk => "at_risk",
            Self::Ok => "ok",
        }
    }

    /// The state of a level and its budget.
    pub(crate) fn of(level: &Level, budget: &Budget, extent: Extent) -> Self {
        let sums = &level.tally.sums;
        let coverage = level.tally.coverage().unwrap_or(0.0);
        let slices_suffice = level.slices.is_none_or(|tally| {
            let slices = tally.slices;
            slices.known > 0 && slices.known as f64 >= COVERAGE_MIN * slices.all as f64
        });
        let is_partial = coverage < COVERAGE_MIN || extent.is_in_first_tenth() || !slices_suffice;
        if sums.known == 0 {
            Self::NoData
        } else if sums.total == tomoni_ledger::Events::ZERO {
            Self::NoTraffic
        } else if is_partial {
            Self::Partial
        } else if level.shares.is_none() {
            Self::NoTraffic
        } else if budget.consumed >= 1.0 {
            Self::Exhausted
        } else if budget.remaining() < AT_RISK_BELOW {
            Self::AtRisk
        } else {
            Self::Ok
        }
    }
}
