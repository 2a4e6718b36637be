//! Counting: samples in, minutes out. Pure, and the heart of the matter.
//!
//! What is said here about a minute depends only on the samples from [`LOOKBACK_MS`] before the
//! span to [`LOOKAHEAD_MS`] after it, and not on where the span begins or ends. So however a time is
//! cut into reads, each minute comes out the same.
//!
//! - [`counters`] counts events from counters that only rise, apart from resets;
//! - [`gauge`] judges a gauge by its last sample in each minute;
//! - [`spread`] lays what was evaluated over longer stretches onto minutes, losing nothing.

mod counters;
mod gauge;
mod spread;
mod tally;

#[cfg(test)]
mod tests;

pub(super) use counters::{Claim, Knowledge, Term, count};
pub(super) use gauge::{Judged, judge, verdict, verdicts};
pub(super) use spread::spread;
pub(super) use tally::Tally;

use tomoni_ledger::MINUTE_MS;

/// A sample's predecessor is the same series' last sample at most this long before it.
const PREDECESSOR_MS: i64 = 60 * MINUTE_MS;
/// A series is a witness with this many samples in the hour before a birth: we had been looking for
/// two scrape intervals, and would have seen what was there.
const WITNESSED: usize = 3;
/// A minute is known without a sample where one series' samples before and after it are at most this
/// far apart: one scrape at 60 s was missed, with some room for jitter.
const BRIDGE_MS: i64 = 150_000;
/// The time before a birth whose events the born value is held against.
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// A born value above this many times that hour's events only sets the base, and so does all that is
/// born in a scrape whose births add up to more.
const IMPLAUSIBLE: f64 = 100.0;
/// A series without a sample for this long has died.
pub(super) const DEATH_MS: i64 = 5 * MINUTE_MS;

/// How far before a span samples matter: a birth is held against the deltas of the hour before it,
/// and those have predecessors in the hour before that.
pub(super) const LOOKBACK_MS: i64 = HOUR_MS + PREDECESSOR_MS;
/// How far after a span samples matter: to know that a minute without a sample lies between two, of
/// which the earlier is at least as old as the minute.
pub(super) const LOOKAHEAD_MS: i64 = BRIDGE_MS - MINUTE_MS;

/// One sample of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample {
    /// When it was taken, in milliseconds since the Unix epoch.
    pub(super) at_ms: i64,
    /// What it says.
    pub(super) value: f64,
}

impl Sample {
    /// Whether the value can be that of a counter: finite, not negative, and small enough that a
    /// double still tells its events apart.
    pub(super) fn is_count(&self) -> bool {
        self.value >= 0.0 && self.value <= (1_i64 << 52) as f64
    }
}
