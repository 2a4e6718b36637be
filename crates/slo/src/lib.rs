#![doc = include_str!("../README.md")]

mod indicator;
mod key;
mod threshold;

pub use indicator::{Indicator, Part, Query};
pub use key::{Generation, LedgerKey, NotAKey};
pub use threshold::{Op, Threshold, UnknownOp};
