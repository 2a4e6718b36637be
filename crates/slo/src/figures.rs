//! What an objective's ledger says at an instant.

use tomoni_ledger::{Day, Minute, NotLoaded, Series, Span};

use crate::objective::Objective;

/// An objective's figures over its window, at a minute.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// The window's minutes, as of the minute asked for.
    pub window: Span,
    /// Good events of the window's known minutes that are not excluded.
    pub good: tomoni_ledger::Events,
    /// Bad events, likewise.
    pub bad: tomoni_ledger::Events,
    /// All events, likewise.
    pub total: tomoni_ledger::Events,
    /// The service level by the objective's method; `None` when it is unknown.
    pub sli: Option<f64>,
    /// The error budget.
    pub budget: Budget,
    /// Known minutes over the minutes that are not excluded; `None` when all are excluded.
    pub coverage: Option<f64>,
    /// The window's minutes that are not excluded.
    pub minutes: i64,
    /// Those of them that are known.
    pub known_minutes: i64,
    /// Minutes taken out by exclusions.
    pub excluded_minutes: i64,
    /// Missing minutes that the missing-data policy made good or bad.
    pub imputed_minutes: i64,
    /// Known minutes that were evaluated and spread, not counted.
    pub approximate_minutes: i64,
    /// Minutes in which bad exceeded total and was clamped.
    pub clamped_minutes: i64,
    /// Minutes that are unknown because the source answered what is no count.
    pub invalid_minutes: i64,
    /// Known slices and good slices; `None` where the method has no slices.
    pub slices: Option<Slices>,
    /// The state, first that applies.
    pub state: State,
}

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
}

impl Budget {
    /// `1 - consumed`; negative when overspent.
    pub fn remaining(&self) -> f64 {
        1.0 - self.consumed
    }
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

/// Slices of a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slices {
    /// All slices of the window so far.
    pub all: i64,
    /// Those that are known.
    pub known: i64,
    /// Those that are known and good.
    pub good: i64,
    /// Those that are known and had traffic.
    pub with_traffic: i64,
}

/// In what state an objective is: the first that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// No minute of the window is known.
    NoData,
    /// Nothing happened in the known minutes.
    NoTraffic,
    /// Coverage below 0.9, or a calendar period in its first tenth.
    Partial,
    /// Nothing of the budget is left.
    Exhausted,
    /// Less than a quarter of the budget is left.
    AtRisk,
    /// A quarter or more is left.
    Ok,
}

/// A burn rate over a window: how many times faster than allowed the budget is being spent.
#[derive(Clone, Debug, PartialEq)]
pub struct BurnRate {
    /// The window's length in minutes, before rounding up to whole slices.
    pub minutes: i64,
    /// `(1 - SLI) / (1 - target)`; `None` when the SLI is unknown.
    pub rate: Option<f64>,
    /// Whether coverage is too small to act on it (semantics.md, "Alerts": frozen).
    pub lacks_coverage: bool,
}

/// A pair of windows that together raise an alert.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// How urgent it is.
    pub severity: Severity,
    /// The long window's burn rate.
    pub long: BurnRate,
    /// The short window's burn rate.
    pub short: BurnRate,
    /// Both burn rates must be above this.
    pub factor: f64,
    /// Whether it is true; `None` when it is frozen.
    pub holds: Option<bool>,
    /// It can never be true: `factor * (1 - target) >= 1`.
    pub is_impossible: bool,
}

/// How urgent an alert is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Somebody must act now.
    Page,
    /// Somebody must act in working hours.
    Ticket,
}

/// An objective's figures at a minute (the end of the window).
///
/// # Errors
///
/// When the minutes of a day that [`required_days`] names are not loaded.
pub fn evaluate(series: &Series, objective: &Objective, at: Minute) -> Result<Figures, NotLoaded> {
    let _ = (series, objective);
    Err(NotLoaded(at.day()))
}

/// Burn rates over the default windows (5m, 30m, 1h, 2h, 6h, 1d, 3d; scaled for other periods),
/// shortest first.
///
/// # Errors
///
/// As [`evaluate`].
pub fn burn_rates(
    series: &Series,
    objective: &Objective,
    at: Minute,
) -> Result<Vec<BurnRate>, NotLoaded> {
    let _ = (series, objective);
    Err(NotLoaded(at.day()))
}

/// The default slots, page before ticket, shortest first.
///
/// # Errors
///
/// As [`evaluate`].
pub fn slots(series: &Series, objective: &Objective, at: Minute) -> Result<Vec<Slot>, NotLoaded> {
    let _ = (series, objective);
    Err(NotLoaded(at.day()))
}

/// The days whose minutes must be loaded before an objective can be evaluated at a minute, with its
/// burn rates and slots: those at the edges of its windows and exclusions, and where there are
/// slices all of them.
pub fn required_days(series: &Series, objective: &Objective, at: Minute) -> Vec<Day> {
    let _ = (series, objective, at);
    Vec::new()
}

/// All minutes that [`evaluate`], [`burn_rates`] and [`slots`] look at: what has to be fetched.
pub fn required_span(objective: &Objective, at: Minute) -> Span {
    let _ = objective;
    Span::new(at, at)
}
