#![doc = include_str!("../README.md")]

mod error;
pub mod http;
mod kept;
mod page;
mod postgres;
mod present;
mod prometheus;
mod pushed;
mod recording;
mod require;
mod server;
mod targets;
mod victoria_metrics;

pub use error::TestkitError;
pub use page::hold;
pub use postgres::Postgres;
pub use present::present_ms;
pub use prometheus::{Prometheus, PrometheusOptions, backfill};
pub use pushed::PUSHED;
pub use recording::Recording;
pub use require::{REQUIRE_VARIABLE, can_run, find, missing};
pub use targets::{Clock, Served, SimulatedTargets};
pub use victoria_metrics::VictoriaMetrics;
