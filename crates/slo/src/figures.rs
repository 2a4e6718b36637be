//! What an objective's ledger says at an instant.

use tomoni_ledger::{Events, Minute, NotLoaded, Series, Span};

use crate::budget::Budget;
use crate::level::Level;
use crate::objective::{Method, Objective};
use crate::slices::Grid;
use crate::state::State;
use crate::tally::RunningTotals;
use crate::window::Extent;

/// An objective's figures over its window, at a minute.
///
/// Before a calendar's first period there is no window: `window` is then empty, every count is zero
/// and the state is [`State::NoData`].
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// The window's minutes, as of the minute asked for.
    pub window: Span,
    /// All of the window's minutes: of a calendar period also those to come.
    pub whole_window: Span,
    /// Good events of the window's known minutes that are not excluded.
    pub good: Events,
    /// Bad events, likewise.
    pub bad: Events,
    /// All events, likewise.
    pub total: Events,
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
    /// Minutes that the missing-data policy made good or bad: the missing ones, or all minutes of
    /// the missing slices.
    pub imputed_minutes: i64,
    /// Known minutes that were evaluated and spread, not counted.
    pub approximate_minutes: i64,
    /// Minutes in which bad exceeded total and was clamped.
    pub clamped_minutes: i64,
    /// Minutes that are unknown because the source answered what is no count.
    pub invalid_minutes: i64,
    /// Known slices and good slices; `None` where the method has no slices.
    pub slices: Option<Slices>,
    /// What the service level and the budget are made of.
    pub basis: Basis,
    /// The state, first that applies.
    pub state: State,
}

/// What a service level is the ratio of, in the method's own terms: events, or slices.
///
/// It is [`Figures::sli`] written as a fraction, for whoever has to show how a figure came about.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Basis {
    /// Good events or good slices; with RatioTimeslices the sum of the slices' ratios. With what
    /// the missing-data policy made good.
    pub good: f64,
    /// All events, all known slices, with RatioTimeslices those with traffic. With what the
    /// missing-data policy made good or bad.
    pub all: f64,
    /// How many of [`Self::all`] the missing-data policy added.
    pub imputed: f64,
    /// Minutes of the known bad slices that are not excluded; 0 where the method has no slices.
    pub bad_minutes: i64,
}

/// Slices of a window: those that end in it, apart from those that are excluded wholly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slices {
    /// All slices of the window so far.
    pub all: i64,
    /// Those that are known.
    pub known: i64,
    /// Those that are known and good; with RatioTimeslices, those without a bad event.
    pub good: i64,
    /// Those that are known and had traffic.
    pub with_traffic: i64,
}

/// An objective's figures at a minute (the end of the window).
///
/// # Errors
///
/// When the minutes of a day that [`crate::required_days`] names are not loaded.
pub fn evaluate(series: &Series, objective: &Objective, at: Minute) -> Result<Figures, NotLoaded> {
    let figures = evaluate_with(series, objective, at)?;
    debug_assert_eq!(crate::invariants::broken_by(&figures, objective), None);
    Ok(figures)
}

/// [`evaluate`], from whatever knows the running totals.
pub(crate) fn evaluate_with(
    ledger: &impl RunningTotals,
    objective: &Objective,
    at: Minute,
) -> Result<Figures, NotLoaded> {
    let now = Span::new(at, at);
    let extent = objective.window.extent(at);
    let extent_or_empty = extent.unwrap_or(Extent {
        so_far: now,
        whole: now,
    });
    let grid = objective.grid(at);
    let level = Level::of(ledger, objective, grid.as_ref(), extent_or_empty.so_far)?;
    let to_spend_minutes = minutes_to_spend(objective, grid.as_ref(), extent_or_empty.whole);
    let budget = Budget::of(&level, objective, to_spend_minutes);
    let (tally, sums) = (&level.tally, &level.tally.sums);
    Ok(Figures {
        window: extent_or_empty.so_far,
        whole_window: extent_or_empty.whole,
        good: sums.total - sums.bad,
        bad: sums.bad,
        total: sums.total,
        sli: level.shares.map(|shares| shares.good),
        budget,
        coverage: tally.coverage(),
        minutes: tally.minutes,
        known_minutes: sums.known,
        excluded_minutes: tally.excluded,
        imputed_minutes: level.imputed_minutes,
        approximate_minutes: sums.approximate,
        clamped_minutes: sums.clamped,
        invalid_minutes: sums.invalid,
        slices: level.slices.map(|tally| tally.slices),
        basis: level.basis,
        state: State::of(&level, &budget, extent_or_empty),
    })
}

/// The minutes of all slices of the whole window that are not excluded.
fn minutes_to_spend(objective: &Objective, grid: Option<&Grid>, whole: Span) -> i64 {
    let Some(grid) = grid.filter(|_| matches!(objective.method, Method::Timeslices { .. })) else {
        return 0;
    };
    let covered = grid.covered(whole);
    let excluded: i64 = objective.exclusions.within(covered).map(Span::len).sum();
    covered.len() - excluded
}
