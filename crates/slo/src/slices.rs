//! Slices of time, each judged by itself (semantics.md, "Budgeting methods").
//!
//! What that page leaves open, and how it is settled here:
//!
//! - A slice belongs to a window when it *ends* in it, as a minute does. So every slice belongs to
//!   exactly one of two neighbouring windows, and a rolling window that is a multiple of the width
//!   always holds the same number. Its first slice may begin before the window does.
//! - A slice that has not ended is not judged yet: one bad minute would else turn a whole hour bad
//!   and good again.
//! - The last slice of a calendar period is cut where the period ends, when the width does not divide
//!   the period (as on a day of 23 hours). It is judged like any other; burn windows, which hold whole
//!   slices only, leave it out.
//! - A slice weighs its minutes that are not excluded. One that is excluded wholly is no slice at all.

use std::ops::{AddAssign, Sub};

use tomoni_ledger::{Events, Minute, NotLoaded, Span, Sums};

use crate::figures::Slices;
use crate::objective::{Method, MissingData, Objective};
use crate::tally::RunningTotals;

/// A slice is known when at least so many tenths of its minutes that are not excluded are known.
const KNOWN_TENTHS: i64 = 9;

/// Ratios are summed in parts of 2⁻⁵³, the resolution of a float just below 1: so a sum of them is
/// exact, whatever its order, and can be a difference of running totals.
const RATIO_PARTS: f64 = (1_i64 << 53) as f64;

/// Where slices begin and end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid {
    /// The end of some slice: a calendar period's start, else the UTC epoch.
    pub(crate) anchor: Minute,
    /// Minutes in a slice.
    pub(crate) width: i64,
    /// Where the last slice is cut short.
    pub(crate) cut: Option<Minute>,
}

impl Grid {
    /// The end of the last whole slice that has ended by a minute.
    pub(crate) fn ended_by(&self, minute: Minute) -> Minute {
        self.anchor + (minute - self.anchor).div_euclid(self.width) * self.width
    }

    /// All minutes of the slices that end in a span.
    pub(crate) fn covered(&self, span: Span) -> Span {
        let until = match self.cut {
            Some(cut) if cut == span.until => cut,
            _ => self.ended_by(span.until),
        };
        Span::new(self.ended_by(span.after), until)
    }

    /// The whole slices, the last that have ended by a minute, that hold at least so many minutes.
    pub(crate) fn rounded_up(&self, at: Minute, minutes: i64) -> Span {
        let slices = minutes.div_euclid(self.width) + i64::from(minutes % self.width != 0);
        Span::ending_at(self.ended_by(at), slices * self.width)
    }
}

/// What the slices of a span add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SliceTally {
    /// How many there are.
    pub(crate) slices: Slices,
    /// Minutes of the bad ones.
    pub(crate) bad_minutes: i64,
    /// Minutes of the unknown ones.
    pub(crate) unknown_minutes: i64,
    /// Sum of the ratios of good events of the known ones with traffic, in [`RATIO_PARTS`].
    pub(crate) ratio_parts: i128,
    /// Events of the known ones.
    pub(crate) events: Events,
}

impl SliceTally {
    /// Judges every slice of a covered span (see [`Grid::covered`]) and adds them up.
    pub(crate) fn of(
        ledger: &(impl RunningTotals + ?Sized),
        objective: &Objective,
        grid: &Grid,
        covered: Span,
    ) -> Result<Self, NotLoaded> {
        let mut tally = Self::default();
        Self::judge_each(ledger, objective, grid, covered, |sums, minutes| {
            tally.judge(sums, minutes, objective.method);
        })?;
        Ok(tally)
    }

    /// Judges every slice of a covered span by itself, in order.
    pub(crate) fn each(
        ledger: &impl RunningTotals,
        objective: &Objective,
        grid: &Grid,
        covered: Span,
        mut with: impl FnMut(Self),
    ) -> Result<(), NotLoaded> {
        Self::judge_each(ledger, objective, grid, covered, |sums, minutes| {
            let mut tally = Self::default();
            tally.judge(sums, minutes, objective.method);
            with(tally);
        })
    }

    /// Gives the sums of every slice of a covered span, and its minutes that are not excluded.
    #[inline]
    fn judge_each(
        ledger: &(impl RunningTotals + ?Sized),
        objective: &Objective,
        grid: &Grid,
        covered: Span,
        mut judge: impl FnMut(&Sums, i64),
    ) -> Result<(), NotLoaded> {
        if covered.is_empty() {
            return Ok(());
        }
        let mut excluded = objective.exclusions.within(covered).peekable();
        let mut before: Option<(Minute, Sums)> = None;
        let mut away = None;
        ledger.each_until(covered, grid.width, |until, here| {
            let Some((after, before)) = before.replace((until, here)) else {
                return;
            };
            let slice = Span::new(after, until);
            let (mut sums, mut minutes) = (here - before, slice.len());
            while let Some(part) = excluded.peek() {
                let within = part.intersection(slice);
                if !within.is_empty() {
                    match (ledger.until(within.until), ledger.until(within.after)) {
                        (Ok(until), Ok(after)) => sums -= until - after,
                        (Err(day), _) | (_, Err(day)) => away = away.or(Some(day)),
                    }
                    minutes -= within.len();
                }
                if part.until > slice.until {
                    break;
                }
                excluded.next();
            }
            judge(&sums, minutes);
        })?;
        away.map_or(Ok(()), Err)
    }

    /// Takes in one slice of so many minutes that are not excluded.
    fn judge(&mut self, sums: &Sums, minutes: i64, method: Method) {
        if minutes == 0 {
            return;
        }
        self.slices.all += 1;
        if sums.known * 10 < minutes * KNOWN_TENTHS {
            self.unknown_minutes += minutes;
            return;
        }
        self.slices.known += 1;
        if sums.total == Events::ZERO {
            self.slices.good += 1;
            return;
        }
        self.slices.with_traffic += 1;
        self.events += sums.total;
        let is_perfect = sums.bad == Events::ZERO;
        let ratio = if is_perfect {
            1.0
        } else {
            (sums.total - sums.bad).as_f64() / sums.total.as_f64()
        };
        self.ratio_parts += i128::from((ratio * RATIO_PARTS).round() as i64);
        let is_good = match method {
            Method::Timeslices { target, .. } => ratio >= target,
            Method::Occurrences | Method::RatioTimeslices { .. } => is_perfect,
        };
        if is_good {
            self.slices.good += 1;
        } else {
            self.bad_minutes += minutes;
        }
    }

    /// How many slices a service level is a mean of, where missing data is ignored.
    pub(crate) fn weight(&self, method: Method) -> f64 {
        let slices = &self.slices;
        match method {
            Method::RatioTimeslices { .. } => slices.with_traffic as f64,
            Method::Timeslices { .. } | Method::Occurrences => slices.known as f64,
        }
    }

    /// How many of them are bad; of ratios, what is bad of each.
    pub(crate) fn bad(&self, method: Method) -> f64 {
        let slices = &self.slices;
        match method {
            Method::RatioTimeslices { .. } => {
                let all = i128::from(slices.with_traffic) << 53;
                (all - self.ratio_parts) as f64 / RATIO_PARTS
            }
            Method::Timeslices { .. } | Method::Occurrences => (slices.known - slices.good) as f64,
        }
    }

    /// Sum of the ratios of good events of the known slices with traffic.
    pub(crate) fn ratios(&self) -> f64 {
        self.ratio_parts as f64 / RATIO_PARTS
    }

    /// How many slices the missing-data policy judges.
    pub(crate) fn imputed(&self, policy: MissingData) -> i64 {
        match policy {
            MissingData::Ignore => 0,
            MissingData::Good | MissingData::Bad => self.slices.all - self.slices.known,
        }
    }
}

impl AddAssign for SliceTally {
    fn add_assign(&mut self, other: Self) {
        self.slices.all += other.slices.all;
        self.slices.known += other.slices.known;
        self.slices.good += other.slices.good;
        self.slices.with_traffic += other.slices.with_traffic;
        self.bad_minutes += other.bad_minutes;
        self.unknown_minutes += other.unknown_minutes;
        self.ratio_parts += other.ratio_parts;
        self.events += other.events;
    }
}

impl Sub for SliceTally {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            slices: Slices {
                all: self.slices.all - other.slices.all,
                known: self.slices.known - other.slices.known,
                good: self.slices.good - other.slices.good,
                with_traffic: self.slices.with_traffic - other.slices.with_traffic,
            },
            bad_minutes: self.bad_minutes - other.bad_minutes,
            unknown_minutes: self.unknown_minutes - other.unknown_minutes,
            ratio_parts: self.ratio_parts - other.ratio_parts,
            events: self.events - other.events,
        }
    }
}
