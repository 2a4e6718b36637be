//! How an objective's figures stood at evenly spaced instants.

use tomoni_ledger::{DAY_MINUTES, Minute, NotLoaded, Span};
use tomoni_slo::{COVERAGE_MIN, Replay};

/// From how many days on instants lie at midnights (UTC), where day totals are enough.
const WHOLE_DAYS_FROM: i64 = 100;

/// The figures as they stood at an instant: exactly those of [`tomoni_slo::evaluate`] at it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When.
    pub at: Minute,
    /// What was left of the budget; `None` when no minute of the window is known.
    pub remaining: Option<f64>,
    /// The service level; `None` when unknown.
    pub sli: Option<f64>,
    /// Coverage was below 0.9.
    pub is_partial: bool,
}

/// A span cut into steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    span: Span,
    minutes: i64,
    /// The end of some step, from which the others are counted; the last one ends with the span.
    anchor: Minute,
}

impl Steps {
    /// A span cut into about so many steps of equal length, counted from its end. Of very long spans
    /// the steps are whole days (UTC), and the last one is shorter.
    pub fn about(span: Span, points: i64) -> Self {
        let points = points.max(1);
        let minutes = (span.len() + points - 1) / points;
        if span.len() < WHOLE_DAYS_FROM * DAY_MINUTES {
            return Self::of(span, minutes);
        }
        let days = (minutes + DAY_MINUTES / 2) / DAY_MINUTES;
        Self {
            span,
            minutes: days.max(1) * DAY_MINUTES,
            anchor: span.until.day().span().after,
        }
    }

    /// A span cut into steps of so many minutes (at least one), counted from its end: the first one
    /// may be shorter.
    pub fn of(span: Span, minutes: i64) -> Self {
        Self {
            span,
            minutes: minutes.max(1),
            anchor: span.until,
        }
    }

    /// What is cut.
    pub const fn span(&self) -> Span {
        self.span
    }

    /// How long a step is, in minutes.
    pub const fn minutes(&self) -> i64 {
        self.minutes
    }

    /// How many there are.
    pub fn count(&self) -> i64 {
        let whole = (self.anchor - self.span.after).max(0);
        let steps = (whole + self.minutes - 1) / self.minutes;
        steps + i64::from(self.anchor < self.span.until)
    }

    /// The end of each step, oldest first.
    pub fn ends(&self) -> Vec<Minute> {
        let mut ends = Vec::with_capacity(self.count() as usize);
        if self.anchor < self.span.until {
            ends.push(self.span.until);
        }
        let mut end = self.anchor;
        while end > self.span.after {
            ends.push(end);
            end = end - self.minutes;
        }
        ends.reverse();
        ends
    }

    /// The steps, oldest first: together they are the span.
    pub fn parts(&self) -> Vec<Span> {
        let mut after = self.span.after;
        let ends = self.ends().into_iter();
        ends.map(|end| {
            let part = Span::new(after, end);
            after = end;
            part
        })
        .collect()
    }
}

/// The figures at the end of each step, of an objective that was made ready for them.
///
/// # Errors
///
/// When minutes that one of them needs are not loaded.
pub fn points(replay: &Replay<'_>, steps: &Steps) -> Result<Vec<Point>, NotLoaded> {
    steps
        .ends()
        .iter()
        .map(|at| {
            let figures = replay.evaluate(*at)?;
            let is_known = figures.known_minutes > 0;
            Ok(Point {
                at: *at,
                remaining: is_known.then(|| figures.budget.remaining()),
                sli: figures.sli,
                is_partial: figures.coverage.is_some_and(|share| share < COVERAGE_MIN),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(index: i64) -> Minute {
        Minute::from_index(index)
    }

    #[test]
    fn steps_make_up_the_span() {
        for (length, points) in [
            (1, 300),
            (299, 300),
            (40_320, 300),
            (129_600, 300),
            (525_600, 300),
        ] {
            let span = Span::ending_at(minute(29_000_003), length);
            let steps = Steps::about(span, points);
            let parts = steps.parts();
            assert_eq!(parts.len() as i64, steps.count(), "{length}");
            assert!(parts.len() as i64 <= 400, "{length}: {}", parts.len());
            assert_eq!(parts.iter().map(|part| part.len()).sum::<i64>(), length);
            assert_eq!(parts.first().map(|part| part.after), Some(span.after));
            assert_eq!(parts.last().map(|part| part.until), Some(span.until));
            assert!(parts.iter().all(|part| !part.is_empty()));
        }
    }

    #[test]
    fn a_year_is_cut_at_midnights() {
        let span = Span::ending_at(minute(29_000_003), 365 * DAY_MINUTES);
        let ends = Steps::about(span, 300).ends();
        let (last, others) = ends.split_last().unwrap();
        assert_eq!(*last, span.until);
        assert!(others.iter().all(|end| end.index() % DAY_MINUTES == 0));
    }

    #[test]
    fn nothing_has_no_steps() {
        let span = Span::new(minute(10), minute(10));
        assert_eq!(Steps::about(span, 300).ends(), []);
        assert_eq!(Steps::of(span, 5).count(), 0);
    }
}
