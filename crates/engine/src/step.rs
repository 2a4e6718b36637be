//! The step: what has happened in, what to do out.

use std::collections::BTreeMap;

use tomoni_ledger::{Fact, Minute, Span, SpanSet};
use tomoni_slo::LedgerKey;

use crate::pace::Pace;
use crate::progress::Progress;

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
        /// Minutes that were read, settled or closed. They add to what the engine knows already.
        settled: SpanSet,
        /// Minutes that are read for good; they count as settled.
        closed: SpanSet,
    },
    /// The source tells of this ledger's minutes in steps of so many, which end at whole multiples
    /// of it: a minute that is unknown because its step lasts is asked for again as soon as the step
    /// is over.
    Step {
        /// The ledger.
        key: LedgerKey,
        /// How long a step is.
        minutes: i64,
    },
    /// These minutes are to be read anew, closed ones too: the one way to change those. It is wanted
    /// from here on. What the source does not know any more stays as it is.
    Refill {
        /// The ledger.
        key: LedgerKey,
        /// The minutes.
        span: Span,
    },
    /// Nobody needs the ledger any more: nothing is remembered of it. Answers to reads that are
    /// under way must not be told afterwards.
    Forget {
        /// The ledger.
        key: LedgerKey,
    },
    /// A read came back with every minute of its span.
    Harvested {
        /// The ledger.
        key: LedgerKey,
        /// The span that was asked for.
        span: Span,
        /// Every minute of the span, in order; an unknown minute is a fact too. An answer that is
        /// not that is taken as a failed one.
        facts: Vec<(Minute, Fact)>,
        /// The source said that its answer may be incomplete: kept, shown, but not closed.
        partial: bool,
    },
    /// A read failed. What it asked for stays wanted; see [`Input::Retry`].
    Failed {
        /// The ledger.
        key: LedgerKey,
        /// The span that was asked for.
        span: Span,
    },
    /// What failed of this ledger up to here is asked for again; [`Engine::retry`] does so for all.
    Retry {
        /// The ledger.
        key: LedgerKey,
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
    /// Minutes in order: those that the harvest says something new of. Closed minutes are not among
    /// them, nor minutes that were settled before and that the source has forgotten.
    pub facts: Vec<(Minute, Fact)>,
    /// All minutes that the harvest settles: those that had been over for long enough when they were
    /// asked for.
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
        let watermark = self.advance(now_ms);
        let kept: Vec<Keep> = inputs
            .into_iter()
            .filter_map(|input| self.take(watermark, input))
            .collect();
        let mut effects = Vec::new();
        if !kept.is_empty() {
            effects.push(Effect::Keep(kept));
        }
        effects.extend(self.reads(watermark).into_iter().map(Effect::Read));
        effects
    }

    /// The last settled minute as of the last step.
    pub const fn watermark(&self) -> Option<Minute> {
        self.watermark
    }

    /// Forgets failures, so that what failed is asked for again at the next step.
    pub fn retry(&mut self) {
        for progress in self.ledgers.values_mut() {
            progress.retry();
        }
    }

    /// The minutes still to be read: not settled, or failed when they were to be read again.
    pub fn missing(&self, key: &LedgerKey) -> SpanSet {
        let (Some(progress), Some(watermark)) = (self.ledgers.get(key), self.watermark) else {
            return SpanSet::new();
        };
        let reachable: SpanSet = progress
            .wanted
            .spans()
            .iter()
            .map(|span| Span::new(span.after, span.until.min(watermark)))
            .collect();
        let mut missing = reachable.difference(&progress.settled);
        for span in progress.failed.spans() {
            missing.insert(*span);
        }
        missing
    }

    /// Minutes that a source has answered for.
    pub fn settled(&self, key: &LedgerKey) -> SpanSet {
        self.ledgers
            .get(key)
            .map(|p| p.settled.clone())
            .unwrap_or_default()
    }

    fn advance(&mut self, now_ms: i64) -> Minute {
        let reached = self.pace.watermark(now_ms);
        let watermark = self.watermark.map_or(reached, |old| old.max(reached));
        if self.watermark != Some(watermark) {
            self.watermark = Some(watermark);
            for progress in self.ledgers.values_mut() {
                progress.move_on();
            }
        }
        watermark
    }

    fn take(&mut self, watermark: Minute, input: Input) -> Option<Keep> {
        if let Input::Forget { key } = &input {
            self.ledgers.remove(key);
            return None;
        }
        let (Input::Want { key, .. }
        | Input::Step { key, .. }
        | Input::Refill { key, .. }
        | Input::Forget { key }
        | Input::Stored { key, .. }
        | Input::Harvested { key, .. }
        | Input::Failed { key, .. }
        | Input::Retry { key }) = &input;
        let progress = self.ledgers.entry(key.clone()).or_default();
        match input {
            Input::Want { span, .. } => progress.want(span),
            Input::Step { minutes, .. } => progress.set_step(minutes),
            Input::Refill { span, .. } => progress.refill(span),
            Input::Forget { .. } => {}
            Input::Stored {
                settled, closed, ..
            } => progress.recall(&settled, &closed),
            Input::Failed { span, .. } => progress.fail(span),
            Input::Retry { .. } => progress.retry(),
            Input::Harvested { span, facts, .. } if !is_whole(span, &facts) => {
                progress.fail(span);
            }
            Input::Harvested {
                key,
                span,
                facts,
                partial,
            } => {
                let gain = progress.harvest(&self.pace, watermark, span, facts, partial);
                return Some(Keep {
                    key,
                    facts: gain.facts,
                    settled: gain.settled,
                    closed: gain.closed,
                });
            }
        }
        None
    }

    /// What to ask for now. Equal spans of several ledgers are asked for together.
    fn reads(&mut self, watermark: Minute) -> Vec<Read> {
        let mut by_span: BTreeMap<(Minute, Minute), Vec<LedgerKey>> = BTreeMap::new();
        for (key, progress) in &mut self.ledgers {
            for piece in progress.ask(&self.pace, watermark) {
                let keys = by_span.entry((piece.until, piece.after)).or_default();
                keys.push(key.clone());
            }
        }
        by_span
            .into_iter()
            .rev()
            .map(|((until, after), keys)| Read {
                keys,
                span: Span::new(after, until),
            })
            .collect()
    }
}

/// Whether there is a fact for every minute of the span, in order.
fn is_whole(span: Span, facts: &[(Minute, Fact)]) -> bool {
    facts.len() as i64 == span.len() && span.minutes().eq(facts.iter().map(|(minute, _)| *minute))
}
