//! What was met while counting.

use tomoni_ledger::Minute;

use super::Sample;

/// What was met while counting, to be told beside the facts. Tallies of neighbouring spans add up.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct Tally {
    /// Series that began in the span.
    pub(in super::super) births: i64,
    /// Series that had been without a sample for five minutes, at a time in the span, less those
    /// that came back within the hour.
    pub(in super::super) deaths: i64,
    /// Drops of a counter.
    pub(in super::super) resets: i64,
    /// Births whose value was too large to be traffic.
    pub(in super::super) refused: Vec<Refused>,
    /// The usual time between two samples of a series.
    pub(in super::super) interval_ms: Option<i64>,
}

/// A birth whose value was too large to be traffic.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Refused {
    /// Which of the claim's terms: those of `total` first, then those of `part`.
    pub(in super::super) term: usize,
    /// Which of the term's series.
    pub(in super::super) tape: usize,
    pub(in super::super) minute: Minute,
    pub(in super::super) value: f64,
    pub(in super::super) hour_before: f64,
}

impl Tally {
    /// Adds the tally of the span that follows. Refused births are left to the caller: their places
    /// hold only for their own span.
    pub(in super::super) fn add(&mut self, next: Self) {
        self.births += next.births;
        self.deaths += next.deaths;
        self.resets += next.resets;
        self.interval_ms = self.interval_ms.or(next.interval_ms);
    }
}

/// The median time between two samples, over the first so many of each series.
pub(super) fn usual_interval_ms<'a>(tapes: impl Iterator<Item = &'a [Sample]>) -> Option<i64> {
    const PAIRS_A_SERIES: usize = 20;
    const SERIES: usize = 100;
    let mut gaps: Vec<i64> = tapes
        .take(SERIES)
        .flat_map(|tape| tape.windows(2).take(PAIRS_A_SERIES))
        .filter_map(|pair| Some(pair.get(1)?.at_ms - pair.first()?.at_ms))
        .collect();
    let middle = gaps.len() / 2;
    (!gaps.is_empty()).then(|| *gaps.select_nth_unstable(middle).1)
}
