//! Burn rates: how fast the budget is being spent, over windows from minutes to days.

use tomoni_ledger::{Events, Minute, NotLoaded, Series, Span};

use crate::level::Level;
use crate::objective::Objective;
use crate::slices::Grid;
use crate::state::suffices;
use crate::tally::RunningTotals;
use crate::window::Window;

/// How many windows there are by default.
pub const BURN_WINDOWS: usize = 7;

/// 5m, 30m, 1h, 2h, 6h, 1d, 3d: for periods of 28 to 31 days.
const MONTHLY_MINUTES: [i64; BURN_WINDOWS] = [5, 30, 60, 120, 360, 1_440, 4_320];

/// Which part of any other period each window is.
const DIVISORS: [i64; BURN_WINDOWS] = [8_064, 1_344, 672, 336, 112, 28, 7];

/// A window with fewer minutes than this may lack one, but not more.
const FEW_MINUTES: i64 = 10;

const DAY: i64 = tomoni_ledger::DAY_MINUTES;

/// A burn rate over a window: how many times faster than allowed the budget is being spent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BurnRate {
    /// The window's length in minutes, before rounding up to whole slices.
    pub minutes: i64,
    /// The minutes looked at: with slices, whole ones only.
    pub window: Span,
    /// `(1 - SLI) / (1 - target)`; `None` when the SLI is unknown.
    pub rate: Option<f64>,
    /// The smallest rate above zero that the window's traffic can show: that of one failure (as in
    /// [`crate::Budget::one_failure`]); `None` without traffic.
    pub one_failure: Option<f64>,
    /// Bad events of the known minutes that are not excluded.
    pub bad: Events,
    /// All events, likewise.
    pub total: Events,
    /// Known minutes over the minutes that are not excluded; `None` when all are excluded.
    pub coverage: Option<f64>,
    /// Minutes taken out by exclusions.
    pub excluded_minutes: i64,
    /// Whether coverage is too small to act on it: below 0.9, or of fewer than ten minutes (or
    /// slices) more than one unknown, or all of them (semantics.md, "Alerts": frozen).
    ///
    /// A window that is excluded wholly lacks nothing: its rate is unknown, and holds nowhere.
    pub lacks_coverage: bool,
}

/// Burn rates over the default windows (5m, 30m, 1h, 2h, 6h, 1d, 3d; scaled for other periods),
/// shortest first.
///
/// # Errors
///
/// When the minutes of a day that [`crate::required_days`] names are not loaded.
pub fn burn_rates(
    series: &Series,
    objective: &Objective,
    at: Minute,
) -> Result<[BurnRate; BURN_WINDOWS], NotLoaded> {
    let rates = burn_rates_with(series, objective, at)?;
    if cfg!(debug_assertions) {
        for rate in &rates {
            debug_assert_eq!(crate::invariants::broken_by_burn(rate, objective), None);
        }
    }
    Ok(rates)
}

/// [`burn_rates`], from whatever knows the running totals.
pub(crate) fn burn_rates_with(
    ledger: &impl RunningTotals,
    objective: &Objective,
    at: Minute,
) -> Result<[BurnRate; BURN_WINDOWS], NotLoaded> {
    let grid = objective.grid(at);
    let mut rates = burn_windows(&objective.window).map(BurnRate::unknown);
    for rate in &mut rates {
        *rate = burn_rate_with(ledger, objective, grid.as_ref(), (at, rate.minutes))?;
    }
    Ok(rates)
}

/// The burn rate at a minute over a window of so many.
pub(crate) fn burn_rate_with(
    ledger: &impl RunningTotals,
    objective: &Objective,
    grid: Option<&Grid>,
    (at, minutes): (Minute, i64),
) -> Result<BurnRate, NotLoaded> {
    let mut rate = BurnRate::unknown(minutes);
    rate.window = burn_span(grid, at, minutes);
    let level = Level::of(ledger, objective, grid, rate.window)?;
    rate.read(&level, objective);
    Ok(rate)
}

/// The default windows for a period, in minutes, shortest first (semantics.md, "Alerts").
///
/// Some are equal where the period is so short that they are less than a minute.
pub fn burn_windows(window: &Window) -> [i64; BURN_WINDOWS] {
    let period = window.nominal_minutes();
    if has_monthly_windows(period) {
        return MONTHLY_MINUTES;
    }
    DIVISORS.map(|divisor| period.div_euclid(divisor) + i64::from(period % divisor != 0))
}

/// Whether a period of so many minutes has from 28 to 31 days.
pub(crate) fn has_monthly_windows(period_minutes: i64) -> bool {
    (28 * DAY..=31 * DAY).contains(&period_minutes)
}

/// What a burn window looks at.
pub(crate) fn burn_span(grid: Option<&Grid>, at: Minute, minutes: i64) -> Span {
    grid.map_or_else(
        || Span::ending_at(at, minutes),
        |grid| grid.rounded_up(at, minutes),
    )
}

impl BurnRate {
    /// A window of which nothing has been read.
    const fn unknown(minutes: i64) -> Self {
        Self {
            minutes,
            window: Span::new(Minute::from_index(0), Minute::from_index(0)),
            rate: None,
            one_failure: None,
            bad: Events::ZERO,
            total: Events::ZERO,
            coverage: None,
            excluded_minutes: 0,
            lacks_coverage: true,
        }
    }

    /// The window's name, such as `5m`, `1h` or `3d`.
    pub fn window_name(&self) -> String {
        crate::duration::minutes_text(self.minutes)
    }

    /// Takes in the level of the window.
    fn read(&mut self, level: &Level, objective: &Objective) {
        let share = objective.target.budget_share();
        let (tally, sums) = (&level.tally, &level.tally.sums);
        self.rate = level.shares.map(|shares| shares.bad / share);
        self.one_failure = level.shares.map(|shares| shares.one_failure / share);
        (self.bad, self.total) = (sums.bad, sums.total);
        self.coverage = tally.coverage();
        self.excluded_minutes = tally.excluded;
        let slices_lack = level
            .slices
            .is_some_and(|tally| lacks(tally.slices.known, tally.slices.all));
        self.lacks_coverage = lacks(sums.known, tally.minutes) || slices_lack;
    }
}

/// Whether too few are known to act on.
fn lacks(known: i64, all: i64) -> bool {
    if all == 0 {
        false
    } else if all < FEW_MINUTES {
        known == 0 || all - known > 1
    } else {
        !suffices(known, all)
    }
}
