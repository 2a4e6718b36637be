//! One ledger in memory: day totals of all its days, running totals of the days whose minutes are
//! loaded. Any window's sum is a difference of two running totals.

use crate::day_facts::DayFacts;
use crate::fact::Fact;
use crate::invariants;
use crate::minute::{DAY_MINUTES, Day, Minute, Span};
use crate::running::RunningDay;
use crate::sums::Sums;

/// A day's minutes are needed and not loaded: load it from where blocks are kept, then ask again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the minutes of {0} are not loaded")]
pub struct NotLoaded(pub Day);

/// One ledger in memory. A minute that was never put is unknown.
///
/// A day is in one of three states: nothing of it is known; only its totals are held
/// ([`Series::set_totals`]); or its minutes are loaded ([`Series::load`], [`Series::put`]). A window
/// needs the minutes of the days at its edges only; [`Series::needs`] says which are missing.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// The index of the first day in `days`.
    first: i64,
    days: Vec<Held>,
    /// `before[i]`: the sums of all days before `days[i]`; one longer than `days`.
    before: Vec<Sums>,
    /// How often a day's minutes were told.
    told: u64,
}

/// What is held of one day.
#[derive(Clone, Debug, Default)]
struct Held {
    totals: Sums,
    minutes: Minutes,
    /// What [`Series::told`] was when they were told.
    revision: u64,
}

#[derive(Clone, Debug, Default)]
enum Minutes {
    /// Every minute is unknown.
    #[default]
    Empty,
    /// Only the totals are held.
    Away,
    /// All are loaded.
    Running(RunningDay),
}

impl Series {
    /// A ledger of which nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// A ledger of which nothing is known any more. No revision of its days is one that a day has
    /// had before.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self {
            told: self.told,
            ..Self::default()
        }
    }

    /// Tells a day's totals without its minutes; they are forgotten if they were loaded.
    pub fn set_totals(&mut self, day: Day, totals: Sums) {
        debug_assert!(invariants::sums(totals, DAY_MINUTES), "{totals:?}");
        let held = self.tell(day);
        held.totals = totals;
        held.minutes = Minutes::away(totals);
        self.add_up_from(day);
    }

    /// Takes in all minutes of a day.
    pub fn load(&mut self, facts: &DayFacts) {
        let held = self.tell(facts.day());
        held.minutes = Minutes::Running(RunningDay::of(facts.facts()));
        held.totals = held.sums_before(DAY_MINUTES as usize).unwrap_or_default();
        self.add_up_from(facts.day());
    }

    /// Puts facts into their minutes: what was known of them is replaced.
    ///
    /// # Errors
    ///
    /// When a day's totals are held but not its minutes; nothing of that day is changed then.
    pub fn put(&mut self, facts: &[(Minute, Fact)]) -> Result<(), NotLoaded> {
        for of_day in facts.chunk_by(|a, b| a.0.day() == b.0.day()) {
            let Some((first, _)) = of_day.first() else {
                continue;
            };
            let day = first.day();
            let held = self.tell(day);
            match &mut held.minutes {
                Minutes::Away => return Err(NotLoaded(day)),
                Minutes::Running(running) => running.put(of_day),
                Minutes::Empty => {
                    let mut running = RunningDay::unknown();
                    running.put(of_day);
                    held.minutes = Minutes::Running(running);
                }
            }
            held.totals = held.sums_before(DAY_MINUTES as usize).unwrap_or_default();
            self.add_up_from(day);
        }
        Ok(())
    }

    /// Forgets a day's minutes, keeping its totals.
    pub fn unload(&mut self, day: Day) {
        if let Some(held) = self.held_mut(day)
            && matches!(held.minutes, Minutes::Running(_))
        {
            held.minutes = Minutes::away(held.totals);
        }
    }

    /// The days whose minutes are loaded, in order.
    pub fn loaded(&self) -> impl Iterator<Item = Day> + '_ {
        let days = self.days.iter().enumerate();
        let loaded = days.filter(|(_, held)| matches!(held.minutes, Minutes::Running(_)));
        loaded.map(|(at, _)| Day::from_index(self.first + at as i64))
    }

    /// Whether the day's minutes are loaded.
    pub fn is_loaded(&self, day: Day) -> bool {
        let held = self.held(day);
        held.is_some_and(|held| matches!(held.minutes, Minutes::Running(_)))
    }

    /// Which telling of a day's minutes holds; another number whenever they were told anew, as far
    /// as this ledger knows. `None` of a day of which nothing was ever told.
    pub fn revision(&self, day: Day) -> Option<u64> {
        self.held(day)
            .map(|held| held.revision)
            .filter(|told| *told > 0)
    }

    /// The same ledger with no minutes loaded: only the days' totals.
    #[must_use]
    pub fn without_minutes(&self) -> Self {
        let away = |held: &Held| Held {
            totals: held.totals,
            minutes: Minutes::away(held.totals),
            revision: held.revision,
        };
        Self {
            first: self.first,
            days: self.days.iter().map(away).collect(),
            before: self.before.clone(),
            told: self.told,
        }
    }

    /// The days of which something is held, as one span; empty when nothing is.
    pub fn extent(&self) -> Span {
        let last = Day::from_index(self.first + self.days.len() as i64);
        Span::new(Day::from_index(self.first).span().after, last.span().after)
    }

    /// The days whose minutes must be loaded before the span can be summed: at most two.
    pub fn needs(&self, span: Span) -> impl Iterator<Item = Day> + '_ {
        let edges = (!span.is_empty()).then(|| [self.edge(span.after), self.edge(span.until)]);
        let [a, b] = edges.unwrap_or_default();
        a.into_iter().chain(b.filter(|day| Some(*day) != a))
    }

    /// What a window adds up to. Minutes outside all held days are unknown.
    ///
    /// # Errors
    ///
    /// When the minutes of a day at the window's edge are not loaded.
    pub fn sum(&self, span: Span) -> Result<Sums, NotLoaded> {
        if span.is_empty() {
            return Ok(Sums::default());
        }
        let sums = self.until(span.until)? - self.until(span.after)?;
        debug_assert!(invariants::sums(sums, span.len()), "{span:?}: {sums:?}");
        Ok(sums)
    }

    /// What is known of a minute.
    ///
    /// # Errors
    ///
    /// When its day's minutes are not loaded.
    pub fn fact(&self, minute: Minute) -> Result<Fact, NotLoaded> {
        match self.held(minute.day()).map(|held| &held.minutes) {
            None | Some(Minutes::Empty) => Ok(Fact::UNKNOWN),
            Some(Minutes::Away) => Err(NotLoaded(minute.day())),
            Some(Minutes::Running(running)) => Ok(running.fact(minute.place_in_day())),
        }
    }

    /// All minutes of a day.
    ///
    /// # Errors
    ///
    /// When they are not loaded.
    pub fn day(&self, day: Day) -> Result<DayFacts, NotLoaded> {
        let mut facts = DayFacts::unknown(day);
        match self.held(day).map(|held| &held.minutes) {
            None | Some(Minutes::Empty) => {}
            Some(Minutes::Away) => return Err(NotLoaded(day)),
            Some(Minutes::Running(running)) => {
                for place in 0..DAY_MINUTES as usize {
                    facts.set(day.minute(place), running.fact(place));
                }
            }
        }
        Ok(facts)
    }

    /// The sums of all minutes up to and including this one: a window's sum is a difference of two.
    /// Running totals may turn round (see [`Sums`]); only their differences mean something.
    ///
    /// # Errors
    ///
    /// When the minutes of the minute's day are not loaded, unless it is the day's last.
    #[inline]
    pub fn until(&self, minute: Minute) -> Result<Sums, NotLoaded> {
        let at = minute.day().index() - self.first;
        if at < 0 {
            return Ok(Sums::default());
        }
        let (Some(held), Some(before)) = (self.days.get(at as usize), self.before.get(at as usize))
        else {
            return Ok(self.before.last().copied().unwrap_or_default());
        };
        let within = held.sums_before(minute.place_in_day() + 1);
        Ok(*before + within.ok_or(NotLoaded(minute.day()))?)
    }

    /// [`Series::until`] of the minute before a span and of each `step` minutes of it, in order; the
    /// last part of the span may be shorter. Much quicker than asking for each. Of a span without
    /// minutes only the first is told.
    ///
    /// # Errors
    ///
    /// As [`Series::until`]; those before the first that cannot be told were told.
    pub fn each_until(
        &self,
        span: Span,
        step: i64,
        mut told: impl FnMut(Minute, Sums),
    ) -> Result<(), NotLoaded> {
        let step = step.max(1);
        let span = Span::new(span.after, span.until.max(span.after));
        let mut minute = span.after;
        loop {
            let day = minute.day();
            let end = day.last().min(span.until);
            let place = usize::try_from(day.index() - self.first).ok();
            let held = place.and_then(|at| Some((self.days.get(at)?, *self.before.get(at)?)));
            // Outside of what is held nothing changes.
            let outside = if held.is_none() {
                self.until(minute)?
            } else {
                Sums::default()
            };
            while minute <= end {
                let sums = match held {
                    Some((held, before)) => {
                        let within = held.sums_before(minute.place_in_day() + 1);
                        before + within.ok_or(NotLoaded(day))?
                    }
                    None => outside,
                };
                told(minute, sums);
                if minute >= span.until {
                    return Ok(());
                }
                minute = (minute + step).min(span.until);
            }
        }
    }

    /// The day whose minutes are needed to sum up to this minute, if they are away.
    fn edge(&self, minute: Minute) -> Option<Day> {
        let is_inside = minute.place_in_day() + 1 < DAY_MINUTES as usize;
        let held = self.held(minute.day())?;
        (is_inside && matches!(held.minutes, Minutes::Away)).then(|| minute.day())
    }

    fn held(&self, day: Day) -> Option<&Held> {
        let at = usize::try_from(day.index() - self.first).ok()?;
        self.days.get(at)
    }

    fn held_mut(&mut self, day: Day) -> Option<&mut Held> {
        let at = usize::try_from(day.index() - self.first).ok()?;
        self.days.get_mut(at)
    }

    /// The day's place, whose minutes are about to be told.
    fn tell(&mut self, day: Day) -> &mut Held {
        self.told += 1;
        let revision = self.told;
        let held = self.hold(day);
        held.revision = revision;
        held
    }

    /// The day's place, made when it is not there yet.
    fn hold(&mut self, day: Day) -> &mut Held {
        if self.days.is_empty() {
            self.first = day.index();
        }
        if day.index() < self.first {
            let missing = (self.first - day.index()) as usize;
            self.days
                .splice(0..0, std::iter::repeat_n(Held::default(), missing));
            self.first = day.index();
            self.before.clear();
        }
        let at = (day.index() - self.first) as usize;
        if at >= self.days.len() {
            self.days.resize(at + 1, Held::default());
        }
        &mut self.days[at]
    }

    /// Renews the sums before each day from the given one on.
    fn add_up_from(&mut self, day: Day) {
        let place = (day.index() - self.first) as usize;
        // Those before were added up already, apart from days that are new.
        let at = place.min(self.before.len().saturating_sub(1));
        self.before.resize(self.days.len() + 1, Sums::default());
        for i in at..self.days.len() {
            self.before[i + 1] = self.before[i] + self.days[i].totals;
        }
    }
}

impl Minutes {
    /// Of a day that has these totals. One of which nothing is known needs nothing loaded.
    fn away(totals: Sums) -> Self {
        if totals == Sums::default() {
            Self::Empty
        } else {
            Self::Away
        }
    }
}

impl Held {
    /// The sums of the day's first `minutes` minutes; `None` when they are away.
    fn sums_before(&self, minutes: usize) -> Option<Sums> {
        match &self.minutes {
            Minutes::Empty => Some(Sums::default()),
            Minutes::Away => (minutes == DAY_MINUTES as usize).then_some(self.totals),
            Minutes::Running(running) => Some(running.sums_before(minutes)),
        }
    }
}
