//! Over which time a budget is held against its target.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The time over which a budget is held (OpenSLO's `timeWindow`).
#[derive(Clone, Debug, PartialEq)]
pub enum Window {
    /// The last so many minutes.
    Rolling {
        /// How many minutes, at least 1.
        minutes: i64,
        /// The duration as the document wrote it, such as `28d`.
        text: String,
    },
    /// The current calendar period so far.
    Calendar(Calendar),
}

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
}

impl fmt::Display for Window {
    /// As documents write it: `28d`, `1M`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rolling { text, .. } => f.write_str(text),
            Self::Calendar(calendar) => write!(f, "{}{}", calendar.count, calendar.unit.letter()),
        }
    }
}
