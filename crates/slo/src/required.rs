//! What must be there before an objective can be evaluated.

use std::cell::RefCell;

use tomoni_ledger::{Day, Minute, NotLoaded, Series, Span, Sums};

use crate::burn::{burn_rates_with, burn_span, burn_windows};
use crate::day_slices::Piece;
use crate::figures::evaluate_with;
use crate::objective::Objective;
use crate::replay::Seen;
use crate::slices::{Grid, SliceTally};
use crate::tally::RunningTotals;

/// The days whose minutes must still be loaded before an objective can be evaluated at a minute,
/// with its burn rates and slots: those at the edges of its windows, exclusions and slices. In
/// order, each once; days that are loaded already are left out.
pub fn required_days(series: &Series, objective: &Objective, at: Minute) -> Vec<Day> {
    required_days_with(&Seen::bare(series), objective, at)
}

/// [`required_days`], of a ledger of which something may have been judged before.
pub(crate) fn required_days_with(seen: &Seen<'_>, objective: &Objective, at: Minute) -> Vec<Day> {
    let asked = Asked {
        seen,
        away: RefCell::new(Vec::new()),
    };
    // Both answer with figures of a ledger that is partly away; only what they ask for counts.
    let _ = evaluate_with(&asked, objective, at);
    let _ = burn_rates_with(&asked, objective, at);
    let mut days = asked.away.into_inner();
    days.sort_unstable();
    days.dedup();
    days
}

/// All minutes that [`crate::evaluate`], [`crate::burn_rates`] and [`crate::slots`] look at: what
/// has to be fetched.
pub fn required_span(objective: &Objective, at: Minute) -> Span {
    let grid = objective.grid(at);
    let extent = objective.window.extent(at);
    let window = extent.map(|extent| match &grid {
        Some(grid) => grid.covered(extent.so_far).after.min(extent.so_far.after),
        None => extent.so_far.after,
    });
    let burn =
        burn_windows(&objective.window).map(|minutes| burn_span(grid.as_ref(), at, minutes).after);
    let after = burn.into_iter().chain(window).min();
    Span::new(after.unwrap_or(at), at)
}

/// A ledger that remembers which days it was asked for and could not answer.
struct Asked<'a> {
    seen: &'a Seen<'a>,
    away: RefCell<Vec<Day>>,
}

impl RunningTotals for Asked<'_> {
    fn until(&self, minute: Minute) -> Result<Sums, NotLoaded> {
        Ok(self
            .seen
            .series
            .until(minute)
            .unwrap_or_else(|NotLoaded(day)| {
                let mut away = self.away.borrow_mut();
                if away.last() != Some(&day) {
                    away.push(day);
                }
                Sums::default()
            }))
    }

    fn slices(
        &self,
        objective: &Objective,
        grid: &Grid,
        covered: Span,
    ) -> Result<SliceTally, NotLoaded> {
        let Some(days) = self.seen.days else {
            self.ask(objective, grid, covered)?;
            return Ok(SliceTally::default());
        };
        for piece in days.pieces(self.seen.series, grid, covered) {
            if let Piece::Minutes(span) = piece {
                self.ask(objective, grid, span)?;
            }
        }
        Ok(SliceTally::default())
    }
}

impl Asked<'_> {
    /// Asks once a day for the slices of a span: all minutes of a day that are loaded can be told,
    /// and if they are away one question is enough to know it.
    fn ask(&self, objective: &Objective, grid: &Grid, covered: Span) -> Result<(), NotLoaded> {
        if covered.is_empty() {
            return Ok(());
        }
        let mut end = covered.after;
        while end <= covered.until {
            self.until(end)?;
            end = grid.ended_by(end.day().last()) + grid.width;
        }
        self.until(covered.until)?;
        for part in objective.exclusions.within(covered) {
            self.until(part.after)?;
            self.until(part.until)?;
        }
        Ok(())
    }
}
