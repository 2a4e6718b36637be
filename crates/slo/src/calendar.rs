//! Periods of the calendar: where one ends and the next begins, to the minute.
//!
//! A boundary is a time on a zone's clock. Where that clock skips it, the boundary is as much later
//! as the clock was put forward (so a day that begins in a gap begins with its end); where the clock
//! shows it twice, it is the first. A day that a zone skipped altogether is a period without a
//! minute. A boundary that lies within a UTC minute (historic zones, starts with seconds) is floored
//! to it: the minute that holds it belongs to the new period.
//!
//! Rules of the zones come from the database that is built in, never from the machine's: the same
//! document must mean the same everywhere.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use tomoni_ledger::{Minute, Span};

use crate::duration::{Duration, DurationError, DurationUnit};

/// Periods of the calendar, one after the other from a start.
#[derive(Clone, Debug, PartialEq)]
pub struct Calendar {
    /// How many units make a period, at least 1.
    pub count: i32,
    /// The unit.
    pub unit: Unit,
    /// The zone in which days begin.
    pub zone: TimeZone,
    /// When the first period began, on that zone's clock.
    pub start: DateTime,
}

/// A unit of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// From midnight to midnight: 23, 24 or 25 hours.
    Day,
    /// Seven days.
    Week,
    /// A month.
    Month,
    /// Three months.
    Quarter,
    /// Twelve months.
    Year,
}

/// What was written is no calendar window.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The duration is none.
    #[error(transparent)]
    Duration(#[from] DurationError),
    /// The duration has no unit of the calendar.
    #[error(
        "`{text}` is no calendar period: write days, weeks, months, quarters or years (d, w, M, Q, Y), \
         or make the window a rolling one"
    )]
    NotAPeriod {
        /// What was written.
        text: String,
    },
    /// The zone is none.
    #[error("`{zone}` is no IANA time zone: write a name such as Europe/Berlin, Asia/Tokyo or UTC")]
    UnknownZone {
        /// What was written.
        zone: String,
    },
    /// The start is no date with a time.
    #[error(
        "`{text}` is no start of a calendar window: write a date and a time as 2006-01-02 15:04:05"
    )]
    NotAStart {
        /// What was written.
        text: String,
    },
}

impl Unit {
    /// The unit's letter in a duration.
    pub const fn letter(self) -> char {
        match self {
            Self::Day => 'd',
            Self::Week => 'w',
            Self::Month => 'M',
            Self::Quarter => 'Q',
            Self::Year => 'Y',
        }
    }

    /// Its nominal length for alerting, in days (semantics.md, "Windows").
    pub const fn nominal_days(self) -> i64 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 30,
            Self::Quarter => 91,
            Self::Year => 365,
        }
    }
}

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

impl Calendar {
    /// See [`crate::Window::calendar`].
    pub(crate) fn parse(duration: &str, zone: &str, start: &str) -> Result<Self, CalendarError> {
        let not_a_period = || CalendarError::NotAPeriod {
            text: duration.to_owned(),
        };
        let Duration { count, unit } = duration.parse()?;
        let unit = match unit {
            DurationUnit::Minute | DurationUnit::Hour => return Err(not_a_period()),
            DurationUnit::Day => Unit::Day,
            DurationUnit::Week => Unit::Week,
            DurationUnit::Month => Unit::Month,
            DurationUnit::Quarter => Unit::Quarter,
            DurationUnit::Year => Unit::Year,
        };
        Ok(Self {
            count: i32::try_from(count).map_err(|_| not_a_period())?,
            unit,
            zone: parse_zone(zone)?,
            start: parse_start(start)?,
        })
    }

    /// The whole period that holds a minute; `None` before the first.
    ///
    /// A minute that ends at a boundary belongs to the period that ends there.
    pub fn period(&self, at: Minute) -> Option<Span> {
        let mut number = self.nearby(at).max(0);
        let mut after = self.boundary(number)?;
        while after >= at {
            number -= 1;
            after = self.boundary(number)?;
        }
        loop {
            let until = self.boundary(number + 1)?;
            if at <= until {
                return Some(Span::new(after, until));
            }
            (number, after) = (number + 1, until);
        }
    }

    /// The last minute before the period of a number, the first being 0; `None` before the first and
    /// where the calendar itself ends.
    pub(crate) fn boundary(&self, number: i64) -> Option<Minute> {
        if number < 0 {
            return None;
        }
        let units = number.checked_mul(i64::from(self.count.max(1)))?;
        let date = match self.unit {
            Unit::Day => days_after(self.start.date(), units),
            Unit::Week => days_after(self.start.date(), units.checked_mul(7)?),
            Unit::Month | Unit::Quarter | Unit::Year => {
                months_after(self.start.date(), units.checked_mul(self.unit.months())?)
            }
        };
        let civil = date?.to_datetime(self.start.time());
        let instant = self.zone.to_ambiguous_timestamp(civil).compatible().ok()?;
        Some(Minute::ended_by_ms(instant.as_millisecond()))
    }

    /// The number of a period not far from the one that holds a minute.
    fn nearby(&self, at: Minute) -> i64 {
        let count = i64::from(self.count.max(1));
        let start = TimeZone::UTC
            .to_ambiguous_timestamp(self.start)
            .compatible();
        let start = Minute::ended_by_ms(start.map_or(0, Timestamp::as_millisecond));
        let days = at.day().index() - start.day().index();
        match self.unit {
            Unit::Day => days.div_euclid(count),
            Unit::Week => days.div_euclid(7 * count),
            // The Gregorian calendar repeats after 4 800 months of 146 097 days together.
            Unit::Month | Unit::Quarter | Unit::Year => {
                let (days, months) = (i128::from(days), i128::from(self.unit.months() * count));
                (days * 4_800 / (146_097 * months)) as i64
            }
        }
    }
}

impl Unit {
    /// How many months it has; 0 for days and weeks.
    const fn months(self) -> i64 {
        match self {
            Self::Day | Self::Week => 0,
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }
}

fn days_after(date: Date, days: i64) -> Option<Date> {
    let days = jiff::Span::new().try_days(days).ok()?;
    date.checked_add(days).ok()
}

/// The same day so many months later, or that month's last day.
fn months_after(date: Date, months: i64) -> Option<Date> {
    let month0 = i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
    let month0 = month0.checked_add(months)?;
    let year = i16::try_from(month0.div_euclid(12)).ok()?;
    let first = Date::new(year, month0.rem_euclid(12) as i8 + 1, 1).ok()?;
    let day = date.day().min(first.days_in_month());
    Date::new(first.year(), first.month(), day).ok()
}

fn parse_zone(zone: &str) -> Result<TimeZone, CalendarError> {
    ZONES.get(zone).map_err(|_| CalendarError::UnknownZone {
        zone: zone.to_owned(),
    })
}

const START_FORMAT: &str = "%Y-%m-%d %H:%M:%S";

/// Reads `2006-01-02 15:04:05`, every digit of it.
fn parse_start(text: &str) -> Result<DateTime, CalendarError> {
    const SHAPE: &[u8; 19] = b"0000-00-00 00:00:00";
    let has_shape = text.len() == SHAPE.len()
        && text.bytes().zip(SHAPE).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            other => byte == *other,
        });
    let start = has_shape
        .then(|| DateTime::strptime(START_FORMAT, text).ok())
        .flatten()
        // A leap second would be read as the second before.
        .filter(|start| start.strftime(START_FORMAT).to_string() == text);
    start.ok_or_else(|| CalendarError::NotAStart {
        text: text.to_owned(),
    })
}
