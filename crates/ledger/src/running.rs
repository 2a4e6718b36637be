//! Running totals within a day: a minute's fact is a difference of two neighbours.

use crate::fact::{Counts, Events, Fact, Marks};
use crate::minute::{DAY_MINUTES, Minute};
use crate::sums::Sums;

/// How much room is made at once for minutes to come: four hours, six kilobytes.
const ROOM_MINUTES: usize = 240;

/// The minutes of one day.
///
/// `[i]` holds the sums of the day's first `i` minutes. What is unknown at the day's end is left
/// out: of a day that lasts only its past takes room, and a new minute is one more row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunningDay(Vec<Running>);

/// Running totals, as small as they fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Running {
    bad: Events,
    total: Events,
    known: u16,
    approximate: u16,
    clamped: u16,
    invalid: u16,
}

impl RunningDay {
    /// A day of which nothing is known.
    pub(crate) fn unknown() -> Self {
        Self(vec![Running::default()])
    }

    /// A day with these facts, from its first minute on.
    pub(crate) fn of(facts: &[Fact]) -> Self {
        let told = facts.iter().rposition(|fact| *fact != Fact::UNKNOWN);
        let told = &facts[..told.map_or(0, |last| last + 1)];
        let mut rows = Vec::with_capacity(told.len() + 1);
        rows.push(Running::default());
        let mut day = Self(rows);
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
        let until = (last + 1).max(self.0.len() - 1);
        let mut later: Vec<Fact> = (first..until).map(|place| self.fact(place)).collect();
        for (minute, fact) in facts {
            later[minute.place_in_day() - first] = fact.checked();
        }
        self.0.truncate(first + 1);
        let missing = until + 1 - self.0.len();
        if self.0.capacity() - self.0.len() < missing {
            let all = DAY_MINUTES as usize + 1 - self.0.len();
            self.0.reserve_exact((missing + ROOM_MINUTES).min(all));
        }
        // Between what was told last and the first of them nothing is known.
        self.0.resize(first + 1, *self.row(first));
        self.extend(&later);
    }

    fn extend(&mut self, facts: &[Fact]) {
        let mut sums = *self.row(DAY_MINUTES as usize);
        for fact in facts {
            sums = sums.with(*fact);
            self.0.push(sums);
        }
    }

    #[inline]
    fn row(&self, minutes: usize) -> &Running {
        const NONE: &Running = &Running {
            bad: Events::ZERO,
            total: Events::ZERO,
            known: 0,
            approximate: 0,
            clamped: 0,
            invalid: 0,
        };
        let rows = &self.0;
        rows.get(minutes).or(rows.last()).unwrap_or(NONE)
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

    fn at(place: usize) -> Minute {
        Day::from_index(5).minute(place)
    }

    #[test]
    fn a_day_that_lasts_takes_the_room_of_its_past() {
        let mut facts = vec![Fact::UNKNOWN; DAY_MINUTES as usize];
        facts[10] = counted(3);
        let mut day = RunningDay::of(&facts);
        assert_eq!(day.0.len(), 12);
        day.put(&[(at(11), counted(4))]);
        assert_eq!(day.0.len(), 13);
        assert!(day.0.capacity() <= 13 + ROOM_MINUTES);
        day.put(&[(at(1_439), counted(5))]);
        assert_eq!((day.0.len(), day.0.capacity()), (1_441, 1_441));
    }

    #[test]
    fn putting_and_telling_at_once_make_the_same_day() {
        let mut day = RunningDay::unknown();
        day.put(&[(at(7), counted(7)), (at(3), counted(3))]);
        day.put(&[(at(3), counted(30)), (at(5), Fact::UNKNOWN)]);
        let mut facts = vec![Fact::UNKNOWN; 8];
        (facts[3], facts[7]) = (counted(30), counted(7));
        assert_eq!(day, RunningDay::of(&facts));
    }
}
