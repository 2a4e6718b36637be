//! Over which time a budget is held against its target.

use std::fmt;

use tomoni_ledger::{DAY_MINUTES, Minute, Span};

use crate::calendar::{Calendar, CalendarError};
use crate::duration::{Duration, DurationError};

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

/// A window's minutes at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The minutes up to the instant.
    pub so_far: Span,
    /// All of the window's minutes: of a calendar period also those to come.
    pub whole: Span,
}

impl Window {
    /// A rolling window of a duration such as `28d`, `4w`, `720h` or `90m`; `M`, `Q` and `Y` are 30,
    /// 90 and 365 days (semantics.md, "Windows").
    ///
    /// # Errors
    ///
    /// When the text is no duration in OpenSLO's shorthand.
    pub fn rolling(text: &str) -> Result<Self, DurationError> {
        let duration: Duration = text.parse()?;
        Ok(Self::Rolling {
            minutes: duration.minutes(),
            text: text.to_owned(),
        })
    }

    /// The calendar periods of a duration (`1d`, `1w`, `1M`, `1Q`, `1Y`) in an IANA time zone, one
    /// after the other from a start written as `2006-01-02 15:04:05` on that zone's clock.
    ///
    /// ```
    /// use tomoni_slo::Window;
    /// let window = Window::calendar("1M", "Europe/Berlin", "2024-01-01 00:00:00").unwrap();
    /// assert_eq!(window.to_string(), "1M");
    /// let error = Window::calendar("1M", "Europe/Berln", "2024-01-01 00:00:00").unwrap_err();
    /// assert!(error.to_string().contains("Europe/Berln"));
    /// ```
    ///
    /// # Errors
    ///
    /// When a text is not what it should be; the error says which and what to write.
    pub fn calendar(duration: &str, zone: &str, start: &str) -> Result<Self, CalendarError> {
        Calendar::parse(duration, zone, start).map(Self::Calendar)
    }

    /// The window's minutes at a minute; `None` before a calendar's first period.
    pub fn extent(&self, at: Minute) -> Option<Extent> {
        match self {
            Self::Rolling { minutes, .. } => {
                let span = Span::ending_at(at, *minutes);
                Some(Extent {
                    so_far: span,
                    whole: span,
                })
            }
            Self::Calendar(calendar) => calendar.period(at).map(|whole| Extent {
                so_far: Span::new(whole.after, at),
                whole,
            }),
        }
    }

    /// The length by which alerting scales, in minutes: of a calendar period the nominal one, 1, 7,
    /// 30, 91 or 365 days (semantics.md, "Windows").
    pub fn nominal_minutes(&self) -> i64 {
        match self {
            Self::Rolling { minutes, .. } => *minutes,
            Self::Calendar(calendar) => {
                i64::from(calendar.count) * calendar.unit.nominal_days() * DAY_MINUTES
            }
        }
    }
}

impl Extent {
    /// Whether a tenth of the whole window has not passed yet (semantics.md, "Windows": partial).
    pub fn is_in_first_tenth(self) -> bool {
        self.so_far.len() * 10 < self.whole.len()
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
