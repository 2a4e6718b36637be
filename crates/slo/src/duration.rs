//! OpenSLO's durations: a number and a unit, such as `28d`.

use std::fmt;
use std::str::FromStr;

/// The longest window that is accepted, in nominal days: ten years and their leap days.
pub const WINDOW_DAYS_MAX: i64 = 3_660;

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// A duration in OpenSLO's shorthand: a whole number above zero and one unit.
///
/// ```
/// use tomoni_slo::{Duration, DurationUnit};
/// let month: Duration = "1M".parse().unwrap();
/// assert_eq!((month.count, month.unit), (1, DurationUnit::Month));
/// assert_eq!(month.minutes(), 30 * 24 * 60);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Duration {
    /// How many units, at least 1.
    pub count: i64,
    /// The unit.
    pub unit: DurationUnit,
}

/// A unit of a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DurationUnit {
    /// `m`: a minute.
    Minute,
    /// `h`: 60 minutes.
    Hour,
    /// `d`: 24 hours.
    Day,
    /// `w`: 7 days.
    Week,
    /// `M`: a month; 30 days where it is a rolling duration.
    Month,
    /// `Q`: a quarter; 90 days where it is a rolling duration.
    Quarter,
    /// `Y`: a year; 365 days where it is a rolling duration.
    Year,
}

/// A text is no duration that a window can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// It is no number with a unit.
    #[error(
        "`{text}` is not a duration: write a whole number and one of m, h, d, w, M, Q, Y (minutes, \
         hours, days, weeks, months, quarters, years), such as 28d"
    )]
    NotADuration {
        /// What was written.
        text: String,
    },
    /// Seconds are finer than the ledger.
    #[error(
        "`{text}` is finer than a minute, the smallest time that is counted: write minutes, such as 5m"
    )]
    TooFine {
        /// What was written.
        text: String,
    },
    /// Zero of anything is no window.
    #[error("`{text}` is no time at all: write a number of at least 1")]
    Zero {
        /// What was written.
        text: String,
    },
    /// Longer than [`WINDOW_DAYS_MAX`].
    #[error("`{text}` is longer than the longest window, {WINDOW_DAYS_MAX} days")]
    TooLong {
        /// What was written.
        text: String,
    },
}

impl DurationUnit {
    const ALL: [Self; 7] = [
        Self::Minute,
        Self::Hour,
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Quarter,
        Self::Year,
    ];

    /// The unit's letter.
    pub const fn letter(self) -> char {
        match self {
            Self::Minute => 'm',
            Self::Hour => 'h',
            Self::Day => 'd',
            Self::Week => 'w',
            Self::Month => 'M',
            Self::Quarter => 'Q',
            Self::Year => 'Y',
        }
    }

    /// How many minutes it has in a rolling duration.
    pub const fn minutes(self) -> i64 {
        match self {
            Self::Minute => 1,
            Self::Hour => HOUR,
            Self::Day => DAY,
            Self::Week => 7 * DAY,
            Self::Month => 30 * DAY,
            Self::Quarter => 90 * DAY,
            Self::Year => 365 * DAY,
        }
    }
}

impl Duration {
    /// Its minutes as a rolling duration.
    pub const fn minutes(self) -> i64 {
        self.count * self.unit.minutes()
    }
}

impl FromStr for Duration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        let own = || text.to_owned();
        let not_a_duration = || DurationError::NotADuration { text: own() };
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, letter) = text.split_at(digits);
        if number.is_empty() {
            return Err(not_a_duration());
        }
        let unit = DurationUnit::ALL
            .into_iter()
            .find(|unit| letter.chars().eq([unit.letter()]));
        let unit = match (unit, letter) {
            (Some(unit), _) => unit,
            (None, "s" | "ms") => return Err(DurationError::TooFine { text: own() }),
            (None, _) => return Err(not_a_duration()),
        };
        let too_long = || DurationError::TooLong { text: own() };
        let count: i64 = number.parse().map_err(|_| too_long())?;
        if count == 0 {
            return Err(DurationError::Zero { text: own() });
        }
        match count.checked_mul(unit.minutes()) {
            Some(minutes) if minutes <= WINDOW_DAYS_MAX * DAY => Ok(Self { count, unit }),
            _ => Err(too_long()),
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.letter())
    }
}

/// A number of minutes in the largest unit of d, h, m that divides it, as windows are named: `5m`,
/// `1h`, `3d`.
///
/// ```
/// assert_eq!(tomoni_slo::minutes_text(4_320), "3d");
/// assert_eq!(tomoni_slo::minutes_text(90), "90m");
/// ```
pub fn minutes_text(minutes: i64) -> String {
    match minutes {
        m if m != 0 && m % DAY == 0 => format!("{}d", m / DAY),
        m if m != 0 && m % HOUR == 0 => format!("{}h", m / HOUR),
        m => format!("{m}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_has_its_minutes() {
        for (text, minutes) in [
            ("90m", 90),
            ("720h", 43_200),
            ("28d", 40_320),
            ("4w", 40_320),
            ("1M", 43_200),
            ("1Q", 129_600),
            ("1Y", 525_600),
            ("3660d", 5_270_400),
        ] {
            let duration: Duration = text.parse().unwrap();
            assert_eq!(duration.minutes(), minutes, "{text}");
            assert_eq!(duration.to_string(), text);
        }
    }

    #[test]
    fn other_texts_say_what_to_write() {
        for (text, part) in [
            ("", "is not a duration"),
            ("28", "is not a duration"),
            ("d", "is not a duration"),
            ("28 d", "is not a duration"),
            ("28D", "is not a duration"),
            ("28days", "is not a duration"),
            ("-28d", "is not a duration"),
            ("1.5d", "is not a duration"),
            ("1h30m", "is not a duration"),
            ("٢d", "is not a duration"),
            ("30s", "finer than a minute"),
            ("0d", "at least 1"),
            ("3661d", "longest window"),
            ("99999999999999999999d", "longest window"),
            ("9223372036854775807Y", "longest window"),
        ] {
            let error = text.parse::<Duration>().unwrap_err().to_string();
            assert!(error.contains(part) && error.contains(text), "{error}");
        }
    }
}
