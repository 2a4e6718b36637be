//! What the minutes of a span add up to once exclusions are taken out.

use tomoni_ledger::{Minute, NotLoaded, Series, Span, SpanSet, Sums};

use crate::objective::Objective;
use crate::slices::{Grid, SliceTally};

/// What knows the running totals of a ledger.
///
/// All figures are computed through this, and which minutes are asked for never depends on the
/// answers. So the same code that computes a figure tells which days it needs.
pub(crate) trait RunningTotals {
    /// The sums of all minutes up to and including this one.
    fn until(&self, minute: Minute) -> Result<Sums, NotLoaded>;

    /// The sums up to the minute before a span and to each `step` minutes of it, in order; the last
    /// part of the span may be shorter.
    fn each_until(
        &self,
        span: Span,
        step: i64,
        mut told: impl FnMut(Minute, Sums),
    ) -> Result<(), NotLoaded> {
        let mut minute = span.after;
        told(minute, self.until(minute)?);
        while minute < span.until {
            minute = (minute + step).min(span.until);
            told(minute, self.until(minute)?);
        }
        Ok(())
    }

    /// What the slices of a covered span add up to (see [`Grid::covered`]).
    fn slices(
        &self,
        objective: &Objective,
        grid: &Grid,
        covered: Span,
    ) -> Result<SliceTally, NotLoaded> {
        SliceTally::of(self, objective, grid, covered)
    }
}

impl RunningTotals for Series {
    #[inline]
    fn until(&self, minute: Minute) -> Result<Sums, NotLoaded> {
        Self::until(self, minute)
    }

    fn each_until(
        &self,
        span: Span,
        step: i64,
        told: impl FnMut(Minute, Sums),
    ) -> Result<(), NotLoaded> {
        Self::each_until(self, span, step, told)
    }
}

/// What the minutes of a span add up to that are not excluded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// What they add up to.
    pub(crate) sums: Sums,
    /// How many they are, known or not.
    pub(crate) minutes: i64,
    /// How many more are excluded.
    pub(crate) excluded: i64,
}

impl Tally {
    /// Adds a span up.
    pub(crate) fn of(
        ledger: &impl RunningTotals,
        exclusions: &SpanSet,
        span: Span,
    ) -> Result<Self, NotLoaded> {
        if span.is_empty() {
            return Ok(Self::default());
        }
        let mut sums = ledger.until(span.until)? - ledger.until(span.after)?;
        let mut excluded = 0;
        for part in exclusions.within(span) {
            excluded += part.len();
            sums -= ledger.until(part.until)? - ledger.until(part.after)?;
        }
        Ok(Self {
            sums,
            minutes: span.len() - excluded,
            excluded,
        })
    }

    /// Minutes of which nothing is known.
    pub(crate) const fn missing(&self) -> i64 {
        self.minutes - self.sums.known
    }

    /// Known minutes over minutes; `None` when all are excluded.
    pub(crate) fn coverage(&self) -> Option<f64> {
        (self.minutes > 0).then(|| self.sums.known as f64 / self.minutes as f64)
    }
}
