#![doc = include_str!("../README.md")]

pub mod block;
pub mod bytes;
mod day_facts;
mod fact;
pub mod invariants;
mod minute;
mod running;
mod series;
mod spans;
mod sums;

pub use day_facts::DayFacts;
pub use fact::{Counts, Events, Fact, Marks, PARTS};
pub use minute::{DAY_MINUTES, Day, MINUTE_MS, MINUTE_S, Minute, Span};
pub use series::{NotLoaded, Series};
pub use spans::SpanSet;
pub use sums::Sums;
