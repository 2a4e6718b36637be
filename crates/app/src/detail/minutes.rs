//! The minutes that a number came from.

use jiff::Timestamp;
use tomoni_ledger::{Fact, Minute, NotLoaded, Span};
use tomoni_slo::Objective;

use super::History;

/// One minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MinuteOf {
    /// Which.
    pub end: Minute,
    /// What is known of it.
    pub fact: Fact,
    /// The objective does not count it.
    pub is_excluded: bool,
    /// It has been read.
    pub is_settled: bool,
    /// It has been read for the last time.
    pub is_closed: bool,
}

/// The minutes of a span, oldest first.
///
/// # Errors
///
/// When they are not loaded.
pub fn minutes(
    history: &History,
    objective: &Objective,
    span: Span,
) -> Result<Vec<MinuteOf>, NotLoaded> {
    span.minutes()
        .map(|end| {
            Ok(MinuteOf {
                end,
                fact: history.series.fact(end)?,
                is_excluded: objective.exclusions.contains(end),
                is_settled: history.settled.contains(end),
                is_closed: history.closed.contains(end),
            })
        })
        .collect()
}

/// The instant at which a minute ends; one outside jiff's ten thousand years is cut to them.
pub(super) fn instant(minute: Minute) -> Timestamp {
    let cut = if minute.index() < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_millisecond(minute.end_ms()).unwrap_or(cut)
}
