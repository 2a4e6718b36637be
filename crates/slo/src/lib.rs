#![doc = include_str!("../README.md")]

mod figures;
mod indicator;
mod key;
mod objective;
mod threshold;
mod window;

pub use figures::{
    Budget, BudgetUnit, BurnRate, Figures, Severity, Slices, Slot, State, burn_rates, evaluate,
    required_days, required_span, slots,
};
pub use indicator::{Indicator, Part, Query};
pub use key::{Generation, LedgerKey, NotAKey};
pub use objective::{
    Exclusion, Method, MissingData, NotATarget, Objective, Promise, Slo, Stage, Target,
};
pub use threshold::{Op, Threshold, UnknownOp};
pub use window::{Calendar, Unit, Window};
