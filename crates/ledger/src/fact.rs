//! What is known of one minute.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use crate::invariants;

/// Parts of an event that a count can resolve: approximate counts are multiples of 1/1024.
pub const PARTS: i64 = 1_024;

/// A number of events, exact: an integer count of 1/1024ths.
///
/// Counted events are whole; counts derived from rates are multiples of 1/1024, so that sums and
/// differences lose nothing. The range holds 9·10¹⁵ events, 285 years of a million a second;
/// arithmetic beyond it stays at its end instead of turning round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Events(i64);

impl Events {
    /// No event.
    pub const ZERO: Self = Self(0);

    /// The most that one minute may hold: 2³⁶ events, a thousand million a second. A source that
    /// claims more is wrong. A window that is this busy in each minute fits for 91 days.
    pub const MINUTE_MAX: Self = Self::whole(1 << 36);

    /// A whole number of events.
    pub const fn whole(count: i64) -> Self {
        Self(count.saturating_mul(PARTS))
    }

    /// The nearest multiple of 1/1024; `None` for what is not a finite number or out of range.
    pub fn nearest(count: f64) -> Option<Self> {
        let parts = (count * PARTS as f64).round();
        (parts.abs() < (1_i64 << 62) as f64).then_some(Self(parts as i64))
    }

    /// So many 1/1024ths of an event.
    pub const fn from_parts(parts: i64) -> Self {
        Self(parts)
    }

    /// In 1/1024ths of an event.
    pub const fn parts(self) -> i64 {
        self.0
    }

    /// The sum modulo 2⁶⁴ parts: running totals may turn round, their differences stay exact.
    pub(crate) const fn turning_add(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }

    /// The difference modulo 2⁶⁴ parts.
    pub(crate) const fn turning_sub(self, other: Self) -> Self {
        Self(self.0.wrapping_sub(other.0))
    }

    /// As a float; exact below 2⁵³ parts (8.8·10¹² events).
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / PARTS as f64
    }
}

impl Add for Events {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}
impl Sub for Events {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}
impl Neg for Events {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}
impl AddAssign for Events {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
impl SubAssign for Events {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}
impl Sum for Events {
    fn sum<I: Iterator<Item = Self>>(events: I) -> Self {
        events.fold(Self::ZERO, Add::add)
    }
}

/// Bad events and all events of a minute or a window, `0 <= bad <= total`.
///
/// `total == 0` is a fact: nothing happened. "Nobody knows" is the absence of `Counts`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Counts {
    /// Events that did not meet the indicator's condition.
    pub bad: Events,
    /// All events.
    pub total: Events,
}

/// How a minute's fact came about; kept beside the counts so that figures can say so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Marks(u8);

impl Marks {
    /// Counted exactly, from raw samples.
    pub const NONE: Self = Self(0);
    /// Evaluated at the SLI's resolution and spread, not counted.
    pub const APPROXIMATE: Self = Self(1);
    /// Bad came out above total (or good above total) and was clamped.
    pub const CLAMPED: Self = Self(2);
    /// The source answered NaN, infinite or negative; the minute is unknown.
    pub const INVALID: Self = Self(4);

    const ALL: u8 = 7;

    /// The marks as bits, for storage: below 8.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// From bits; `None` when a bit is set that no mark has.
    pub const fn from_bits(bits: u8) -> Option<Self> {
        if bits & !Self::ALL == 0 {
            Some(Self(bits))
        } else {
            None
        }
    }

    /// Both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of the other's marks are set.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// What is known of one minute: its counts, or nothing; and how that came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Fact {
    /// `None`: nobody knows what happened in that minute.
    pub counts: Option<Counts>,
    /// How it came about.
    pub marks: Marks,
}

impl Fact {
    /// Nobody knows.
    pub const UNKNOWN: Self = Self {
        counts: None,
        marks: Marks::NONE,
    };

    /// Counted exactly. Bad above total is clamped to it and marked; see [`Marks::CLAMPED`]. A total
    /// above [`Events::MINUTE_MAX`] cannot be: the minute is unknown; see [`Marks::INVALID`].
    ///
    /// ```
    /// use tomoni_ledger::{Events, Fact, Marks};
    /// let fact = Fact::counted(Events::whole(7), Events::whole(5));
    /// assert!(fact.counts.is_some_and(|counts| counts.bad == Events::whole(5)));
    /// assert_eq!(fact.marks, Marks::CLAMPED);
    /// ```
    pub fn counted(bad: Events, total: Events) -> Self {
        if total > Events::MINUTE_MAX {
            return Self::UNKNOWN.marked(Marks::INVALID);
        }
        let total = total.max(Events::ZERO);
        let held = bad.clamp(Events::ZERO, total);
        let marks = if held == bad {
            Marks::NONE
        } else {
            Marks::CLAMPED
        };
        Self {
            counts: Some(Counts { bad: held, total }),
            marks,
        }
    }

    /// The fact as it may be held: what cannot be ([`crate::invariants::fact`]) is unknown and
    /// marked as invalid.
    #[must_use]
    pub fn checked(self) -> Self {
        if invariants::fact(self) {
            self
        } else {
            Self {
                counts: None,
                marks: self.marks.with(Marks::INVALID),
            }
        }
    }

    /// The same fact with more marks.
    #[must_use]
    pub const fn marked(self, marks: Marks) -> Self {
        Self {
            counts: self.counts,
            marks: self.marks.with(marks),
        }
    }
}
