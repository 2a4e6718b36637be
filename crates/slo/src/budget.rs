//! The error budget: what may be bad, what was, what is left.

use crate::level::Level;
use crate::objective::{Method, Objective};

/// An error budget, in its method's unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// What may be spent.
    pub allowed: f64,
    /// What was spent.
    pub spent: f64,
    /// In what.
    pub unit: BudgetUnit,
    /// `spent / allowed`; 0 without traffic.
    pub consumed: f64,
    /// The share of the budget that one failure costs: one bad event, with Timeslices one bad slice;
    /// with RatioTimeslices one bad event in a slice of mean traffic. `None` without traffic.
    ///
    /// Times the window's length it says "here one failure is three days of budget".
    pub one_failure: Option<f64>,
}

/// What a budget is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BudgetUnit {
    /// Events.
    Events,
    /// Minutes of slices.
    Minutes,
    /// A ratio.
    Ratio,
}

impl Budget {
    /// `1 - consumed`; negative when overspent.
    pub fn remaining(&self) -> f64 {
        1.0 - self.consumed
    }

    /// The budget of a level (semantics.md, "Budgeting methods"). `window_minutes` are the minutes of
    /// all slices of the whole window, for Timeslices only.
    pub(crate) fn of(level: &Level, objective: &Objective, window_minutes: i64) -> Self {
        let share = objective.target.budget_share();
        let (unit, allowed, one_failure) = match objective.method {
            Method::Occurrences => (BudgetUnit::Events, share * level.basis.all, 1.0),
            Method::Timeslices { width_minutes, .. } => {
                let allowed = share * window_minutes as f64;
                (BudgetUnit::Minutes, allowed, width_minutes as f64)
            }
            Method::RatioTimeslices { .. } => {
                let one_failure = level.shares.map_or(0.0, |shares| shares.one_failure);
                (BudgetUnit::Ratio, share, one_failure)
            }
        };
        let has_traffic = level.shares.is_some() && allowed > 0.0;
        Self {
            allowed,
            spent: level.spent,
            unit,
            consumed: if has_traffic {
                level.spent / allowed
            } else {
                0.0
            },
            one_failure: has_traffic.then(|| one_failure / allowed),
        }
    }
}
