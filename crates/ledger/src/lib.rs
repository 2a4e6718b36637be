#![doc = include_str!("../README.md")]

mod fact;
mod minute;
mod spans;

pub use fact::{Counts, Events, Fact, Marks, PARTS};
pub use minute::{DAY_MINUTES, Day, MINUTE_MS, MINUTE_S, Minute, Span};
pub use spans::SpanSet;
