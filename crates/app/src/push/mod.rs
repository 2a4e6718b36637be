//! Batches of counts that are pushed: read, checked, and kept once.
//!
//! A batch is counted as a whole or not at all. Its id makes that safe to repeat: whoever did not
//! hear the answer sends it again, and it counts once.

mod body;
mod count;
mod error;
mod number;

use std::fmt;

use sha2::{Digest, Sha256};
use tomoni_ledger::{Events, Minute};

pub use body::{Format, read};
pub use count::{Counted, Done, Outcome, count, ledger};
pub use error::PushError;

/// The longest body, in bytes.
pub const BODY_BYTES_MAX: usize = 8 << 20;
/// The most batches in one body.
pub const BATCHES_MAX: usize = 1_000;
/// The most counts in one batch: two days of minutes fit three times.
pub const COUNTS_MAX: usize = 10_000;
/// The longest id of a batch, in characters.
pub const ID_CHARS_MAX: usize = 128;
/// How long a minute can be pushed after its end, in minutes; then it is closed.
pub const OPEN_MINUTES: i64 = 48 * 60;
/// How far a batch's clock may be ahead of ours, in minutes.
pub const AHEAD_MINUTES_MAX: i64 = 1;

/// Counts that belong together, under an id that counts once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its id: chosen by whoever pushes, and never used for other counts.
    pub id: String,
    /// What is counted, in the order of the minutes; each minute once, never empty.
    pub counts: Vec<Count>,
}

/// What is added to a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The minute, by its end.
    pub minute: Minute,
    /// Bad events among them.
    pub bad: Events,
    /// All events.
    pub total: Events,
}

/// What tells the counts of one batch from those of another: a hash of minutes and numbers, however
/// they were written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Content([u8; 32]);

impl Content {
    /// The hash's bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({self})")
    }
}

impl Batch {
    /// A batch of counts in any order; several of one minute are added up.
    ///
    /// # Errors
    ///
    /// When the id or the number of counts is out of bounds, more is bad than there is in all, or a
    /// minute is too full.
    pub fn new(id: &str, mut counts: Vec<Count>) -> Result<Self, PushError> {
        let id = checked_id(id)?;
        if counts.is_empty() {
            return Err(PushError::NoCounts { id });
        }
        if counts.len() > COUNTS_MAX {
            let count = counts.len();
            return Err(PushError::TooManyCounts { id, count });
        }
        counts.sort_by_key(|count| count.minute);
        let mut merged: Vec<Count> = Vec::with_capacity(counts.len());
        for count in counts {
            match merged.last_mut().filter(|l| l.minute == count.minute) {
                Some(last) => {
                    last.bad += count.bad;
                    last.total += count.total;
                }
                None => merged.push(count),
            }
        }
        for count in &merged {
            let why = if count.bad < Events::ZERO || count.total < Events::ZERO {
                Some("a count is negative".to_owned())
            } else if count.bad > count.total {
                Some(format!(
                    "{} of {} events are bad",
                    count.bad.as_f64(),
                    count.total.as_f64()
                ))
            } else if count.total > Events::MINUTE_MAX {
                Some(format!(
                    "{} events are more than a minute holds",
                    count.total.as_f64()
                ))
            } else {
                None
            };
            if let Some(why) = why {
                let minute = count.minute;
                return Err(PushError::Count { id, minute, why });
            }
        }
        Ok(Self { id, counts: merged })
    }

    /// What its counts are.
    pub fn content(&self) -> Content {
        let mut hash = Sha256::new();
        for count in &self.counts {
            hash.update(count.minute.index().to_be_bytes());
            hash.update(count.bad.parts().to_be_bytes());
            hash.update(count.total.parts().to_be_bytes());
        }
        Content(hash.finalize().into())
    }

    /// Whether all of its minutes can be counted now.
    ///
    /// # Errors
    ///
    /// When one is closed, or has not begun by the server's clock.
    pub fn check(&self, now_ms: i64) -> Result<(), PushError> {
        let now = Minute::holding_ms(now_ms);
        let id = || self.id.clone();
        let closed = Minute::ended_by_ms(now_ms).index() - OPEN_MINUTES;
        for count in &self.counts {
            let minute = count.minute;
            if minute.index() > now.index() + AHEAD_MINUTES_MAX {
                let id = id();
                return Err(PushError::Ahead { id, minute, now_ms });
            }
            if minute.index() <= closed {
                return Err(PushError::Closed { id: id(), minute });
            }
        }
        Ok(())
    }
}

fn checked_id(id: &str) -> Result<String, PushError> {
    let chars = id.chars().count();
    if id.trim().is_empty() {
        return Err(PushError::Id {
            why: "is missing or empty".to_owned(),
        });
    }
    if chars > ID_CHARS_MAX {
        return Err(PushError::Id {
            why: format!("has {chars} characters; at most {ID_CHARS_MAX} are kept"),
        });
    }
    if id.chars().any(char::is_control) {
        return Err(PushError::Id {
            why: "has a control character".to_owned(),
        });
    }
    Ok(id.to_owned())
}

#[cfg(test)]
mod tests;
