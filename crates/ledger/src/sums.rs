//! What minutes add up to.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub, SubAssign};

use crate::fact::{Events, Fact, Marks};

/// What a window's minutes add up to.
///
/// Sums are taken modulo 2⁶⁴ parts of events: however long running totals go on, the difference of
/// two is exact as long as the window itself fits (see [`Events`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Bad events of the known minutes.
    pub bad: Events,
    /// All events of the known minutes.
    pub total: Events,
    /// Minutes of which something is known, be it that nothing happened.
    pub known: i64,
    /// Minutes that were evaluated and spread, not counted.
    pub approximate: i64,
    /// Minutes in which bad came out above total and was clamped.
    pub clamped: i64,
    /// Minutes that are unknown because the source answered NaN, infinite or negative.
    pub invalid: i64,
}

impl Sums {
    /// What one minute contributes.
    pub fn of(fact: Fact) -> Self {
        let counts = fact.counts.unwrap_or_default();
        Self {
            bad: counts.bad,
            total: counts.total,
            known: i64::from(fact.counts.is_some()),
            approximate: i64::from(fact.marks.has(Marks::APPROXIMATE)),
            clamped: i64::from(fact.marks.has(Marks::CLAMPED)),
            invalid: i64::from(fact.marks.has(Marks::INVALID)),
        }
    }
}

impl Add for Sums {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            bad: self.bad.turning_add(other.bad),
            total: self.total.turning_add(other.total),
            known: self.known + other.known,
            approximate: self.approximate + other.approximate,
            clamped: self.clamped + other.clamped,
            invalid: self.invalid + other.invalid,
        }
    }
}
impl Sub for Sums {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            bad: self.bad.turning_sub(other.bad),
            total: self.total.turning_sub(other.total),
            known: self.known - other.known,
            approximate: self.approximate - other.approximate,
            clamped: self.clamped - other.clamped,
            invalid: self.invalid - other.invalid,
        }
    }
}
impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
impl SubAssign for Sums {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}
impl Sum for Sums {
    fn sum<I: Iterator<Item = Self>>(sums: I) -> Self {
        sums.fold(Self::default(), Add::add)
    }
}
