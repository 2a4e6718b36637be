//! A ledger in a map and a source that answers from a function.

use std::collections::BTreeMap;

use tomoni_engine::{Effect, Engine, Input, Keep, Read};
use tomoni_ledger::{Counts, Events, Fact, Marks, Minute, Span, SpanSet};
use tomoni_slo::{Generation, LedgerKey};

pub(crate) fn key(n: u128) -> LedgerKey {
    LedgerKey {
        generation: Generation::from_bits(n),
        threshold: None,
    }
}

pub(crate) fn minute(index: i64) -> Minute {
    Minute::from_index(index)
}

pub(crate) fn span(after: i64, until: i64) -> Span {
    Span::new(minute(after), minute(until))
}

/// What really happened: a different total every minute.
pub(crate) fn truth(at: Minute) -> Fact {
    let total = Events::from_parts(1_024 * (at.index() % 97));
    Fact {
        counts: Some(Counts {
            bad: Events::ZERO,
            total,
        }),
        marks: Marks::NONE,
    }
}

/// What survives a crash: exactly what `Keep` effects said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Disk {
    pub(crate) facts: BTreeMap<(LedgerKey, Minute), Fact>,
    pub(crate) settled: BTreeMap<LedgerKey, SpanSet>,
    pub(crate) closed: BTreeMap<LedgerKey, SpanSet>,
    pub(crate) reads: Vec<Read>,
}

impl Disk {
    pub(crate) fn keep(&mut self, keep: Keep) {
        for (at, fact) in keep.facts {
            self.facts.insert((keep.key.clone(), at), fact);
        }
        let settled = self.settled.entry(keep.key.clone()).or_default();
        keep.settled.spans().iter().for_each(|s| settled.insert(*s));
        let closed = self.closed.entry(keep.key).or_default();
        keep.closed.spans().iter().for_each(|s| closed.insert(*s));
    }

    /// What a new process tells its engine.
    pub(crate) fn stored(&self, key: &LedgerKey) -> Input {
        Input::Stored {
            key: key.clone(),
            settled: self.settled.get(key).cloned().unwrap_or_default(),
            closed: self.closed.get(key).cloned().unwrap_or_default(),
        }
    }
}

/// Steps until nothing is left to do; `answer` is the source. At most `reads_max` reads are carried
/// out: then the process dies.
pub(crate) fn run(
    engine: &mut Engine,
    disk: &mut Disk,
    now_ms: i64,
    mut inputs: Vec<Input>,
    reads_max: usize,
    answer: &mut dyn FnMut(&LedgerKey, Minute) -> Option<Fact>,
) {
    let mut reads = 0;
    loop {
        let effects = engine.step(now_ms, std::mem::take(&mut inputs));
        if effects.is_empty() {
            return;
        }
        for effect in effects {
            match effect {
                Effect::Keep(kept) => kept.into_iter().for_each(|k| disk.keep(k)),
                Effect::Read(read) => {
                    if reads == reads_max {
                        return;
                    }
                    reads += 1;
                    inputs.extend(read.keys.iter().map(|k| respond(k, read.span, answer)));
                    disk.reads.push(read);
                }
            }
        }
    }
}

fn respond(
    key: &LedgerKey,
    span: Span,
    answer: &mut dyn FnMut(&LedgerKey, Minute) -> Option<Fact>,
) -> Input {
    let facts: Option<Vec<_>> = span
        .minutes()
        .map(|m| answer(key, m).map(|fact| (m, fact)))
        .collect();
    match facts {
        Some(facts) => Input::Harvested {
            key: key.clone(),
            span,
            facts,
            partial: false,
        },
        None => Input::Failed {
            key: key.clone(),
            span,
        },
    }
}
