//! A disk that survives crashes, and sources that know what has reached them.

use std::collections::BTreeMap;

use tomoni_engine::{Effect, Engine, Input, Keep, Read};
use tomoni_ledger::{Events, Fact, Minute, Span, SpanSet};
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

pub(crate) fn want(n: u128, after: i64, until: i64) -> Input {
    Input::Want {
        key: key(n),
        span: span(after, until),
    }
}

/// What really happened: a different total every minute.
pub(crate) fn truth(at: Minute) -> Fact {
    Fact::counted(Events::ZERO, Events::whole(at.index() % 97))
}

/// A harvest of a span with this fact for every minute.
pub(crate) fn harvest(n: u128, span: Span, fact: impl Fn(Minute) -> Fact) -> Input {
    Input::Harvested {
        key: key(n),
        span,
        facts: span.minutes().map(|m| (m, fact(m))).collect(),
        partial: false,
    }
}

/// What survives a crash: exactly what `Keep` effects said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk {
    ledgers: BTreeMap<LedgerKey, Kept>,
    /// Every read that was carried out, in order.
    pub(crate) reads: Vec<Read>,
}

#[derive(Clone, Debug, Default)]
struct Kept {
    /// By the minute's index.
    facts: Vec<Option<Fact>>,
    settled: SpanSet,
    closed: SpanSet,
}

impl Disk {
    pub(crate) fn keep(&mut self, keep: Keep) {
        let kept = self.ledgers.entry(keep.key).or_default();
        for (at, fact) in keep.facts {
            let at = at.index() as usize;
            if kept.facts.len() <= at {
                kept.facts.resize(at + 1, None);
            }
            kept.facts[at] = Some(fact);
        }
        keep.settled
            .spans()
            .iter()
            .for_each(|s| kept.settled.insert(*s));
        keep.closed
            .spans()
            .iter()
            .for_each(|s| kept.closed.insert(*s));
    }

    /// What is kept of each minute of the span.
    pub(crate) fn facts(&self, n: u128, span: Span) -> Vec<Option<Fact>> {
        let facts = self.ledgers.get(&key(n)).map(|kept| &kept.facts);
        let of = |m: Minute| facts.and_then(|f| f.get(m.index() as usize).copied().flatten());
        span.minutes().map(of).collect()
    }

    pub(crate) fn settled(&self, n: u128) -> SpanSet {
        self.ledgers
            .get(&key(n))
            .map(|kept| kept.settled.clone())
            .unwrap_or_default()
    }

    pub(crate) fn closed(&self, n: u128) -> SpanSet {
        self.ledgers
            .get(&key(n))
            .map(|kept| kept.closed.clone())
            .unwrap_or_default()
    }

    /// What a new process tells its engine.
    pub(crate) fn stored(&self, n: u128) -> Input {
        Input::Stored {
            key: key(n),
            settled: self.settled(n),
            closed: self.closed(n),
        }
    }

    /// Carries out what is to be kept; gives the reads.
    pub(crate) fn carry_out(&mut self, effects: Vec<Effect>) -> Vec<Read> {
        let mut reads = Vec::new();
        for effect in effects {
            match effect {
                Effect::Keep(kept) => kept.into_iter().for_each(|k| self.keep(k)),
                Effect::Read(read) => reads.push(read),
            }
        }
        reads
    }
}

/// Steps until nothing is left to do; `answer` is the source, and fails where it gives `None`. At
/// most `reads_max` reads are carried out: then the process dies.
pub(crate) fn run(
    engine: &mut Engine,
    disk: &mut Disk,
    now_ms: i64,
    mut inputs: Vec<Input>,
    reads_max: usize,
    answer: &mut dyn FnMut(Span) -> Option<Vec<(Minute, Fact)>>,
) {
    let mut carried_out = 0;
    loop {
        let reads = disk.carry_out(engine.step(now_ms, std::mem::take(&mut inputs)));
        if reads.is_empty() {
            return;
        }
        for read in reads {
            if carried_out == reads_max {
                return;
            }
            carried_out += 1;
            inputs.extend(read.keys.iter().map(|key| respond(key, read.span, answer)));
            disk.reads.push(read);
        }
    }
}

/// A source that knows everything.
pub(crate) fn all(span: Span) -> Option<Vec<(Minute, Fact)>> {
    Some(span.minutes().map(|m| (m, truth(m))).collect())
}

fn respond(
    key: &LedgerKey,
    span: Span,
    answer: &mut dyn FnMut(Span) -> Option<Vec<(Minute, Fact)>>,
) -> Input {
    let key = key.clone();
    match answer(span) {
        Some(facts) => Input::Harvested {
            key,
            span,
            facts,
            partial: false,
        },
        None => Input::Failed { key, span },
    }
}
