//! What happens, told on standard error.

use std::io;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::writer::MakeWriterExt as _;

use crate::args::{LogArgs, LogFormat, LogLevel};
use crate::draw::Screen;

/// Crates of others that say nothing below a warning: what they do is ours to tell.
const QUIET: &str = "warn,tomoni";

/// Begins to tell. A second call changes nothing.
pub(crate) fn begin(args: &LogArgs) {
    let filter = EnvFilter::new(format!("{QUIET}={}", args.level.name()));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr.with_max_level(tracing::Level::TRACE))
        .with_target(false)
        // It would be told on standard error, too, and what cannot be written there is a panic: a
        // full disk under the log must not end what counts.
        .log_internal_errors(false);
    // Fails only where somebody tells already.
    let _ = match args.log_format {
        LogFormat::Text => lines.with_ansi(Screen::stderr().colour).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
}

impl LogLevel {
    const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}
