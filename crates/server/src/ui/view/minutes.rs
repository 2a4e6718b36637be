//! `/slos/{slo}/minutes?day=`: the minutes that a number came from.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Named, SloKey};

/// One day of one objective's ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Minutes {
    /// Which objective.
    pub key: SloKey,
    /// The SLO's name for people.
    pub title: String,
    /// Its service.
    pub service: Named,
    /// The share that should be good.
    pub target: f64,
    /// The day, in the viewer's zone.
    pub day: Date,
    /// The day before, when it is in the ledger.
    pub previous: Option<Date>,
    /// The day after, unless it lies ahead.
    pub next: Option<Date>,
    /// The day's minutes that have ended, oldest first: 23 to 25 hours of them.
    pub rows: Vec<MinuteRow>,
    /// Whether every minute stands in the table, or only those that are not simply good.
    pub is_all: bool,
}

/// One minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MinuteRow {
    /// Its end.
    pub end: Timestamp,
    /// What is known of it.
    pub fact: MinuteFact,
    /// It does not count: excluded.
    pub is_excluded: bool,
    /// It was evaluated and spread.
    pub is_approximate: bool,
    /// Bad exceeded total.
    pub is_clamped: bool,
    /// It has been read for the last time.
    pub is_closed: bool,
}

/// What is known of a minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MinuteFact {
    /// Counted; `total` may be 0: nothing happened.
    Counts {
        /// Bad events.
        bad: f64,
        /// All events.
        total: f64,
    },
    /// Nobody knows.
    Unknown,
    /// Nobody knows, since the source answered what is no count.
    Invalid,
}

impl MinuteFact {
    /// Bad and all events, where they are known.
    pub const fn counts(self) -> Option<(f64, f64)> {
        match self {
            Self::Counts { bad, total } => Some((bad, total)),
            Self::Unknown | Self::Invalid => None,
        }
    }
}
