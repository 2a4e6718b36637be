//! In what state an objective is.

use crate::budget::Budget;
use crate::level::Level;
use crate::window::Extent;

/// Below this coverage a figure is partial (semantics.md, "The ledger").
pub const COVERAGE_MIN: f64 = 0.9;

/// Below this share of the budget an objective is at risk (semantics.md, "State").
pub const AT_RISK_BELOW: f64 = 0.25;

/// How far a share may lie from a limit, in parts of it, to count as being at the limit: a decimal
/// target is no binary fraction, so 7 of the 0.07 · 100 events that may be bad come out as a hair
/// less than all of them.
const AT_LIMIT: f64 = 1e-12;

/// Whether a number is above a limit, not only by rounding.
///
/// ```
/// use tomoni_slo::is_above;
/// assert!(7.0 < 0.07 * 100.0 && !is_above(0.07 * 100.0, 7.0));
/// assert!(is_above(7.1, 7.0));
/// ```
pub fn is_above(number: f64, limit: f64) -> bool {
    number > limit * (1.0 + AT_LIMIT)
}

/// Whether at least 0.9 of all minutes (or slices) are known; of none at all, they are.
pub(crate) const fn suffices(known: i64, all: i64) -> bool {
    known * 10 >= all * 9
}

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
    /// All states: first those that somebody should look at first.
    pub const WORST_FIRST: [Self; 6] = [
        Self::Exhausted,
        Self::AtRisk,
        Self::NoData,
        Self::Partial,
        Self::NoTraffic,
        Self::Ok,
    ];

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
        let slices_suffice = level.slices.is_none_or(|tally| {
            tally.slices.known > 0 && suffices(tally.slices.known, tally.slices.all)
        });
        let is_partial = !suffices(sums.known, level.tally.minutes)
            || !slices_suffice
            || extent.is_in_first_tenth();
        if sums.known == 0 {
            Self::NoData
        } else if sums.total == tomoni_ledger::Events::ZERO {
            Self::NoTraffic
        } else if is_partial {
            Self::Partial
        } else if level.shares.is_none() {
            Self::NoTraffic
        } else if !is_above(1.0, budget.consumed) {
            Self::Exhausted
        } else if is_above(AT_RISK_BELOW, budget.remaining()) {
            Self::AtRisk
        } else {
            Self::Ok
        }
    }
}
