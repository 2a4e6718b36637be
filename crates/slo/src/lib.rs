#![doc = include_str!("../README.md")]

mod budget;
mod burn;
mod calendar;
mod duration;
mod figures;
mod indicator;
pub mod invariants;
mod key;
mod level;
mod objective;
mod replay;
mod required;
mod slices;
mod slots;
mod state;
mod tally;
mod target;
mod threshold;
mod window;

pub use budget::{Budget, BudgetUnit};
pub use burn::{BURN_WINDOWS, BurnRate, burn_rates, burn_windows};
pub use calendar::{Calendar, CalendarError, Unit};
pub use duration::{Duration, DurationError, DurationUnit, WINDOW_DAYS_MAX, minutes_text};
pub use figures::{Basis, Figures, Slices, evaluate};
pub use indicator::{Indicator, Part, Query};
pub use key::{Generation, LedgerKey, NotAKey};
pub use objective::{Exclusion, Method, MissingData, Objective, Promise, Slo, Stage};
pub use replay::Replay;
pub use required::{required_days, required_span};
pub use slots::{BAD_EVENTS_MIN, SLOTS, Severity, Slot, slots};
pub use state::{AT_RISK_BELOW, COVERAGE_MIN, State, is_above};
pub use target::{NotATarget, Target};
pub use threshold::{Op, Threshold, UnknownOp};
pub use window::{Extent, Window};
