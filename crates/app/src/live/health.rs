//! How the loop is doing: for `/readyz` and `/metrics`.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::world::{Outage, World};

/// The upper bounds of [`Times`]' buckets, in milliseconds.
pub const TIME_BUCKETS_MS: [u64; 12] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 30_000];

/// How the loop is doing.
#[derive(Clone, Debug, Default)]
pub struct Health {
    /// When the loop began, in milliseconds since the Unix epoch.
    pub begun_ms: i64,
    /// Since when the database cannot be used, and what it says.
    pub database: Option<(i64, String)>,
    /// When the last tick was over, in milliseconds since the Unix epoch.
    pub last_tick_ms: Option<i64>,
    /// The end of the last minute that is settled by the clock, likewise.
    pub watermark_ms: Option<i64>,
    /// The end of the last minute that is settled in every ledger that is read, likewise; by the
    /// clock where none is. `None` while a ledger has none.
    pub settled_ms: Option<i64>,
    /// The instant by which what is old was told last, likewise; `None` before the first time.
    pub upkeep_at_ms: Option<i64>,
    /// Ledger minutes that wait to be kept.
    pub unkept_minutes: usize,
    /// Ledger minutes of history that are still to be read.
    pub backfill_minutes: i64,
    /// How many ledgers are in memory.
    pub ledgers: usize,
    /// The sources, in the order in which they were met.
    pub sources: Vec<SourceHealth>,
    /// Findings in documents.
    pub findings: usize,
    /// What the loop has done since it began.
    pub counters: Counters,
}

/// How a source is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceHealth {
    /// Its name, or its address without credentials.
    pub name: String,
    /// Since when it cannot be used at all, and what it says.
    pub outage: Option<(i64, String)>,
    /// Reads of one ledger that went well.
    pub reads: u64,
    /// Reads of one ledger that failed.
    pub failures: u64,
    /// When it answered last, in milliseconds since the Unix epoch.
    pub answered_ms: Option<i64>,
}

/// What the loop has done since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Raw samples that sources brought.
    pub samples: u64,
    /// Ledger minutes that were kept.
    pub minutes_kept: u64,
    /// Writes to the database that went well.
    pub writes: u64,
    /// Times that the database could not be used.
    pub database_errors: u64,
    /// Days of ledgers whose minutes the loop read from the database.
    pub days_read: u64,
    /// Ledgers that were looked at for a new picture: once a minute, and when something has come.
    pub looks: u64,
    /// How long ticks took: asking for what is due, and figures of what has come in by then.
    pub ticks: Times,
    /// How long it took to take in answers of sources: to keep them, and to work out the figures
    /// that they change.
    pub intakes: Times,
}

/// Durations, counted in buckets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// How many were at most as long as the bound of the same place in [`TIME_BUCKETS_MS`], and
    /// longer than the one before; the last holds those longer than all.
    pub buckets: [u64; TIME_BUCKETS_MS.len() + 1],
    /// All of them together.
    pub sum: Duration,
}

impl Times {
    /// Counts one.
    pub fn add(&mut self, time: Duration) {
        let place = TIME_BUCKETS_MS
            .iter()
            .position(|bound| time <= Duration::from_millis(*bound));
        self.buckets[place.unwrap_or(TIME_BUCKETS_MS.len())] += 1;
        self.sum += time;
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }
}

/// What the loop writes down for whoever asks.
#[derive(Debug, Default)]
pub(super) struct Vitals(Mutex<Health>);

impl Vitals {
    pub(super) fn note(&self, note: impl FnOnce(&mut Health)) {
        note(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn health(&self, world: &World) -> Health {
        let mut health = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        health.findings = world.reading.findings.len();
        health.watermark_ms = world.watermark.map(tomoni_ledger::Minute::end_ms);
        let ends = world.standings.iter().filter(|s| s.server.is_some());
        let ends = ends.map(|standing| standing.watermark);
        // A ledger without one is before all others.
        let settled = ends.min().unwrap_or(world.watermark);
        health.settled_ms = settled.map(tomoni_ledger::Minute::end_ms);
        health.database = world.outages.iter().find_map(|outage| match outage {
            Outage::Database { since_ms, error } => Some((*since_ms, error.clone())),
            Outage::Source { .. } => None,
        });
        health
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_fall_into_their_buckets() {
        let mut times = Times::default();
        for ms in [0, 1, 2, 50, 51, 31_000] {
            times.add(Duration::from_millis(ms));
        }
        assert_eq!(times.buckets, [2, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1]);
        assert_eq!(
            (times.count(), times.sum),
            (6, Duration::from_millis(31_104))
        );
    }
}
