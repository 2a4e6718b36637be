//! The one place that reads the clock.

use std::time::Instant;

use jiff::Timestamp;

/// The present, in milliseconds since the Unix epoch.
#[expect(
    clippy::disallowed_methods,
    reason = "the binary is where the clock is read"
)]
pub(crate) fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

/// For measuring how long something takes.
#[expect(
    clippy::disallowed_methods,
    reason = "the binary is where the clock is read"
)]
pub(crate) fn timer() -> Instant {
    Instant::now()
}
