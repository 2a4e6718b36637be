//! The real time, for tests that live in it.

use std::time::{SystemTime, UNIX_EPOCH};

/// The real time, in milliseconds since the Unix epoch: what is alive happens in it.
#[expect(clippy::disallowed_methods, reason = "a live test lives in real time")]
pub fn present_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as i64)
}
