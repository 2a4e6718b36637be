//! What every handler needs, of pages and of the API: the site it belongs to, limits, problems.

pub(crate) mod body;
mod code;
mod holder;
pub mod limits;
mod metrics;
mod problem;
pub(crate) mod settings;

pub use code::Code;
pub use holder::{Clock, Site, Timeouts};
pub(crate) use metrics::metrics;
pub use metrics::{Beat, Metrics};
pub use problem::{PROBLEM_JSON, Problem, ProblemBody};
pub use settings::{Heartbeat, LISTEN_DEFAULT, Settings, SettingsError};
