//! Minutes, days, spans: the ledger's only notion of time.

use std::fmt;
use std::ops::{Add, Sub};

/// Seconds in a minute, milliseconds in a minute, minutes in a day.
pub const MINUTE_S: i64 = 60;
/// Milliseconds in a minute.
pub const MINUTE_MS: i64 = 60_000;
/// Minutes in a UTC day.
pub const DAY_MINUTES: i64 = 1_440;

/// One minute of UTC, named by its *end* `e` (a multiple of 60 s): it covers `(e - 60 s, e]`.
///
/// The inner number is `e / 60`, so consecutive minutes are consecutive integers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minute(i64);

impl Minute {
    /// The minute whose end is `index · 60 s` after the Unix epoch.
    pub const fn from_index(index: i64) -> Self {
        Self(index)
    }

    /// `end / 60 s`.
    pub const fn index(self) -> i64 {
        self.0
    }

    /// The minute that holds the instant: a sample stamped exactly at a minute's end belongs to it.
    ///
    /// ```
    /// use tomoni_ledger::Minute;
    /// assert_eq!(Minute::holding_ms(60_000), Minute::from_index(1));
    /// assert_eq!(Minute::holding_ms(60_001), Minute::from_index(2));
    /// ```
    pub const fn holding_ms(instant_ms: i64) -> Self {
        Self(instant_ms.div_euclid(MINUTE_MS) + (instant_ms.rem_euclid(MINUTE_MS) != 0) as i64)
    }

    /// The last minute that has ended by the instant: how an `--at` is floored.
    ///
    /// ```
    /// use tomoni_ledger::Minute;
    /// assert_eq!(Minute::ended_by_ms(119_999), Minute::from_index(1));
    /// assert_eq!(Minute::ended_by_ms(120_000), Minute::from_index(2));
    /// ```
    pub const fn ended_by_ms(instant_ms: i64) -> Self {
        Self(instant_ms.div_euclid(MINUTE_MS))
    }

    /// The minute's end, in seconds since the Unix epoch.
    pub const fn end_s(self) -> i64 {
        self.0 * MINUTE_S
    }

    /// The minute's end, in milliseconds since the Unix epoch.
    pub const fn end_ms(self) -> i64 {
        self.0 * MINUTE_MS
    }

    /// The UTC day that holds this minute; a minute that ends at midnight is the last of its day.
    pub const fn day(self) -> Day {
        Day((self.0 - 1).div_euclid(DAY_MINUTES))
    }

    /// The minute's place in its day, `0..1440`.
    pub const fn place_in_day(self) -> usize {
        (self.0 - 1).rem_euclid(DAY_MINUTES) as usize
    }
}

impl Add<i64> for Minute {
    type Output = Self;
    fn add(self, minutes: i64) -> Self {
        Self(self.0 + minutes)
    }
}

impl Sub<i64> for Minute {
    type Output = Self;
    fn sub(self, minutes: i64) -> Self {
        Self(self.0 - minutes)
    }
}

impl Sub for Minute {
    type Output = i64;
    /// Minutes from `earlier` to `self`.
    fn sub(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }
}

impl fmt::Debug for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Minute({} = {} s)", self.0, self.end_s())
    }
}

/// A UTC day: the 1440 minutes with ends in `(midnight, next midnight]`, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

impl Day {
    /// The day `index` days after 1970-01-01.
    pub const fn from_index(index: i64) -> Self {
        Self(index)
    }

    /// Days since 1970-01-01.
    pub const fn index(self) -> i64 {
        self.0
    }

    /// The day's first minute (it ends one minute past midnight).
    pub const fn first(self) -> Minute {
        Minute(self.0 * DAY_MINUTES + 1)
    }

    /// The day's last minute (it ends at the next midnight).
    pub const fn last(self) -> Minute {
        Minute((self.0 + 1) * DAY_MINUTES)
    }

    /// The minute at a place in the day, `0..1440`.
    pub const fn minute(self, place: usize) -> Minute {
        Minute(self.0 * DAY_MINUTES + 1 + place as i64)
    }

    /// All of the day's minutes.
    pub const fn span(self) -> Span {
        Span {
            after: Minute(self.0 * DAY_MINUTES),
            until: self.last(),
        }
    }

    /// The day after.
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// The days whose year has at most six digits; others are shown by their number.
const DATED: std::ops::Range<i64> = -365_000_000..365_000_000;

impl fmt::Display for Day {
    /// The date, such as `2024-10-04`.
    ///
    /// ```
    /// use tomoni_ledger::Day;
    /// assert_eq!(Day::from_index(0).to_string(), "1970-01-01");
    /// assert_eq!(Day::from_index(20_000).to_string(), "2024-10-04");
    /// ```
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !DATED.contains(&self.0) {
            return write!(f, "day {}", self.0);
        }
        // Years that begin in March end with the leap day; 400 of them have 146 097 days.
        let since_march_0000 = self.0 + 719_468;
        let (cycle, day) = (
            since_march_0000.div_euclid(146_097),
            since_march_0000.rem_euclid(146_097),
        );
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day_of_year = day - (365 * year + year / 4 - year / 100);
        // Months from March on have 31, 30, 31, 30, 31 days, again and again.
        let month = (5 * day_of_year + 2) / 153;
        let day_of_month = day_of_year - (153 * month + 2) / 5 + 1;
        let (year, month) = if month < 10 {
            (year + 400 * cycle, month + 3)
        } else {
            (year + 400 * cycle + 1, month - 9)
        };
        write!(f, "{year:04}-{month:02}-{day_of_month:02}")
    }
}

/// The minutes with ends in `(after, until]`; empty when `until <= after`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The last minute *before* the span.
    pub after: Minute,
    /// The last minute of the span.
    pub until: Minute,
}

impl Span {
    /// The minutes with ends in `(after, until]`.
    pub const fn new(after: Minute, until: Minute) -> Self {
        Self { after, until }
    }

    /// The window of `minutes` minutes that ends at `until`.
    pub const fn ending_at(until: Minute, minutes: i64) -> Self {
        Self {
            after: Minute(until.0 - minutes),
            until,
        }
    }

    /// How many minutes it holds.
    pub const fn len(self) -> i64 {
        let n = self.until.0 - self.after.0;
        if n > 0 { n } else { 0 }
    }

    /// Whether it holds no minute.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether the minute lies in it.
    pub fn contains(self, minute: Minute) -> bool {
        self.after < minute && minute <= self.until
    }

    /// The minutes that both hold.
    pub fn intersection(self, other: Self) -> Self {
        Self {
            after: self.after.max(other.after),
            until: self.until.min(other.until),
        }
    }

    /// Its minutes, in order.
    pub fn minutes(self) -> impl DoubleEndedIterator<Item = Minute> + ExactSizeIterator {
        let (first, n) = (self.after.0 + 1, self.len() as usize);
        (0..n).map(move |i| Minute(first + i as i64))
    }

    /// The UTC days it touches, in order.
    pub fn days(self) -> impl DoubleEndedIterator<Item = Day> {
        let (first, last) = if self.is_empty() {
            (1, 0)
        } else {
            ((self.after + 1).day().0, self.until.day().0)
        };
        (first..=last).map(Day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        // Counted up naively from 1600-01-01, over leap years, centuries and the epoch.
        let (mut year, mut month, mut day) = (1600, 1, 1);
        for index in -135_140..60_000 {
            let date = Day::from_index(index).to_string();
            assert_eq!(date, format!("{year:04}-{month:02}-{day:02}"));
            let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = match month {
                2 => 28 + i64::from(is_leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            day += 1;
            if day > length {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
        let far = Day::from_index(i64::MAX).to_string();
        assert_eq!(far, format!("day {}", i64::MAX));
    }
}
