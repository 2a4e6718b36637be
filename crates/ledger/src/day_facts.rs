//! All minutes of one UTC day.

use crate::fact::Fact;
use crate::invariants;
use crate::minute::{DAY_MINUTES, Day, Minute};
use crate::sums::Sums;

/// The facts of all 1440 minutes of a UTC day; what is not set is unknown.
///
/// Whatever was set, each fact can be ([`crate::invariants::fact`]), so that every day can be
/// stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayFacts {
    day: Day,
    facts: Box<[Fact]>,
}

impl DayFacts {
    /// A day of which nothing is known.
    pub fn unknown(day: Day) -> Self {
        let facts = vec![Fact::UNKNOWN; DAY_MINUTES as usize].into_boxed_slice();
        Self { day, facts }
    }

    /// A day whose facts are all there, in order; `None` when they are not 1440 or one cannot be.
    pub(crate) fn from_facts(day: Day, facts: Vec<Fact>) -> Option<Self> {
        let is_whole = facts.len() == DAY_MINUTES as usize;
        (is_whole && facts.iter().all(|fact| invariants::fact(*fact))).then(|| Self {
            day,
            facts: facts.into_boxed_slice(),
        })
    }

    /// Which day.
    pub const fn day(&self) -> Day {
        self.day
    }

    /// The facts, in order: one for each place in the day.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The minutes with their facts, in order.
    pub fn minutes(&self) -> impl Iterator<Item = (Minute, Fact)> + '_ {
        (0..)
            .zip(&self.facts)
            .map(|(place, fact)| (self.day.minute(place), *fact))
    }

    /// Sets a minute's fact, [as it may be held](Fact::checked). A minute of another day is refused
    /// by a debug assertion and otherwise ignored.
    pub fn set(&mut self, minute: Minute, fact: Fact) {
        debug_assert_eq!(minute.day(), self.day, "a minute of another day");
        if minute.day() == self.day {
            self.facts[minute.place_in_day()] = fact.checked();
        }
    }

    /// What the day adds up to.
    pub fn totals(&self) -> Sums {
        self.facts.iter().copied().map(Sums::of).sum()
    }
}
