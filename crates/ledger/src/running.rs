//! Running totals within a day: a minute's fact is a difference of two neighbours.

use crate::fact::{Counts, Events, Fact, Marks, PARTS};
use crate::minute::{DAY_MINUTES, Minute};
use crate::sums::Sums;

/// How much room is made at once for minutes to come: four hours, three kilobytes.
const ROOM_MINUTES: usize = 240;

/// The minutes of one day.
///
/// `[i]` holds the sums of the day's first `i` minutes. What is unknown at the day's end is left
/// out: of a day that lasts only its past takes room, and a new minute is one more row. Rows are
/// small as long as all of the day fits into small ones, as counted events nearly always do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RunningDay {
    Small(Vec<Small>),
    Large(Vec<Running>),
}

/// Running totals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Running {
    bad: Events,
    total: Events,
    known: u16,
    approximate: u16,
    clamped: u16,
    invalid: u16,
}

/// Running totals of whole events without any mark: half as large.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Small {
    bad: u32,
    total: u32,
    known: u16,
}

impl RunningDay {
    /// A day of which nothing is known.
    pub(crate) fn unknown() -> Self {
        Self::Small(vec![Small::default()])
    }

    /// A day with these facts, from its first minute on.
    pub(crate) fn of(facts: &[Fact]) -> Self {
        let told = facts.iter().rposition(|fact| *fact != Fact::UNKNOWN);
        let told = &facts[..told.map_or(0, |last| last + 1)];
        let mut rows = Vec::with_capacity(told.len() + 1);
        rows.push(Small::default());
        let mut day = Self::Small(rows);
        day.extend(told);
        day
    }

    /// The sums of the day's first `minutes` minutes.
    #[inline]
    pub(crate) fn sums_before(&self, minutes: usize) -> Sums {
        self.row(minutes).sums()
    }

    /// The fact of a minute, by its place in the day.
    pub(crate) fn fact(&self, place: usize) -> Fact {
        let (before, after) = (self.row(place), self.row(place + 1));
        let mark = |before: u16, after: u16, mark| if before < after { mark } else { Marks::NONE };
        let marks = mark(before.approximate, after.approximate, Marks::APPROXIMATE)
            .with(mark(before.clamped, after.clamped, Marks::CLAMPED))
            .with(mark(before.invalid, after.invalid, Marks::INVALID));
        let counts = (before.known < after.known).then(|| Counts {
            bad: after.bad.turning_sub(before.bad),
            total: after.total.turning_sub(before.total),
        });
        Fact { counts, marks }
    }

    /// Puts facts of this day into their minutes. Only rows from the earliest of them on change.
    pub(crate) fn put(&mut self, facts: &[(Minute, Fact)]) {
        let places = || facts.iter().map(|(minute, _)| minute.place_in_day());
        let (Some(first), Some(last)) = (places().min(), places().max()) else {
            return;
        };
        let until = (last + 1).max(self.told());
        // Between what was told last and the first of them nothing is known.
        let begin = first.min(self.told());
        let mut later: Vec<Fact> = (begin..until).map(|place| self.fact(place)).collect();
        for (minute, fact) in facts {
            later[minute.place_in_day() - begin] = fact.checked();
        }
        match self {
            Self::Small(rows) => keep(rows, begin + 1, later.len()),
            Self::Large(rows) => keep(rows, begin + 1, later.len()),
        }
        self.extend(&later);
    }

    /// How many minutes have rows.
    fn told(&self) -> usize {
        match self {
            Self::Small(rows) => rows.len() - 1,
            Self::Large(rows) => rows.len() - 1,
        }
    }

    fn extend(&mut self, facts: &[Fact]) {
        let mut sums = self.row(DAY_MINUTES as usize);
        for fact in facts {
            sums = sums.with(*fact);
            if let Self::Small(rows) = self {
                if let Some(small) = sums.small() {
                    rows.push(small);
                    continue;
                }
                let mut large = Vec::with_capacity(rows.capacity());
                large.extend(rows.iter().map(Small::running));
                *self = Self::Large(large);
            }
            if let Self::Large(rows) = self {
                rows.push(sums);
            }
        }
    }

    #[inline]
    fn row(&self, minutes: usize) -> Running {
        match self {
            Self::Small(rows) => at(rows, minutes).running(),
            Self::Large(rows) => at(rows, minutes),
        }
    }
}

/// A row, or the last one.
#[inline]
fn at<R: Copy + Default>(rows: &[R], place: usize) -> R {
    rows.get(place).or(rows.last()).copied().unwrap_or_default()
}

/// Keeps so many rows and makes room for more.
fn keep<R>(rows: &mut Vec<R>, kept: usize, more: usize) {
    rows.truncate(kept);
    if rows.capacity() - rows.len() < more {
        let all = DAY_MINUTES as usize + 1 - rows.len();
        rows.reserve_exact((more + ROOM_MINUTES).min(all));
    }
}

impl Small {
    const fn running(&self) -> Running {
        Running {
            bad: Events::whole(self.bad as i64),
            total: Events::whole(self.total as i64),
            known: self.known,
            approximate: 0,
            clamped: 0,
            invalid: 0,
        }
    }
}

impl Running {
    const fn sums(&self) -> Sums {
        Sums {
            bad: self.bad,
            total: self.total,
            known: self.known as i64,
            approximate: self.approximate as i64,
            clamped: self.clamped as i64,
            invalid: self.invalid as i64,
        }
    }

    /// The same in a small row, where it fits.
    fn small(&self) -> Option<Small> {
        let whole = |events: Events| {
            let parts = events.parts();
            (parts % PARTS == 0).then(|| u32::try_from(parts / PARTS).ok())?
        };
        let is_marked = self.approximate > 0 || self.clamped > 0 || self.invalid > 0;
        Some(Small {
            bad: whole(self.bad)?,
            total: whole(self.total).filter(|_| !is_marked)?,
            known: self.known,
        })
    }

    fn with(self, fact: Fact) -> Self {
        let counts = fact.counts.unwrap_or_default();
        Self {
            bad: self.bad.turning_add(counts.bad),
            total: self.total.turning_add(counts.total),
            known: self.known + u16::from(fact.counts.is_some()),
            approximate: self.approximate + u16::from(fact.marks.has(Marks::APPROXIMATE)),
            clamped: self.clamped + u16::from(fact.marks.has(Marks::CLAMPED)),
            invalid: self.invalid + u16::from(fact.marks.has(Marks::INVALID)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::minute::Day;

    fn counted(total: i64) -> Fact {
        Fact::counted(Events::ZERO, Events::whole(total))
    }

    fn minute(place: usize) -> Minute {
        Day::from_index(5).minute(place)
    }

    fn room(day: &RunningDay) -> (usize, usize) {
        match day {
            RunningDay::Small(rows) => (rows.len(), rows.capacity()),
            RunningDay::Large(rows) => (rows.len(), rows.capacity()),
        }
    }

    #[test]
    fn a_day_that_lasts_takes_the_room_of_its_past() {
        let mut facts = vec![Fact::UNKNOWN; DAY_MINUTES as usize];
        facts[10] = counted(3);
        let mut day = RunningDay::of(&facts);
        assert_eq!(room(&day), (12, 12));
        day.put(&[(minute(11), counted(4))]);
        assert_eq!(room(&day).0, 13);
        assert!(room(&day).1 <= 13 + ROOM_MINUTES);
        day.put(&[(minute(1_439), counted(5))]);
        assert_eq!(room(&day), (1_441, 1_441));
    }

    #[test]
    fn putting_and_telling_at_once_make_the_same_day() {
        let mut day = RunningDay::unknown();
        day.put(&[(minute(7), counted(7)), (minute(3), counted(3))]);
        day.put(&[(minute(3), counted(30)), (minute(5), Fact::UNKNOWN)]);
        let mut facts = vec![Fact::UNKNOWN; 8];
        (facts[3], facts[7]) = (counted(30), counted(7));
        assert_eq!(day, RunningDay::of(&facts));
    }

    #[test]
    fn rows_are_small_until_something_does_not_fit() {
        let large = |fact: Fact| {
            let mut day = RunningDay::of(&[counted(1), Fact::UNKNOWN, counted(2)]);
            assert!(matches!(day, RunningDay::Small(_)));
            day.put(&[(minute(2), fact), (minute(4), counted(9))]);
            assert_eq!(
                [2, 3, 4].map(|place| day.fact(place)),
                [fact, Fact::UNKNOWN, counted(9)]
            );
            matches!(day, RunningDay::Large(_))
        };
        assert!(!large(counted(i64::from(u32::MAX) - 10)));
        assert!(large(counted(i64::from(u32::MAX))));
        let half = Fact::counted(Events::ZERO, Events::from_parts(PARTS / 2));
        assert!(large(half));
        assert!(large(counted(2).marked(Marks::APPROXIMATE)));
        assert!(large(Fact::UNKNOWN.marked(Marks::INVALID)));
    }
}
