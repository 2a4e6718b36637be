//! The step: what has happened in, what to do out.

use std::collections::{BTreeMap, BTreeSet};

use tomoni_ledger::{Fact, Minute, Span, SpanSet};
use tomoni_slo::LedgerKey;

use crate::catch_up::chunks;
use crate::pace::Pace;

/// What has happened since the last step.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Somebody needs this span of this ledger; wants of one ledger add up.
    Want {
        /// The ledger.
        key: LedgerKey,
        /// The minutes that figures need. What lies past the watermark waits until it is settled.
        span: Span,
    },
    /// What the store already holds of a ledger, told once before it is read.
    Stored {
        /// The ledger.
        key: LedgerKey,
        /// Minutes that were read, settled or closed.
        settled: SpanSet,
        /// Minutes that are read for good.
        closed: SpanSet,
    },
    /// A read came back with every minute of its span.
    Harvested {
        /// The ledger.
        key: LedgerKey,
        /// The span that was asked for.
        span: Span,
        /// Every minute of the span, in order; an unknown minute is a fact too.
        facts: Vec<(Minute, Fact)>,
        /// The source said that its answer may be incomplete: kept, shown, but not closed.
        partial: bool,
    },
    /// A read failed. What it asked for stays wanted; see [`Engine::retry`].
    Failed {
        /// The ledger.
        key: LedgerKey,
        /// The span that was asked for.
        span: Span,
    },
}

/// Something to read from a source: one span of several ledgers, so that fetches can be shared.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The ledgers, in order.
    pub keys: Vec<LedgerKey>,
    /// The minutes.
    pub span: Span,
}

/// Something to store: facts, and what they settle and close, of one ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Keep {
    /// The ledger.
    pub key: LedgerKey,
    /// Minutes in order.
    pub facts: Vec<(Minute, Fact)>,
    /// All minutes that these facts settle.
    pub settled: SpanSet,
    /// Those of them that are closed by it.
    pub closed: SpanSet,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Read from the source and come back with `Harvested` or `Failed` for each ledger.
    Read(Read),
    /// Store, in one write.
    Keep(Vec<Keep>),
}

/// What the engine remembers of a ledger.
#[derive(Clone, Debug, Default)]
struct Progress {
    wanted: SpanSet,
    settled: SpanSet,
    closed: SpanSet,
    /// Asked for and not yet answered.
    under_way: SpanSet,
    /// Answered at this watermark: not asked for again before the watermark moves.
    fresh: SpanSet,
    /// Failed since the last [`Engine::retry`].
    failed: SpanSet,
}

/// The loop's mind. See the crate's documentation.
#[derive(Clone, Debug)]
pub struct Engine {
    pace: Pace,
    ledgers: BTreeMap<LedgerKey, Progress>,
    watermark: Option<Minute>,
}

impl Engine {
    /// An engine that knows of no ledger yet.
    pub const fn new(pace: Pace) -> Self {
        Self {
            pace,
            ledgers: BTreeMap::new(),
            watermark: None,
        }
    }

    /// Takes in what has happened and says what to do, in this order: keep, then read, newest
    /// first. The same inputs at the same instants give the same effects.
    ///
    /// `now_ms` is milliseconds since the Unix epoch. A clock that runs backwards is tolerated: the
    /// watermark never does.
    pub fn step(&mut self, now_ms: i64, inputs: Vec<Input>) -> Vec<Effect> {
        self.advance(now_ms);
        let kept: Vec<Keep> = inputs
            .into_iter()
            .filter_map(|input| self.take(now_ms, input))
            .collect();
        let mut effects = Vec::new();
        if !kept.is_empty() {
            effects.push(Effect::Keep(kept));
        }
        effects.extend(self.reads().into_iter().map(Effect::Read));
        effects
    }

    /// The last settled minute as of the last step.
    pub const fn watermark(&self) -> Option<Minute> {
        self.watermark
    }

    /// Forgets failures, so that what failed is asked for again at the next step.
    pub fn retry(&mut self) {
        for progress in self.ledgers.values_mut() {
            progress.failed = SpanSet::new();
        }
    }

    /// The minutes still to be read: not settled, or settled and failed to be read again.
    pub fn missing(&self, key: &LedgerKey) -> SpanSet {
        self.ledgers.get(key).map_or_else(SpanSet::new, |p| {
            let mut missing = self.reachable(&p.wanted).difference(&p.settled);
            for span in p.failed.spans() {
                missing.insert(*span);
            }
            missing
        })
    }

    /// Minutes that a source has answered for.
    pub fn settled(&self, key: &LedgerKey) -> SpanSet {
        self.ledgers
            .get(key)
            .map(|p| p.settled.clone())
            .unwrap_or_default()
    }

    fn advance(&mut self, now_ms: i64) {
        let watermark = self.pace.watermark(now_ms);
        if self.watermark.is_none_or(|old| old < watermark) {
            self.watermark = Some(watermark);
            for progress in self.ledgers.values_mut() {
                progress.fresh = SpanSet::new();
            }
        }
    }

    fn take(&mut self, now_ms: i64, input: Input) -> Option<Keep> {
        match input {
            Input::Want { key, span } => {
                self.ledgers.entry(key).or_default().wanted.insert(span);
                None
            }
            Input::Stored {
                key,
                settled,
                closed,
            } => {
                let progress = self.ledgers.entry(key).or_default();
                progress.settled = settled;
                progress.closed = closed;
                None
            }
            Input::Failed { key, span } => {
                let progress = self.ledgers.entry(key).or_default();
                progress.under_way.remove(span);
                progress.failed.insert(span);
                None
            }
            Input::Harvested {
                key,
                span,
                facts,
                partial,
            } => Some(self.harvest(now_ms, key, span, facts, partial)),
        }
    }

    fn harvest(
        &mut self,
        now_ms: i64,
        key: LedgerKey,
        span: Span,
        facts: Vec<(Minute, Fact)>,
        partial: bool,
    ) -> Keep {
        debug_assert_eq!(
            facts.len() as i64,
            span.len(),
            "a harvest brings every minute of its span"
        );
        let closed = if partial {
            SpanSet::new()
        } else {
            self.pace.closed_part(span, now_ms)
        };
        let progress = self.ledgers.entry(key.clone()).or_default();
        progress.under_way.remove(span);
        progress.failed.remove(span);
        progress.settled.insert(span);
        progress.fresh.insert(span);
        for part in closed.spans() {
            progress.closed.insert(*part);
        }
        debug_assert!(progress.closed.difference(&progress.settled).is_empty());
        Keep {
            key,
            facts,
            settled: SpanSet::from_iter([span]),
            closed,
        }
    }

    /// The part of what is wanted that lies up to the watermark.
    fn reachable(&self, wanted: &SpanSet) -> SpanSet {
        let Some(watermark) = self.watermark else {
            return SpanSet::new();
        };
        wanted
            .spans()
            .iter()
            .map(|s| Span::new(s.after, s.until.min(watermark)))
            .collect()
    }

    /// What to ask for now. Equal spans of several ledgers are asked for together.
    fn reads(&mut self) -> Vec<Read> {
        let mut by_span: BTreeMap<(i64, i64), BTreeSet<LedgerKey>> = BTreeMap::new();
        let keys: Vec<LedgerKey> = self.ledgers.keys().cloned().collect();
        for key in keys {
            let due = self.due(&self.ledgers[&key]);
            for span in due.spans() {
                for piece in chunks(*span, self.pace.chunk_days) {
                    by_span
                        .entry((piece.until.index(), piece.after.index()))
                        .or_default()
                        .insert(key.clone());
                }
                if let Some(progress) = self.ledgers.get_mut(&key) {
                    progress.under_way.insert(*span);
                }
            }
        }
        by_span
            .into_iter()
            .rev()
            .map(|((until, after), keys)| Read {
                keys: keys.into_iter().collect(),
                span: Span::new(Minute::from_index(after), Minute::from_index(until)),
            })
            .collect()
    }

    /// A minute is read when it settles, and once more when it closes.
    fn due(&self, progress: &Progress) -> SpanSet {
        let reachable = self.reachable(&progress.wanted);
        let mut due = reachable.difference(&progress.settled);
        if let Some(watermark) = self.watermark {
            let closing = watermark - self.pace.close_minutes;
            let old = reachable
                .spans()
                .iter()
                .map(|s| Span::new(s.after, s.until.min(closing)));
            for span in SpanSet::from_iter(old).difference(&progress.closed).spans() {
                due.insert(*span);
            }
        }
        [&progress.under_way, &progress.fresh, &progress.failed]
            .into_iter()
            .fold(due, |due, taken| due.difference(taken))
    }
}
