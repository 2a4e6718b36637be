//! What is to be kept and is not yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use tomoni_engine::{Input, Keep};
use tomoni_ledger::{Fact, Minute, Span, SpanSet};
use tomoni_slo::LedgerKey;
use tomoni_store::{Draft, Entry, StoreError};

use super::Live;
use crate::push::{self, Batch, Counted, Done, PushError};

/// How many ledger minutes wait to be kept at most, 64 MB of them: then nothing more is read.
pub(super) const UNKEPT_MINUTES_MAX: usize = 2_000_000;
/// How many keeps wait at most, one for each ledger; one with few minutes costs as much as a hundred
/// minutes.
const UNKEPT_KEEPS_MAX: usize = 500_000;

/// What waits, and how the database is doing.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    waiting: Vec<Keep>,
    minutes: usize,
    /// Since when the database cannot be used, and what it says.
    pub(super) outage: Option<(i64, String)>,
    /// It was a write that failed: that reading goes well says nothing then.
    is_unwritable: bool,
    /// What the database said when it became known that it takes no writes.
    pub(super) away: Arc<ArcSwapOption<String>>,
}

impl Keeping {
    /// Adds what is to be kept. What waits already is one keep for each ledger: a minute that is
    /// read again while the database is away takes no more room.
    pub(super) fn add(&mut self, keeps: Vec<Keep>) {
        if self.waiting.is_empty() {
            self.waiting = keeps;
        } else {
            self.waiting.extend(keeps);
            self.merge();
        }
        self.count();
    }

    fn merge(&mut self) {
        let mut places: BTreeMap<LedgerKey, usize> = BTreeMap::new();
        let mut merged: Vec<Keep> = Vec::with_capacity(self.waiting.len());
        for keep in std::mem::take(&mut self.waiting) {
            if let Some(held) = places.get(&keep.key).and_then(|at| merged.get_mut(*at)) {
                put_over(&mut held.facts, keep.facts);
                held.settled.extend(keep.settled.spans().iter().copied());
                held.closed.extend(keep.closed.spans().iter().copied());
            } else {
                places.insert(keep.key.clone(), merged.len());
                merged.push(keep);
            }
        }
        self.waiting = merged;
    }

    fn count(&mut self) {
        self.minutes = self.waiting.iter().map(|keep| keep.facts.len()).sum();
    }

    fn drop_of(&mut self, keys: &[LedgerKey]) {
        self.waiting.retain(|keep| !keys.contains(&keep.key));
        self.count();
    }

    pub(super) const fn minutes(&self) -> usize {
        self.minutes
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether nothing more may come in.
    pub(super) const fn is_full(&self) -> bool {
        self.minutes >= UNKEPT_MINUTES_MAX || self.waiting.len() >= UNKEPT_KEEPS_MAX
    }

    /// Whether an outage may be over and nothing else would tell.
    const fn is_in_doubt(&self) -> bool {
        self.outage.is_some() && self.waiting.is_empty()
    }

    /// Notes that the database cannot be used.
    fn failed(&mut self, now_ms: i64, error: &StoreError) {
        let since_ms = self
            .outage
            .as_ref()
            .map_or(now_ms, |(since_ms, _)| *since_ms);
        if self.outage.is_none() {
            tracing::error!(%error, "the database cannot be used; what comes in is held in memory");
        }
        let error_text = error.to_string();
        if error.is_outage() {
            self.away.store(Some(Arc::new(error_text.clone())));
        }
        self.outage = Some((since_ms, error_text));
    }

    fn works(&mut self) {
        self.is_unwritable = false;
        self.away.store(None);
        if self.outage.take().is_some() {
            tracing::info!("the database can be used again");
        }
    }
}

impl Live {
    /// Keeps all that waits, in one write. Where that fails it waits on.
    pub(super) async fn write(&mut self) {
        // It is noted.
        let _ = self.keep().await;
    }

    async fn keep(&mut self) -> Result<(), StoreError> {
        if self.keeping.is_empty() {
            return Ok(());
        }
        match self.options.store.keep(&self.keeping.waiting).await {
            Ok(()) => {
                let minutes = std::mem::take(&mut self.keeping.minutes);
                self.keeping.waiting = Vec::new();
                self.keeping.works();
                self.vitals.note(|health| {
                    health.counters.writes += 1;
                    health.counters.minutes_kept += minutes as u64;
                });
                Ok(())
            }
            Err(error) => {
                self.database_failed(&error);
                Err(error)
            }
        }
    }

    /// Looks whether an outage is over, where nothing waits that would show it: where all counts
    /// are pushed, nothing ever does.
    pub(super) async fn probe(&mut self) {
        if !self.keeping.is_in_doubt() {
            return;
        }
        match self.options.store.probe(self.now_ms).await {
            Ok(()) => self.keeping.works(),
            Err(error) => self.write_failed(&error),
        }
    }

    /// Counts what is pushed: in the database, at once, and in what figures are made of.
    pub(super) async fn push(&mut self, sli: &str, batches: &[Batch]) -> Counted {
        let now_ms = (self.options.now_ms)();
        let refused = |error| Counted {
            refused: Some(error),
            ..Counted::default()
        };
        let key = match push::ledger(&self.in_force.catalog, sli) {
            Ok(key) => key,
            Err(error) => return refused(error),
        };
        // Each try would take seconds, and ticks find out when it is over.
        if let Some(why) = self.keeping.away.load_full() {
            return refused(PushError::Away(why.to_string()));
        }
        let counted = push::count(&self.options.store, &key, sli, batches, now_ms).await;
        match &counted.refused {
            // The minute is full, which is no fault of the database.
            Some(PushError::Store(error)) if error.is_refusal() => {}
            Some(PushError::Store(error)) => self.write_failed(error),
            Some(_) => {}
            None => self.database_works(),
        }
        if let Some(held) = self.ledgers.get_mut(&key) {
            // Of a batch whose answer was lost the database knows more than memory does.
            let outcomes = counted.outcomes.iter().map(|outcome| Some(outcome.outcome));
            let all = batches.iter().zip(outcomes.chain(std::iter::repeat(None)));
            for (batch, _) in all.filter(|(_, done)| *done != Some(Done::Counted)) {
                let days = batch.counts.iter().map(|count| count.minute.day());
                held.stale.extend(days);
            }
            for outcome in &counted.outcomes {
                held.keep(&mut Keep {
                    key: key.clone(),
                    facts: outcome.facts.clone(),
                    settled: SpanSet::new(),
                    closed: SpanSet::new(),
                });
            }
        }
        self.draw().await;
        counted
    }

    /// Deletes ledgers for good: from the database, and from what waits for it. What is under way is
    /// not theirs; those that are still wanted begin anew.
    pub(super) async fn forget(
        &mut self,
        keys: &[LedgerKey],
        draft: Draft,
    ) -> Result<i64, StoreError> {
        let forgotten = self.options.store.forget(keys, &[draft]).await;
        let entry = self.place(forgotten)?;
        self.keeping.drop_of(keys);
        let generations: Vec<_> = keys.iter().map(|key| key.generation).collect();
        self.forgot_groups(&generations);
        let begun = self.readers.begun();
        let is_of = |input: &Input| match input {
            Input::Harvested { key, .. } | Input::Failed { key, .. } => keys.contains(key),
            _ => false,
        };
        self.inputs.retain(|input| !is_of(input));
        for key in keys {
            self.inputs.push(Input::Forget { key: key.clone() });
            if let Some(held) = self.ledgers.get_mut(key) {
                held.begin_anew(begun);
            }
        }
        self.recall().await;
        Ok(entry)
    }

    /// Opens minutes that are closed, in the database first, so that they are read again whatever
    /// becomes of this process.
    pub(super) async fn refill(
        &mut self,
        keys: &[LedgerKey],
        span: Span,
        draft: Draft,
    ) -> Result<i64, StoreError> {
        // What waits would close them once more, and a crash then would lose that they are to be read.
        self.keep().await?;
        let reopened = self.options.store.reopen(keys, span, &[draft]).await;
        let entry = self.place(reopened)?;
        for key in keys {
            if let Some(held) = self.ledgers.get_mut(key) {
                held.closed.remove(span);
                held.refilling.insert(span);
                let key = key.clone();
                self.inputs.push(Input::Refill { key, span });
            }
        }
        Ok(entry)
    }

    /// The place of the one entry that was written.
    fn place(&mut self, written: Result<Vec<Entry>, StoreError>) -> Result<i64, StoreError> {
        match written {
            Ok(entries) => Ok(entries.last().map_or(0, |entry| entry.seq)),
            Err(error) => {
                if !error.is_refusal() {
                    self.write_failed(&error);
                }
                Err(error)
            }
        }
    }

    /// Notes that the database could be read. That it can be written is another matter.
    pub(super) fn database_works(&mut self) {
        if self.keeping.is_empty() && !self.keeping.is_unwritable {
            self.keeping.works();
        }
    }

    pub(super) fn write_failed(&mut self, error: &StoreError) {
        self.keeping.is_unwritable = true;
        self.database_failed(error);
    }

    pub(super) fn database_failed(&mut self, error: &StoreError) {
        self.keeping.failed(self.now_ms, error);
        self.vitals
            .note(|health| health.counters.database_errors += 1);
    }
}

/// Puts newer facts over those that are there; both are in order.
fn put_over(facts: &mut Vec<(Minute, Fact)>, newer: Vec<(Minute, Fact)>) {
    let Some((first, _)) = newer.first() else {
        return;
    };
    let at = facts.partition_point(|(minute, _)| minute < first);
    let tail = facts.split_off(at);
    if tail.is_empty() {
        facts.extend(newer);
        return;
    }
    let both: BTreeMap<Minute, Fact> = tail.into_iter().chain(newer).collect();
    facts.extend(both);
}

#[cfg(test)]
mod tests {
    use tomoni_ledger::Events;
    use tomoni_slo::Generation;

    use super::*;

    fn keep(ledger: u128, span: Span, bad: i64) -> Keep {
        let fact = Fact::counted(Events::whole(bad), Events::whole(10_000));
        Keep {
            key: LedgerKey {
                generation: Generation::from_bits(ledger),
                threshold: None,
            },
            facts: span.minutes().map(|minute| (minute, fact)).collect(),
            settled: SpanSet::from_iter([span]),
            closed: SpanSet::new(),
        }
    }

    #[test]
    fn minutes_that_are_read_again_take_no_more_room() {
        let start = Minute::ended_by_ms(1_795_338_000_000);
        let mut keeping = Keeping::default();
        // Ticks of a day: each brings a minute, and the quarter of an hour before it again.
        for tick in 1..=1_440 {
            let span = Span::ending_at(start + tick, 16);
            keeping.add((0..10).map(|ledger| keep(ledger, span, tick)).collect());
        }
        // History from long before.
        keeping.add(vec![keep(3, Span::ending_at(start - 5_000, 1_000), 7)]);
        assert_eq!(keeping.waiting.len(), 10);
        assert_eq!(keeping.minutes(), 10 * (1_440 + 15) + 1_000);
        let third = &keeping.waiting[3];
        assert_eq!(third.settled.len(), 1_440 + 15 + 1_000);
        assert!(third.facts.is_sorted_by_key(|(minute, _)| *minute));
        // What was read last of a minute is what is kept of it.
        let bad = |minute| {
            let found = third.facts.iter().find(|(at, _)| *at == minute).unwrap();
            found.1.counts.unwrap().bad
        };
        assert_eq!(bad(start + 1), Events::whole(16));
        assert_eq!(bad(start + 1_440), Events::whole(1_440));
        assert_eq!(bad(start - 5_000), Events::whole(7));
    }

    #[test]
    fn nothing_more_comes_in_when_two_million_minutes_wait() {
        let start = Minute::ended_by_ms(1_795_338_000_000);
        let mut keeping = Keeping::default();
        let half = Span::ending_at(start, UNKEPT_MINUTES_MAX as i64 / 2);
        keeping.add(vec![keep(1, half, 0)]);
        keeping.add(vec![keep(1, half, 1)]);
        assert!(!keeping.is_full(), "the same minutes twice");
        keeping.add(vec![keep(2, half, 0)]);
        assert!(keeping.is_full());
        keeping.drop_of(&[keep(2, half, 0).key]);
        assert!(!keeping.is_full());
    }
}
