#![doc = include_str!("../README.md")]

mod error;
pub mod http;
mod kept;
mod postgres;
mod prometheus;
mod pushed;
mod require;
mod server;
mod targets;
mod victoria_metrics;

pub use error::TestkitError;
pub use postgres::Postgres;
pub use prometheus::{Prometheus, PrometheusOptions, backfill};
pub use pushed::PUSHED;
pub use require::{REQUIRE_VARIABLE, can_run, find, missing};
pub use targets::{Clock, Served, SimulatedTargets};
pub use victoria_metrics::VictoriaMetrics;
