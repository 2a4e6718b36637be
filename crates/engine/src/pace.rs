//! When a minute may be believed: open, provisional, settled, closed (semantics.md, "Settling").

use tomoni_ledger::{DAY_MINUTES, Minute};

/// How long a minute stays open to change, and how much is read at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// From a minute's end until it is settled, in milliseconds (default 60 s): scrapes and remote
    /// writes arrive late.
    pub settle_ms: i64,
    /// From the watermark's passing a minute until that minute closes, in minutes (default 15).
    pub close_minutes: i64,
    /// How long the source's own watermark is waited for, in minutes (default 48 hours). A minute of
    /// which nothing is known, with nothing known after it, may be one that the source has not heard
    /// of yet: a remote write that lags, a clock of ours that runs ahead. It does not close before.
    pub patience_minutes: i64,
    /// Spans that are due are read as one when at most so many minutes lie between them (default
    /// 60). Each read makes requests of its own and looks back for its samples' predecessors, so two
    /// short ones cost a source more than one; that the minutes between are read again changes
    /// nothing.
    pub join_minutes: i64,
    /// The longest span that one read asks for, in days (default 5). Reads end at midnight UTC, so
    /// that a block is written once.
    pub chunk_days: i64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            settle_ms: 60_000,
            close_minutes: 15,
            patience_minutes: 2 * DAY_MINUTES,
            join_minutes: 60,
            chunk_days: 5,
        }
    }
}

/// Where a minute stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// It still lasts.
    Open,
    /// It has ended, but samples may still arrive.
    Provisional,
    /// Figures may use it.
    Settled,
    /// Only an explicit refill changes it.
    Closed,
}

impl Pace {
    /// The watermark: the last minute that is settled at this instant.
    pub const fn watermark(&self, now_ms: i64) -> Minute {
        Minute::ended_by_ms(now_ms.saturating_sub(self.settle_ms))
    }

    /// The last minute that may close at this instant.
    pub fn closing(&self, now_ms: i64) -> Minute {
        self.watermark(now_ms) - self.close_minutes
    }

    /// Where the minute stands at this instant, for a source that is never late.
    pub fn phase(&self, minute: Minute, now_ms: i64) -> Phase {
        if minute.end_ms() > now_ms {
            Phase::Open
        } else if minute > self.watermark(now_ms) {
            Phase::Provisional
        } else if minute > self.closing(now_ms) {
            Phase::Settled
        } else {
            Phase::Closed
        }
    }

    /// The last minute that a read may close that was asked for at this watermark, of a ledger in
    /// which `heard` is the last minute that the source has told anything of. Where it `could_tell`
    /// of later ones it may be still on its way with those before: a clock that runs ahead asks for
    /// minutes that still last.
    pub(crate) fn closes_until(
        &self,
        watermark: Minute,
        heard: Option<Minute>,
        could_tell: bool,
    ) -> Minute {
        let given_up = watermark - self.patience_minutes;
        let behind = if could_tell { self.close_minutes } else { 0 };
        let source_watermark = heard.map_or(given_up, |heard| (heard - behind).max(given_up));
        (watermark - self.close_minutes).min(source_watermark)
    }
}
