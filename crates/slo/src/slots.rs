//! Pairs of windows that together raise an alert (semantics.md, "Alerts").

use tomoni_ledger::{Events, Minute, NotLoaded, Series};

use crate::burn::{BURN_WINDOWS, BurnRate, burn_rates_with, has_monthly_windows};
use crate::objective::Objective;
use crate::state::is_above;
use crate::tally::RunningTotals;
use crate::window::Window;

/// How many slots there are by default.
pub const SLOTS: usize = 4;

/// A slot is true only with so many bad events in its short window (semantics.md, "Low traffic"):
/// one alone never pages.
pub const BAD_EVENTS_MIN: Events = Events::whole(2);

/// A pair of windows that together raise an alert.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slot {
    /// How urgent it is.
    pub severity: Severity,
    /// The long window's burn rate.
    pub long: BurnRate,
    /// The short window's burn rate. Its `one_failure` is the smallest burn that its traffic can
    /// show.
    pub short: BurnRate,
    /// Both burn rates must be above this, and not only by rounding.
    pub factor: f64,
    /// Bad events that the short window must have.
    pub bad_min: Events,
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

impl Severity {
    /// The severity's name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Ticket => "ticket",
        }
    }
}

/// One line of the table in semantics.md, "Alerts"; windows by their place among the default ones.
pub(crate) struct Line {
    pub(crate) severity: Severity,
    pub(crate) long: usize,
    pub(crate) short: usize,
    /// Share of a period's budget that is spent when the slot becomes true; 28 to 31 days.
    share: f64,
    /// The factor for every other period.
    factor: f64,
}

pub(crate) const LINES: [Line; SLOTS] = [
    Line {
        severity: Severity::Page,
        long: 2,
        short: 0,
        share: 0.02,
        factor: 14.0,
    },
    Line {
        severity: Severity::Page,
        long: 4,
        short: 1,
        share: 0.05,
        factor: 7.0,
    },
    Line {
        severity: Severity::Ticket,
        long: 5,
        short: 3,
        share: 0.1,
        factor: 2.0,
    },
    Line {
        severity: Severity::Ticket,
        long: 6,
        short: 4,
        share: 0.1,
        factor: 1.0,
    },
];

/// The default slots, page before ticket, shortest first.
///
/// # Errors
///
/// When the minutes of a day that [`crate::required_days`] names are not loaded.
pub fn slots(
    series: &Series,
    objective: &Objective,
    at: Minute,
) -> Result<[Slot; SLOTS], NotLoaded> {
    let slots = slots_with(series, objective, at)?;
    if cfg!(debug_assertions) {
        for slot in &slots {
            debug_assert_eq!(crate::invariants::broken_by_slot(slot, objective), None);
        }
    }
    Ok(slots)
}

/// [`slots`], from whatever knows the running totals.
pub(crate) fn slots_with(
    ledger: &impl RunningTotals,
    objective: &Objective,
    at: Minute,
) -> Result<[Slot; SLOTS], NotLoaded> {
    let rates = burn_rates_with(ledger, objective, at)?;
    Ok(slots_of(&rates, objective))
}

/// The slots of an objective whose burn rates over the default windows are known already
/// ([`crate::burn_rates`]): what [`slots`] gives at their minute.
pub fn slots_of(rates: &[BurnRate; BURN_WINDOWS], objective: &Objective) -> [Slot; SLOTS] {
    LINES.map(|line| line.slot((rates[line.long], rates[line.short]), objective))
}

impl Line {
    /// What both burn rates must be above, with a long window of so many minutes.
    pub(crate) fn factor(&self, window: &Window, long_minutes: i64) -> f64 {
        let period = window.nominal_minutes();
        if has_monthly_windows(period) {
            self.share * period as f64 / long_minutes as f64
        } else {
            self.factor
        }
    }

    /// The slot whose windows burn like this.
    pub(crate) fn slot(&self, (long, short): (BurnRate, BurnRate), objective: &Objective) -> Slot {
        let factor = self.factor(&objective.window, long.minutes);
        let is_above = |burn: &BurnRate| burn.rate.is_some_and(|rate| is_above(rate, factor));
        let is_frozen = long.lacks_coverage || short.lacks_coverage;
        let holds = is_above(&long) && is_above(&short) && short.bad >= BAD_EVENTS_MIN;
        Slot {
            severity: self.severity,
            long,
            short,
            factor,
            bad_min: BAD_EVENTS_MIN,
            holds: (!is_frozen).then_some(holds),
            is_impossible: factor * objective.target.budget_share() >= 1.0,
        }
    }
}
