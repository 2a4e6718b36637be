//! Chance, what really happened, and a source in all weathers.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::watch;
use tomoni_app::source::{Harvests, Source};
use tomoni_ledger::{Events, Fact, Minute, Span};
use tomoni_slo::{LedgerKey, Promise};
use tomoni_sources::prometheus::{Harvest, Observation, Progress, SourceError, Want};

use super::sender;

/// Chance by seed (splitmix64).
#[derive(Debug)]
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// A number from 0 to `n - 1`.
    pub(super) fn below(&mut self, n: u64) -> i64 {
        (self.next() % n) as i64
    }

    pub(super) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

pub(super) fn mixed(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// What really happened in a minute: mostly traffic, at times none, and hours that nobody knows of.
pub(super) fn truth(promise: &Promise, minute: Minute) -> Fact {
    if promise.indicator.pushed().is_some() {
        return sender::truth(minute);
    }
    read_truth(&promise.key, minute)
}

/// The same of what a source knows.
fn read_truth(key: &LedgerKey, minute: Minute) -> Fact {
    let name = key.generation.bits() as u64;
    let of = |what: i64| mixed(name ^ mixed(what as u64));
    if of(minute.index().div_euclid(97) | 1 << 40) % 41 == 0 {
        return Fact::UNKNOWN;
    }
    let bits = of(minute.index());
    let total = if bits % 13 == 0 {
        0
    } else {
        2 * (1 + (bits >> 8) % 500) as i64
    };
    let bad = if bits % 29 == 0 { total / 2 } else { 0 };
    Fact::counted(Events::whole(bad), Events::whole(total))
}

/// How often each thing went wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Injected {
    pub(super) outages: u64,
    pub(super) refusals: u64,
    pub(super) slow: u64,
    pub(super) late: u64,
    pub(super) incomplete: u64,
    pub(super) duplicates: u64,
    pub(super) kills_before: u64,
    pub(super) kills_after: u64,
    pub(super) kills_between: u64,
    pub(super) database_away: u64,
    pub(super) jumps_forward: u64,
    pub(super) jumps_back: u64,
    pub(super) pushes_refused: u64,
    pub(super) answers_lost: u64,
    pub(super) disordered: u64,
    pub(super) sent_twice: u64,
}

/// How the world is at the moment.
#[derive(Debug, Default)]
pub(super) struct Weather {
    /// The present, whatever anybody's clock says.
    pub(super) now_ms: i64,
    pub(super) is_down: bool,
    /// Answers take so many ticks.
    pub(super) slow_ticks: i64,
    /// Of the newest minutes only half of the events have arrived.
    pub(super) late_minutes: i64,
    /// Of the newest minutes nothing has arrived.
    pub(super) missing_minutes: i64,
    /// What has arrived stays there.
    pub(super) arrived: i64,
    pub(super) is_incomplete: bool,
    pub(super) delivered: Option<Minute>,
    pub(super) injected: Injected,
}

/// A source in all weathers.
pub(super) struct Flaky {
    pub(super) weather: Arc<Mutex<Weather>>,
    pub(super) tick: watch::Receiver<i64>,
    pub(super) waiting: Arc<AtomicUsize>,
}

impl fmt::Debug for Flaky {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flaky")
    }
}

/// Counts one that waits, also where it is dropped while it does.
pub(super) struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    pub(super) fn begin(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Weather {
    /// The last minute that has ended.
    pub(super) const fn now(&self) -> Minute {
        Minute::ended_by_ms(self.now_ms)
    }

    /// What the source says of a minute now.
    pub(super) fn fact(&self, key: &LedgerKey, minute: Minute) -> Fact {
        let whole = read_truth(key, minute);
        if minute.index() > self.arrived {
            return Fact::UNKNOWN;
        }
        // The minute that lasts, and those of which samples are still on their way.
        let is_half = minute > self.now() - self.late_minutes;
        match whole.counts {
            Some(counts) if is_half => Fact::counted(
                Events::from_parts(counts.bad.parts() / 2),
                Events::from_parts(counts.total.parts() / 2),
            ),
            _ => whole,
        }
    }

    pub(super) fn answer(&mut self, want: &Want, span: Span) -> Result<Harvest, SourceError> {
        self.arrived = self
            .arrived
            .max((self.now() + 1 - self.missing_minutes).index());
        if self.is_down {
            self.injected.refusals += 1;
            return Err(SourceError::Unreachable {
                url: "http://flaky".to_owned(),
                reason: "connection refused".to_owned(),
            });
        }
        let fresh = self.now() - self.late_minutes.max(self.missing_minutes);
        self.injected.late += u64::from(span.until > fresh && fresh < self.now());
        self.injected.duplicates += u64::from(self.delivered > Some(span.after));
        self.delivered = self.delivered.max(Some(span.until));
        let facts = span.minutes().map(|minute| {
            let is_lost = self.is_incomplete && minute.index() % 3 == 0;
            let fact = if is_lost {
                Fact::UNKNOWN
            } else {
                self.fact(&want.key, minute)
            };
            (minute, fact)
        });
        let facts = facts.collect();
        self.injected.incomplete += u64::from(self.is_incomplete);
        Ok(Harvest {
            key: want.key.clone(),
            facts,
            observations: self
                .is_incomplete
                .then_some(Observation::Partial)
                .into_iter()
                .collect(),
        })
    }
}

impl Source for Flaky {
    fn name(&self) -> &str {
        "flaky"
    }

    fn read<'a>(
        &'a self,
        wants: &'a [Want],
        span: Span,
        _horizon: Minute,
        _told: &'a (dyn Fn(Progress) + Sync),
    ) -> BoxFuture<'a, Harvests> {
        async move {
            // What it says is what it knew when it was asked, however long that takes.
            let (harvests, ticks): (Harvests, i64) = {
                let mut weather = self.weather.lock().unwrap();
                let ticks = weather.slow_ticks;
                weather.injected.slow += u64::from(ticks > 0);
                let answers = wants.iter().map(|want| weather.answer(want, span));
                (answers.collect(), ticks)
            };
            let mut tick = self.tick.clone();
            let until = *tick.borrow() + ticks;
            let _waiting = Waiting::begin(&self.waiting);
            let _ = tick.wait_for(|tick| *tick >= until).await;
            harvests
        }
        .boxed()
    }
}
