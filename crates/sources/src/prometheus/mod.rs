//! Counting from a Prometheus-compatible server.
//!
//! [`Prometheus::read`] takes ledgers that are wanted and a span of minutes, and gives every minute
//! of the span for each of them. What the numbers mean stands in the design's semantics.md,
//! "Counting from a Prometheus-compatible server".

mod answer;
mod client;
mod config;
mod counting;
mod error;
mod groups;
mod labels;
mod observation;
mod reader;
mod reading;

pub use config::{Auth, Config, Limits};
pub use error::SourceError;
pub use groups::{FoundGroups, GROUPS_AT_ONCE_MAX, Grouping, Groups};
pub use observation::{ApproximateReason, Observation};
pub use reader::{Harvest, Progress, Prometheus, Want};
