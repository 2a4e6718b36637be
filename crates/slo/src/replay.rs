//! One objective at many minutes, each of them cheap.

use tomoni_ledger::{Day, Minute, NotLoaded, Series, Span, Sums};

use crate::burn::{
    BURN_WINDOWS, BurnRate, burn_rate_with, burn_rates_with, burn_span, burn_windows,
};
use crate::day_slices::{DaySlices, Piece};
use crate::episodes::{Episode, episodes_with};
use crate::figures::{Figures, evaluate_with};
use crate::objective::Objective;
use crate::portion::{Portion, portion_with};
use crate::required::{required_days_with, required_span};
use crate::slices::{Grid, SliceTally};
use crate::slots::{SLOTS, Slot, slots_with};
use crate::tally::RunningTotals;
use crate::window::Window;

/// An objective over its ledger, made ready to be asked at many minutes, as a backtest or an alert's
/// history is: every slice is judged once, and a window of them is a difference of running totals.
///
/// Its answers are those of [`crate::evaluate`], [`crate::burn_rates`] and [`crate::slots`], to the
/// bit. At minutes for which it was not made ready it is only slower.
#[derive(Clone, Debug)]
pub struct Replay<'a> {
    series: &'a Series,
    objective: &'a Objective,
    days: Option<&'a DaySlices>,
    /// In order of time: calendar periods whose slices end at other minutes of the hour have their
    /// own.
    judged: Vec<Judged>,
}

/// Running totals of slices.
#[derive(Clone, Debug)]
struct Judged {
    /// The last minute for which these are the slices.
    until: Minute,
    /// The end of the slice before the first.
    after: Minute,
    width: i64,
    /// `[i]` is what the first `i` slices add up to.
    totals: Vec<SliceTally>,
}

/// A replay as seen from a minute.
pub(crate) struct Seen<'a> {
    pub(crate) series: &'a Series,
    pub(crate) days: Option<&'a DaySlices>,
    judged: Option<&'a Judged>,
}

impl<'a> Replay<'a> {
    /// Makes an objective ready for all minutes of a span.
    ///
    /// # Errors
    ///
    /// When the minutes of a day that one of them needs are not loaded (see
    /// [`crate::required_days`]).
    pub fn new(
        series: &'a Series,
        objective: &'a Objective,
        minutes: Span,
    ) -> Result<Self, NotLoaded> {
        Self::looking_back(series, objective, minutes, |at| {
            required_span(objective, at).after
        })
    }

    /// The same for slots alone, which look no further back than the longest burn window does: of
    /// slices only those are judged. Figures are only slower.
    ///
    /// # Errors
    ///
    /// As [`Replay::new`].
    pub fn for_slots(
        series: &'a Series,
        objective: &'a Objective,
        minutes: Span,
    ) -> Result<Self, NotLoaded> {
        let grid = |at| objective.grid(at);
        let longest = burn_windows(&objective.window).into_iter().max();
        Self::looking_back(series, objective, minutes, |at| {
            burn_span(grid(at).as_ref(), at, longest.unwrap_or_default()).after
        })
    }

    fn looking_back(
        series: &'a Series,
        objective: &'a Objective,
        minutes: Span,
        until: impl Fn(Minute) -> Minute,
    ) -> Result<Self, NotLoaded> {
        let mut judged: Vec<Judged> = Vec::new();
        let mut at = minutes.after + 1;
        while at <= minutes.until {
            let Some(grid) = objective.grid(at) else {
                break;
            };
            let last_of_grid = last_minute(objective, &grid, at).min(minutes.until);
            match judged.last_mut() {
                Some(last) if last.fits(&grid) => {
                    last.judge_until(series, objective, last_of_grid)?;
                }
                _ => {
                    judged.push(Judged::new(&grid, grid.ended_by(until(at))));
                    if let Some(last) = judged.last_mut() {
                        last.judge_until(series, objective, last_of_grid)?;
                    }
                }
            }
            at = last_of_grid + 1;
        }
        Ok(Self {
            series,
            objective,
            days: None,
            judged,
        })
    }

    /// An objective over days that were judged before: their minutes need not be loaded.
    pub const fn of_days(
        series: &'a Series,
        objective: &'a Objective,
        days: &'a DaySlices,
    ) -> Self {
        Self {
            series,
            objective,
            days: Some(days),
            judged: Vec::new(),
        }
    }

    /// The ledger.
    pub const fn series(&self) -> &'a Series {
        self.series
    }

    /// The objective.
    pub const fn objective(&self) -> &'a Objective {
        self.objective
    }

    /// As [`crate::evaluate`].
    ///
    /// # Errors
    ///
    /// When the minutes of a day that [`crate::required_days`] names are not loaded.
    pub fn evaluate(&self, at: Minute) -> Result<Figures, NotLoaded> {
        evaluate_with(&self.seen(at), self.objective, at)
    }

    /// As [`crate::burn_rates`].
    ///
    /// # Errors
    ///
    /// As [`Replay::evaluate`].
    pub fn burn_rates(&self, at: Minute) -> Result<[BurnRate; BURN_WINDOWS], NotLoaded> {
        burn_rates_with(&self.seen(at), self.objective, at)
    }

    /// The burn rate over a window of so many minutes.
    pub(crate) fn burn_rate(&self, at: Minute, minutes: i64) -> Result<BurnRate, NotLoaded> {
        let grid = self.objective.grid(at);
        burn_rate_with(&self.seen(at), self.objective, grid.as_ref(), (at, minutes))
    }

    /// As [`crate::slots`].
    ///
    /// # Errors
    ///
    /// As [`Replay::evaluate`].
    pub fn slots(&self, at: Minute) -> Result<[Slot; SLOTS], NotLoaded> {
        slots_with(&self.seen(at), self.objective, at)
    }

    /// As [`crate::portion`], of figures at one of the minutes.
    ///
    /// # Errors
    ///
    /// As [`crate::portion`].
    pub fn portion(&self, figures: &Figures, part: Span) -> Result<Portion, NotLoaded> {
        let seen = self.seen(figures.window.until);
        portion_with(&seen, self.objective, figures, part)
    }

    /// As [`crate::episodes`].
    ///
    /// # Errors
    ///
    /// As [`crate::episodes`].
    pub fn episodes(&self, minutes: Span) -> Result<Vec<Episode>, NotLoaded> {
        episodes_with(self, minutes)
    }

    /// As [`crate::required_days`]: days that were judged are not among them, unless a window's edge
    /// lies within.
    pub fn required_days(&self, at: Minute) -> Vec<Day> {
        required_days_with(&self.seen(at), self.objective, at)
    }

    /// What the slices add up to that any burn window of that length holds which ends from the first
    /// minute to the last, and those that all of them hold. `None` where slices are not the same at
    /// both.
    pub(crate) fn slices_at(
        &self,
        first: Minute,
        last: Minute,
        window: i64,
    ) -> Result<Option<(SliceTally, SliceTally)>, NotLoaded> {
        let grids = self.objective.grid(first).zip(self.objective.grid(last));
        let Some((grid, _)) = grids.filter(|(a, b)| (a.anchor, a.cut) == (b.anchor, b.cut)) else {
            return Ok(None);
        };
        let (early, late) = (
            grid.rounded_up(first, window),
            grid.rounded_up(last, window),
        );
        let seen = self.seen(last);
        let union = Span::new(early.after, late.until);
        let common = Span::new(late.after, late.after.max(early.until));
        let sum = |span| seen.slices(self.objective, &grid, span);
        Ok(Some((sum(union)?, sum(common)?)))
    }

    fn seen(&self, at: Minute) -> Seen<'_> {
        let place = self.judged.partition_point(|judged| judged.until < at);
        Seen {
            series: self.series,
            days: self.days,
            judged: self.judged.get(place),
        }
    }
}

/// The last minute whose slices are those of `at`: the end of its period.
fn last_minute(objective: &Objective, grid: &Grid, at: Minute) -> Minute {
    match (&objective.window, grid.cut) {
        (Window::Calendar(_), Some(end)) => end,
        // Before the first period.
        (Window::Calendar(_), None) if at <= grid.anchor => grid.anchor,
        _ => Minute::from_index(i64::MAX),
    }
}

impl Judged {
    fn new(grid: &Grid, after: Minute) -> Self {
        Self {
            until: after,
            after,
            width: grid.width,
            totals: vec![SliceTally::default()],
        }
    }

    /// Whether a grid's slices end where these do.
    fn fits(&self, grid: &Grid) -> bool {
        (grid.anchor - self.after) % self.width == 0
    }

    /// The end of the last judged slice.
    fn ended(&self) -> Minute {
        self.after + (self.totals.len() as i64 - 1) * self.width
    }

    /// Judges all slices that have ended by a minute.
    fn judge_until(
        &mut self,
        series: &Series,
        objective: &Objective,
        until: Minute,
    ) -> Result<(), NotLoaded> {
        let grid = Grid {
            anchor: self.after,
            width: self.width,
            cut: None,
        };
        let mut running = self.totals.last().copied().unwrap_or_default();
        let covered = Span::new(self.ended(), grid.ended_by(until));
        SliceTally::each(series, objective, &grid, covered, |slice| {
            running += slice;
            self.totals.push(running);
        })?;
        self.until = until;
        Ok(())
    }

    /// What the slices of a span add up to; `None` when they were not judged.
    fn sum(&self, span: Span) -> Option<SliceTally> {
        let place = |end: Minute| usize::try_from((end - self.after) / self.width).ok();
        let after = self.totals.get(place(span.after)?)?;
        let until = self.totals.get(place(span.until)?)?;
        (span.after >= self.after).then(|| *until - *after)
    }
}

impl<'a> Seen<'a> {
    /// A ledger of which nothing was judged before.
    pub(crate) const fn bare(series: &'a Series) -> Self {
        Self {
            series,
            days: None,
            judged: None,
        }
    }
}

impl RunningTotals for Seen<'_> {
    #[inline]
    fn until(&self, minute: Minute) -> Result<Sums, NotLoaded> {
        self.series.until(minute)
    }

    fn each_until(
        &self,
        span: Span,
        step: i64,
        told: impl FnMut(Minute, Sums),
    ) -> Result<(), NotLoaded> {
        self.series.each_until(span, step, told)
    }

    fn slices(
        &self,
        objective: &Objective,
        grid: &Grid,
        covered: Span,
    ) -> Result<SliceTally, NotLoaded> {
        let whole = Span::new(covered.after, grid.ended_by(covered.until));
        let judged = self.judged.filter(|judged| judged.fits(grid));
        let Some(mut tally) = judged.and_then(|judged| judged.sum(whole)) else {
            let Some(days) = self.days else {
                return SliceTally::of(self, objective, grid, covered);
            };
            let mut tally = SliceTally::default();
            for piece in days.pieces(self.series, grid, covered) {
                tally += match piece {
                    Piece::Judged(day) => day,
                    Piece::Minutes(span) => SliceTally::of(self, objective, grid, span)?,
                };
            }
            return Ok(tally);
        };
        let cut = Span::new(whole.until, covered.until);
        tally += SliceTally::of(self, objective, grid, cut)?;
        Ok(tally)
    }
}
