//! What happens, told on standard error.

use std::io;

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::args::{LogArgs, LogFormat, LogLevel};
use crate::draw::Screen;

/// Begins to tell. A second call changes nothing.
pub(crate) fn begin(args: &LogArgs) {
    // Crates of others say nothing below a warning: what they do is ours to tell.
    let filter = Targets::new()
        .with_default(Level::WARN)
        .with_target("tomoni", args.level.level());
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_target(false)
        // It would be told on standard error, too, and what cannot be written there is a panic: a
        // full disk under the log must not end what counts.
        .log_internal_errors(false);
    let told = tracing_subscriber::registry().with(filter);
    // Fails only where somebody tells already.
    let _ = match args.log_format {
        LogFormat::Text => told
            .with(lines.with_ansi(Screen::stderr().colour))
            .try_init(),
        LogFormat::Json => told.with(lines.json().flatten_event(true)).try_init(),
    };
}

impl LogLevel {
    const fn level(self) -> Level {
        match self {
            Self::Error => Level::ERROR,
            Self::Warn => Level::WARN,
            Self::Info => Level::INFO,
            Self::Debug => Level::DEBUG,
            Self::Trace => Level::TRACE,
        }
    }
}
