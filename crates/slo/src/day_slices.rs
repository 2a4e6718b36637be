//! What the slices of whole days add up to: with it those days' minutes need not be loaded.

use std::collections::BTreeMap;
use std::ops::Range;

use tomoni_ledger::{DAY_MINUTES, Day, Minute, Series, Span, block};

use crate::judged::JudgedDay;
use crate::objective::Objective;
use crate::required::required_span;
use crate::slices::{Grid, SliceTally};

/// For one objective over one ledger: what the slices of each whole UTC day add up to.
///
/// Events add up from the day's totals that a [`Series`] holds anyway; slices do not, since each is
/// judged by itself. Judged once, a day is a hundred bytes instead of its minutes' 17 KB. What was
/// judged of a day holds until its minutes change ([`Series::revision`]). Slices that do not fit
/// into days (of 7 hours; of a calendar whose periods begin beside them) are not held here: their
/// minutes stay needed.
#[derive(Clone, Debug, Default)]
pub struct DaySlices {
    /// How wide slices were when days were judged, in minutes.
    width: i64,
    days: BTreeMap<Day, Judged>,
    /// Days were judged since [`DaySlices::note_kept`].
    has_news: bool,
}

/// What the slices of one day add up to.
#[derive(Clone, Copy, Debug)]
struct Judged {
    /// The revision of its minutes.
    revision: u64,
    /// The checksum of their block.
    checksum: u32,
    tally: SliceTally,
}

/// A part of a span of slices.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Piece {
    /// A whole day that was judged.
    Judged(SliceTally),
    /// Minutes whose slices are still to be judged.
    Minutes(Span),
}

impl DaySlices {
    /// Judges the days over which the objective's windows reach at a minute, as far as their minutes
    /// are loaded, and forgets those before.
    pub fn judge(&mut self, series: &Series, objective: &Objective, at: Minute) {
        let Some((grid, days)) = self.begin(objective, at) else {
            return;
        };
        for day in (days.start.index()..days.end.index()).map(Day::from_index) {
            let Some(revision) = series.revision(day).filter(|_| series.is_loaded(day)) else {
                continue;
            };
            if self
                .days
                .get(&day)
                .is_some_and(|known| known.revision == revision)
            {
                continue;
            }
            let minutes = series.day(day).ok().map(|facts| block::encode(&facts));
            let checksum = minutes.and_then(|block| block::checksum(&block).ok());
            let tally = SliceTally::of(series, objective, &grid, day.span()).ok();
            if let Some((checksum, tally)) = checksum.zip(tally) {
                let judged = Judged {
                    revision,
                    checksum,
                    tally,
                };
                let before = self.days.insert(day, judged);
                let is_same = |known: Judged| (known.checksum, known.tally) == (checksum, tally);
                self.has_news |= !before.is_some_and(is_same);
            }
        }
    }

    /// Takes in days that were judged by the objective's [rule](crate::JudgingRule) before. Their
    /// minutes must be those that the series has or stands for: the caller compares
    /// [`JudgedDay::checksum`] with what the totals were taken from.
    pub fn recall(
        &mut self,
        judged: &[JudgedDay],
        (series, objective): (&Series, &Objective),
        at: Minute,
    ) {
        let Some((_, days)) = self.begin(objective, at) else {
            return;
        };
        for judged in judged {
            let is_wanted = days.contains(&judged.day)
                && !has_exclusions(objective, judged.day)
                && !self.days.contains_key(&judged.day);
            if let Some(revision) = series.revision(judged.day).filter(|_| is_wanted) {
                let JudgedDay {
                    checksum, tally, ..
                } = *judged;
                let known = Judged {
                    revision,
                    checksum,
                    tally,
                };
                self.days.insert(judged.day, known);
            }
        }
    }

    /// The days that were judged and whose minutes are still the same, as they can be
    /// [recalled](DaySlices::recall), in order.
    pub fn judged(&self, series: &Series, objective: &Objective) -> Vec<JudgedDay> {
        let known = self.days.iter().filter(|(day, known)| {
            series.revision(**day) == Some(known.revision) && !has_exclusions(objective, **day)
        });
        known
            .map(|(day, known)| JudgedDay {
                day: *day,
                checksum: known.checksum,
                tally: known.tally,
            })
            .collect()
    }

    /// Whether days were judged, and came out otherwise, since [`DaySlices::note_kept`].
    pub const fn has_news(&self) -> bool {
        self.has_news
    }

    /// Notes that what was judged is kept.
    pub const fn note_kept(&mut self) {
        self.has_news = false;
    }

    /// The slices and the days over which the objective's windows reach at a minute; what was judged
    /// of other days, or of other slices, is forgotten.
    fn begin(&mut self, objective: &Objective, at: Minute) -> Option<(Grid, Range<Day>)> {
        let Some(grid) = objective.grid(at).filter(fits_into_days) else {
            self.days.clear();
            return None;
        };
        if self.width != grid.width {
            self.days.clear();
            self.width = grid.width;
        }
        let days = whole_days(required_span(objective, at));
        self.days = self.days.split_off(&days.start);
        Some((grid, days))
    }

    /// Cuts a covered span (see [`Grid::covered`]) into days that were judged and what lies between.
    pub(crate) fn pieces(&self, series: &Series, grid: &Grid, covered: Span) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut after = covered.after;
        if self.width == grid.width && fits_into_days(grid) {
            for (day, judged) in self.days.range(whole_days(covered)) {
                if series.revision(*day) != Some(judged.revision) {
                    continue;
                }
                let span = day.span();
                if after < span.after {
                    pieces.push(Piece::Minutes(Span::new(after, span.after)));
                }
                pieces.push(Piece::Judged(judged.tally));
                after = span.until;
            }
        }
        if after < covered.until {
            pieces.push(Piece::Minutes(Span::new(after, covered.until)));
        }
        pieces
    }
}

/// Whether minutes of the day do not count for the objective.
fn has_exclusions(objective: &Objective, day: Day) -> bool {
    objective.exclusions.within(day.span()).next().is_some()
}

/// Whether a slice ends wherever a day does.
fn fits_into_days(grid: &Grid) -> bool {
    DAY_MINUTES % grid.width == 0 && grid.anchor.index() % grid.width == 0
}

/// The days that lie wholly within a span.
fn whole_days(span: Span) -> Range<Day> {
    let first = (span.after.index() + DAY_MINUTES - 1).div_euclid(DAY_MINUTES);
    let end = span.until.index().div_euclid(DAY_MINUTES);
    Day::from_index(first)..Day::from_index(end.max(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_days_are_those_with_all_their_minutes() {
        let days = |after, until| {
            let span = Span::new(Minute::from_index(after), Minute::from_index(until));
            let days = whole_days(span);
            (days.start.index(), days.end.index())
        };
        assert_eq!(days(0, 1_440), (0, 1));
        assert_eq!(days(1, 2_880), (1, 2));
        assert_eq!(days(-1_441, 1_439), (-1, 0));
        assert_eq!(days(5, 1_000), (1, 1));
    }
}
